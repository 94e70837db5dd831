package slack

import (
	"errors"
	"testing"

	"mentor/bot"
	"mentor/bot/slack/slacktest"
)

// TestWhatAGroupIsTold comes into the channel with its picture and notifies nobody; a
// channel that is closed to the bot is told apart.
func TestWhatAGroupIsTold(t *testing.T) {
	t.Parallel()
	s, b := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	away, old := s.Channel("away", slacktest.WithoutBot), s.Channel("old", slacktest.Archived)
	d := bot.Delivery{Group: group(s.Team().ID), Place: general.ID, Key: "abcdefghijklmnopqrst", Reply: bot.Reply{
		Kind: bot.Nudge, Text: "**Still open today:** <@" + alice.ID + "> and <!channel>", Days: &bot.GroupDays{Last: 20_000, Counts: []int{1, 0, 3}},
		Choices: []bot.Choice{{Title: "Show the answer", Say: "/answer lang-python"}},
	}}
	if err := b.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	alice.WaitText(general, "Show the answer")
	alice.WaitFor(general, "the picture", func(m slacktest.Message) bool { return len(m.Files) == 1 })
	if len(s.File("days.png")) == 0 {
		t.Error("the picture is empty")
	}
	if pings := s.Ledger().Pings(); len(pings) != 0 {
		t.Errorf("pinged are %v", pings)
	}
	for _, closed := range []*slacktest.Channel{away, old} {
		d.Place = closed.ID
		if err := b.Send(t.Context(), d); !errors.Is(err, bot.ErrGone) {
			t.Errorf("into %s: %v, want ErrGone", closed.Name, err)
		}
	}
	d.Group = group("T0ELSEWHERE")
	var later *bot.LaterError
	if err := b.Send(t.Context(), d); !errors.As(err, &later) {
		t.Errorf("into a workspace that is not joined: %v, want that it is tried later", err)
	}
}
