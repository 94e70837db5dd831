package index

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"slices"

	"mentor/knowledge"
)

//go:embed testdata/questions.tsv
var goldenText []byte

// Golden returns the questions that a change of the guide is tried on: those that
// the built-in guide is measured on, which are no phrasings, and the title of
// every entry of guide.
func Golden(guide *knowledge.Guide) []Labelled {
	questions, err := ReadLabelled(bytes.NewReader(goldenText), "the golden questions")
	if err != nil {
		panic(err) // a test reads them
	}
	for _, e := range guide.Entries() {
		questions = append(questions, Labelled{e.Title, []string{e.ID}})
	}
	return questions
}

// Taught returns the phrasings of lessons as questions. They are to be asked of a
// library with the lessons laid over it.
func Taught(taught []knowledge.Lesson) []Labelled {
	var questions []Labelled
	for _, l := range taught {
		asks := l.Ask
		if l.Entry != nil {
			asks = slices.Concat([]string{l.Entry.Title}, l.Entry.Ask, l.Ask)
		}
		for _, ask := range asks {
			questions = append(questions, Labelled{ask, []string{l.Leads()}})
		}
	}
	return questions
}

// A Comparison says what a change of the guide does to questions.
type Comparison struct {
	Questions   int      // that were asked
	Hidden      int      // that were not, because the changed guide has none of their topics
	RightBefore int      // the best match was right
	RightAfter  int      // it is now
	Lost        int      // got a right answer, and get a wrong one now
	Changes     []Change // those with another best match or outcome, what was lost first
}

// A Change is one question with what it got and what it gets.
type Change struct {
	Question      string
	Before, After string // the outcome and the best match, as "answer lang-go"
	Lost          bool
}

// Compare asks both libraries the questions whose topics after has.
func Compare(ctx context.Context, before, after knowledge.Library, questions []Labelled) (Comparison, error) {
	var c Comparison
	has := func(id string) bool { return after.Guide().Entry(id) != nil }
	for _, q := range questions {
		if !slices.ContainsFunc(q.Topics, has) {
			c.Hidden++
			continue
		}
		old, err := before.Find(ctx, q.Question)
		if err != nil {
			return c, fmt.Errorf("replay %q: %w", clip(q.Question), err)
		}
		now, err := after.Find(ctx, q.Question)
		if err != nil {
			return c, fmt.Errorf("replay %q: %w", clip(q.Question), err)
		}
		c.add(q, old, now)
	}
	c.lostFirst()
	return c, nil
}

func (c *Comparison) add(q Labelled, old, now knowledge.Finding) {
	right := func(f knowledge.Finding) bool {
		return len(f.Matches) > 0 && slices.Contains(q.Topics, f.Matches[0].Entry.ID)
	}
	c.Questions++
	if right(old) {
		c.RightBefore++
	}
	if right(now) {
		c.RightAfter++
	}
	lost := right(old) && old.Outcome == knowledge.Answer && !right(now) && now.Outcome == knowledge.Answer
	if lost {
		c.Lost++
	}
	if b, a := told(old), told(now); b != a {
		c.Changes = append(c.Changes, Change{q.Question, b, a, lost})
	}
}

// told is a finding in a few words.
func told(f knowledge.Finding) string {
	if len(f.Matches) == 0 || f.Outcome == knowledge.None {
		return f.Outcome.String()
	}
	return f.Outcome.String() + " " + f.Matches[0].Entry.ID
}

// And adds what another comparison found.
func (c Comparison) And(other Comparison) Comparison {
	c.Questions += other.Questions
	c.Hidden += other.Hidden
	c.RightBefore += other.RightBefore
	c.RightAfter += other.RightAfter
	c.Lost += other.Lost
	c.Changes = slices.Concat(c.Changes, other.Changes)
	c.lostFirst()
	return c
}

func (c *Comparison) lostFirst() {
	slices.SortStableFunc(c.Changes, func(a, b Change) int { return int(count(b.Lost)) - int(count(a.Lost)) })
}

// What a change of the guide may cost before it is refused, of the questions
// asked: chosen so that the noise of one more entry passes (two to four of 715
// questions, November 2026) and an entry that draws others' questions does not.
const (
	mostFallen = 0.02  // share by which right-first may fall
	mostLost   = 0.005 // share that may get a wrong answer in place of a right one
)

// Refusal is nil when the change is within bounds, or says why it is refused.
func (c Comparison) Refusal() error {
	n := float64(max(c.Questions, 1))
	fallen, lost := float64(c.RightBefore-c.RightAfter)/n, float64(c.Lost)/n
	switch {
	case lost > mostLost:
		return fmt.Errorf("%d of %d questions would get a wrong answer in place of the right one, the first %q (%s, was %s); at most %d may",
			c.Lost, c.Questions, clip(c.Changes[0].Question), c.Changes[0].After, c.Changes[0].Before, int(mostLost*n))
	case fallen > mostFallen:
		return fmt.Errorf("the right entry would come first for %d of %d questions, %d fewer than now; at most %d fewer may",
			c.RightAfter, c.Questions, c.RightBefore-c.RightAfter, int(mostFallen*n))
	}
	return nil
}
