package discord_test

import (
	"errors"
	"strings"
	"testing"

	"mentor/bot"
	"mentor/bot/discord"
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

// TestWhatAGroupIsTold comes once for a key, with its picture, without a sound and
// notifying nobody; without the picture where files are not allowed; and a channel
// that is gone is told apart.
func TestWhatAGroupIsTold(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithPermissions(discord.Permissions))
	g := s.AddGuild("Learners")
	general, bare := g.AddChannel("general"), g.AddChannel("bare")
	bare.Permit(discord.Permissions &^ discordtest.PermAttachFiles)
	b := start(t, s).bot
	d := bot.Delivery{Group: "d:" + g.ID, Place: general.ID, Key: "abcdefghijklmnopqrst", Reply: bot.Reply{
		Kind: bot.Nudge, Text: "**Still open today:** @everyone and <@1>", Days: &bot.GroupDays{Last: 20_000, Counts: []int{1, 0, 3}},
		Choices: []bot.Choice{{Title: "Show the answer", Say: "/answer python"}},
	}}
	for range 2 {
		if err := b.Send(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	got := general.Messages()
	if len(got) != 1 || len(got[0].Attachments) != 1 || got[0].Flags&discordtest.FlagSuppressNotifications == 0 || len(got[0].Buttons()) != 1 {
		t.Fatalf("the channel has %+v, want one silent message with a picture and a button", got)
	}
	d.Place, d.Key = bare.ID, "bbcdefghijklmnopqrst"
	if err := b.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if got = bare.Messages(); len(got) != 1 || len(got[0].Attachments) != 0 || got[0].Flags&discordtest.FlagSuppressNotifications == 0 {
		t.Errorf("where files are not allowed there is %+v, want the message alone", got)
	}
	if pings := s.Ledger().Pings(); len(pings) != 0 {
		t.Errorf("pinged are %v", pings)
	}
	general.Delete()
	d.Place, d.Key = general.ID, "cbcdefghijklmnopqrst"
	if err := b.Send(t.Context(), d); !errors.Is(err, bot.ErrGone) {
		t.Errorf("into a deleted channel: %v, want ErrGone", err)
	}
	bare.Permit(0)
	d.Place, d.Key = bare.ID, "dbcdefghijklmnopqrst"
	if err := b.Send(t.Context(), d); !errors.Is(err, bot.ErrGone) {
		t.Errorf("into a channel without rights: %v, want ErrGone", err)
	}
}

func TestDailyAndDigestCommands(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	g.Grant(alice, 1<<5)
	start(t, s)
	for _, c := range []struct {
		name string
		args []discordtest.Arg
		want string
	}{
		{"daily", []discordtest.Arg{discordtest.Opt("time", "18:00"), discordtest.Opt("place", "Europe/Berlin")}, "every day at 18:00, Europe/Berlin"},
		{"daily", nil, "It would say now:"},
		{"daily", []discordtest.Arg{discordtest.Opt("time", "off")}, "no daily message any more"},
		{"digest", []discordtest.Arg{discordtest.Opt("when", "monday 9:00"), discordtest.Opt("place", "Europe/Berlin")}, "every Monday at 09:00"},
		{"digest", nil, "The week from"},
	} {
		if m := alice.Slash(general, c.name, c.args...).Wait(t.Context()); !m.Ephemeral() || !strings.Contains(texts(m), c.want) {
			t.Errorf("/%s %v = %q, want %q for alice alone", c.name, c.args, texts(m), c.want)
		}
	}
}
