package discord_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
)

const (
	unknown = "When does our group meet?"
	taught  = "On Thursdays at 18:00, in the library."
)

// A school is a server with a learner and two mentors, and the mentor's own work
// beside it.
type school struct {
	*rig

	store         bot.Store
	guild         *discordtest.Guild
	general       *discordtest.Channel
	kim, ada, bob *discordtest.User
}

func newSchool(t *testing.T) school {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	x := school{store: store, guild: g, general: g.AddChannel("general"), kim: g.AddUser("kim"), ada: g.AddUser("ada"), bob: g.AddUser("bob")}
	_, err = store.UpdateGroup(t.Context(), "d:"+g.ID, func(group *bot.Group) error {
		group.Mentors = []bot.Account{bot.NewAccount("d", x.ada.ID), bot.NewAccount("d", x.bob.ID)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m := bot.New(newShelf(), bot.WithStore(store))
	ctx, cancel := context.WithCancel(context.Background())
	var tending sync.WaitGroup
	tending.Go(func() { m.Tend(ctx) })
	t.Cleanup(func() { // after the bot's own end
		cancel()
		tending.Wait()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	x.rig = start(t, s, func(c *discord.Config) { c.Mentor = m })
	m.SendBy(map[string]bot.Sender{"d": x.bot})
	s.WaitCommand(t.Context(), "teach")
	return x
}

// TestTaughtThroughAForm goes from a question without an answer to its answer for
// another learner.
func TestTaughtThroughAForm(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	x.kim.Say(x.general, x.Mention()+" "+unknown)
	none := x.kim.WaitReply(t.Context(), x.general)
	if !strings.Contains(texts(none), "does not cover") {
		t.Fatalf("before it is taught: %q", texts(none))
	}
	x.kim.Click(none, button(t, none, "Ask a mentor")).Wait(t.Context())

	inbox := x.ada.Slash(x.general, "mentors inbox").Wait(t.Context())
	item := x.ada.Click(inbox, button(t, inbox, "i1 ")).Wait(t.Context())
	opened := x.ada.Click(item, button(t, item, "Teach the answer"))
	form := opened.WaitModal(t.Context())
	if form.Title != "Teach the mentor" || len(form.Components) != 4 || form.Components[0].Component.Value != unknown {
		t.Errorf("the form is %+v", form)
	}
	draft := x.ada.SubmitModal(opened, map[string]string{"Q": unknown, "A": taught, "More": "", "Sources": ""}).Wait(t.Context())
	if !draft.Ephemeral() || !strings.Contains(texts(draft), "t1") {
		t.Errorf("the draft is shown as %q", texts(draft))
	}
	if m := x.ada.Click(draft, button(t, draft, "Approve")).Wait(t.Context()); !strings.Contains(texts(m), "second mentor approves") {
		t.Errorf("who wrote it approves it: %q", texts(m))
	}
	list := x.bob.Slash(x.general, "taught", discordtest.Opt("find", "t1")).Wait(t.Context())
	if m := x.bob.Click(list, button(t, list, "Approve")).Wait(t.Context()); !strings.Contains(texts(m), "Live from now on") || !strings.Contains(texts(m), "1 learner, who had passed the question on, is told") {
		t.Errorf("another approves it: %q", texts(m))
	}
	if m := x.kim.WaitReply(t.Context(), x.kim.DMChannel()); !strings.Contains(texts(m), taught) {
		t.Errorf("who had passed it on is told %q", texts(m))
	}
	lee := x.guild.AddUser("lee")
	lee.Say(x.general, x.Mention()+" "+unknown)
	answer := lee.WaitReply(t.Context(), x.general)
	if !strings.Contains(texts(answer), taught) || !strings.Contains(texts(answer), "Taught by this group, ") {
		t.Errorf("another learner hears %q", texts(answer))
	}
	if m := x.bob.Slash(x.general, "teach", discordtest.Opt("about", "i1")).Wait(t.Context()); !strings.Contains(texts(m), "omebody was faster") {
		t.Errorf("a second answer to the question: %q", texts(m))
	}
}

// TestAMessageIsTaught uses the menu of a mentor's own answer.
func TestAMessageIsTaught(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	question := x.kim.Say(x.general, unknown)
	answer := x.ada.Reply(question, taught)
	opened := x.ada.MessageCommand(answer, "Teach the mentor this")
	form := opened.WaitModal(t.Context())
	if q, a := form.Components[0].Component.Value, form.Components[1].Component.Value; q != unknown || a != taught {
		t.Errorf("the form begins with %q and %q", q, a)
	}
	x.ada.SubmitModal(opened, map[string]string{"Q": unknown, "A": taught}).Wait(t.Context())
	if m := x.kim.MessageCommand(answer, "Teach the mentor this").Wait(t.Context()); !m.Ephemeral() || !strings.Contains(texts(m), "for this group's mentors") {
		t.Errorf("a learner teaches: %q", texts(m))
	}
}

// TestTypedTeachOffersTheForm is where no form can be opened: the words and a button
// are shown.
func TestTypedTeachOffersTheForm(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	x.ada.Say(x.general, x.Mention()+" teach")
	m := x.ada.WaitReply(t.Context(), x.ada.DMChannel())
	if !strings.Contains(texts(m), "teach QUESTION => ANSWER") {
		t.Errorf("the words are %q", texts(m))
	}
	button(t, m, "Open the form")
}

// TestALessonPingsNobody writes what the rules refuse, past the rules too: the
// server fails a test in which a message mentions anybody.
func TestALessonPingsNobody(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	_, err := x.store.UpdatePaper(t.Context(), "taught d:"+x.guild.ID, "7", func(string) (string, error) {
		return `{"entry":{"id":"loud-lesson","title":"Loud @here?","ask":["` + unknown + `"],"short":"Ask @everyone, @here and <@` + x.bob.ID + `>."},"by":"x","state":"live","at":"2026-11-01T00:00:00Z"}`, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	x.kim.Say(x.general, x.Mention()+" "+unknown)
	if m := x.kim.WaitReply(t.Context(), x.general); !strings.Contains(texts(m), "Taught by this group, 1 November 2026") {
		t.Errorf("the lesson is %q", texts(m))
	}
	x.ada.Slash(x.general, "taught", discordtest.Opt("find", "t7")).Wait(t.Context())
	opened := x.ada.Slash(x.general, "teach")
	opened.WaitModal(t.Context())
	m := x.ada.SubmitModal(opened, map[string]string{"Q": "Who knows?", "A": "Ask @everyone and <@123456789012345678>."}).Wait(t.Context())
	if !strings.Contains(texts(m), "notifies nobody") {
		t.Errorf("a lesson that calls people: %q", texts(m))
	}
}

func TestAForgedButtonOpensNothing(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	opened := x.ada.Slash(x.general, "teach")
	opened.WaitModal(t.Context())
	draft := x.ada.SubmitModal(opened, map[string]string{"Q": unknown, "A": taught}).Wait(t.Context())
	forged := x.kim.Forge(draft, "say:approve t1")
	if m := forged.Wait(t.Context()); !m.Ephemeral() || !strings.Contains(texts(m), "for this group's mentors") {
		t.Errorf("a forged button: %q", texts(m))
	}
}
