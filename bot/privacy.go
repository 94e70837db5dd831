package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

const privacyText = `What I remember of you, on the server of whoever runs me and nowhere else:

- which accounts are yours, your time zone, and where your day ends
- the days you studied, those that were kept for you, and your streak's figures
- your rest days, a planned absence, the roadmap's steps you ticked
- the notes to your last 7 check-ins, and which answers you said had helped
- if you switched ` + "`followup`" + ` on, the entry of the guide to ask you about next, and the group you were told of it in
- when and where you want to be reminded, your quiet hours, and how many reminders went unanswered
- your name and the group, only if you joined its board; the group's daily message names those of the board whose day is open
- which of a group's lessons you taught or approved, by a number that means nobody once you are forgotten

What a group's inbox keeps, for its mentors and for at most 90 days: the words of questions asked in the group that I could not answer, or whose answer did not help, without who asked. If you pass one on to the mentors, they are shown your name, and I keep that it was you until it is resolved and you are told the answer.

Not remembered: your questions, otherwise. The last one stays in memory for 15 minutes, so that you can go on from it, and is written nowhere. Counted is how often a group asked about each topic of the guide, by the week and for 13 weeks, not who asked.

` + "`export` gives you all of it, `hide me` takes you off the boards, `forget me` deletes everything. Back-ups may hold it for a week longer."

func (m *Mentor) privacy(context.Context, Question, request) (Reply, error) {
	return Reply{Kind: Help, Text: privacyText, Private: true, Choices: []Choice{
		{Title: "Show me all of it", Say: "export"}, {Title: "Forget me", Say: "forget me"},
	}}, nil
}

// export gives a learner all that is remembered of them.
func (m *Mentor) export(ctx context.Context, q Question, _ request) (Reply, error) {
	id, err := m.store.Find(ctx, q.Person)
	if errors.Is(err, ErrNoLearner) {
		return setting("I remember nothing of you."), nil
	}
	if err != nil {
		return Reply{}, fmt.Errorf("find the learner: %w", err)
	}
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return Reply{}, fmt.Errorf("export learner %s: %w", id, err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
		return Reply{}, fmt.Errorf("export learner %s: %w", id, err)
	}
	pretty.WriteByte('\n')
	return Reply{Kind: Help, Text: "This is all that I remember of you.", Private: true, File: &File{Name: "mentor-export.json", Data: pretty.Bytes()}}, nil
}

// forget asks once, then removes the learner for good.
func (m *Mentor) forget(ctx context.Context, q Question, r request) (Reply, error) {
	if r.rest != "yes" && r.rest != "me yes" {
		return Reply{
			Kind: Help, Private: true, Text: "That deletes your streak, your settings, your notes and your place on boards, on all linked accounts, for good. Are you sure?",
			Choices: []Choice{{Title: "Yes, forget me", Say: "forget me yes"}, {Title: "No, keep everything", Say: "streak"}},
		}, nil
	}
	id, err := m.store.Find(ctx, q.Person)
	if errors.Is(err, ErrNoLearner) {
		return setting("I remember nothing of you."), nil
	}
	if err != nil {
		return Reply{}, fmt.Errorf("find the learner: %w", err)
	}
	l, err := m.store.Update(ctx, id, func(l *Learner) error {
		l.Gone = true // so that a crash in between is finished by the next message
		return nil
	})
	if err != nil && !errors.Is(err, ErrNoLearner) {
		return Reply{}, fmt.Errorf("forget a learner: %w", err)
	}
	if err := m.store.Forget(ctx, id); err != nil {
		return Reply{}, fmt.Errorf("forget a learner: %w", err)
	}
	for _, a := range append(l.Accounts, q.Person) {
		m.talks.forgetPerson(a)
	}
	return setting("Done: I remember nothing of you any more."), nil
}
