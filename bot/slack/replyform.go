package slack

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot"
)

// Limits of a form (docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
// and surfaces/modals, November 2026).
const (
	maxFormTitle = 24
	maxFormText  = 3_000
	maxFormHint  = 150
)

// A formOrigin is where a form was opened and what it says; the modal carries it,
// so that a form that is submitted after a restart works.
type formOrigin struct {
	channel, thread string
	say             string
	names           []string // of the fields, in their order
}

// metadata is o as a modal's private_metadata, a line each.
func (o formOrigin) metadata() string {
	return strings.Join([]string{o.channel, o.thread, o.say, strings.Join(o.names, " ")}, "\n")
}

// parseOrigin reads what metadata wrote; it reports false for anything else.
func parseOrigin(metadata string) (formOrigin, bool) {
	lines := strings.Split(metadata, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[2] == "" || lines[3] == "" {
		return formOrigin{}, false
	}
	return formOrigin{lines[0], lines[1], lines[2], strings.Fields(lines[3])}, true
}

// replyForm draws the form of a reply.
func replyForm(f bot.Form, t target) slack.ModalViewRequest {
	o := formOrigin{channel: t.channel, thread: t.thread, say: f.Say}
	if t.opens {
		o.thread = ""
	}
	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: replyCallback, Title: plainText(shorten(f.Title, maxFormTitle)), Submit: plainText("Send"), Close: plainText("Cancel"),
	}
	for _, field := range f.Fields {
		o.names = append(o.names, field.Name)
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, formField(field))
	}
	v.PrivateMetadata = o.metadata()
	return v
}

func formField(f bot.Field) slack.Block {
	var hint *slack.TextBlockObject
	if f.Hint != "" {
		hint = plainText(shorten(f.Hint, maxFormHint))
	}
	input := slack.NewPlainTextInputBlockElement(hint, f.Name)
	input.Multiline, input.MaxLength, input.InitialValue = f.Long, min(f.Max, maxFormText), f.Value
	return slack.NewInputBlock(f.Name, plainText(f.Label), nil, input).WithOptional(f.Optional)
}

// showForm opens the form of a reply for who just clicked or commanded; it reports
// false when there is none, or when the 3 s are over in which it may.
func (w *workspace) showForm(ctx context.Context, t target, r bot.Reply) bool {
	if r.Form == nil || t.trigger == "" || t.channel == "" {
		return false
	}
	err := w.call(ctx, "views.open", never, func(ctx context.Context) error {
		_, err := w.api.OpenViewContext(ctx, t.trigger, replyForm(*r.Form, t))
		return err //nolint:wrapcheck // call looks into it
	})
	if err != nil {
		w.log.Warn("a form could not be opened; its button is shown", "err", clean(err))
	}
	return err == nil
}

// formSubmitted takes a reply's form: its values become words, said where it was
// opened. The answer is for the person's own eyes.
func (b *Bot) formSubmitted(w *workspace, e envelope, i slack.InteractionCallback) bool {
	o, ok := parseOrigin(i.View.PrivateMetadata)
	if !ok {
		b.log.Warn("a form that is not the mentor's", "view", i.View.ID)
		return true
	}
	f, values := bot.Form{Say: o.say}, map[string]string{}
	for _, name := range o.names {
		f.Fields = append(f.Fields, bot.Field{Name: name})
		values[name] = i.View.State.Values[name][name].Value
	}
	t := target{user: i.User.ID, came: time.Now(), channel: o.channel, thread: o.thread, hidden: true, direct: strings.HasPrefix(o.channel, "D")}
	q := t.question(w, f.Words(values))
	q.Event, q.At = envelopeEvent(w.id, e.ID), b.now()
	return b.crew.add(w.id+i.User.ID, func(ctx context.Context) { b.answer(ctx, w, q, bot.Command, t) })
}

// parentTime is how long the question above an answer is looked for: the form has
// to be open within 3 s.
const parentTime = time.Second

// teachThis takes the shortcut that makes a lesson of a message: what it says is
// the answer, and what its thread began with is the question.
func (b *Bot) teachThis(w *workspace, e envelope, i slack.InteractionCallback) bool {
	t := target{user: i.User.ID, came: time.Now(), channel: i.Channel.ID, thread: i.Message.ThreadTimestamp, respond: i.ResponseURL, hidden: true, trigger: i.TriggerID}
	return b.crew.add(w.id+i.User.ID, func(ctx context.Context) {
		answer, _ := said(i.Message.Text, w.user)
		question := ""
		if i.Message.ThreadTimestamp != "" && i.Message.ThreadTimestamp != i.Message.Timestamp {
			question = w.beganWith(ctx, i.Channel.ID, i.Message.ThreadTimestamp)
		}
		f := bot.Form{Say: "/teach form", Fields: []bot.Field{{Name: "Q"}, {Name: "A"}}}
		q := t.question(w, f.Words(map[string]string{"Q": strings.Join(strings.Fields(question), " "), "A": answer}))
		q.Event, q.At = envelopeEvent(w.id, e.ID), b.now()
		b.answer(ctx, w, q, bot.Command, t)
	})
}

// beganWith is what a thread began with; empty when it cannot be read in time.
func (w *workspace) beganWith(ctx context.Context, channel, thread string) string {
	ctx, cancel := context.WithTimeout(ctx, parentTime)
	defer cancel()
	messages, err := w.recent(ctx, channel, thread, timeOf(thread, w.now()))
	if err != nil {
		w.log.Info("the question above an answer cannot be read", "err", clean(fmt.Errorf("read a thread: %w", err)))
	}
	for _, m := range messages {
		if m.Timestamp == thread {
			words, _ := said(m.Text, w.user)
			return words
		}
	}
	return ""
}
