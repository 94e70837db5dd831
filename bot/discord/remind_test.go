package discord_test

import (
	"strings"
	"testing"

	"mentor/bot"
	"mentor/bot/discord/discordtest"
)

func TestRemindCommand(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s)
	ctx := t.Context()
	m := alice.Slash(general, "remind", discordtest.Opt("time", "19:30"), discordtest.Opt("place", "Europe/Berlin")).Wait(ctx)
	if !m.Ephemeral() || !strings.Contains(texts(m), "19:30, Europe/Berlin") {
		t.Errorf("/remind = %q, want the time back with its zone, for alice alone", texts(m))
	}
	if m := alice.Slash(general, "my quiet", discordtest.Opt("hours", "22:00-08:00")).Wait(ctx); !strings.Contains(texts(m), "22:00 to 08:00") {
		t.Errorf("/my quiet = %q", texts(m))
	}
	if m := alice.Slash(general, "my pause", discordtest.Opt("days", "5 days")).Wait(ctx); !strings.Contains(texts(m), "No reminders through") {
		t.Errorf("/my pause = %q", texts(m))
	}
}

// TestDeliveries: a reminder comes once for a key, by direct message or into a
// channel with the one mention that is meant, and closed messages are told apart.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice, bob := g.AddChannel("general"), g.AddUser("alice"), g.AddUser("bob")
	bob.CloseDMs()
	b := start(t, s).bot
	s.WaitConnected(t.Context())
	s.Allow(discordtest.Pings, 1)
	d := bot.Delivery{To: bot.NewAccount("d", alice.ID), Key: "abcdefghijklmnopqrst", Reply: bot.Reply{Kind: bot.Nudge, Text: "Ten minutes today?", Choices: []bot.Choice{{Title: "Done", Say: "checkin"}}}}
	for range 2 {
		if err := b.Send(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(alice.DMChannel().Messages()); got != 1 {
		t.Errorf("the same reminder, sent twice, came as %d messages", got)
	}
	d.Place, d.Key = general.ID, "bbcdefghijklmnopqrst"
	if err := b.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if pings := s.Ledger().Pings(); len(pings) != 1 {
		t.Errorf("a reminder in a channel pinged %v, want alice alone", pings)
	}
	d.To, d.Place, d.Key = bot.NewAccount("d", bob.ID), "", "cbcdefghijklmnopqrst"
	if err := b.Send(t.Context(), d); err == nil || !strings.Contains(err.Error(), bot.ErrGone.Error()) {
		t.Errorf("to closed messages: %v, want ErrGone", err)
	}
}
