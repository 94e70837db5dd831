package discord_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
)

// startTended is start with a store on disk, and the mentor's own work beside it.
func startTended(t *testing.T, s *discordtest.Server) {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := bot.New(newShelf(), bot.WithStore(store))
	r := prepare(t, s, func(c *discord.Config) { c.Mentor = m })
	m.SendBy(map[string]bot.Sender{"d": r.bot})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool)
	go func() { m.Tend(ctx); close(done) }()
	t.Cleanup(func() { // after the bot's own end
		cancel()
		<-done
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	r.run(t)
	s.WaitCommand(t.Context(), "mentors")
}

// TestInboxScenario: unanswered, in the inbox, out of scope; and not for a learner,
// by command, or by a button that was theirs once.
func TestInboxScenario(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice, bob, carol := g.AddChannel("general"), g.AddUser("alice"), g.AddUser("bob"), g.AddUser("carol")
	g.Grant(alice, 1<<5)
	helpers := g.AddRole("helpers", true)
	g.Give(carol, helpers)
	startTended(t, s)
	ctx := t.Context()
	bob.Slash(general, "ask", discordtest.Opt("question", "who walks the dog @everyone")).Wait(ctx)
	if m := bob.Slash(general, "mentors inbox").Wait(ctx); !m.Ephemeral() || !strings.Contains(texts(m), "for this group's mentors") {
		t.Errorf("a learner who asks for the inbox sees %q", texts(m))
	}
	if m := carol.Slash(general, "mentors inbox").Wait(ctx); !strings.Contains(texts(m), "for this group's mentors") {
		t.Errorf("a helper before they are mentors sees %q", texts(m))
	}
	alice.Slash(general, "mentors role", discordtest.Opt("role", helpers.ID)).Wait(ctx)
	list := carol.Slash(general, "mentors inbox").Wait(ctx)
	if !list.Ephemeral() || !strings.Contains(texts(list), "who walks the dog") {
		t.Fatalf("a helper sees %q", texts(list))
	}
	one := carol.Click(list, "say:inbox i1").Wait(ctx)
	for _, button := range []string{"Teach the answer", "Points to…", "Out of scope", "Later (a week)"} {
		if !strings.Contains(buttons(one), button) {
			t.Errorf("the question has the buttons %q, want %q among them", buttons(one), button)
		}
	}
	alice.Slash(general, "mentors off").Wait(ctx)
	if m := carol.Click(one, "say:inbox scope i1").Wait(ctx); !strings.Contains(texts(m), "for this group's mentors") {
		t.Errorf("who is a mentor no more presses an old button and sees %q", texts(m))
	}
	one = alice.Slash(general, "mentors inbox", discordtest.Opt("question", "1")).Wait(ctx)
	if m := alice.Click(one, "say:inbox scope i1").Wait(ctx); !strings.Contains(texts(m), "off the list") {
		t.Errorf("out of scope: %q", texts(m))
	}
	bob.Slash(general, "ask", discordtest.Opt("question", "walking the dog, who?")).Wait(ctx)
	if m := alice.Slash(general, "mentors inbox").Wait(ctx); !strings.Contains(texts(m), "inbox is empty") {
		t.Errorf("asked again, the inbox shows %q", texts(m))
	}
}

// TestHandOverScenario: a question is passed on, posted, resolved by a mentor, and
// nobody is notified. A learner's press on the mentors' button is refused.
func TestHandOverScenario(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, desk, alice, bob := g.AddChannel("general"), g.AddChannel("mentors"), g.AddUser("alice"), g.AddUser("bob")
	g.Grant(alice, 1<<5)
	startTended(t, s)
	ctx := t.Context()
	alice.Slash(desk, "mentors here").Wait(ctx)
	reply := bob.Slash(general, "ask", discordtest.Opt("question", "who walks the dog <@"+alice.ID+">")).Wait(ctx)
	if m := bob.Click(reply, "say:ask a mentor").Wait(ctx); !m.Ephemeral() || !strings.Contains(texts(m), "Passed on") {
		t.Fatalf("passed on: %q", texts(m))
	}
	posted := alice.WaitFor(ctx, desk, "the question", func(m discordtest.Message) bool { return strings.Contains(texts(m), "who walks the dog") })
	if m := bob.Click(posted, "say:resolve h1").Wait(ctx); !m.Ephemeral() || !strings.Contains(texts(m), "for this group's mentors") {
		t.Errorf("a learner resolves: %q", texts(m))
	}
	if m := alice.Slash(desk, "mentors open").Wait(ctx); !strings.Contains(texts(m), "h1") {
		t.Errorf("open: %q", texts(m))
	}
	if m := alice.Click(posted, "say:resolve h1").Wait(ctx); !strings.Contains(texts(m), "Resolved after") {
		t.Errorf("a mentor resolves: %q", texts(m))
	}
	if m := alice.Slash(desk, "mentors open").Wait(ctx); !strings.Contains(texts(m), "No question waits") {
		t.Errorf("open afterwards: %q", texts(m))
	}
	if pings := s.Ledger().Pings(); len(pings) != 0 {
		t.Errorf("pinged are %v", pings)
	}
}

// buttons are the labels of a message's buttons.
func buttons(m discordtest.Message) string {
	var labels []string
	for _, c := range m.Components {
		for _, b := range c.Components {
			labels = append(labels, b.Label)
		}
	}
	return strings.Join(labels, ", ")
}
