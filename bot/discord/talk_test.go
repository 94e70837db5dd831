package discord_test

import (
	"strings"
	"testing"
	"time"

	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
)

func TestMentionIsAnswered(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s)
	said := alice.Say(general, s.Mention()+" "+python)
	m := alice.WaitReply(t.Context(), general)
	if m.ReplyTo != said.ID || !strings.Contains(texts(m), "Python") || m.Flags&discordtest.FlagComponentsV2 == 0 {
		t.Errorf("reply to %q = %+v", said.ID, m)
	}
	more := alice.Click(m, button(t, m, "More")).Wait(t.Context())
	if !more.Ephemeral() {
		t.Error("what a button brings was shown to the whole channel")
	}
	alice.Click(m, button(t, m, "👍")).Wait(t.Context())
	alice.Click(m, button(t, m, "Dismiss")).WaitAnswered(t.Context())
	s.WaitUntil(t.Context(), "the answer to go", func() bool { return s.Ledger().MessagesIn(general.ID) > 0 })
}

func TestDirectChat(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	alice := s.AddUser("alice")
	s.AddGuild("Learners").Join(alice)
	r := start(t, s)
	alice.DM("something")
	m := alice.WaitReply(t.Context(), alice.DMChannel())
	if !strings.Contains(texts(m), "not sure which") || len(m.Buttons()) < 2 {
		t.Errorf("reply = %q, buttons %v", texts(m), m.Buttons())
	}
	alice.DM("2")
	if m := alice.WaitReply(t.Context(), alice.DMChannel()); !strings.Contains(texts(m), "From the guide") {
		t.Errorf("the second choice = %q", texts(m))
	}
	alice.DM("thanks")
	alice.WaitReply(t.Context(), alice.DMChannel())
	eventually(t, "quiet", func() bool { return r.bot.Waiting() == 0 })
	if n := s.Ledger().MessagesIn(alice.DMChannel().ID); n != 3 {
		t.Errorf("%d messages answer three: it talks to itself", n)
	}
}

func TestSlashCommands(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s)
	ctx := t.Context()
	m := alice.Slash(general, "ask", discordtest.Opt("question", python)).Wait(ctx)
	if m.Ephemeral() || !strings.Contains(texts(m), "Python") {
		t.Errorf("/ask = %q", texts(m))
	}
	m = alice.Slash(general, "checkin", discordtest.Opt("note", "sql joins")).Wait(ctx)
	if !strings.Contains(texts(m), "1 day in a row") {
		t.Errorf("/checkin = %q", texts(m))
	}
	m = alice.Slash(general, "streak").Wait(ctx)
	if !m.Ephemeral() || len(m.Attachments) != 2 || m.Attachments[0].Data == nil {
		t.Errorf("/streak = %q with %d pictures", texts(m), len(m.Attachments))
	}
	for _, name := range []string{"next", "board show", "my freeze", "privacy", "topics"} {
		m := alice.Slash(general, name).Wait(ctx)
		if texts(m) == "" {
			t.Errorf("/%s said nothing", name)
		}
	}
	if choices := alice.Type(general, "ask", "question", "python").WaitChoices(ctx); len(choices) == 0 {
		t.Error("autocomplete offered nothing for python")
	}
	if choices := alice.Type(general, "ask", "question", "").WaitChoices(ctx); len(choices) != 15 {
		t.Errorf("autocomplete offered %d questions for nothing typed, want 15", len(choices))
	}
	if choices := alice.Type(general, "zone", "place", "berl").WaitChoices(ctx); len(choices) == 0 || choices[0].Value != "Europe/Berlin" {
		t.Errorf("autocomplete of zones = %v", choices)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for name, c := range map[string]discord.Config{
		"DISCORD_TOKEN":   {Token: "a b"},
		"DISCORD_API_URL": {Token: "x", APIURL: "localhost"},
	} {
		if _, err := discord.New(c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("New = %v, want an error about %s", err, name)
		}
	}
}

func TestStopIsQuick(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	r := start(t, s)
	began := time.Now()
	if err := r.stop(); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("Run ended with %v after %v", err, time.Since(began))
	}
}
