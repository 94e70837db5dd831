package discord_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
)

const (
	routeMessages = "POST /channels/{channel}/messages"
	routeCallback = "POST /interactions/{interaction}/{token}/callback"
)

func TestSlowAnswerIsDeferred(t *testing.T) {
	t.Parallel()
	for name, delay := range map[string]time.Duration{"2.9 s": 290 * time.Millisecond, "5 s": 500 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			g := s.AddGuild("Learners")
			general, alice := g.AddChannel("general"), g.AddUser("alice")
			r := prepare(t, s)
			r.shelf.delay = delay // a tenth of what the name says, and so is the patience
			r.bot.Waits(5*time.Second, time.Minute, 190*time.Millisecond)
			r.run(t)
			s.WaitCommand(t.Context(), "ask")
			i := alice.Slash(general, "ask", discordtest.Opt("question", python))
			if got := i.WaitAnswered(t.Context()); got != 5 {
				t.Errorf("the first answer has the type %d, want 5", got)
			}
			if m := i.Wait(t.Context()); !strings.Contains(texts(m), "Python") || m.Ephemeral() {
				t.Errorf("filled in: %q", texts(m))
			}
		})
	}
}

// TestPrivateAfterAPublicWait is a reply that turns out to be private while a
// public "is thinking…" stands.
func TestPrivateAfterAPublicWait(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	bob := g.AddUser("bob")
	r := prepare(t, s, func(c *discord.Config) { c.Mentor = slowSecret{c.Mentor} })
	r.bot.Waits(5*time.Second, time.Minute, 50*time.Millisecond)
	r.run(t)
	s.WaitCommand(t.Context(), "ask")
	alice.Slash(general, "ask", discordtest.Opt("question", "x"))
	m := alice.WaitFor(t.Context(), general, "the secret", func(m discordtest.Message) bool { return strings.Contains(texts(m), "secret") })
	if !m.Ephemeral() || len(bob.Sees(general)) != 0 {
		t.Errorf("bob sees %d messages of what was private", len(bob.Sees(general)))
	}
}

// TestHundredPressesAtOnce measures, so nothing runs beside it.
func TestHundredPressesAtOnce(t *testing.T) { //nolint:paralleltest // see above
	s := discordtest.New(t, discordtest.WithoutRateLimits())
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s)
	alice.Say(general, s.Mention()+" "+python)
	m := alice.WaitReply(t.Context(), general)
	s.Fail(discordtest.Fault{Route: routeCallback, Delay: 100 * time.Millisecond, Times: 100})
	presses := make([]*discordtest.Interaction, 100)
	for i := range presses {
		presses[i] = g.AddUser(fmt.Sprint("learner", i)).Click(m, button(t, m, "More"))
	}
	for _, p := range presses {
		p.Wait(t.Context())
	}
	l := s.Ledger().FirstAnswers()
	t.Logf("first answers: %+v", l)
	if l.Count != 100 || l.Max > 3*time.Second { // Discord's limit; how quick it is otherwise is the machine's affair
		t.Errorf("first answers = %+v, want all within 3 s", l)
	}
}

func TestBurstOfMentions(t *testing.T) {
	t.Parallel()
	n := 2_000
	if raceDetector {
		n = 400 // the detector is about eight times as slow
	}
	s := discordtest.New(t, discordtest.WithoutRateLimits(), discordtest.WithPatience(time.Minute))
	g := s.AddGuild("Learners")
	rooms := make([]*discordtest.Channel, 10)
	for i := range rooms {
		rooms[i] = g.AddChannel(fmt.Sprint("room", i))
	}
	people := make([]*discordtest.User, n)
	for i := range people {
		people[i] = g.AddUser(fmt.Sprint("learner", i))
	}
	r := prepare(t, s)
	r.bot.Unlimited()
	r.run(t)
	s.WaitCommand(t.Context(), "ask")
	began := time.Now()
	for i, p := range people {
		p.Say(rooms[i%len(rooms)], s.Mention()+" "+python)
	}
	s.WaitUntil(t.Context(), "all answers", func() bool {
		got := 0
		for _, room := range rooms {
			got += s.Ledger().MessagesIn(room.ID)
		}
		return got >= n
	})
	t.Logf("%d mentions answered in %v", n, time.Since(began).Round(time.Millisecond))
	answered := map[string]int{}
	for _, room := range rooms {
		for _, m := range room.Messages() {
			if m.FromBot {
				answered[m.ReplyTo]++
			}
		}
	}
	if len(answered) != n {
		t.Errorf("%d messages were answered, want %d", len(answered), n)
	}
	for id, times := range answered {
		if times != 1 {
			t.Errorf("message %s was answered %d times", id, times)
		}
	}
}

// TestABurstHoldsUpNoCommand is a channel with so many answers on their way that
// no more can be sent, and a command in another.
func TestABurstHoldsUpNoCommand(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithoutRateLimits())
	g := s.AddGuild("Learners")
	busy, general, alice := g.AddChannel("busy"), g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s)
	r.bot.Unlimited()
	people := make([]*discordtest.User, 300)
	for i := range people {
		people[i] = g.AddUser(fmt.Sprint("learner", i))
	}
	s.Fail(discordtest.Fault{Route: routeMessages, Delay: 1500 * time.Millisecond, Times: len(people)})
	for _, p := range people {
		p.Say(busy, s.Mention()+" "+python)
	}
	eventually(t, "the burst to be in hand", func() bool { return r.bot.Waiting() > 256 })
	began := time.Now()
	alice.Slash(general, "ask", discordtest.Opt("question", python)).Wait(t.Context())
	if took := time.Since(began); took > 3*time.Second { // Discord's limit
		t.Errorf("a command was answered after %v", took)
	}
}

func TestDeliveredThreeTimes(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s)
	s.Copies(3)
	alice.Say(general, s.Mention()+" done")
	alice.WaitReply(t.Context(), general)
	alice.Slash(general, "checkin").Wait(t.Context())
	s.Copies(1)
	alice.Say(general, s.Mention()+" "+python)
	alice.WaitFor(t.Context(), general, "the last answer", func(m discordtest.Message) bool { return strings.Contains(texts(m), "Python") })
	if n := s.Ledger().MessagesIn(general.ID); n != 3 {
		t.Errorf("%d replies to two check-ins and a question, each delivered three times", n)
	}
	id, err := r.store.Find(t.Context(), bot.NewAccount("d", alice.ID))
	if err != nil {
		t.Fatal(err)
	}
	l, err := r.store.Get(t.Context(), id)
	if err != nil || l.Streak.Total != 1 {
		t.Errorf("%d days are counted (%v), want 1", l.Streak.Total, err)
	}
}

// TestKilledBeforeTheAnswerIsKnown is a bot that dies between sending an answer
// and hearing that it arrived; another on the same store gets the event again.
func TestKilledBeforeTheAnswerIsKnown(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	first := start(t, s)
	s.Fail(discordtest.Fault{Route: routeMessages, AfterEffect: true, Reset: true, Times: 1})
	said := alice.Say(general, s.Mention()+" "+python)
	alice.WaitReply(t.Context(), general)
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	s.WaitDisconnected(t.Context())
	s.Advance(6 * time.Minute) // no nonce is remembered so long
	second := prepare(t, s, func(c *discord.Config) { c.Mentor = bot.New(newShelf(), bot.WithStore(first.store)) })
	second.run(t)
	s.WaitConnected(t.Context())
	s.Redeliver(said)
	bob := g.AddUser("bob")
	bob.Say(general, s.Mention()+" something")
	bob.WaitFor(t.Context(), general, "an answer to bob", func(m discordtest.Message) bool { return strings.Contains(texts(m), "not sure") })
	eventually(t, "quiet", func() bool { return second.bot.Waiting() == 0 })
	if n := s.Ledger().MessagesIn(general.ID); n != 2 {
		t.Errorf("%d messages, want one answer to each", n)
	}
}

// TestBadGatewaysMakeNoDuplicate is Discord answering 502 to what it has done, all
// day long.
func TestBadGatewaysMakeNoDuplicate(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s)
	for i := range 24 {
		s.Fail(discordtest.Fault{Route: routeMessages, AfterEffect: true, Status: http.StatusBadGateway, Times: 2})
		s.Fail(discordtest.Fault{Route: routeCallback, AfterEffect: true, Status: http.StatusBadGateway, Times: 1})
		alice.Say(general, s.Mention()+" "+python)
		alice.WaitReply(t.Context(), general)
		alice.Slash(general, "next").Wait(t.Context())
		eventually(t, "the tries to end", func() bool {
			return len(s.Ledger().RequestsTo(routeMessages)) >= 3*(i+1) && len(s.Ledger().RequestsTo(routeCallback)) >= 2*(i+1)
		})
		s.Advance(time.Hour)
	}
}

func TestPingsNobody(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice, bob := g.AddChannel("general"), g.AddUser("alice"), g.AddUser("bob")
	start(t, s)
	for _, text := range []string{"@everyone", "zone @everyone <@" + bob.ID + ">", "streak " + bob.Mention()} {
		alice.Say(general, s.Mention()+" "+text)
		alice.Slash(general, "ask", discordtest.Opt("question", text)).Wait(t.Context())
	}
	s.WaitUntil(t.Context(), "answers", func() bool { return s.Ledger().MessagesIn(general.ID) >= 4 })
	if pings := s.Ledger().Pings(); len(pings) != 0 {
		t.Errorf("somebody was notified: %+v", pings)
	}
}

func TestClosedDirectMessages(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	bob := g.AddUser("bob")
	alice.CloseDMs()
	start(t, s)
	alice.Say(general, s.Mention()+" streak")
	if m := alice.WaitReply(t.Context(), general); !strings.Contains(texts(m), "your eyes only") {
		t.Errorf("with closed direct messages: %q", texts(m))
	}
	bob.Say(general, s.Mention()+" streak")
	if m := bob.WaitReply(t.Context(), bob.DMChannel()); !strings.Contains(texts(m), "No day is counted yet") {
		t.Errorf("with open ones: %q", texts(m))
	}
	if n := s.Ledger().MessagesIn(general.ID); n != 1 {
		t.Errorf("%d messages in public, want the hint alone", n)
	}
}

func TestThreads(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithPermissions(discord.Permissions))
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s)
	if _, err := r.store.UpdateGroup(t.Context(), "d:"+g.ID, func(g *bot.Group) error { g.Mode = bot.ModeThread; return nil }); err != nil {
		t.Fatal(err)
	}
	said := alice.Say(general, s.Mention()+" "+python)
	s.WaitUntil(t.Context(), "a message in a thread", func() bool { return s.Ledger().MessagesIn(said.ID) == 1 })
	thread := s.Channel(said.ID)
	if thread.Name != python || s.Ledger().MessagesIn(general.ID) != 0 {
		t.Errorf("the thread is called %q, %d messages in the channel", thread.Name, s.Ledger().MessagesIn(general.ID))
	}
	m := alice.Sees(thread)[0]
	if !strings.Contains(texts(m), "reply to a message of mine") {
		t.Errorf("the first message does not say how to go on: %q", texts(m))
	}
	alice.Reply(m, "more")
	if m := alice.WaitReply(t.Context(), thread); !strings.Contains(texts(m), "Django") {
		t.Errorf("more = %q", texts(m))
	}
}

// TestThreadsNotAllowed is a channel where the bot may open none.
func TestThreadsNotAllowed(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s)
	if _, err := r.store.UpdateGroup(t.Context(), "d:"+g.ID, func(g *bot.Group) error { g.Mode = bot.ModeThread; return nil }); err != nil {
		t.Fatal(err)
	}
	alice.Say(general, s.Mention()+" "+python)
	alice.WaitReply(t.Context(), general)
}

func TestSetupIsForAdmins(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := start(t, s)
	if m := alice.Slash(general, "setup", discordtest.Opt("mode", "off")).Wait(t.Context()); !strings.Contains(texts(m), "only those") && !strings.Contains(texts(m), "Only those") {
		t.Errorf("a member's /setup = %q", texts(m))
	}
	g.Grant(alice, 1<<5)
	if m := alice.Slash(general, "setup", discordtest.Opt("mode", "off")).Wait(t.Context()); !m.Ephemeral() || !strings.Contains(texts(m), "**off**") {
		t.Errorf("an admin's /setup = %q", texts(m))
	}
	alice.Say(general, s.Mention()+" "+python)
	if m := alice.Slash(general, "ask", discordtest.Opt("question", python)).Wait(t.Context()); !m.Ephemeral() {
		t.Error("a command in a channel that is off was answered for all to see")
	}
	if got, err := r.store.Group(t.Context(), "d:"+g.ID); err != nil || got.ModeOf(general.ID) != bot.ModeOff || s.Ledger().MessagesIn(general.ID) != 3 {
		t.Errorf("the group is %+v (%v), with %d messages", got, err, s.Ledger().MessagesIn(general.ID))
	}
}

func TestOneWelcome(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	old := s.AddGuild("Old").AddChannel("general")
	start(t, s)
	news := s.AddGuild("New").AddChannel("news")
	s.WaitUntil(t.Context(), "a welcome", func() bool { return s.Ledger().MessagesIn(news.ID) == 1 })
	s.DropConnections()
	s.WaitDisconnected(t.Context())
	s.WaitConnected(t.Context())
	if n := s.Ledger().MessagesIn(old.ID); n != 0 {
		t.Errorf("%d messages unasked in a server that was there before", n)
	}
}

func TestButtonsOutliveTheBot(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	first := start(t, s)
	alice.Say(general, s.Mention()+" "+python)
	m := alice.WaitReply(t.Context(), general)
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	s.WaitDisconnected(t.Context())
	s.Advance(6 * time.Second)
	second := prepare(t, s)
	second.run(t)
	s.WaitConnected(t.Context())
	for _, label := range []string{"More", "👎", "👍"} {
		alice.Click(m, button(t, m, label)).Wait(t.Context())
	}
	if votes, err := second.store.Tallies(t.Context()); err != nil || votes["lang-python"] != (bot.Tally{Up: 1}) {
		t.Errorf("votes = %v, %v; the last one counts", votes, err)
	}
	bob := g.AddUser("bob")
	if refused := bob.Click(m, button(t, m, "Dismiss")).Wait(t.Context()); !refused.Ephemeral() {
		t.Error("somebody else dismissed an answer")
	}
	alice.Click(m, button(t, m, "Dismiss"))
	eventually(t, "the answer to go", func() bool {
		for _, r := range s.Ledger().RequestsTo("DELETE /webhooks/{application}/{token}/messages/{which}") {
			return r.Status == http.StatusNoContent
		}
		return false
	})
}

func TestMessageMenu(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice, bob := g.AddChannel("general"), g.AddUser("alice"), g.AddUser("bob")
	start(t, s)
	said := bob.Say(general, python)
	if m := alice.MessageCommand(said, "Ask the mentor about this").Wait(t.Context()); !strings.Contains(texts(m), "Python") {
		t.Errorf("the menu's answer = %q", texts(m))
	}
}

// TestInstalledByAPerson is the commands where the bot itself is not.
func TestInstalledByAPerson(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddForeignGuild("Elsewhere")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s)
	m := alice.Slash(general, "ask", discordtest.Opt("question", python)).Wait(t.Context())
	alice.Click(m, button(t, m, "More")).Wait(t.Context())
}

// TestEveryReplyIsValid sends every entry, short and in full, and the other kinds
// of reply; the fake refuses what Discord would.
func TestEveryReplyIsValid(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithoutRateLimits())
	g := s.AddGuild("Learners")
	general := g.AddChannel("general")
	r := prepare(t, s)
	r.bot.Unlimited()
	r.run(t)
	s.WaitCommand(t.Context(), "ask")
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, e := range r.shelf.guide.Entries() {
		alice := g.AddUser("a" + e.ID)
		m := alice.Slash(general, "ask", discordtest.Opt("question", "guide: "+e.ID)).Wait(t.Context())
		if !strings.Contains(texts(m), e.Title) {
			t.Errorf("%s: %q", e.ID, texts(m))
		}
		if e.More != "" {
			alice.Click(m, button(t, m, "More")).Wait(t.Context())
		}
	}
	alice := g.AddUser("alice")
	for _, text := range []string{"something", "nothing of the kind", "hello"} {
		alice.Slash(general, "ask", discordtest.Opt("question", text)).Wait(t.Context())
	}
	m := alice.Slash(general, "roadmap").Wait(t.Context())
	alice.Select(m, "pick", "/open step-3-fundamentals").Wait(t.Context())
}

// TestHeapStays is that interactions leave nothing behind.
func TestHeapStays(t *testing.T) {
	if raceDetector || testing.Short() {
		t.Skip("the race detector keeps memory of its own")
	}
	s := discordtest.New(t, discordtest.WithoutRateLimits(), discordtest.WithoutNoise())
	g := s.AddGuild("Learners")
	general := g.AddChannel("general")
	quiet := &silent{answered: make(chan struct{}, 256)}
	r := prepare(t, s, func(c *discord.Config) {
		c.Mentor = quiet
		c.HTTP = &http.Client{Transport: quiet.counting(s.Transport())}
		c.Log = nil
	})
	r.bot.Unlimited()
	r.run(t)
	s.WaitCommand(t.Context(), "ask")
	alice := g.AddUser("alice")
	press := func(n int) {
		for i := range n {
			raw := map[string]any{
				"id": strconv.FormatInt((time.Now().UnixMilli()-1_420_070_400_000)<<22|quiet.next(), 10), "application_id": s.ApplicationID(), "type": 2,
				"token": fmt.Sprint("t", i), "channel_id": general.ID, "guild_id": g.ID, "member": map[string]any{"user": map[string]any{"id": alice.ID}, "permissions": "0"},
				"data": map[string]any{"name": "help", "type": 1},
			}
			r.bot.Deliver("INTERACTION_CREATE", raw)
			<-quiet.answered
		}
	}
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	press(9_000) // what is bounded fills up
	before := heap()
	press(20_000)
	after := heap()
	t.Logf("heap %d kB before, %d kB after 20,000 interactions", before>>10, after>>10)
	if float64(after) > 1.1*float64(before)+500_000 {
		t.Errorf("the heap grew from %d to %d bytes", before, after)
	}
}
