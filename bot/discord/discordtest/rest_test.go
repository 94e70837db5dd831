package discordtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mentor/bot/discord/discordtest"
)

// A raw is a client that sends what it is told.
type raw struct {
	t *testing.T
	s *discordtest.Server
}

// newRaw is a raw client of a server without rate limits whose violations are
// expected.
func newRaw(t *testing.T, opts ...discordtest.Option) raw {
	t.Helper()
	s := discordtest.New(t, append([]discordtest.Option{discordtest.WithoutRateLimits(), discordtest.WithBanAfter(1000)}, opts...)...)
	for _, c := range []discordtest.Counter{discordtest.Violations, discordtest.Invalid, discordtest.Pings, discordtest.Duplicates, discordtest.Unanswered} {
		s.Allow(c, 1000)
	}
	return raw{t: t, s: s}
}

// A got is an answer.
type got struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

// code is Discord's error code; 0 if there is none.
func (g got) code() int {
	n, _ := g.json["code"].(float64)
	return int(n)
}

// faultAt is the first fault at a path such as "embeds.0.title".
func (g got) faultAt(path string) string {
	at, _ := g.json["errors"].(map[string]any)
	for step := range strings.SplitSeq(path, ".") {
		if path != "" {
			at, _ = at[step].(map[string]any)
		}
	}
	list, _ := at["_errors"].([]any)
	if len(list) == 0 {
		return ""
	}
	first, _ := list[0].(map[string]any)
	return fmt.Sprint(first["code"])
}

// do sends a request. The body is JSON if it is not a string; the header pairs
// replace what a good client sends.
func (r raw) do(method, path string, body any, header ...string) got {
	r.t.Helper()
	text, isText := body.(string)
	if !isText && body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			r.t.Fatal(err)
		}
		text = string(b)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.s.URL()+"/api/v9/"+path, bytes.NewBufferString(text))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+r.s.Token())
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	if text != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	resp, err := r.s.Transport().RoundTrip(req)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	g := got{status: resp.StatusCode, header: resp.Header, text: string(answer)}
	_ = json.Unmarshal(answer, &g.json) // not every answer is an object
	return g
}

// want checks an answer's status and code.
func (g got) want(t *testing.T, what string, status, code int) {
	t.Helper()
	if g.status != status || g.code() != code {
		t.Errorf("%s: got %d, code %d, want %d, code %d: %s", what, g.status, g.code(), status, code, g.text)
	}
}

// x is a text of n code points that are more than one UTF-16 unit each.
func x(n int) string { return strings.Repeat("🦉", n) }

func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	r.do("GET", "users/@me", nil).want(t, "a good request", 200, 0)
	r.do("GET", "users/@me", nil, "Authorization", r.s.Token()).want(t, "V1: without the word Bot", 401, 0)
	r.do("GET", "users/@me", nil, "User-Agent", "curl/8").want(t, "V2: user agent", 403, 40333)
	r.do("GET", "users/@me", nil, "Content-Type", "application/json").want(t, "V2: Content-Type of nothing", 400, 50035)
	r.do("POST", "users/@me/channels", "a=b", "Content-Type", "application/x-www-form-urlencoded").want(t, "V2: a form", 400, 50035)
	r.do("POST", "users/@me/channels", `{"recipient_id":`).want(t, "V3: half of a JSON", 400, 50109)
	r.do("GET", "no/such/route", nil).want(t, "unknown route", 404, 0)
	r.do("DELETE", "users/@me", nil).want(t, "wrong method", 405, 0)
	g := r.do("GET", "channels/general", nil)
	g.want(t, "V29: an id that is none", 400, 50035)
	if f := g.faultAt("channel_id"); f != "NUMBER_TYPE_COERCE" {
		t.Errorf("V29: fault = %q: %s", f, g.text)
	}
	if n := len(r.s.Ledger().Violations()); n != 7 {
		t.Errorf("violations = %d, want 7: %v", n, r.s.Ledger().Violations())
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	g := r.s.AddGuild("Learners")
	ch := g.AddChannel("general")
	path := "channels/" + ch.ID + "/messages"
	hello := map[string]any{"content": "hello"}
	r.do("POST", path, hello).want(t, "a message", 200, 0)
	r.do("POST", "channels/1/messages", hello).want(t, "V16: unknown channel", 404, 10003)
	ch.Permit(0)
	r.do("POST", path, hello).want(t, "V16: a channel it cannot see", 403, 50001)
	ch.Permit(discordtest.PermViewChannel)
	r.do("POST", path, hello).want(t, "V16: may not send", 403, 50013)
	ch.Permit(discordtest.PermViewChannel | discordtest.PermSendMessages)
	r.do("POST", path, map[string]any{"embeds": []any{map[string]any{"title": "x"}}}).want(t, "V16: may not embed", 403, 50013)
	first := ch.Messages()[0].ID
	r.do("POST", path, map[string]any{"content": "re", "message_reference": map[string]any{"message_id": first}}).want(t, "V15: without history", 403, 160002)

	thread := ch.AddThread("a thread")
	r.do("POST", "channels/"+thread.ID+"/messages", hello).want(t, "V16: SEND_MESSAGES is not for threads", 403, 50013)
	ch.Permit(discordtest.PermViewChannel | discordtest.PermSendInThreads)
	r.do("POST", "channels/"+thread.ID+"/messages", hello).want(t, "V16: in a thread", 200, 0)
	thread.Lock()
	r.do("POST", "channels/"+thread.ID+"/messages", hello).want(t, "V16: a locked thread", 403, 160005)
	mine := thread.Messages()[0].ID
	r.do("PATCH", "channels/"+thread.ID+"/messages/"+mine, hello).want(t, "V16: an archived thread", 400, 50083)
}

func TestOwnMessages(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	g := r.s.AddGuild("Learners")
	ch, alice := g.AddChannel("general"), g.AddUser("alice")
	theirs := alice.Say(ch, "mine")
	base := "channels/" + ch.ID + "/messages"
	edit := map[string]any{"content": "changed"}
	r.do("PATCH", base+"/"+theirs.ID, edit).want(t, "V17: another's message", 403, 50005)
	r.do("PATCH", base+"/123", edit).want(t, "V17: no message", 404, 10008)
	r.do("DELETE", base+"/"+theirs.ID, nil).want(t, "V17: delete another's", 403, 50013)
	r.do("POST", base+"/bulk-delete", map[string]any{"messages": []any{theirs.ID}}).want(t, "V27: bulk delete", 403, 50013)
	id, _ := r.do("POST", base, map[string]any{"content": "hello"}).json["id"].(string)
	r.do("PATCH", base+"/"+id, edit).want(t, "own message", 200, 0)
	r.s.Advance(2 * 3600e9)
	for range 5 {
		r.do("PATCH", base+"/"+id, edit).want(t, "old message", 200, 0)
	}
	r.do("PATCH", base+"/"+id, edit).want(t, "V17: too many edits of an old message", 429, 30046)
	r.do("PUT", base+"/"+id+"/reactions/abc/@me", nil).want(t, "V27: no emoji", 400, 10014)
	r.do("PUT", base+"/"+id+"/reactions/%F0%9F%91%8D/@me", nil).want(t, "V27: not permitted", 403, 50013)
	ch.Permit(ch.Permitted() | discordtest.PermAddReactions)
	r.do("PUT", base+"/"+id+"/reactions/%F0%9F%91%8D/@me", nil).want(t, "a reaction", 204, 0)
	r.do("DELETE", base+"/"+id, nil).want(t, "own message", 204, 0)
	r.do("DELETE", base+"/"+id, nil).want(t, "V17: already deleted", 404, 10008)
}

func TestDirectChats(t *testing.T) {
	t.Parallel()
	r := newRaw(t, discordtest.WithDMLimit(2))
	g := r.s.AddGuild("Learners")
	alice, bob, carol := g.AddUser("alice"), g.AddUser("bob"), g.AddUser("carol")
	create := func(u string) got { return r.do("POST", "users/@me/channels", map[string]any{"recipient_id": u}) }
	send := func(u *discordtest.User) got {
		return r.do("POST", "channels/"+u.DMChannel().ID+"/messages", map[string]any{"content": "hello"})
	}
	create(alice.ID).want(t, "open", 200, 0)
	create("55").want(t, "V18: nobody", 404, 10013)
	create("alice").want(t, "V4: no id", 400, 50035)
	send(alice).want(t, "send", 200, 0)
	alice.CloseDMs()
	send(alice).want(t, "V18: closed, sending", 403, 50007)
	create(alice.ID).want(t, "V18: closed, opening", 400, 50007)
	alice.OpenDMs()
	g.Leave(alice)
	send(alice).want(t, "V18: no mutual guild", 403, 50278)
	create(bob.ID).want(t, "the last in the window", 200, 0)
	create(carol.ID).want(t, "V18: too fast", 400, 40003)
	r.s.Advance(11 * 60e9)
	create(carol.ID).want(t, "a new window", 200, 0)
}

func TestNonce(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	ch := r.s.AddGuild("Learners").AddChannel("general")
	send := func(nonce any, enforce bool) got {
		return r.do("POST", "channels/"+ch.ID+"/messages", map[string]any{"content": "hello", "nonce": nonce, "enforce_nonce": enforce})
	}
	first := send(strings.Repeat("n", 25), true)
	first.want(t, "V19: 25 characters", 200, 0)
	send(strings.Repeat("n", 26), true).want(t, "V19: 26 characters", 400, 50035)
	if again := send(strings.Repeat("n", 25), true); again.json["id"] != first.json["id"] {
		t.Errorf("V19: the same nonce made another message: %s", again.text)
	}
	if n := len(r.s.Ledger().Duplicates()); n != 0 {
		t.Errorf("duplicates = %d, want 0", n)
	}
	send(strings.Repeat("n", 25), false)
	if n := len(r.s.Ledger().Duplicates()); n != 1 {
		t.Errorf("duplicates without enforce_nonce = %d, want 1", n)
	}
	r.s.Advance(6 * 60e9)
	if later := send(strings.Repeat("n", 25), true); later.json["id"] == first.json["id"] {
		t.Error("V19: a nonce is remembered after its window")
	}
}
