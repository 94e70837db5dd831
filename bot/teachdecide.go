package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// approve makes what waits of a lesson live, for the group alone.
func (m *Mentor) approve(ctx context.Context, q Question, r request) (Reply, error) {
	alone := false
	n, item, err := m.decide(ctx, q, r, func(t Taught, by ID, _ string) (_ Taught, err error) {
		return t.approved(by, alone, q.At)
	}, func() (err error) {
		alone, err = m.teachesAlone(ctx, q.Group)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	lead := "Live from now on, in this group alone."
	told, err := m.tellWaiting(ctx, q, n, item)
	if err != nil {
		m.log.Error("not all who wait for an answer are told it", "err", err) // it is live all the same
	}
	if told > 0 {
		lead += fmt.Sprintf(" %s, who had passed the question on, %s told.", plural(told, "learner"), map[bool]string{true: "is", false: "are"}[told == 1])
	}
	return m.lessonReply(ctx, q, n, lead)
}

// reject drops what waits of a lesson.
func (m *Mentor) reject(ctx context.Context, q Question, r request) (Reply, error) {
	n, _, err := m.decide(ctx, q, r, func(t Taught, by ID, why string) (Taught, error) { return t.rejected(by, why, q.At) }, nil)
	if err != nil {
		return Reply{}, err
	}
	return m.lessonReply(ctx, q, n, "Rejected.")
}

// withdraw takes a lesson back.
func (m *Mentor) withdraw(ctx context.Context, q Question, r request) (Reply, error) {
	n, _, err := m.decide(ctx, q, r, func(t Taught, by ID, why string) (Taught, error) { return t.withdrawn(by, why, q.At) }, nil)
	if err != nil {
		return Reply{}, err
	}
	return m.lessonReply(ctx, q, n, "Withdrawn: I answer from it no more.")
}

// decide changes the lesson that r names as its mentor wants, and tells all
// processes. before, unless nil, is called first, once it is sure that the person
// may. It returns the lesson's number and the question of the inbox it came from.
func (m *Mentor) decide(ctx context.Context, q Question, r request, change func(t Taught, by ID, why string) (Taught, error), before func() error) (n int, item string, err error) {
	if err := m.mentorsOnly(ctx, q); err != nil {
		return 0, "", err
	}
	word, why := cutWord(r.rest)
	n, ok := lessonNumber(word)
	if !ok {
		return 0, "", refuse("say which lesson, for example `approve t5`. `taught` lists them.")
	}
	if before != nil {
		if err := before(); err != nil {
			return 0, "", err
		}
	}
	by, err := m.store.Resolve(ctx, q.Person)
	if err != nil {
		return 0, "", fmt.Errorf("find the learner: %w", err)
	}
	why = strings.Join(linesOf(unpinged(why)), " ")
	err = m.changeLesson(ctx, q.Group, n, func(t Taught) (Taught, error) {
		item = t.Item
		return change(t, by, why)
	})
	if err != nil {
		return 0, "", err
	}
	return n, item, m.lessonsChanged(ctx, q.Group)
}

// teachesAlone reports whether a group has named fewer than two mentors, so that
// who wrote a lesson may approve it. How many have a role nobody tells.
func (m *Mentor) teachesAlone(ctx context.Context, group string) (bool, error) {
	g, err := m.store.Group(ctx, group)
	if err != nil {
		return false, fmt.Errorf("read a group's settings: %w", err)
	}
	return g.MentorRole == "" && len(g.Mentors) < 2, nil
}

// tellWaiting tells those who had passed a question on what the lesson answers,
// each once and in private, and returns how many there are. Whom that does not
// reach is not told later: the answer is there when they ask.
func (m *Mentor) tellWaiting(ctx context.Context, q Question, n int, item string) (told int, err error) {
	if item == "" {
		return 0, nil
	}
	waiting, err := m.takeWaiting(ctx, q.Group, item)
	if errors.Is(err, errNoItem) || len(waiting) == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	t, err := m.lesson(ctx, q.Group, n)
	if err != nil {
		return 0, err
	}
	reply := m.news(ctx, q, t)
	for _, id := range waiting {
		to, err := m.accountIn(ctx, q.Group, id)
		if err != nil {
			return told, err
		}
		if to != "" {
			m.outbox.add(Delivery{To: to, Reply: reply, Key: newKey()})
			told++
		}
	}
	return told, nil
}

// accountIn is a learner's account on the platform of a group; empty for who has
// none any more.
func (m *Mentor) accountIn(ctx context.Context, group string, id ID) (Account, error) {
	l, err := m.store.Get(ctx, id)
	if errors.Is(err, ErrNoLearner) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the learner: %w", err)
	}
	for _, a := range l.Accounts {
		if a.Platform() == Account(group).Platform() {
			return a, nil
		}
	}
	return "", nil
}

// news is the answer to a question that a learner had passed on.
func (m *Mentor) news(ctx context.Context, q Question, t Taught) Reply {
	guide := m.libraryOf(ctx, q).Guide()
	id := t.Topic
	if t.Entry != nil {
		id = t.Entry.ID
	}
	r := Reply{Kind: Nudge, Text: fmt.Sprintf("You had passed a question on to the mentors: %q. Here is their answer.", shown(t.phrasings()[0]))}
	e := guide.Entry(id)
	if e == nil {
		return r
	}
	r.Title, r.Sources, r.Taught = e.Title, e.Sources, m.libraryOf(ctx, q).taught[id]
	r.Text += "\n\n" + e.Short
	if e.More != "" && t.Entry != nil { // no button leads to it where the group is not
		r.Text += "\n\n" + e.More
	}
	return r
}
