package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot"
)

// interaction takes a click, a choice, a form or a shortcut.
func (b *Bot) interaction(e envelope) (answer any, ok bool) {
	var i slack.InteractionCallback
	if err := json.Unmarshal(e.Payload, &i); err != nil {
		b.log.Error("an interaction from Slack cannot be read", "err", err)
		return nil, true
	}
	w := b.teams[i.Team.ID]
	if w == nil {
		b.log.Warn("an interaction of a workspace without a token in SLACK_BOT_TOKEN", "team", i.Team.ID)
		return nil, true
	}
	switch i.Type {
	case slack.InteractionTypeBlockSuggestion:
		return b.offers(i.Value), true
	case slack.InteractionTypeViewSubmission:
		return b.submitted(w, e, i)
	case slack.InteractionTypeBlockActions:
		return nil, b.pressed(w, e, i)
	case slack.InteractionTypeMessageAction:
		if i.CallbackID == teachMessage {
			return nil, b.teachThis(w, e, i)
		}
		return nil, b.askedAbout(w, e, i)
	case slack.InteractionTypeShortcut:
		return nil, b.openForm(w, i.User.ID, i.TriggerID)
	}
	return nil, true
}

// pressed takes buttons and menus.
func (b *Bot) pressed(w *workspace, e envelope, i slack.InteractionCallback) bool {
	for _, a := range i.ActionCallback.BlockActions {
		p, ok := parsePress(a.ActionID, cmp.Or(a.Value, a.SelectedOption.Value))
		switch {
		case !ok:
			b.log.Warn("a button of Slack's that is not the mentor's", "action", a.ActionID)
		case p.kind == pressAsk:
			return b.openForm(w, i.User.ID, i.TriggerID)
		default:
			t := targetOf(i)
			t.write = p.kind == pressWrite
			t.shared = p.kind == pressShare
			q := t.question(w, p.words)
			q.Event, q.At = envelopeEvent(w.id, e.ID), timeOf(a.ActionTs, b.now())
			return b.crew.add(w.id+i.User.ID, func(ctx context.Context) { b.answer(ctx, w, q, bot.Command, t) })
		}
	}
	return true
}

// targetOf is where the answer to a click belongs: where the button is.
func targetOf(i slack.InteractionCallback) target {
	t := target{user: i.User.ID, came: time.Now(), respond: i.ResponseURL, channel: cmp.Or(i.Container.ChannelID, i.Channel.ID), hidden: i.Container.IsEphemeral, trigger: i.TriggerID}
	switch {
	case i.View.Type == slack.VTHomeTab:
		t.home = true
	case i.View.Type == slack.VTModal:
		t.view = i.View.ID
	case strings.HasPrefix(t.channel, "D"):
		t.direct, t.thread = !t.hidden, i.Container.ThreadTs
	case t.hidden:
		t.thread = i.Container.ThreadTs
	default:
		t.thread, t.opens = cmp.Or(i.Container.ThreadTs, i.Container.MessageTs), i.Container.ThreadTs == ""
	}
	return t
}

// question is what is said by a click at t.
func (t target) question(w *workspace, words string) bot.Question {
	q := bot.Question{Text: words, Place: place(t.channel, t.thread), Channel: t.channel, Group: group(w.id)}
	switch {
	case t.home:
		q.Place = "home:" + t.user
	case t.view != "":
		q.Place = "form:" + t.user
	}
	if t.home || t.view != "" || strings.HasPrefix(t.channel, "D") {
		q.Channel, q.Group = "", ""
	}
	return q
}

// askedAbout takes the shortcut on a message: what it says is the question, and
// the answer is for the eyes of who used the shortcut.
func (b *Bot) askedAbout(w *workspace, e envelope, i slack.InteractionCallback) bool {
	text, _ := said(i.Message.Text, w.user)
	t := target{user: i.User.ID, came: time.Now(), channel: i.Channel.ID, thread: i.Message.ThreadTimestamp, respond: i.ResponseURL, hidden: true}
	q := t.question(w, "ask "+text)
	q.Event, q.At = envelopeEvent(w.id, e.ID), b.now()
	return b.crew.add(w.id+i.User.ID, func(ctx context.Context) { b.answer(ctx, w, q, bot.Command, t) })
}
