package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"mentor/bot/streak"
	"mentor/knowledge"
)

// When a learner is asked what became of a next step.
const (
	triedAfter = 3      // days after the answer
	triedApart = 7      // days between two such questions
	triedStale = 30     // days after which a later answer takes the place of one not asked about
	maxTried   = 10_000 // learners whose last answer waits to be looked at
)

// A FollowUp is the wish to be asked, some days after an answer with a next step,
// what became of it. The zero value is no such wish.
//
// The question comes with the daily reminder, at most once a week, and never by
// itself: so there is one message a day at most, and the learner's own hour, quiet
// hours, pauses and rest days hold for it without a second plan beside the first.
type FollowUp struct {
	On    bool       `json:"on"`
	Topic string     `json:"topic,omitempty"`     // of the answer to ask about next; empty for none
	Since streak.Day `json:"since,omitempty"`     // the day it was given
	Group string     `json:"group,omitempty"`     // where the last such answer was given; empty for a direct chat
	Asked streak.Day `json:"lastAsked,omitempty"` // the day of the last question; 0 for never
}

// Due reports whether the reminder of the day asks the question.
func (f FollowUp) Due(day streak.Day) bool {
	return f.On && f.Topic != "" && day >= f.Since+triedAfter && (f.Asked == 0 || day >= f.Asked+triedApart)
}

// Put is f after the question was sent with the day's reminder.
func (f FollowUp) Put(day streak.Day) FollowUp {
	f.Topic, f.Since, f.Asked = "", 0, day
	return f
}

// answered is f after an answer with a next step. The one to be asked about is the
// first that is open, so that somebody who asks every day is asked at all.
func (f FollowUp) answered(topic, group string, day streak.Day) FollowUp {
	if !f.On || f.Topic != "" && day < f.Since+triedStale {
		return f
	}
	f.Topic, f.Group, f.Since = topic, group, day
	return f
}

// merge is the one wish of somebody who was two.
func (f FollowUp) merge(other FollowUp) FollowUp {
	if !f.On && other.On {
		f, other = other, f
	}
	f.Asked = max(f.Asked, other.Asked)
	return f
}

// record writes f's fields.
func (f FollowUp) record(into Record) {
	if f == (FollowUp{}) {
		return
	}
	into["fu"] = strings.TrimRight(fmt.Sprint(bits(f.On), int(f.Since), int(f.Asked))+" "+f.Topic, " ")
	into.put("fg", f.Group)
}

// set reads what record wrote.
func (f *FollowUp) set(field, value string) error {
	if field == "fg" {
		f.Group = value
		return nil
	}
	fields := strings.Fields(value)
	if len(fields) == 4 {
		f.Topic = fields[3]
		fields = fields[:3]
	}
	n, err := parseInts(strings.Join(fields, " "), 3)
	if err != nil {
		return err
	}
	f.On, f.Since, f.Asked = n[0] == 1, streak.Day(n[1]), streak.Day(n[2])
	return nil
}

// nextStep reports whether an entry leads to something to do: it is a step of the
// roadmap, or a step names it.
func (m *Mentor) nextStep(topic string) bool {
	guide := m.library.Guide()
	for _, step := range Roadmap(guide) {
		if step.ID == topic || slices.ContainsFunc(guide.Related(step), func(e *knowledge.Entry) bool { return e.ID == topic }) {
			return true
		}
	}
	return false
}

// triedQueue holds answers of which Tend is to see whether the learner wants to be
// asked about them: no answer waits for the store.
type triedQueue struct {
	mu sync.Mutex
	by map[Account]gotAnswer
}

// A gotAnswer is an answer that somebody got.
type gotAnswer struct {
	q     Question
	topic string
}

func (t *triedQueue) add(q Question, topic string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[Account]gotAnswer{}
	}
	if _, known := t.by[q.Person]; known || len(t.by) < maxTried {
		t.by[q.Person] = gotAnswer{Question{Person: q.Person, Group: q.Group, At: q.At}, topic}
	}
}

func (t *triedQueue) take() map[Account]gotAnswer {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.by
	t.by = nil
	return out
}

// noteAnswers remembers the answers with a next step of those who want to be asked.
// One that cannot be written is lost, and nobody is asked about it.
func (m *Mentor) noteAnswers(ctx context.Context) {
	for _, got := range m.tried.take() {
		if !m.nextStep(got.topic) {
			continue
		}
		if err := m.noteAnswer(ctx, got); err != nil {
			m.log.Error("an answer to ask about is not remembered", "err", err)
			return
		}
	}
}

func (m *Mentor) noteAnswer(ctx context.Context, got gotAnswer) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	l, err := m.learner(ctx, got.q)
	if err != nil {
		return err
	}
	day := l.Streak.Clock().Day(got.q.At)
	if l.FollowUp.answered(got.topic, got.q.Group, day) == l.FollowUp {
		return nil
	}
	_, err = m.update(ctx, got.q, func(l *Learner) error {
		l.FollowUp = l.FollowUp.answered(got.topic, got.q.Group, day)
		return nil
	})
	return err
}

// followUp shows or sets whether the learner wants to be asked.
func (m *Mentor) followUp(ctx context.Context, q Question, r request) (Reply, error) {
	const what = "Once a week at most, your daily reminder then asks what became of a next step that I told you of. "
	if r.rest == "" {
		l, err := m.learner(ctx, q)
		if err != nil {
			return Reply{}, err
		}
		if l.FollowUp.On {
			return setting("Follow-up is on. %s`followup off` ends it.", what), nil
		}
		return setting("Follow-up is off. `followup on` switches it on. %s", what), nil
	}
	on := strings.EqualFold(r.rest, "on")
	l, err := m.update(ctx, q, func(l *Learner) error {
		l.FollowUp.On = on
		if !on {
			l.FollowUp = FollowUp{Asked: l.FollowUp.Asked}
		}
		return nil
	})
	switch {
	case err != nil:
		return Reply{}, err
	case !on:
		return setting("Follow-up is off, and I have forgotten what I would have asked about."), nil
	case !l.Reminder.On:
		return setting("Follow-up is on. It comes with the daily reminder, which you do not have yet: `remind 19:30` sets one."), nil
	}
	return setting("Follow-up is on. %s`followup off` ends it.", what), nil
}

// TriedChoices are what can be answered to "did you try that?", as buttons say it.
func TriedChoices(topic string) []Choice {
	var out []Choice
	for _, c := range []Choice{{Title: "Did it", Say: "/tried done "}, {Title: "Stuck", Say: "/tried stuck "}, {Title: "Changed plan", Say: "/tried changed "}} {
		if c.Say += topic; len(c.Say) <= MaxSay {
			out = append(out, c)
		}
	}
	return out
}

// triedIt takes the answer to "did you try that?".
func (m *Mentor) triedIt(ctx context.Context, q Question, r request) (Reply, error) {
	how, topic, _ := strings.Cut(r.rest, " ")
	entry := m.library.Guide().Entry(strings.TrimSpace(topic))
	if entry == nil {
		return Reply{}, refuse("the guide does not have that entry any more. `next` names what comes next on your road.")
	}
	switch n := stepNumber(entry.ID); strings.ToLower(how) {
	case "done":
		if n == 0 || m.steps() == nil {
			return setting("Well done. `next` names what comes next on your road."), nil
		}
		return m.tick(ctx, q, request{verb: verbDone, number: n})
	case "stuck":
		return m.stuck(ctx, q, entry)
	}
	reply := setting("Fine: plans are there to be changed. Next on your road you find with `next`.")
	reply.Choices = []Choice{{Title: "What is next?", Say: "next"}}
	return reply, nil
}

// stuck passes on that somebody is stuck, to the mentors of the group in which they
// were told of the step.
func (m *Mentor) stuck(ctx context.Context, q Question, entry *knowledge.Entry) (Reply, error) {
	if q.Group == "" {
		l, err := m.learner(ctx, q)
		if err != nil {
			return Reply{}, err
		}
		q.Group = l.FollowUp.Group
	}
	if q.Group == "" {
		reply := setting("That happens to everybody. Ask me where exactly you are stuck, in your own words, or ask in your group and say `ask a mentor`.")
		reply.Choices = []Choice{{Topic: entry.ID, Title: entry.Title}}
		return reply, nil
	}
	return m.passOn(ctx, q, request{asked: "I am stuck with this: " + entry.Title, near: entry.ID})
}

// triedWords takes what can follow `tried`.
func triedWords(s string) bool {
	how, topic, _ := strings.Cut(s, " ")
	return oneOf("done", "stuck", "changed")(how) && oneWord(strings.TrimSpace(topic))
}

// noteTried notes an answer that the asker may want to be asked about.
func (m *Mentor) noteTried(q Question, topic string) {
	if m.store != nil {
		m.tried.add(q, topic)
	}
}
