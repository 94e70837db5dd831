package discordtest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"mentor/bot/discord/discordtest"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithRateScale(1))
	s.Allow(discordtest.Duplicates, 100)
	r := raw{t: t, s: s}
	g := s.AddGuild("Learners")
	one, two := g.AddChannel("one"), g.AddChannel("two")
	send := func(c *discordtest.Channel) got {
		return r.do("POST", "channels/"+c.ID+"/messages", obj{"content": "x"})
	}
	first := send(one)
	limit, err := strconv.Atoi(first.header.Get("X-RateLimit-Limit"))
	if err != nil || limit < 2 {
		t.Fatalf("X-RateLimit-Limit = %q", first.header.Get("X-RateLimit-Limit"))
	}
	for range limit - 1 {
		send(one).want(t, "within the window", 200, 0)
	}
	full := send(one)
	full.want(t, "beyond the window", 429, 0)
	body, _ := full.json["retry_after"].(float64)
	whole, err := strconv.Atoi(full.header.Get("Retry-After"))
	if err != nil || body <= 0 || float64(whole) < body {
		t.Errorf("Retry-After = %q and retry_after = %v; the header must be the greater", full.header.Get("Retry-After"), body)
	}
	if scope := full.header.Get("X-RateLimit-Scope"); scope != "user" {
		t.Errorf("scope = %q, want user", scope)
	}
	send(two).want(t, "another channel", 200, 0)
	s.Advance(time.Duration(body * float64(time.Second)))
	send(one).want(t, "after the wait", 200, 0)
	if n := s.Ledger().Invalid(); n != 1 {
		t.Errorf("invalid = %d, want 1", n)
	}
}

func TestGlobalLimit(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := discordtest.New(t, discordtest.WithRateScale(1), discordtest.WithClock(func() time.Time { return now }))
	r := raw{t: t, s: s}
	s.Allow(discordtest.Invalid, 1)
	for i := range 51 { // each guild has its own bucket
		g := r.do("GET", "guilds/"+s.AddGuild("guild").ID, nil)
		if i < 50 {
			g.want(t, "within the second", 200, 0)
			continue
		}
		g.want(t, "the 51st", 429, 0)
		if g.header.Get("X-RateLimit-Global") != "true" || g.json["global"] != true || g.header.Get("X-RateLimit-Bucket") != "" {
			t.Errorf("global 429 = %v %s", g.header, g.text)
		}
	}
}

func TestBan(t *testing.T) {
	t.Parallel()
	r := newRaw(t, discordtest.WithBanAfter(3))
	for range 3 {
		r.do("GET", "users/@me", nil, "Authorization", "Bot wrong").want(t, "wrong token", 401, 0)
	}
	g := r.do("GET", "users/@me", nil)
	if g.status != 429 || !strings.Contains(g.text, "<!doctype html>") {
		t.Errorf("after the ban: %d %s", g.status, g.text)
	}
	r.s.Advance(2 * time.Hour)
	r.do("GET", "users/@me", nil).want(t, "after the ban has ended", 200, 0)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	ch := r.s.AddGuild("Learners").AddChannel("general")
	route := "POST /channels/{channel}/messages"
	send := func() got { return r.do("POST", "channels/"+ch.ID+"/messages", obj{"content": "x"}) }

	r.s.Fail(discordtest.Fault{Route: route, Status: 502})
	send().want(t, "502", 502, 0)
	if n := len(ch.Messages()); n != 0 {
		t.Errorf("messages after a 502 without effect = %d", n)
	}
	r.s.Fail(discordtest.Fault{Route: route, Status: 502, AfterEffect: true})
	send().want(t, "502 after the effect", 502, 0)
	send().want(t, "sent again", 200, 0)
	if d := r.s.Ledger().Duplicates(); len(ch.Messages()) != 2 || len(d) != 1 {
		t.Errorf("messages = %d, duplicates = %v; want 2 and one", len(ch.Messages()), d)
	}
	r.s.Fail(discordtest.Fault{Route: route, Status: 429, RetryAfter: 1500 * time.Millisecond, Shared: true, Times: 2})
	before := r.s.Ledger().Invalid()
	g := send()
	g.want(t, "shared limit", 429, 0)
	if g.header.Get("Retry-After") != "2" || g.json["retry_after"] != 1.5 || g.header.Get("X-RateLimit-Scope") != "shared" {
		t.Errorf("429 = %v %s", g.header, g.text)
	}
	send().want(t, "shared limit again", 429, 0)
	if n := r.s.Ledger().Invalid() - before; n != 0 {
		t.Errorf("a shared 429 counted as invalid")
	}
	r.s.Fail(discordtest.Fault{HTML: true})
	if g := send(); g.status != 429 || json.Valid([]byte(g.text)) {
		t.Errorf("Cloudflare's page = %d %s", g.status, g.text)
	}
	r.s.Fail(discordtest.Fault{Delay: 20 * time.Millisecond})
	began := time.Now()
	send().want(t, "slow", 200, 0)
	if time.Since(began) < 20*time.Millisecond {
		t.Error("the slow answer was not slow")
	}
}

func TestConnectionReset(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	ch := r.s.AddGuild("Learners").AddChannel("general")
	r.s.Fail(discordtest.Fault{Reset: true, AfterEffect: true})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.s.URL()+"/api/v9/channels/"+ch.ID+"/messages", strings.NewReader(`{"content":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bot " + r.s.Token()}, "User-Agent": {"DiscordBot (x, 1)"}, "Content-Type": {"application/json"}}
	resp, err := r.s.Transport().RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close() // the test has failed anyway
		t.Fatalf("answer = %v, want an error", resp.Status)
	}
	if n := len(ch.Messages()); n != 1 {
		t.Errorf("messages = %d, want the one that took effect", n)
	}
}

func TestPings(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	g := r.s.AddGuild("Learners")
	ch, alice, bob := g.AddChannel("general"), g.AddUser("alice"), g.AddUser("bob")
	role := g.AddRole("mods", true)
	asked := alice.Say(ch, "hello")
	text := "@everyone " + bob.Mention() + " <@&" + role.ID + ">"
	send := func(change obj) int {
		body := obj{"content": text}
		maps.Copy(body, change)
		r.do("POST", "channels/"+ch.ID+"/messages", body).want(t, "send", 200, 0)
		return len(r.s.Ledger().Pings())
	}
	if n := send(obj{"allowed_mentions": obj{"parse": list{}}}); n != 0 {
		t.Errorf("parse:[] pinged: %v", r.s.Ledger().Pings())
	}
	ref := obj{"message_id": asked.ID}
	send(obj{"content": "hi", "message_reference": ref})
	if p := r.s.Ledger().Pings(); len(p) != 1 || !p[0].ReplyOnly || p[0].Users[0] != alice.ID {
		t.Errorf("a reply pings its author: %+v", p)
	}
	send(nil)
	if p := r.s.Ledger().Pings()[1]; p.Everyone || len(p.Users) != 1 || len(p.Roles) != 1 || p.ReplyOnly {
		t.Errorf("without allowed_mentions: %+v, want bob and the role", p)
	}
	ch.Permit(ch.Permitted() | discordtest.PermMentionEveryone)
	send(obj{"allowed_mentions": obj{"parse": list{"everyone"}}})
	if p := r.s.Ledger().Pings()[2]; !p.Everyone || len(p.Users)+len(p.Roles) != 0 {
		t.Errorf("with everyone alone: %+v", p)
	}
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(s *discordtest.Server, said func() string, send func(obj))
		want int
	}{
		{"two people, the same answer", func(_ *discordtest.Server, said func() string, send func(obj)) {
			said()
			said()
			send(obj{"content": "x"})
			send(obj{"content": "x"})
		}, 0},
		{"one person, the same answer twice", func(_ *discordtest.Server, said func() string, send func(obj)) {
			said()
			send(obj{"content": "x"})
			send(obj{"content": "x"})
		}, 1},
		{"two replies to one message", func(_ *discordtest.Server, said func() string, send func(obj)) {
			ref := obj{"message_id": said()}
			said()
			send(obj{"content": "x", "message_reference": ref})
			send(obj{"content": "x", "message_reference": ref})
		}, 1},
		{"an answer in two parts", func(_ *discordtest.Server, said func() string, send func(obj)) {
			said()
			send(obj{"content": "x"})
			send(obj{"content": "y"})
		}, 0},
		{"the same reminder the next day", func(s *discordtest.Server, _ func() string, send func(obj)) {
			send(obj{"content": "x"})
			s.Advance(24 * time.Hour)
			send(obj{"content": "x"})
		}, 0},
	} {
		r := newRaw(t)
		g := r.s.AddGuild("Learners")
		ch, alice := g.AddChannel("general"), g.AddUser("alice")
		c.do(r.s, func() string { return alice.Say(ch, "hello").ID }, func(body obj) {
			r.do("POST", "channels/"+ch.ID+"/messages", body).want(t, c.name, 200, 0)
		})
		if got := len(r.s.Ledger().Duplicates()); got != c.want {
			t.Errorf("%s: %d duplicates, want %d: %v", c.name, got, c.want, r.s.Ledger().Duplicates())
		}
	}
}

// The same words answer several questions: that is no repetition, even after an
// answer of which the bot was told that it had failed.
func TestSameAnswerToAnotherMessageAfterAnError(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	g := r.s.AddGuild("Learners")
	ch, alice := g.AddChannel("general"), g.AddUser("alice")
	const route = "POST /channels/{channel}/messages"
	answer := func(to string) got {
		return r.do("POST", "channels/"+ch.ID+"/messages", obj{"content": "x", "message_reference": obj{"message_id": to}})
	}
	first, second := alice.Say(ch, "hello").ID, alice.Say(ch, "hello again").ID
	r.s.Fail(discordtest.Fault{Route: route, Status: 502, AfterEffect: true, Times: 1})
	answer(first).want(t, "taken, and said to have failed", 502, 0)
	answer(second).want(t, "the answer to another message", 200, 0)
	if d := r.s.Ledger().Duplicates(); len(d) != 0 {
		t.Errorf("duplicates = %v, want none", d)
	}
	answer(first).want(t, "the first again", 200, 0)
	if d := r.s.Ledger().Duplicates(); len(d) != 1 {
		t.Errorf("duplicates = %v, want one", d)
	}
}

func TestRoutesForReading(t *testing.T) {
	t.Parallel()
	r := newRaw(t, discordtest.WithPermissions(discordtest.PermViewChannel|discordtest.PermReadHistory|discordtest.PermCreateThreads|discordtest.PermSendMessages))
	g := r.s.AddGuild("Learners")
	ch, alice := g.AddChannel("general"), g.AddUser("alice")
	m := alice.Say(ch, "hello")
	for _, path := range []string{
		"gateway", "gateway/bot", "users/@me", "users/@me/guilds", "users/" + alice.ID, "applications/@me", "oauth2/applications/@me",
		"guilds/" + g.ID, "guilds/" + g.ID + "/channels", "guilds/" + g.ID + "/roles", "guilds/" + g.ID + "/members/" + alice.ID,
		"guilds/" + g.ID + "/threads/active", "channels/" + ch.ID, "channels/" + ch.ID + "/messages?limit=10", "channels/" + ch.ID + "/messages/" + m.ID,
		"applications/" + r.s.ApplicationID() + "/commands",
	} {
		if got := r.do("GET", path, nil); got.status != 200 {
			t.Errorf("GET %s = %d %s", path, got.status, got.text)
		}
	}
	r.do("GET", "guilds/"+g.ID+"/members", nil).want(t, "members without the intent", 403, 50001)
	r.do("POST", "channels/"+ch.ID+"/typing", nil).want(t, "typing", 204, 0)
	start := func(below string, body obj) got { return r.do("POST", "channels/"+ch.ID+below+"/threads", body) }
	start("/messages/"+m.ID, obj{"name": x(101)}).want(t, "thread name", 400, 50035)
	start("/messages/"+m.ID, obj{"name": x(100), "auto_archive_duration": 61}).want(t, "archive duration", 400, 50035)
	start("/messages/"+m.ID, obj{"name": x(100), "auto_archive_duration": 60}).want(t, "thread", 201, 0)
	start("/messages/"+m.ID, obj{"name": "again"}).want(t, "a second thread", 400, 160004)
	alone := start("", obj{"name": "alone", "type": 11})
	alone.want(t, "thread without a message", 201, 0)
	if threads := ch.Threads(); len(threads) != 2 || threads[0].ID != m.ID || r.s.Channel(fmt.Sprint(alone.json["id"])) != threads[1] {
		t.Errorf("threads = %v", threads)
	}
}
