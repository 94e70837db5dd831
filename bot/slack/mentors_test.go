package slack

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/slack/slacktest"
)

// beginTended is begin with the mentor's own work beside it.
func beginTended(t *testing.T) *slacktest.Server {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, s := bot.New(shelf{guide(t)}, bot.WithStore(store)), newSlack(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool)
	t.Cleanup(func() { // after the bot's own end
		cancel()
		<-done
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	b := start(t, s, m, nil)
	m.SendBy(map[string]bot.Sender{"s": b})
	go func() { m.Tend(ctx); close(done) }()
	s.WaitConnected(lines)
	return s
}

// TestInboxAndHandOver: unanswered, in the inbox, out of scope; passed on, posted,
// resolved; and none of it for a learner.
func TestInboxAndHandOver(t *testing.T) {
	t.Parallel()
	s := beginTended(t)
	alice, bob, carol := s.Person("alice"), s.Person("bob"), s.Person("carol")
	general, desk := s.Channel("general"), s.Channel("mentors")
	alice.SetAdmin(true)
	says := func(p *slacktest.Person, ch *slacktest.Channel, words, want string) slacktest.Message {
		t.Helper()
		p.Slash("/mentor", words, ch).Wait()
		return p.WaitText(ch, want)
	}
	bob.WaitReply(bob.Mention(general, "who walks the dog <!channel>"))
	says(bob, general, "inbox", "for this group's mentors")
	says(alice, desk, "setup mentors add <@"+carol.ID+">", "1 named one by one")
	list := says(carol, desk, "inbox", "who walks the dog")
	carol.Click(list, "i1 who walks the dog").Wait()
	one := carol.WaitText(desk, "Out of scope")
	says(alice, desk, "setup mentors remove <@"+carol.ID+">", "No mentors are named")
	carol.Click(one, "Out of scope").Wait()
	carol.WaitText(desk, "for this group's mentors")
	says(alice, desk, "inbox scope 1", "it is off the list")
	bob.WaitReply(bob.Mention(general, "walking the dog, who?"))
	says(alice, desk, "inbox", "The inbox is empty")

	says(alice, desk, "setup mentors here", "posted in the channel")
	reply := bob.WaitReply(bob.Mention(general, "who feeds the cat <@"+alice.ID+">"))
	bob.Click(reply, "Ask a mentor").Wait()
	bob.WaitText(general, "Passed on")
	posted := alice.WaitFor(desk, "the question", func(m slacktest.Message) bool { return strings.Contains(m.Text, "who feeds the cat") })
	bob.Click(posted, "Resolved").Wait()
	bob.WaitText(desk, "for this group's mentors")
	alice.Click(posted, "Resolved").Wait()
	alice.WaitText(desk, "Resolved after")
	says(alice, desk, "open", "No question waits")
	if pings := s.Ledger().Pings(); len(pings) != 0 {
		t.Errorf("pinged are %v", pings)
	}
}
