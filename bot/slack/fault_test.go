package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/slack/slacktest"
)

// answered waits until each question has its reply, and checks that it has one.
func answered(t *testing.T, s *slacktest.Server, p *slacktest.Person, ch *slacktest.Channel, questions []slacktest.Message) {
	t.Helper()
	for _, q := range questions {
		p.WaitReply(q)
	}
	s.Settle()
	replies := map[string]int{}
	for _, m := range p.Sees(ch) {
		if m.ThreadTS != "" {
			replies[m.ThreadTS]++
		}
	}
	for _, q := range questions {
		if replies[q.TS] != 1 {
			t.Errorf("%q has %d replies, want 1", q.Text, replies[q.TS])
		}
	}
}

func TestEachQuestionGetsOneAnswerWhateverTheConnectionDoes(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	s.Allow(slacktest.LateAck, 100)
	var asked []slacktest.Message
	ask := func() {
		somebody := s.Person(fmt.Sprintf("person%d", len(asked))) // one alone would ask too fast
		asked = append(asked, somebody.Mention(general, "which language?"))
	}
	for _, trouble := range []func(){
		func() { s.RepeatEnvelopes(4) },
		s.Refresh,
		s.Disconnect,
		s.DropConnections,
		func() { s.CloseAfterHello("too_many_websockets", 3); s.Refresh() },
		func() { s.RefuseConnectionsFor(6 * time.Second); s.DropConnections() },
	} {
		ask()
		trouble()
		ask()
		time.Sleep(20 * time.Millisecond) // real time: the sockets are real
		ask()
	}
	s.Advance(10 * time.Second) // past the refusing
	s.WaitConnected(lines)
	s.Advance(7 * time.Minute) // past the last retry
	answered(t, s, alice, general, asked)
	if got := s.Ledger().Duplicates(); got != 0 {
		t.Errorf("%d answers came twice", got)
	}
}

func TestReconnectsAreBounded(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	s.CloseAfterHello("link_disabled", 1000)
	s.Refresh()
	time.Sleep(5500 * time.Millisecond) // real time: the promise is about it
	if got := s.Ledger().ConnectionsWithin(5 * time.Second); got > 10 {
		t.Errorf("%d connections in 5 s, want at most 10", got)
	}
	s.CloseAfterHello("", 0)
}

func TestADeafConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	if pulse >= deafAfter/2 || deafAfter > 30*time.Second {
		t.Errorf("pulse %v, deaf after %v: want several pulses, and 30 s at most", pulse, deafAfter)
	}
	s := newSlack(t)
	start(t, s, newMentor(t), func(_ *Config, b *Bot) {
		if b != nil {
			b.sockets.pulse, b.sockets.deaf = 50*time.Millisecond, 600*time.Millisecond
		}
	})
	s.WaitConnected(lines)
	s.Deafen()
	s.WaitNewConnection(3)
	alice := s.Person("alice")
	question := alice.DM("which language?")
	s.Advance(time.Minute + 7*time.Second)
	alice.WaitReply(question)
}

func TestARefreshLeavesNoGap(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	s.Disconnect() // warns, and closes ten seconds later
	s.WaitConnected(2 * lines)
	alice := s.Person("alice")
	alice.WaitReply(alice.DM("which language?"))
	s.Advance(11 * time.Second)
	s.WaitConnected(lines)
	alice.WaitReply(alice.DM("sql?"))
}

// Not beside other tests: it measures.
func TestAcksAreFastWithManyAtOnce(t *testing.T) { //nolint:paralleltest // as said
	s, _ := begin(t)
	general := s.Channel("general")
	questions := make([]slacktest.Message, 20)
	for i := range questions {
		questions[i] = s.Person(fmt.Sprintf("person%d", i)).Mention(general, "which language?")
	}
	alice := s.Person("alice")
	var slowest time.Duration
	for _, q := range questions {
		slowest = max(slowest, timeOf(alice.WaitReply(q).TS, q0).Sub(timeOf(q.TS, q0)))
	}
	s.Settle()
	p95, longest := s.Ledger().AckLatency()
	const limit = 3 * time.Second // Slack's; how quick it is otherwise is the machine's affair
	if longest >= limit || slowest >= limit {
		t.Errorf("acks p95 %v, longest %v, slowest answer %v; want under %v", p95, longest, slowest, limit)
	}
	t.Logf("acks p95 %v, longest %v, slowest answer %v", p95, longest, slowest)
}

// q0 stands for a time that cannot be read.
var q0 = time.Unix(0, 0)

// trouble is a mentor that panics, hangs or fails at certain words.
type trouble struct {
	Mentor

	free chan struct{}
	hung atomic.Int32
}

func (m *trouble) Hear(ctx context.Context, q bot.Question, to bot.Address) (bot.Reply, bool, error) {
	switch {
	case strings.Contains(q.Text, "panic"):
		panic("as asked")
	case strings.Contains(q.Text, "hang"):
		m.hung.Add(1)
		<-m.free
	case strings.Contains(q.Text, "fail"):
		return bot.Reply{}, false, errors.New("the index is broken")
	}
	return m.Mentor.Hear(ctx, q, to)
}

func TestAStuckOrPanickingHandlerHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	s := newSlack(t)
	m := &trouble{Mentor: newMentor(t), free: make(chan struct{})}
	b := start(t, s, m, nil)
	s.WaitConnected(lines)
	alice, bob, carol := s.Person("alice"), s.Person("bob"), s.Person("carol")
	alice.DM("hang")
	bob.DM("panic")
	carol.DM("fail")
	carol.WaitText(carol.Direct(), "Something went wrong on my side")
	bob.WaitReply(bob.DM("which language?"))
	carol.WaitReply(carol.DM("which language?"))
	close(m.free)
	if !strings.Contains(b.logged.String(), "as asked") {
		t.Error("the panic is in no log")
	}
}

func TestAJobThatIgnoresItsEndIsLeftAlone(t *testing.T) {
	t.Parallel()
	c := newCrew(newSlackLog())
	c.time = 10 * time.Millisecond
	stuck, ended := make(chan struct{}), make(chan struct{})
	c.add("a", func(context.Context) { <-stuck })
	c.add("a", func(context.Context) { close(ended) })
	<-ended
	close(stuck)
	c.finish(time.Second)
}

func TestPostsThroughFaults(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]slacktest.Fault{
		"503":           {slacktest.Unavailable(503), slacktest.Unavailable(503)},
		"503, but done": {slacktest.DoneButUnavailable(503)},
		"reset":         {slacktest.Reset(), slacktest.Reset()},
		"reset, done":   {slacktest.DoneButReset()},
		"limited":       {slacktest.RateLimited(1)},
		"internal":      {slacktest.Refuse("internal_error")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			alice, general := s.Person("alice"), s.Channel("general")
			s.Fail("chat.postMessage", faults...)
			inChannel := alice.Mention(general, "which language?")
			answered(t, s, alice, general, []slacktest.Message{inChannel})
			if !strings.Contains(name, "done") {
				return
			}
			s.Fail("chat.postMessage", faults...)
			alice.WaitReply(alice.DM("which language?"))
			time.Sleep(700 * time.Millisecond) // real time: longer than the first waiting
			s.Settle()
			if got := len(alice.Sees(alice.Direct())); got != 2 {
				t.Errorf("%d messages in the direct chat, want 2:\n%s", got, s.Transcript(alice.Direct()))
			}
		})
	}
}

func TestWhereTheHistoryCannotBeReadNothingIsPostedTwice(t *testing.T) {
	t.Parallel()
	less := strings.NewReplacer("      - channels:history\n", "", "      - message.channels\n", "").Replace(Manifest())
	s := newSlack(t, slacktest.Manifest(less))
	start(t, s, newMentor(t), nil)
	s.WaitConnected(lines)
	s.Allow(slacktest.MissingScope, 1)
	alice, general := s.Person("alice"), s.Channel("general")
	s.Fail("chat.postMessage", slacktest.DoneButReset())
	alice.WaitReply(alice.Mention(general, "which language?"))
	s.WaitRequests("conversations.replies", 1)
	s.Settle()
}

func TestARateLimitIsKept(t *testing.T) {
	t.Parallel()
	s := newSlack(t, slacktest.Rate("chat.postMessage", 60, 2))
	start(t, s, newMentor(t), nil)
	s.WaitConnected(lines)
	general := s.Channel("general")
	for i := range 5 {
		s.Person(fmt.Sprintf("person%d", i)).Mention(general, "which language?")
	}
	alice := s.Person("person0")
	alice.WaitFor(general, "five replies", func(slacktest.Message) bool { return true })
	for got := 0; got < 5; {
		got = 0
		for _, m := range alice.Sees(general) {
			if m.ThreadTS != "" {
				got++
			}
		}
		time.Sleep(50 * time.Millisecond) // real time: Retry-After is
	}
}

func TestAnOutageOfTheProgramIsMadeGood(t *testing.T) {
	t.Parallel()
	s := newSlack(t)
	alice, general := s.Person("alice"), s.Channel("general")
	question := alice.Mention(general, "which language?")
	s.Advance(time.Second)
	start(t, s, newMentor(t), nil)
	s.WaitConnected(lines)
	s.Advance(time.Minute)
	answered(t, s, alice, general, []slacktest.Message{question})
}

func TestOldThreadsAreRemembered(t *testing.T) {
	t.Parallel()
	s, b := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	question := alice.Mention(general, "which language?")
	alice.WaitReply(question)
	if err := b.end(t); err != nil {
		t.Fatal(err)
	}
	s.WaitConnected(0)
	start(t, s, newMentor(t), nil)
	s.WaitConnected(lines)
	alice.WaitReply(alice.InThread(question.TS).Say(general, "and sql?"))
}

func TestTheEndIsQuickAndAnswersWhatIsInHand(t *testing.T) {
	t.Parallel()
	s, b := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	s.Fail("chat.postMessage", slacktest.Slow(1500*time.Millisecond))
	question := alice.Mention(general, "which language?")
	s.WaitRequests("users.info", 1)
	began := time.Now()
	if err := b.end(t); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the end took %v", took)
	}
	answered(t, s, alice, general, []slacktest.Message{question})
	for _, e := range s.Ledger().Envelopes() {
		if !e.Acked && e.Socket != 0 {
			t.Errorf("%s was not acknowledged", e.What)
		}
	}
}

func TestTheEndComesEvenWhenAHandlerHangs(t *testing.T) {
	long(t)
	t.Parallel()
	s := newSlack(t)
	m := &trouble{Mentor: newMentor(t), free: make(chan struct{})}
	b := start(t, s, m, nil)
	s.WaitConnected(lines)
	s.Person("alice").DM("hang")
	for m.hung.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	defer close(m.free)
	began := time.Now()
	if err := b.end(t); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the end took %v, want under 10 s", took)
	}
}

// run is a bot with these tokens, and how its Run ends.
func run(t *testing.T, s *slacktest.Server, app string, bots ...string) error {
	t.Helper()
	b, err := New(Config{AppToken: app, BotTokens: bots, APIURL: s.APIURL(), Mentor: newMentor(t)})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return b.Run(ctx)
}

func TestWrongTokensAreNamedInOneLine(t *testing.T) {
	t.Parallel()
	s := newSlack(t)
	s.Allow(slacktest.BadToken, 10)
	for _, c := range []struct{ app, bot, want string }{
		{s.BotToken(), s.AppToken(), "SLACK_APP_TOKEN holds a bot token"},
		{s.AppToken(), s.AppToken(), "SLACK_BOT_TOKEN holds an app token"},
		{"", s.BotToken(), "SLACK_APP_TOKEN must begin with xapp-"},
		{s.AppToken(), "secret", "SLACK_BOT_TOKEN must begin with xoxb-"},
		{s.AppToken(), "xoxb-1-wrong", "SLACK_BOT_TOKEN is refused (invalid_auth)"},
		{"xapp-1-wrong", s.BotToken(), "SLACK_APP_TOKEN is refused (invalid_auth)"},
	} {
		err := run(t, s, c.app, c.bot)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "wrong") {
			t.Errorf("Run = %v, want one line with %q", err, c.want)
		}
	}
}

func TestRevokedTokensEndTheBot(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]struct {
		do   func(*slacktest.Server)
		want string
	}{
		"uninstalled": {func(s *slacktest.Server) { s.Uninstall(s.Team()) }, "SLACK_BOT_TOKEN is refused (account_inactive)"},
		"bot": {func(s *slacktest.Server) {
			s.Revoke(s.BotToken())
			s.Person("alice").DM("which language?")
		}, "SLACK_BOT_TOKEN is refused (token_revoked)"},
		"app": {func(s *slacktest.Server) { s.Revoke(s.AppToken()); s.DropConnections() }, "SLACK_APP_TOKEN is refused (token_revoked)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSlack(t)
			ended := make(chan error, 1)
			go func() { ended <- run(t, s, s.AppToken(), s.BotToken()) }()
			s.WaitConnected(lines)
			trouble.do(s)
			if err := <-ended; err == nil || !strings.Contains(err.Error(), trouble.want) {
				t.Errorf("Run = %v, want %q", err, trouble.want)
			}
		})
	}
}

func TestUnreadableEnvelopesAreAcknowledged(t *testing.T) {
	t.Parallel()
	b, err := New(Config{AppToken: "xapp-1", BotTokens: []string{"xoxb-1"}, Mentor: nobody{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"events_api", "slash_commands", "interactive", "new"} {
		for _, payload := range []string{"", "[]", `{"event":{"type":"message","user":7}}`, `{"type":"block_actions"}`} {
			if answer, ok := b.take(envelope{Type: kind, ID: "e", Payload: []byte(payload)}); answer != nil || !ok {
				t.Errorf("take(%s %s) = %v, %v, want an empty acknowledgement", kind, payload, answer, ok)
			}
		}
	}
}
