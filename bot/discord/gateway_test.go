package discord_test

import (
	"strings"
	"testing"
	"time"

	"mentor/bot/discord/discordtest"
)

// answers asks something and waits for the answer: the bot is at work.
func answers(t *testing.T, s *discordtest.Server, alice *discordtest.User, ch *discordtest.Channel) {
	t.Helper()
	alice.Say(ch, s.Mention()+" "+python)
	alice.WaitReply(t.Context(), ch)
}

func TestResumesAfterEveryInterruption(t *testing.T) {
	t.Parallel()
	for name, interrupt := range map[string]func(*discordtest.Server){
		"dead TCP":    (*discordtest.Server).DropConnections,
		"close 4000":  func(s *discordtest.Server) { s.CloseConnections(4000) },
		"asked (op7)": (*discordtest.Server).Reconnect,
		"no acks":     (*discordtest.Server).MuteAcks,
		"outage": func(s *discordtest.Server) {
			s.FailConnects(discordtest.ConnectFault{Refuse: 503}, discordtest.ConnectFault{Drop: true})
			s.DropConnections()
		},
		"stall": (*discordtest.Server).Stall,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t, discordtest.WithHeartbeat(100*time.Millisecond))
			general := s.AddGuild("Learners").AddChannel("general")
			alice := s.AddUser("alice")
			r := prepare(t, s)
			r.bot.Waits(5*time.Second, 400*time.Millisecond, 2*time.Second)
			r.run(t)
			s.WaitConnected(t.Context())
			s.WaitCommand(t.Context(), "ask") // so that READY has been read
			interrupt(s)
			s.WaitDisconnected(t.Context())
			alice.Say(general, s.Mention()+" "+python)
			alice.WaitReply(t.Context(), general)
			if l := s.Ledger(); l.Identifies() != 1 || l.Resumes() == 0 || l.PlainResumes() != 0 || l.MessagesIn(general.ID) != 1 {
				t.Errorf("Identifies, Resumes, answers = %d, %d, %d; want 1, some, 1", l.Identifies(), l.Resumes(), l.MessagesIn(general.ID))
				t.Errorf("%d Resumes went to the plain address", l.PlainResumes())
			}
		})
	}
}

func TestBeginsAnewWhenTheSessionIsOver(t *testing.T) {
	t.Parallel()
	for name, interrupt := range map[string]func(*discordtest.Server){
		"op 9 false": func(s *discordtest.Server) { s.InvalidateSessions(false) },
		"close 4009": func(s *discordtest.Server) { s.CloseConnections(4009) },
		"op 9 as the reply to Resume": func(s *discordtest.Server) {
			s.FailConnects(discordtest.ConnectFault{Invalid: 1})
			s.DropConnections()
		},
		"op 7 as the reply to Resume": func(s *discordtest.Server) {
			s.FailConnects(discordtest.ConnectFault{Reconnect: true})
			s.DropConnections()
		},
		"no Hello": func(s *discordtest.Server) {
			s.FailConnects(discordtest.ConnectFault{NoHello: true})
			s.DropConnections()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t, discordtest.WithSessionStarts(1000, 20))
			general := s.AddGuild("Learners").AddChannel("general")
			alice := s.AddUser("alice")
			r := prepare(t, s)
			r.bot.Waits(700*time.Millisecond, time.Minute, 2*time.Second)
			r.run(t)
			s.WaitConnected(t.Context())
			s.WaitCommand(t.Context(), "ask") // so that READY has been read
			interrupt(s)
			s.WaitDisconnected(t.Context())
			s.WaitConnected(t.Context())
			answers(t, s, alice, general)
			if n := s.Ledger().Identifies(); n > 3 {
				t.Errorf("%d Identifies, want at most 3", n)
			}
		})
	}
}

// TestInvalidSessionStorm is a gateway that says op 9 to everything, for what is
// a minute to the bot.
func TestInvalidSessionStorm(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithSessionStarts(1000, 1000))
	s.Allow(discordtest.Identifies, 12)
	for range 100 {
		s.FailConnects(discordtest.ConnectFault{Invalid: 10_000})
	}
	r := prepare(t, s)
	r.run(t)
	time.Sleep(2900 * time.Millisecond) //nolint:forbidigo // a minute, twenty times as fast
	if n := s.Ledger().Identifies(); n > 12 || n < 2 {
		t.Errorf("%d Identifies in a minute, want some and at most 12", n)
	}
}

func TestBadTokenAtTheStart(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	s.ResetToken()
	r := prepare(t, s)
	began := time.Now()
	err := r.bot.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "DISCORD_TOKEN") || strings.Contains(err.Error(), "\n") || time.Since(began) > 5*time.Second {
		t.Errorf("Run = %v after %v, want one line with the cure, soon", err, time.Since(began))
	}
}

func TestFatalCloseCodesInMidLife(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happen func(*discordtest.Server)
		want   string
	}{
		"token reset": {(*discordtest.Server).ResetToken, "DISCORD_TOKEN"},
		"4014":        {func(s *discordtest.Server) { s.CloseConnections(4014) }, "Message Content Intent"},
		"4013":        {func(s *discordtest.Server) { s.CloseConnections(4013) }, "newer mentor"},
		"4012":        {func(s *discordtest.Server) { s.CloseConnections(4012) }, "newer mentor"},
		"4011":        {func(s *discordtest.Server) { s.CloseConnections(4011) }, "shards"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			r := prepare(t, s)
			ended := make(chan error, 1)
			go func() { ended <- r.bot.Run(t.Context()) }()
			s.WaitConnected(t.Context())
			s.WaitCommand(t.Context(), "ask")
			c.happen(s)
			select {
			case err := <-ended:
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("Run = %v, want it to name %q", err, c.want)
				}
			case <-time.After(5 * time.Second):
				t.Error("the bot went on for 5 s")
			}
		})
	}
}

func TestStopDuringReconnect(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	r := start(t, s)
	for range 50 {
		s.FailConnects(discordtest.ConnectFault{NoHello: true})
	}
	s.DropConnections()
	eventually(t, "another connection", func() bool { return s.Ledger().Connections() > 1 })
	began := time.Now()
	if err := r.stop(); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("Run ended with %v after %v", err, time.Since(began))
	}
	before := s.Ledger().Connections()
	time.Sleep(300 * time.Millisecond) //nolint:forbidigo // nothing may happen now
	if after := s.Ledger().Connections(); after != before {
		t.Errorf("%d connections came after the end", after-before)
	}
}

func TestGatewayAddressFails(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithSessionStarts(1000, 20)) // the bot's clock runs ahead
	alice := s.AddUser("alice")
	general := s.AddGuild("Learners").AddChannel("general")
	s.Fail(discordtest.Fault{Route: "GET /users/@me", Status: 500, Times: 8})
	s.Fail(discordtest.Fault{Route: "GET /gateway", Status: 502, Times: 8})
	s.FailConnects(discordtest.ConnectFault{Refuse: 503}, discordtest.ConnectFault{Drop: true})
	r := prepare(t, s)
	r.bot.Hurry(100)
	r.run(t)
	s.WaitConnected(t.Context())
	answers(t, s, alice, general)
}

func TestOddEventsDoNotMatter(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s)
	s.DispatchOddities(general, alice)
	s.Dispatch("INTERACTION_CREATE", map[string]any{"id": 7, "type": "x"})
	s.Dispatch("MESSAGE_CREATE", nil)
	alice.Say(general, s.Mention()+" panic")
	alice.Say(general, s.Mention()+" "+python)
	alice.WaitFor(t.Context(), general, "the true answer", func(m discordtest.Message) bool { return strings.Contains(texts(m), "Python") })
	alice.Slash(general, "ask", discordtest.Opt("question", "panic")).Wait(t.Context())
}
