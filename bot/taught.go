package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mentor/knowledge"
)

// Bounds of what a group teaches. One lesson stays below MaxPaper with them.
const (
	MaxTaught       = 500   // lessons of a group, withdrawn ones included
	MaxPhrasings    = 20    // of one lesson
	MaxPhrasing     = 200   // characters of one, and of a title
	MaxTaughtMore   = 3_000 // characters; what a field of a form in Slack takes at most (its Block Kit reference, 2026)
	MaxTaughtSource = 5
	maxSourceText   = 300 // characters of a source's title, and of its address
	maxReason       = 200 // characters
	maxHistory      = 20  // events of one lesson, the newest
)

// A TaughtState says whether a lesson is answered from.
type TaughtState string

// The states of a lesson.
const (
	TaughtDraft     TaughtState = "draft"     // waits for approval
	TaughtLive      TaughtState = "live"      // is answered from
	TaughtWithdrawn TaughtState = "withdrawn" // was rejected or taken back; kept for its history
)

// A Taught is a lesson of a group with its life. Lessons lie on the shelf
// "taught GROUP", each as JSON under its number. Mentors are in it by their
// learner's id, which says nothing once they are forgotten.
type Taught struct {
	Wording

	Edit       *Wording      `json:"edit,omitempty"` // of a live lesson: what it is to become when approved
	State      TaughtState   `json:"state"`
	ApprovedBy ID            `json:"approvedBy,omitempty"`
	At         time.Time     `json:"at"`             // when it came into its state
	Item       string        `json:"item,omitempty"` // the question of the inbox that it answers; empty when told who waits for it
	History    []TaughtEvent `json:"history,omitempty"`
}

// A Wording is what a lesson says: an entry of its own, or more phrasings of a
// topic.
type Wording struct {
	Entry *TaughtEntry `json:"entry,omitempty"`
	Topic string       `json:"topic,omitempty"` // of the guide; empty with an entry
	Ask   []string     `json:"ask,omitempty"`   // phrasings of the topic; none with an entry
	By    ID           `json:"by"`              // who wrote it
}

// A TaughtEntry is an entry of the guide as a group writes it.
type TaughtEntry struct {
	ID      string             `json:"id"`
	Title   string             `json:"title"`
	Ask     []string           `json:"ask"` // the title is the first
	Short   string             `json:"short"`
	More    string             `json:"more,omitempty"`
	Sources []knowledge.Source `json:"sources,omitempty"`
	See     []string           `json:"see,omitempty"`
}

// A TaughtEvent is one step in a lesson's life.
type TaughtEvent struct {
	At   time.Time `json:"at"`
	By   ID        `json:"by"`
	What string    `json:"what"`           // "taught", "edited", "approved", "rejected" or "withdrawn"
	Note string    `json:"note,omitempty"` // why, or what the words were before
}

// taughtSection is the section of the guide that lessons stand in.
const taughtSection = "taught"

// title is what a list calls the lesson.
func (w Wording) title() string {
	if w.Entry != nil {
		return w.Entry.Title
	}
	return strings.Join(w.Ask, ", ") + " → " + w.Topic
}

// phrasings are the questions that the lesson answers.
func (w Wording) phrasings() []string {
	if w.Entry != nil {
		return w.Entry.Ask
	}
	return w.Ask
}

// lesson is w as libraries take it, as of the month of at.
func (w Wording) lesson(at time.Time) knowledge.Lesson {
	if w.Entry == nil {
		return knowledge.Lesson{Topic: w.Topic, Ask: w.Ask}
	}
	return knowledge.Lesson{Entry: w.Entry.entry(at)}
}

func (e TaughtEntry) entry(at time.Time) *knowledge.Entry {
	return &knowledge.Entry{
		ID: e.ID, Section: taughtSection, Title: e.Title, Ask: e.Ask, See: e.See, Sources: e.Sources, Reviewed: at.UTC().Format("2006-01"),
		Short: e.Short, More: e.More, Taught: true,
	}
}

// waits reports whether something of the lesson waits for approval.
func (t Taught) waits() bool { return t.State == TaughtDraft || t.Edit != nil }

// pending is the wording that waits for approval; when none does, the present one.
func (t Taught) pending() Wording {
	if t.Edit != nil {
		return *t.Edit
	}
	return t.Wording
}

// did is t with one more event, the newest maxHistory of them.
func (t Taught) did(what string, by ID, at time.Time, note string) Taught {
	t.History = append(slices.Clone(t.History), TaughtEvent{At: at.UTC(), By: by, What: what, Note: cutRunes(note, maxReason)})
	t.History = t.History[max(0, len(t.History)-maxHistory):]
	return t
}

// newTaught is a draft of a lesson. item is the question of the inbox it answers,
// empty for none.
func newTaught(w Wording, item string, at time.Time) Taught {
	t := Taught{Wording: w, State: TaughtDraft, At: at.UTC(), Item: item}
	return t.did("taught", w.By, at, "")
}

// edited is t with other words. A live lesson stays as it is until they are
// approved; a withdrawn one is a draft again.
func (t Taught) edited(w Wording, at time.Time) Taught {
	before := t.Wording
	if t.State == TaughtLive {
		t.Edit = &w
	} else {
		t.Wording, t.State, t.At = w, TaughtDraft, at.UTC()
	}
	note := before.title()
	if before.Entry != nil {
		note = before.Entry.Short
	}
	return t.did("edited", w.By, at, note)
}

// approved is t in the words that waited, live. alone allows the one who wrote
// them to approve them.
func (t Taught) approved(by ID, alone bool, at time.Time) (Taught, error) {
	switch {
	case !t.waits() && t.State == TaughtLive:
		return t, refuse("somebody was faster: this lesson is live already, approved %s.", onDay(t.At))
	case !t.waits():
		return t, refuse("somebody was faster: this lesson was rejected or withdrawn %s. `teach` with its number writes it anew.", onDay(t.At))
	case t.pending().By == by && !alone:
		return t, refuse("a second mentor approves what you wrote: four eyes see more than two. It stands in `taught` until then.")
	}
	t.Wording, t.Edit = t.pending(), nil
	t.State, t.ApprovedBy, t.At = TaughtLive, by, at.UTC()
	return t.did("approved", by, at, ""), nil
}

// rejected is t without the words that waited: a draft is withdrawn, a live lesson
// stays as it was.
func (t Taught) rejected(by ID, why string, at time.Time) (Taught, error) {
	if !t.waits() {
		return t, refuse("somebody was faster: nothing of this lesson waits for approval any more, %s. `withdraw` takes a live one back.", t.stateWords())
	}
	if t.Edit == nil {
		t.State, t.At = TaughtWithdrawn, at.UTC()
	}
	t.Edit = nil
	return t.did("rejected", by, at, why), nil
}

// withdrawn is t answered from no more.
func (t Taught) withdrawn(by ID, why string, at time.Time) (Taught, error) {
	if t.State == TaughtWithdrawn {
		return t, refuse("somebody was faster: this lesson was withdrawn %s.", onDay(t.At))
	}
	t.State, t.Edit, t.At = TaughtWithdrawn, nil, at.UTC()
	return t.did("withdrawn", by, at, why), nil
}

// onDay is a day of the calendar in UTC: a lesson has no zone of its own.
func onDay(at time.Time) string { return at.UTC().Format("on 2 January 2006") }

// paper is the text that parseTaught reads.
func (t Taught) paper() (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(t); err != nil {
		return "", fmt.Errorf("write a lesson: %w", err)
	}
	if b.Len() > MaxPaper {
		return "", refuse("this lesson is too long to be kept. Shorten what stands under More.")
	}
	return strings.TrimSpace(b.String()), nil
}

func parseTaught(number int, text string) (Taught, error) {
	var t Taught
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, fmt.Errorf("read lesson t%d: %w", number, err)
	}
	if t.Entry == nil && t.Topic == "" {
		return t, fmt.Errorf("read lesson t%d: it has neither an entry nor a topic", number)
	}
	return t, nil
}

// taughtShelf is where the lessons of a group lie.
func taughtShelf(group string) string { return "taught " + group }

// A numbered is a lesson with its number.
type numbered struct {
	Taught

	n int
}

// taughtIn reads the lessons of a group, by number. What cannot be read is left
// out, and the error is for it.
func taughtIn(ctx context.Context, store Store, group string) ([]numbered, error) {
	var all []numbered
	var broken error
	for p, err := range store.Papers(ctx, taughtShelf(group)) {
		if err != nil {
			return nil, fmt.Errorf("read the lessons of %s: %w", group, err)
		}
		n, err := strconv.Atoi(p.Key)
		if err != nil {
			broken = fmt.Errorf("read the lessons of %s: %q is no number of one", group, p.Key)
			continue
		}
		t, err := parseTaught(n, p.Text)
		if err != nil {
			broken = fmt.Errorf("read the lessons of %s: %w", group, err)
			continue
		}
		all = append(all, numbered{t, n})
	}
	slices.SortFunc(all, func(a, b numbered) int { return a.n - b.n })
	return all, broken
}

// Lessons returns what a group has taught and approved, in the order it was
// taught; nil for nothing. Beside an error it returns the lessons that could be
// read.
func Lessons(ctx context.Context, store Store, group string) ([]knowledge.Lesson, error) {
	all, err := taughtIn(ctx, store, group)
	return lessonsOf(all), err
}

// lessonsOf are the live ones of all.
func lessonsOf(all []numbered) []knowledge.Lesson {
	var out []knowledge.Lesson
	for _, t := range all {
		if t.State == TaughtLive {
			out = append(out, t.lesson(t.At))
		}
	}
	return out
}

// cutRunes is text cut after n characters.
func cutRunes(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i] + "…"
		}
	}
	return text
}
