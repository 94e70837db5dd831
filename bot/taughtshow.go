package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// mostTaught is how many lessons a list shows.
const mostTaught = 20

// showTaught lists the group's lessons, those with the words that were given, or
// shows one with its history.
func (m *Mentor) showTaught(ctx context.Context, q Question, r request) (Reply, error) {
	if err := m.mentorsOnly(ctx, q); err != nil {
		return Reply{}, err
	}
	if n, ok := lessonNumber(r.rest); ok {
		return m.lessonHistory(ctx, q, n)
	}
	all, err := taughtIn(ctx, m.store, q.Group)
	if err != nil && all == nil {
		return Reply{}, err
	}
	if words := wordsOf(r.rest); len(words) > 0 {
		all = slices.DeleteFunc(all, func(t numbered) bool { return !t.mentions(words) })
	}
	return listTaught(all), nil
}

// mentions reports whether each of words is in a question or an answer of t.
func (t numbered) mentions(words []string) bool {
	text := strings.ToLower(t.title() + " " + strings.Join(t.phrasings(), " "))
	if t.Entry != nil {
		text += " " + strings.ToLower(t.Entry.Short)
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// listTaught lists what waits first, then what is live, the newest first, then
// what was withdrawn.
func listTaught(all []numbered) Reply {
	if len(all) == 0 {
		r := setting("Nothing is taught here. %s", teachText)
		return r
	}
	rank := func(t numbered) int {
		switch {
		case t.waits():
			return 0
		case t.State == TaughtLive:
			return 1
		}
		return 2
	}
	slices.SortFunc(all, func(a, b numbered) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return b.n - a.n
	})
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d live, %d waiting for approval.\n\n", plural(len(all), "lesson"), ranked(all, 1, rank), ranked(all, 0, rank))
	r := Reply{Kind: Help, Private: true}
	for _, t := range all[:min(len(all), mostTaught)] {
		fmt.Fprintf(&b, "- **t%d**, %s: %s\n", t.n, t.stateWords(), shown(t.title()))
		r.Choices = append(r.Choices, Choice{Title: fmt.Sprintf("t%d: %s", t.n, t.title()), Say: fmt.Sprintf("taught t%d", t.n)})
	}
	if more := len(all) - mostTaught; more > 0 {
		fmt.Fprintf(&b, "\nAnd %d more; `/taught` with words finds those that have them.", more)
	}
	r.Text = b.String()
	return r
}

func ranked(all []numbered, rank int, of func(numbered) int) (n int) {
	for _, t := range all {
		if of(t) == rank {
			n++
		}
	}
	return n
}

// stateWords are the state of a lesson for people.
func (t Taught) stateWords() string {
	switch {
	case t.State == TaughtLive && t.Edit != nil:
		return "live, a change waits for approval"
	case t.State == TaughtLive:
		return "live since " + t.At.UTC().Format("2 January 2006")
	case t.State == TaughtDraft:
		return "a draft, waits for approval"
	}
	return "withdrawn " + onDay(t.At)
}

// lessonReply shows lesson n, and what can be done about it, below lead.
func (m *Mentor) lessonReply(ctx context.Context, q Question, n int, lead string) (Reply, error) {
	t, err := m.lesson(ctx, q.Group, n)
	if err != nil {
		return Reply{}, err
	}
	text := fmt.Sprintf("%s Lesson **t%d**, %s:\n\n%s", lead, n, t.stateWords(), t.pending().show())
	if t.waits() {
		alone, err := m.teachesAlone(ctx, q.Group)
		if err != nil {
			return Reply{}, err
		}
		text += fmt.Sprintf("\n\nA second mentor makes it live: `approve t%d`.", n)
		if alone {
			text += " This group has named no two mentors, so you may do so yourself."
		}
	}
	return Reply{Kind: Help, Private: true, Text: strings.TrimSpace(text), Choices: decisions(n, t)}, nil
}

// decisions are what a mentor can do about a lesson.
func decisions(n int, t Taught) []Choice {
	say := func(title, verb string) Choice { return Choice{Title: title, Say: fmt.Sprintf("%s t%d", verb, n)} }
	switch {
	case t.waits():
		return []Choice{say("Approve", "approve"), say("Change", "teach"), say("Reject", "reject")}
	case t.State == TaughtLive:
		return []Choice{say("Change", "teach"), say("Withdraw", "withdraw")}
	}
	return []Choice{say("Write it anew", "teach")}
}

// show is what a lesson says.
func (w Wording) show() string {
	if w.Entry == nil {
		return fmt.Sprintf("These questions lead to `%s`:\n\n- %s", w.Topic, strings.Join(showAll(w.Ask), "\n- "))
	}
	e := w.Entry
	text := "**" + shown(e.Title) + "**\n\n" + e.Short
	if e.More != "" {
		text += "\n\n" + e.More
	}
	if len(e.Ask) > 1 {
		text += "\n\nAlso asked:\n\n- " + strings.Join(showAll(e.Ask[1:]), "\n- ")
	}
	sources := make([]string, len(e.Sources))
	for i, s := range e.Sources {
		sources[i] = fmt.Sprintf("- Source: [%s](%s) (%s)", shown(s.Title), s.URL, s.Date)
	}
	return strings.TrimSpace(text + "\n\n" + strings.Join(sources, "\n"))
}

func showAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = shown(t)
	}
	return out
}

// lessonHistory shows a lesson and what became of it.
func (m *Mentor) lessonHistory(ctx context.Context, q Question, n int) (Reply, error) {
	r, err := m.lessonReply(ctx, q, n, "")
	if err != nil {
		return Reply{}, err
	}
	t, err := m.lesson(ctx, q.Group, n)
	if err != nil {
		return Reply{}, err
	}
	self, err := m.store.Find(ctx, q.Person)
	if err != nil && !errors.Is(err, ErrNoLearner) {
		return Reply{}, fmt.Errorf("find the learner: %w", err)
	}
	r.Text += "\n\n### History\n"
	for _, e := range t.History {
		r.Text += fmt.Sprintf("\n- %s: %s by %s%s", e.At.UTC().Format("2 January 2006, 15:04 MST"), e.What, who(e.By, self), noteOf(e))
	}
	return r, nil
}

// who names a mentor without saying who it was.
func who(by, self ID) string {
	if by == self {
		return "you"
	}
	return "another mentor"
}

func noteOf(e TaughtEvent) string {
	switch {
	case e.Note == "":
		return ""
	case e.What == "edited":
		return "; before: " + shown(e.Note)
	}
	return ": " + shown(e.Note)
}
