package discord

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"mentor/bot"
)

// teachThis is the entry in a message's menu that makes a lesson of it.
const teachThis = "Teach the mentor this"

// A modal is a form as Discord shows it (its component reference, August 2026).
// Its custom_id says with which words it is submitted.
type modal struct {
	Title      string      `json:"title"`
	CustomID   string      `json:"custom_id"`
	Components []formLabel `json:"components"`
}

type formLabel struct {
	Type      int       `json:"type"`
	Label     string    `json:"label"`
	Component formInput `json:"component"`
}

type formInput struct {
	Type        int    `json:"type"`
	CustomID    string `json:"custom_id"`
	Style       int    `json:"style"`
	Placeholder string `json:"placeholder,omitempty"`
	Value       string `json:"value,omitempty"`
	Required    bool   `json:"required"`
	MaxLength   int    `json:"max_length,omitempty"`
}

// Types of components in a modal, and the styles and limits of a text field.
const (
	textInput   = 4
	labelled    = 18
	oneLine     = 1
	severalRows = 2

	maxFormTitle = 45
	maxFormLabel = 45
	maxFormHint  = 100
	maxFormText  = 4_000
)

// modalOf draws a form; it reports false for one whose words do not fit an id.
func modalOf(f bot.Form) (modal, bool) {
	m := modal{Title: shorten(f.Title, maxFormTitle), CustomID: formPrefix + f.Say}
	for _, field := range f.Fields[:min(len(f.Fields), bot.MaxFields)] {
		in := formInput{
			Type: textInput, CustomID: field.Name, Style: oneLine, Placeholder: shorten(field.Hint, maxFormHint), Value: field.Value,
			Required: !field.Optional, MaxLength: min(field.Max, maxFormText),
		}
		if field.Long {
			in.Style = severalRows
		}
		m.Components = append(m.Components, formLabel{labelled, shorten(field.Label, maxFormLabel), in})
	}
	return m, utf8.RuneCountInString(m.CustomID) <= maxID
}

// wordsOfForm are the words that a submitted form says; it reports false for what
// no version has made.
func wordsOfForm(d interactionData) (string, bool) {
	say, ok := strings.CutPrefix(d.CustomID, formPrefix)
	if !ok || say == "" {
		return "", false
	}
	f, values := bot.Form{Say: say}, map[string]string{}
	for _, c := range d.Components {
		in := c.Component
		if len(c.Components) == 1 { // a row, as before labels
			in = c.Components[0]
		}
		f.Fields = append(f.Fields, bot.Field{Name: in.CustomID})
		values[in.CustomID] = in.Value
	}
	return f.Words(values), len(values) > 0
}

// A filledIn is a part of a submitted form: a label with a field, or a row.
type filledIn struct {
	Component  filledField   `json:"component"`
	Components []filledField `json:"components"`
}

type filledField struct {
	CustomID string `json:"custom_id"`
	Value    string `json:"value"`
}

// canShowForm reports whether an interaction may be answered with a form: not one
// that is a form's submission.
func canShowForm(i interaction) bool { return i.Type == usedCommand || i.Type == usedComponent }

// showForm answers with a form; it reports false when there is none to show.
func (b *Bot) showForm(ctx context.Context, i interaction, came time.Time, r bot.Reply) bool {
	if r.Form == nil || !canShowForm(i) {
		return false
	}
	m, ok := modalOf(*r.Form)
	return ok && b.first(ctx, i, came, response{answerForm, m}, nil)
}

// lookUpTime is how long the message that another one answers is looked for: the
// form has to be there within 3 s.
const lookUpTime = time.Second

// teachWords are the words that ask for a form with a message as the answer, and
// the message that it replies to as the question.
func (b *Bot) teachWords(ctx context.Context, i interaction) string {
	m := i.Data.Resolved.Messages[i.Data.TargetID]
	question := ""
	switch {
	case m.ReferencedMessage != nil:
		question = m.ReferencedMessage.Content
	case m.MessageReference != nil && isSnowflake(m.MessageReference.MessageID):
		question = b.contentOf(ctx, i.ChannelID, m.MessageReference.MessageID)
	}
	f := bot.Form{Say: "/teach form", Fields: []bot.Field{{Name: "Q"}, {Name: "A"}}}
	return f.Words(map[string]string{"Q": strings.Join(strings.Fields(question), " "), "A": m.Content})
}

// contentOf is what a message says; empty when it cannot be read in time.
func (b *Bot) contentOf(ctx context.Context, channel, id string) string {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	var m message
	if err := b.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + channel + "/messages/" + id}, &m); err != nil {
		b.log.Info("the message that another one answers cannot be read", "err", err)
	}
	return m.Content
}
