package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// askMentor is the choice to pass a question on.
var askMentor = Choice{Title: "Ask a mentor", Say: "ask a mentor"}

// passOn hands the last question to the group's mentors.
func (m *Mentor) passOn(ctx context.Context, q Question, r request) (Reply, error) {
	switch {
	case q.Group == "":
		return Reply{}, refuse("mentors belong to a group. Ask in one of its channels, then pass the question on there.")
	case r.asked == "" || len(gistOf(r.asked)) == 0:
		return Reply{}, refuse("I do not know any more which question you mean. Ask it once more, then say `ask a mentor`.")
	}
	q.contact.about = turn{asked: r.asked, topic: r.last} // so that a second tap means the same
	l, err := m.update(ctx, q, func(*Learner) error { return nil })
	if err != nil {
		return Reply{}, err
	}
	text := fitWords(r.asked)
	g, err := m.store.Group(ctx, q.Group)
	if err != nil {
		return Reply{}, fmt.Errorf("read a group's settings: %w", err)
	}
	if !g.hasMentors() {
		m.inbox.add(unanswered{group: q.Group, text: text, topic: r.near, why: whyPassed, waiting: l.ID, at: q.At})
		return setting("This group has named no mentors yet, so I keep your question for those who manage it. When they teach me the answer, I tell you."), nil
	}
	list, err := m.handovers(ctx, q.Group)
	if err != nil {
		return Reply{}, err
	}
	wait, known := usualWait(list)
	usual := "Nobody has passed one on before, so I cannot say how long it takes."
	if known {
		usual = fmt.Sprintf("The last ones waited about %s.", inHours(wait))
	}
	switch open := openHandovers(list); {
	case slices.ContainsFunc(open, func(h handover) bool {
		return h.Asker == l.ID && likeness(gistOf(h.Text), gistOf(text)) >= alike
	}):
		return setting("That one is with the mentors already. %s", usual), nil
	case len(open) >= maxHandovers:
		return Reply{}, refuse("so many questions wait for this group's mentors already that I take no more just now. Please ask one of them yourself.")
	}
	m.inbox.add(unanswered{group: q.Group, text: text, topic: r.near, why: whyPassed, waiting: l.ID, at: q.At})
	id, err := m.addHandover(ctx, q.Group, handover{Text: text, Asker: l.ID, Topic: r.near, At: q.At.UTC()})
	if err != nil {
		return Reply{}, err
	}
	if g.MentorChannel != "" {
		m.outbox.add(Delivery{Group: q.Group, Place: g.MentorChannel, Reply: postedQuestion(id, text, q), Key: newKey()})
	}
	return setting("Passed on to this group's mentors. %s When one of them teaches me the answer, I tell you.", usual), nil
}

// postedQuestion is what the mentors' channel is shown. It names who asks in words,
// so that the mentors know whom to answer, and nobody is notified.
func postedQuestion(id, text string, q Question) Reply {
	return Reply{
		Kind: Help, Text: fmt.Sprintf("For the mentors of this group: **%s** asks what the guide does not answer.\n\n- %s", shownName(q.Name), escaped(text)),
		Choices: []Choice{{Title: "Resolved", Say: "resolve " + id}},
	}
}

// openQuestions lists what waits for the mentors, the longest first.
func (m *Mentor) openQuestions(ctx context.Context, q Question, _ request) (Reply, error) {
	if err := m.mentorsOnly(ctx, q); err != nil {
		return Reply{}, err
	}
	list, err := m.handovers(ctx, q.Group)
	if err != nil {
		return Reply{}, err
	}
	open := openHandovers(list)
	if len(open) == 0 {
		return setting("No question waits for the mentors."), nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Waiting for the mentors, %s, the longest first:\n\n", plural(len(open), "question"))
	reply := setting("")
	for _, h := range open[:min(len(open), shownItems)] {
		owner := ""
		switch h.Owner {
		case "":
		case q.Person:
			owner = ", yours"
		default:
			owner = ", has an owner"
		}
		fmt.Fprintf(&b, "- **%s**, since %s%s: %s\n", h.ID, inHours(max(time.Minute, q.At.Sub(h.At))), owner, escaped(h.Text))
		reply.Choices = append(reply.Choices, Choice{Title: "Resolved: " + h.ID, Say: "resolve " + h.ID})
	}
	if wait, ok := usualWait(list); ok {
		fmt.Fprintf(&b, "\nThe last ones waited about %s.", inHours(wait))
	}
	reply.Text = b.String()
	return reply, nil
}

// resolve marks a question for the mentors as answered.
func (m *Mentor) resolve(ctx context.Context, q Question, r request) (Reply, error) {
	if err := m.mentorsOnly(ctx, q); err != nil {
		return Reply{}, err
	}
	id, ok := handoverID(r.rest)
	if !ok {
		return Reply{}, refuse("say which: `open` lists the questions that wait, `resolve h3` takes one off.")
	}
	h, err := m.changeHandover(ctx, q.Group, id, func(h handover, known bool) (handover, error) {
		if !known {
			return h, refuse("there is no question %s for the mentors, or no more. `open` lists those there are.", id)
		}
		return h.resolved(q.Person, q.At)
	})
	if err != nil {
		if err == ErrTaken { //nolint:errorlint // UpdatePaper returns it as it is
			return setting("Somebody else was faster: %s is resolved already.", id), nil
		}
		return Reply{}, err
	}
	return setting("Resolved after %s. Thank you.", inHours(max(time.Minute, h.Resolved.Sub(h.At)))), nil
}

// aHandover takes what can follow `resolve`.
func aHandover(s string) bool {
	_, ok := handoverID(s)
	return ok
}

// offerMentor adds "ask a mentor" to a reply that is no answer, where there is one.
func (m *Mentor) offerMentor(ctx context.Context, q Question, r Reply) Reply {
	if m.store == nil || q.Group == "" || r.Kind != None && r.Kind != Choices || !m.group(ctx, q).hasMentors() {
		return r
	}
	r.Choices = append(slices.Clip(r.Choices), askMentor)
	return r
}

// placeOf is where a question was asked, for a channel's setting.
func placeOf(q Question) string { return cmp.Or(q.Channel, q.Place) }

// waitingText is the digest's line on what waits for the mentors; empty for nothing.
func (m *Mentor) waitingText(ctx context.Context, group string) (string, error) {
	list, err := m.handovers(ctx, group)
	if err != nil {
		return "", err
	}
	open := len(openHandovers(list))
	if open == 0 {
		return "", nil
	}
	text := fmt.Sprintf("- **For the mentors:** %s open; `open` lists them", plural(open, "question"))
	if wait, ok := usualWait(list); ok {
		text += ", and the last ones waited about " + inHours(wait)
	}
	return text + ".\n", nil
}
