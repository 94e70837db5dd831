package bot_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
)

// manager says text as somebody who manages the group.
func (d *desk) manager(person bot.Account, text string) bot.Reply {
	d.t.Helper()
	d.admins = true
	defer func() { d.admins = false }()
	return d.say(person, text)
}

// managerHears is manager, and holds that the reply has all the parts.
func (d *desk) managerHears(person bot.Account, text string, parts ...string) bot.Reply {
	d.t.Helper()
	r := d.manager(person, text)
	for _, part := range parts {
		if !strings.Contains(r.Text, part) {
			d.t.Errorf("%s says %q and hears %q, want %q in it", person, text, r.Text, part)
		}
	}
	if !r.Private {
		d.t.Errorf("the reply to %q is for all to see", text)
	}
	return r
}

func TestInboxGroupsWhatWasNotAnswered(t *testing.T) {
	d := newDesk(t)
	d.managerHears("d:1", "inbox", "The inbox is empty")
	d.say("d:2", "how do I fix a tap?")
	d.say("d:3", "Fixing a tap, how?")
	d.say("d:4", "<@99> how do TAPS get fixed @everyone <b>")
	d.say("d:4", "who walks the dog")
	d.say("d:4", "hello")
	d.say("d:4", "i want to die")
	d.say("d:4", "is java good")
	r := d.managerHears("d:1", "inbox", "2 questions", "**i1** (3 times)", "**i2** (once): who walks the dog", `\@everyone \<b\>`)
	if strings.Contains(r.Text, "99") || strings.Contains(r.Text, "die") || strings.Contains(r.Text, "hello") || strings.Contains(r.Text, "java") {
		t.Errorf("the inbox names somebody or what is none of it: %q", r.Text)
	}
	if len(r.Choices) != 2 || r.Choices[0].Say != "inbox i1" {
		t.Errorf("the inbox offers %v, want a look at each", r.Choices)
	}
	r = d.managerHears("d:1", "inbox 1", "asked 3 times", "3 without an answer", "how do I fix a tap")
	say := make([]string, 0, len(r.Choices))
	for _, c := range r.Choices {
		say = append(say, c.Say)
	}
	if got := strings.Join(say, ", "); got != "teach i1, point i1, inbox scope i1, inbox later i1" {
		t.Errorf("what can be done about it: %s", got)
	}
}

func TestDirectChatsAreNotInTheInbox(t *testing.T) {
	d := newDesk(t)
	_, err := d.mentor.Handle(t.Context(), bot.Question{Text: "how do I fix a tap", Person: "d:2", Place: "direct", At: d.now})
	if err != nil {
		t.Fatal(err)
	}
	d.managerHears("d:1", "inbox", "The inbox is empty")
}

func TestOutOfScopeIsNotListedAgain(t *testing.T) {
	d := newDesk(t)
	d.say("d:2", "how do I fix a tap")
	d.manager("d:1", "inbox")
	d.managerHears("d:1", "inbox scope i1", "Out of scope")
	d.managerHears("d:9", "inbox scope i1", "Somebody else was faster")
	d.managerHears("d:9", "inbox later i1", "Somebody else was faster")
	d.now = d.now.Add(48 * time.Hour)
	d.say("d:3", "how to fix taps")
	d.managerHears("d:1", "inbox", "The inbox is empty")
	d.managerHears("d:1", "inbox 1", "asked 2 times", "out of scope")
	d.managerHears("d:1", "inbox scope 7", "There is no such question")
}

func TestLaterIsBackInAWeek(t *testing.T) {
	d := newDesk(t)
	d.say("d:2", "how do I fix a tap")
	d.managerHears("d:1", "inbox later 1", "back on the list in a week")
	d.managerHears("d:1", "inbox", "The inbox is empty")
	d.now = d.now.Add(7*24*time.Hour + time.Second)
	d.managerHears("d:1", "inbox", "fix a tap")
}

func TestChoicesThatNobodyTook(t *testing.T) {
	d := newDesk(t)
	d.say("d:2", "python in the evening")
	d.say("d:3", "python at night")
	d.say("d:3", "/open python")
	d.now = d.now.Add(14 * time.Minute)
	d.managerHears("d:1", "inbox", "The inbox is empty")
	d.say("d:4", "python at work")
	d.now = d.now.Add(16 * time.Minute)
	d.managerHears("d:1", "inbox", "1 question", "python at work")
	d.managerHears("d:1", "inbox 1", "1 with choices that nobody took", "Nearest in the guide: **Python?**")
}

func TestThumbsDownSayWhy(t *testing.T) {
	d := newDesk(t)
	d.say("d:2", "is java good for games")
	r := d.hears("d:2", "/bad java", "What was it?")
	if len(r.Choices) != 4 || r.Choices[3].Say != "/bad outdated java" {
		t.Fatalf("reasons on offer: %v", r.Choices)
	}
	for range 3 {
		d.hears("d:2", "/bad outdated java", "Thank you")
		d.hears("d:2", "that did not help", "did not help")
	}
	d.hears("d:3", "/bad java", "did not help") // an old button: of the question nothing is known
	d.managerHears("d:1", "inbox", "2 questions", "is java good for games", "Java")
	d.managerHears("d:1", "inbox 1", "asked once", "1 with an answer that did not help", "outdated (1)")
}

func TestLearnersAreRefused(t *testing.T) {
	d := newDesk(t)
	d.say("d:2", "how do I fix a tap")
	d.managerHears("d:1", "setup mentors add <@7>", "1 named one by one")
	d.managerHears("d:1", "inbox", "fix a tap")
	for _, text := range []string{"inbox", "inbox 1", "/inbox scope i1", "inbox later i1", "open", "resolve h1"} {
		if r := d.say("d:2", text); !strings.Contains(r.Text, "for this group's mentors") || !r.Private || len(r.Choices) != 0 {
			t.Errorf("a learner says %q and hears %q", text, r.Text)
		}
	}
	if r := d.say("d:2", "setup mentors add <@2>"); !strings.Contains(r.Text, "only those who may manage") && !strings.Contains(r.Text, "Only those who may manage") {
		t.Errorf("a learner makes themselves a mentor: %q", r.Text)
	}
	d.hears("d:7", "inbox", "fix a tap")
	d.managerHears("d:1", "setup mentors remove <@7>", "No mentors are named")
	d.hears("d:7", "inbox scope i1", "for this group's mentors") // an old button
	d.managerHears("d:1", "inbox", "fix a tap")
}

// TestTendWritesTheInbox: what went unanswered is on the shelf a second later, and
// what waits at the end is written too; after 90 days it is gone.
func TestTendWritesTheInbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		papers := func() (n int, all string) {
			for p, err := range store.Papers(t.Context(), "inbox d:group") {
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(p.Key, "i") {
					n, all = n+1, all+p.Text
				}
			}
			return n, all
		}
		ctx, cancel := context.WithCancel(t.Context())
		m := bot.New(newShelf(t), bot.WithStore(store))
		ask := func(text string) {
			if _, err := m.Handle(t.Context(), bot.Question{Text: text, Person: "d:2", Place: "here", Group: "d:group", At: time.Now()}); err != nil {
				t.Error(err)
			}
		}
		var wg sync.WaitGroup
		wg.Go(func() { m.Tend(ctx) })
		ask("how do I fix a tap")
		time.Sleep(1500 * time.Millisecond)
		if n, all := papers(); n != 1 || strings.Contains(all, "d:2") {
			t.Errorf("after a second %d items: %s; want one, without its author", n, all)
		}
		ask("python at work")
		cancel()
		wg.Wait()
		if n, all := papers(); n != 2 {
			t.Errorf("at the end %d items: %s; want two", n, all)
		}
		ctx, cancel = context.WithCancel(t.Context())
		in91Days := func() time.Time { return time.Now().AddDate(0, 0, 91) }
		wg.Go(func() { bot.New(newShelf(t), bot.WithStore(store), bot.WithClock(in91Days)).Tend(ctx) })
		time.Sleep(1500 * time.Millisecond)
		if n, all := papers(); n != 0 {
			t.Errorf("after 90 days %d items are left: %s", n, all)
		}
		cancel()
		wg.Wait()
	})
}

// TestTwoProcessesMakeOneItem: the same question, asked of two processes on one
// store at once, stands once.
func TestTwoProcessesMakeOneItem(t *testing.T) {
	d := newDesk(t)
	var wg sync.WaitGroup
	for i := range 4 {
		other := &desk{t: t, mentor: bot.New(newShelf(t), bot.WithStore(d.store)), store: d.store, now: d.now, events: 100 * (i + 1)}
		wg.Go(func() {
			for range 20 {
				other.say("d:2", "how do I fix a tap")
				other.manager("d:1", "inbox")
			}
			for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); { // until no other has the lease
				if r := other.manager("d:1", "inbox 1"); strings.Contains(r.Text, "asked 80 times") {
					return
				}
			}
		})
	}
	wg.Wait()
	d.managerHears("d:1", "inbox", "1 question", "**i1** (80 times)")
}
