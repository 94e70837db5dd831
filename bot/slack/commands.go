package slack

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot"
)

// A slashCommand is a command of the app: its name, the word of the grammar that
// it stands for, and what the manifest says of it.
type slashCommand struct {
	name, word, about, hint string
}

// slashCommands are all of them. Slack has a command /remind of its own.
var slashCommands = []slashCommand{
	{"/mentor", "", "Ask the mentor, or say any of its commands", "help"},
	{"/ask", "ask", "Ask the guide; without words, a form opens", "which language is easiest?"},
	{"/checkin", "checkin", "Count today", "what you did"},
	{"/streak", "streak", "Your days, or those of somebody on the board", "@somebody"},
	{"/remindme", "remind", "When to remind you", "19:00"},
}

// wordsOf are the words that a command stands for.
func wordsOf(command, text string) string {
	for _, c := range slashCommands {
		if c.name != command {
			continue
		}
		words := strings.TrimSpace(c.word + " " + text)
		if words == "" {
			return "help"
		}
		return words
	}
	return strings.TrimPrefix(command, "/") + " " + text
}

// command takes a slash command. Its answer is for the person's own eyes.
func (b *Bot) command(e envelope) bool {
	var c slack.SlashCommand
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		b.log.Error("a command from Slack cannot be read", "err", err)
		return true
	}
	w := b.teams[c.TeamID]
	if w == nil {
		b.log.Warn("a command of a workspace without a token in SLACK_BOT_TOKEN", "team", c.TeamID)
		return true
	}
	text, _ := said(c.Text, w.user)
	if c.Command == "/ask" && text == "" {
		return b.openForm(w, c.UserID, c.TriggerID)
	}
	q := bot.Question{
		Text: wordsOf(c.Command, text), Place: place(c.ChannelID, ""), Channel: c.ChannelID, Group: group(w.id),
		Event: envelopeEvent(w.id, e.ID), At: b.now(),
	}
	t := target{user: c.UserID, came: time.Now(), channel: c.ChannelID, respond: c.ResponseURL, hidden: true, trigger: c.TriggerID}
	if strings.HasPrefix(c.ChannelID, "D") {
		q.Channel, q.Group = "", ""
	}
	return b.crew.add(w.id+c.UserID, func(ctx context.Context) { b.answer(ctx, w, q, bot.Command, t) })
}
