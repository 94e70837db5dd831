package slack

import (
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/slack/slacktest"
)

// TestEachTurnIsToldAndConnectionsAreCounted: a direct message, a mention and a
// command are each told once, when the reply is out; lost and found connections and
// a rate limit are counted.
func TestEachTurnIsToldAndConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	s := newSlack(t)
	var mu sync.Mutex
	var told []bot.Turn
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(told)
	}
	b := start(t, s, newMentor(t), func(c *Config, _ *Bot) {
		c.Observe = func(turn bot.Turn) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, turn)
		}
	})
	s.WaitConnected(lines)
	soon(t, "both connections", func() bool { return b.Connection().Open == lines })
	alice, general := s.Person("alice"), s.Channel("general")
	alice.WaitReply(alice.DM("done"))
	soon(t, "the first turn", func() bool { return count() == 1 })
	s.Fail("chat.postMessage", slacktest.RateLimited(1))
	question := alice.Mention(general, "which language?")
	soon(t, "a wait", func() bool { return b.Connection().Waits > 0 })
	s.Advance(2 * time.Second)
	alice.WaitReply(question)
	soon(t, "the second turn", func() bool { return count() == 2 })
	for i, want := range []bot.Kind{bot.Streak, bot.Answer} {
		turn := told[i]
		if turn.Reply.Kind != want || turn.Lost || turn.Broke {
			t.Errorf("turn %d is of kind %v, lost %v, broke %v; want kind %v", i, turn.Reply.Kind, turn.Lost, turn.Broke, want)
		}
		if turn.Came.IsZero() || turn.Asked.Before(turn.Came) || turn.Said.Before(turn.Asked) || turn.Sent.Before(turn.Said) {
			t.Errorf("turn %d goes from %v over %v and %v to %v", i, turn.Came, turn.Asked, turn.Said, turn.Sent)
		}
	}
	opened := b.Connection().Opened
	s.DropConnections()
	soon(t, "new connections", func() bool { c := b.Connection(); return c.Open == lines && c.Opened == opened+lines })
	soon(t, "nothing in hand", func() bool { return b.Connection().Waiting == 0 })
}

// soon waits for what nothing tells of.
func soon(t *testing.T, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond) // real time: the sockets are real
	}
}
