package slack

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/slack/slacktest"
)

const (
	uncovered = "When does our group meet?"
	taught    = "On Thursdays at 18:00, in the library."
)

// A school is a workspace with a learner and two mentors.
type school struct {
	*slacktest.Server

	store         bot.Store
	general       *slacktest.Channel
	kim, ada, bob *slacktest.Person
}

func newSchool(t *testing.T) school {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	s := newSlack(t)
	x := school{Server: s, store: store, general: s.Channel("general"), kim: s.Person("kim"), ada: s.Person("ada"), bob: s.Person("bob")}
	_, err = store.UpdateGroup(t.Context(), group(s.Team().ID), func(g *bot.Group) error {
		g.Mentors = []bot.Account{account(s.Team().ID, x.ada.ID), account(s.Team().ID, x.bob.ID)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m := bot.New(shelf{guide(t)}, bot.WithStore(store))
	ctx, cancel := context.WithCancel(context.Background())
	var tending sync.WaitGroup
	tending.Go(func() { m.Tend(ctx) })
	t.Cleanup(func() { // after the bot's own end, before the store's
		cancel()
		tending.Wait()
	})
	b := start(t, s, m, nil)
	m.SendBy(map[string]bot.Sender{"s": b})
	s.WaitConnected(lines)
	return x
}

// TestTaughtThroughAForm goes from a question without an answer to its answer for
// another learner.
func TestTaughtThroughAForm(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	none := x.kim.WaitReply(x.kim.Mention(x.general, uncovered))
	if !strings.Contains(none.Text, "does not cover") {
		t.Fatalf("before it is taught: %q", none.Text)
	}
	x.kim.Click(none, "Ask a mentor").Wait()
	x.kim.WaitText(x.general, "Passed on")

	x.ada.Slash("/mentor", "inbox 1", x.general).Wait()
	x.ada.Click(x.ada.WaitText(x.general, "Out of scope"), "Teach the answer").Wait()
	form := x.ada.WaitModal("Teach the mentor")
	if got := fields(t, form); !strings.Contains(got, `"initial_value":"`+uncovered) {
		t.Errorf("the form holds %s", got)
	}
	if got := x.ada.Submit(form, map[string]string{"A": taught}); got.Failed || !got.Closed {
		t.Fatalf("Submit = %+v", got)
	}
	draft := x.ada.WaitText(x.general, "a draft, waits for approval")
	x.ada.Click(draft, "Approve").Wait()
	x.ada.WaitText(x.general, "A second mentor approves what you wrote")
	x.bob.Slash("/mentor", "taught t1", x.general).Wait()
	x.bob.Click(x.bob.WaitText(x.general, "a draft, waits for approval"), "Approve").Wait()
	x.bob.WaitText(x.general, "1 learner, who had passed the question on, is told")
	x.kim.WaitText(x.kim.Direct(), taught)

	lee := x.Person("lee")
	answer := lee.WaitReply(lee.Mention(x.general, uncovered))
	if !strings.Contains(answer.Text, taught) {
		t.Errorf("another learner hears %q", answer.Text)
	}
	lee.WaitText(x.general, "taught by this group, ")
	x.bob.Slash("/mentor", "teach i1", x.general).Wait()
	x.bob.WaitText(x.general, "omebody was faster")
}

// fields are a form's, with what they hold to begin with.
func fields(t *testing.T, v slacktest.View) string {
	t.Helper()
	text, err := json.Marshal(v.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAMessageIsTaught uses the shortcut on a mentor's own answer in a thread.
func TestAMessageIsTaught(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	question := x.kim.Say(x.general, uncovered)
	answer := x.ada.InThread(question.TS).Say(x.general, taught)
	x.ada.Shortcut(answer, teachMessage).Wait()
	form := x.ada.WaitModal("Teach the mentor")
	if got := fields(t, form); !strings.Contains(got, `"initial_value":"`+uncovered) || !strings.Contains(got, `"initial_value":"`+taught) {
		t.Errorf("the form holds %s", got)
	}
	x.ada.Submit(form, nil)
	x.ada.WaitText(x.general, "a draft, waits for approval")
	x.kim.Shortcut(answer, teachMessage).Wait()
	x.kim.WaitText(x.general, "for this group's mentors")
}

// TestTypedTeachOffersTheForm is where no form can be opened: the words and a button
// are shown, and the button opens it.
func TestTypedTeachOffersTheForm(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	x.ada.Mention(x.general, "teach")
	m := x.ada.WaitText(x.general, "teach QUESTION => ANSWER")
	x.ada.Click(m, "Open the form").Wait()
	x.ada.WaitModal("Teach the mentor")
}

// TestALessonPingsNobody writes what the rules refuse, past the rules too: the
// server fails a test in which a message notifies anybody.
func TestALessonPingsNobody(t *testing.T) {
	t.Parallel()
	x := newSchool(t)
	_, err := x.store.UpdatePaper(t.Context(), "taught "+group(x.Team().ID), "7", func(string) (string, error) {
		return `{"entry":{"id":"loud-lesson","title":"Loud <!here>?","ask":["` + uncovered + `"],"short":"Ask <!channel>, @everyone and <@` + x.bob.ID + `>."},"by":"x","state":"live","at":"2026-11-01T00:00:00Z"}`, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	x.kim.WaitReply(x.kim.Mention(x.general, uncovered))
	x.kim.WaitText(x.general, "taught by this group, 1 November 2026")
	x.ada.Slash("/mentor", "taught t7", x.general).Wait()
	x.ada.WaitText(x.general, "t7")
	x.ada.Slash("/mentor", "teach", x.general).Wait()
	x.ada.Submit(x.ada.WaitModal("Teach the mentor"), map[string]string{"Q": "Who knows?", "A": "Ask <!channel>."})
	x.ada.WaitText(x.general, "notifies nobody")
}

func TestFormOriginRoundTrip(t *testing.T) {
	want := formOrigin{"C1", "", "teach i3", []string{"Q", "A"}}
	got, ok := parseOrigin(want.metadata())
	if !ok || got.channel != want.channel || got.thread != "" || got.say != want.say || len(got.names) != 2 || got.names[1] != "A" {
		t.Errorf("parseOrigin = %+v, %v, want %+v", got, ok, want)
	}
	for _, foreign := range []string{"", "C1", "C1\n\n\nQ", "\n\nteach\nQ", "a\nb\nc\nd\ne"} {
		if o, ok := parseOrigin(foreign); ok {
			t.Errorf("parseOrigin(%q) = %+v, want it refused", foreign, o)
		}
	}
}
