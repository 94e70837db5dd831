package discord_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
)

// turns are those that a bot told of.
type turns struct {
	mu   sync.Mutex
	list []bot.Turn
}

func (l *turns) add(t bot.Turn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, t)
}

func (l *turns) last() (bot.Turn, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == 0 {
		return bot.Turn{}, 0
	}
	return l.list[len(l.list)-1], len(l.list)
}

// TestEachTurnIsTold: a mention, a command and a click, each once when its reply is
// out; what Discord refuses to take is told as lost.
func TestEachTurnIsTold(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	var told turns
	start(t, s, func(c *discord.Config) { c.Observe = told.add })
	wants := func(n int, kind bot.Kind, lost bool) {
		t.Helper()
		eventually(t, "a turn", func() bool { _, got := told.last(); return got >= n })
		turn, got := told.last()
		if got != n || turn.Reply.Kind != kind || turn.Lost != lost || turn.Broke {
			t.Errorf("turn %d is %d of kind %v, lost %v, broke %v; want kind %v, lost %v", got, n, turn.Reply.Kind, turn.Lost, turn.Broke, kind, lost)
		}
		if turn.Came.IsZero() || turn.Asked.Before(turn.Came) || turn.Said.Before(turn.Asked) || turn.Sent.Before(turn.Said) {
			t.Errorf("turn %d goes from %v over %v and %v to %v", n, turn.Came, turn.Asked, turn.Said, turn.Sent)
		}
	}
	answers(t, s, alice, general)
	wants(1, bot.Answer, false)
	alice.Slash(general, "checkin").Wait(t.Context())
	wants(2, bot.Streak, false)
	if turn, _ := told.last(); turn.Reply.CheckIn == 0 {
		t.Error("a check-in does not say what it did")
	}
	alice.Say(general, "nothing for the mentor")
	for range 12 {
		s.Fail(discordtest.Fault{Route: routeMessages, Status: http.StatusBadGateway})
	}
	alice.Say(general, s.Mention()+" help")
	wants(3, bot.Help, true)
}

// TestTheConnectionIsCounted: it is open, broken, open again, and a limit that made
// a request wait is seen.
func TestTheConnectionIsCounted(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithHeartbeat(100*time.Millisecond))
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s)
	first := r.bot.Connection()
	if first.Open != 1 || first.Opened != 1 || first.Since.IsZero() {
		t.Errorf("the connection is %+v, want one open", first)
	}
	s.FailConnects(discordtest.ConnectFault{Refuse: 503}, discordtest.ConnectFault{Refuse: 503})
	s.DropConnections()
	eventually(t, "the end of the connection", func() bool { return r.bot.Connection().Open == 0 })
	eventually(t, "another connection", func() bool { return r.bot.Connection().Open == 1 })
	if c := r.bot.Connection(); c.Opened != 2 || !c.Since.After(first.Since) {
		t.Errorf("the connection is %+v, want a second one, newer than %v", c, first.Since)
	}
	s.Fail(discordtest.Fault{Route: routeMessages, Status: http.StatusTooManyRequests, RetryAfter: time.Second})
	before := r.bot.Connection().Waits
	answers(t, s, alice, general)
	if c := r.bot.Connection(); c.Waits == before || c.Waited < 500*time.Millisecond {
		t.Errorf("after a limit of 1 s the waits are %d, %v; there were %d", c.Waits, c.Waited, before)
	}
	eventually(t, "nothing in hand", func() bool { return r.bot.Connection().Waiting == 0 })
}
