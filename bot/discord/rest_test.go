package discord_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
)

// TestLimitsAreKept is thirty answers in one channel, whose limit is about five in
// some time: all go out, and Discord has to say no hardly ever.
func TestLimitsAreKept(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general := g.AddChannel("general")
	start(t, s)
	for range 30 {
		g.AddUser("learner").Say(general, s.Mention()+" "+python)
	}
	s.WaitUntil(t.Context(), "all answers", func() bool { return s.Ledger().MessagesIn(general.ID) == 30 })
	if n := s.Ledger().Invalid(); n > 5 {
		t.Errorf("Discord had to refuse %d requests", n)
	}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]discordtest.Fault{
		"of the channel": {Route: routeMessages, Status: 429, RetryAfter: 300 * time.Millisecond},
		"shared":         {Route: routeMessages, Status: 429, RetryAfter: 300 * time.Millisecond, Shared: true},
		"global":         {Route: routeMessages, Status: 429, RetryAfter: 300 * time.Millisecond, Global: true},
		"server error":   {Route: routeMessages, Status: 500, Times: 3},
		"reset":          {Route: routeMessages, Reset: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			g := s.AddGuild("Learners")
			general, alice := g.AddChannel("general"), g.AddUser("alice")
			start(t, s)
			s.Fail(f)
			began := time.Now()
			alice.Say(general, s.Mention()+" "+python)
			alice.WaitReply(t.Context(), general)
			if took := time.Since(began); f.Status == 429 && took < f.RetryAfter {
				t.Errorf("the answer came after %v; Discord had asked to wait %v", took, f.RetryAfter)
			}
		})
	}
}

// TestGlobalPauseHoldsAll is that a limit for the whole bot holds other channels.
func TestGlobalPauseHoldsAll(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	one, two, alice := g.AddChannel("one"), g.AddChannel("two"), g.AddUser("alice")
	r := start(t, s)
	s.Fail(discordtest.Fault{Route: routeMessages, Status: 429, RetryAfter: 500 * time.Millisecond, Global: true})
	began := time.Now()
	alice.Say(one, s.Mention()+" "+python)
	eventually(t, "the refusal", r.bot.Paused)
	alice.Say(two, s.Mention()+" "+python)
	alice.WaitReply(t.Context(), two)
	if took := time.Since(began); took < 450*time.Millisecond {
		t.Errorf("another channel was answered after %v, in the middle of the pause", took)
	}
	alice.WaitFor(t.Context(), one, "the first answer", func(discordtest.Message) bool { return true })
}

// TestBannedAddress is Cloudflare's page in place of an answer: nothing more is
// sent, and nothing waits for an hour.
func TestBannedAddress(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s)
	s.Fail(discordtest.Fault{Route: routeMessages, HTML: true})
	alice.Say(general, s.Mention()+" "+python)
	eventually(t, "the page", func() bool { return len(s.Ledger().RequestsTo(routeMessages)) == 1 })
	eventually(t, "the bot to give up", func() bool { return r.bot.Waiting() == 0 })
	alice.Say(general, s.Mention()+" "+python)
	eventually(t, "the second question to be given up", func() bool { return strings.Count(r.log.String(), "could not be sent") == 2 })
	if n := len(s.Ledger().RequestsTo(routeMessages)); n != 1 {
		t.Errorf("%d requests went to a Discord that has banned the address", n)
	}
}

func TestPlacesWithoutRights(t *testing.T) {
	t.Parallel()
	const all = int64(discord.Permissions)
	for name, c := range map[string]struct {
		may  int64
		want int
	}{
		"no pictures": {all &^ discordtest.PermAttachFiles, 1},
		"no history":  {all &^ discordtest.PermReadHistory, 1},
		"no messages": {all &^ discordtest.PermSendMessages, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			g := s.AddGuild("Learners")
			general, alice := g.AddChannel("general"), g.AddUser("alice")
			general.Permit(c.may)
			r := start(t, s)
			alice.Say(general, s.Mention()+" "+python)
			eventually(t, "the end of it", func() bool { return len(s.Ledger().RequestsTo(routeMessages)) > 0 && r.bot.Waiting() == 0 })
			if n := s.Ledger().MessagesIn(general.ID); n != c.want {
				t.Errorf("%d answers, want %d", n, c.want)
			}
			if strings.Contains(r.log.String(), "level=ERROR") {
				t.Error("what a server does not allow was logged as an error")
			}
		})
	}
}

// TestMessageIsGone is a question that a moderator deletes before the answer.
func TestMessageIsGone(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := prepare(t, s)
	r.shelf.delay = 200 * time.Millisecond
	r.run(t)
	s.WaitCommand(t.Context(), "ask")
	alice.Delete(alice.Say(general, s.Mention()+" "+python))
	eventually(t, "an answer", func() bool { return len(s.Ledger().RequestsTo(routeMessages)) > 0 && r.bot.Waiting() == 0 })
	if n := s.Ledger().MessagesIn(general.ID); n != 1 {
		t.Errorf("%d answers, want one without the question", n)
	}
}

// TestPictureNotAllowed is a reply with a file where the bot may attach none.
func TestPictureNotAllowed(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s, func(c *discord.Config) { c.Mentor = filer{c.Mentor} })
	alice.Say(general, s.Mention()+" x")
	if m := alice.WaitReply(t.Context(), general); !strings.Contains(texts(m), "With a file.") || len(m.Attachments) != 0 {
		t.Errorf("reply = %q with %d files", texts(m), len(m.Attachments))
	}
}

// TestTokenRefusedByREST is a token that stops to be good while the gateway says
// nothing.
func TestTokenRefusedByREST(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := prepare(t, s)
	ended := make(chan error, 1)
	go func() { ended <- r.bot.Run(t.Context()) }()
	s.WaitCommand(t.Context(), "ask")
	s.Fail(discordtest.Fault{Route: routeMessages, Status: http.StatusUnauthorized})
	alice.Say(general, s.Mention()+" "+python)
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "DISCORD_TOKEN") {
			t.Errorf("Run = %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the bot went on for 5 s")
	}
}

// TestLogHoldsNoInteractionToken is an answer that never gets through.
func TestLogHoldsNoInteractionToken(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	s.Allow(discordtest.Unanswered, 1)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s)
	s.Fail(discordtest.Fault{Route: routeCallback, Reset: true, Times: 100})
	i := alice.Slash(general, "help")
	eventually(t, "the bot to give up", func() bool { return strings.Contains(r.log.String(), "could not be answered") })
	if strings.Contains(r.log.String(), i.Token()) {
		t.Error("the log holds the interaction's token")
	}
}

func TestCommandsAreWrittenOnce(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	const route = "PUT /applications/{application}/commands"
	first := start(t, s)
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	s.WaitDisconnected(t.Context())
	s.Advance(6 * time.Second)
	second := prepare(t, s)
	second.run(t)
	eventually(t, "a look at the commands", func() bool { return strings.Contains(second.log.String(), "changed=false") })
	if n := len(s.Ledger().RequestsTo(route)); n != 1 {
		t.Errorf("the commands were written %d times, want 1", n)
	}
	if got := s.Ledger().RequestsTo(route)[0]; got.Status != http.StatusOK {
		t.Errorf("the commands were answered with %d", got.Status)
	}
}

// TestNothingUnasked is a channel in which people talk among themselves.
func TestNothingUnasked(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithPrivileged(1<<15))
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s, func(c *discord.Config) { c.ReadMessages = true })
	for _, text := range []string{"hello all", python, "done", "help", "@everyone look", ""} {
		alice.Say(general, text)
	}
	alice.Say(general, s.Mention()+" thanks")
	alice.WaitReply(t.Context(), general)
	eventually(t, "quiet", func() bool { return r.bot.Waiting() == 0 })
	if n := s.Ledger().MessagesIn(general.ID); n != 1 {
		t.Errorf("%d messages, want the one that was asked for", n)
	}
}
