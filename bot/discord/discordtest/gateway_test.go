package discordtest_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mentor/bot/discord/discordtest"
)

// A wire is a gateway connection that sends what it is told.
type wire struct {
	t  *testing.T
	ws *websocket.Conn
}

// dial connects and reads Hello.
func dial(t *testing.T, s *discordtest.Server, query string) wire {
	t.Helper()
	w := dialOnly(t, s, query)
	w.expect(10, "")
	return w
}

func dialOnly(t *testing.T, s *discordtest.Server, query string) wire {
	t.Helper()
	ws, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.URL(), "http")+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()                // of a handshake, empty
	t.Cleanup(func() { _ = ws.Close() }) // it may be closed already
	return wire{t: t, ws: ws}
}

func (w wire) send(op int, d any) {
	w.t.Helper()
	if err := w.ws.WriteJSON(obj{"op": op, "d": d}); err != nil {
		w.t.Fatal(err)
	}
}

// A seen is a payload from the gateway.
type seen struct {
	Op   int             `json:"op"`
	Name *string         `json:"t"`
	Seq  *int64          `json:"s"`
	Data json.RawMessage `json:"d"`
}

func (w wire) read() (seen, error) {
	var p seen
	if err := w.ws.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return p, err
	}
	kind, data, err := w.ws.ReadMessage()
	if err != nil {
		return p, err
	}
	if kind == websocket.BinaryMessage {
		z, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return p, err
		}
		if data, err = io.ReadAll(z); err != nil {
			return p, err
		}
	}
	return p, json.Unmarshal(data, &p)
}

// expect reads one payload of that op and name.
func (w wire) expect(op int, name string) seen {
	w.t.Helper()
	p, err := w.read()
	if err != nil {
		w.t.Fatalf("waiting for op %d %s: %v", op, name, err)
	}
	got := ""
	if p.Name != nil {
		got = *p.Name
	}
	if p.Op != op || got != name || (op != 0) != (p.Seq == nil) {
		w.t.Fatalf("payload = op %d %q, want op %d %q", p.Op, got, op, name)
	}
	return p
}

// closedWith reads until the close frame and returns its code.
func (w wire) closedWith() int {
	w.t.Helper()
	for {
		_, err := w.read()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			return closed.Code
		}
		if err != nil {
			w.t.Errorf("connection ended without a close frame: %v", err)
			return 0
		}
	}
}

func identity(s *discordtest.Server, change obj) obj {
	d := obj{"token": s.Token(), "intents": 1 | 512 | 4096, "properties": obj{"os": "linux"}}
	maps.Copy(d, change)
	return d
}

// start connects, identifies and reads up to the guild; it returns the session.
func start(t *testing.T, s *discordtest.Server) (wire, string) {
	t.Helper()
	w := dial(t, s, "/?v=9&encoding=json")
	w.send(2, identity(s, obj{"compress": true}))
	var ready struct {
		Session string `json:"session_id"`
		Resume  string `json:"resume_gateway_url"`
	}
	if err := json.Unmarshal(w.expect(0, "READY").Data, &ready); err != nil || ready.Resume == "" {
		t.Fatalf("READY: %v %+v", err, ready)
	}
	w.expect(0, "GUILD_CREATE")
	return w, ready.Session
}

func TestCloseCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(wire, *discordtest.Server)
		want int
	}{
		{"unknown op", func(w wire, _ *discordtest.Server) { w.send(77, nil) }, 4001},
		{"not JSON", func(w wire, _ *discordtest.Server) { _ = w.ws.WriteMessage(websocket.TextMessage, []byte("{")) }, 4002},
		{"too large", func(w wire, _ *discordtest.Server) { w.send(1, strings.Repeat("x", 4097)) }, 4002},
		{"before Identify", func(w wire, _ *discordtest.Server) { w.send(3, obj{}) }, 4003},
		{"bad token", func(w wire, s *discordtest.Server) { w.send(2, identity(s, obj{"token": "x"})) }, 4004},
		{"twice", func(w wire, s *discordtest.Server) { w.send(2, identity(s, nil)); w.send(2, identity(s, nil)) }, 4005},
		{"too many sends", func(w wire, _ *discordtest.Server) {
			for range 121 {
				w.send(1, nil)
			}
		}, 4008},
		{"shard", func(w wire, s *discordtest.Server) { w.send(2, identity(s, obj{"shard": list{2, 2}})) }, 4010},
		{"unknown intents", func(w wire, s *discordtest.Server) { w.send(2, identity(s, obj{"intents": 1 << 30})) }, 4013},
		{"content intent", func(w wire, s *discordtest.Server) { w.send(2, identity(s, obj{"intents": 1 << 15})) }, 4014},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			s.Allow(discordtest.Violations, 1)
			w := dial(t, s, "/?v=10&encoding=json")
			c.do(w, s)
			if got := w.closedWith(); got != c.want {
				t.Errorf("closed with %d, want %d", got, c.want)
			}
		})
	}
}

func TestVersionAndHeartbeat(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithHeartbeat(20*time.Millisecond))
	if got := dialOnly(t, s, "/?v=8").closedWith(); got != 4012 {
		t.Errorf("version 8 closed with %d, want 4012", got)
	}
	w := dial(t, s, "/?v=9")
	w.send(1, nil)
	w.expect(11, "")
	if got := w.closedWith(); got != 4009 {
		t.Errorf("silence closed with %d, want 4009", got)
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithoutNoise())
	ch := s.AddGuild("Learners").AddChannel("general")
	alice := s.AddUser("alice")
	w, session := start(t, s)
	alice.Say(ch, "one")
	last := w.expect(0, "MESSAGE_CREATE")
	s.DropConnections()
	alice.Say(ch, "two")
	alice.Say(ch, "three")
	resume := func(seq int64) wire {
		w := dial(t, s, "/resume?v=9")
		w.send(6, obj{"token": s.Token(), "session_id": session, "seq": seq})
		return w
	}
	w = resume(*last.Seq)
	for range 2 {
		w.expect(0, "MESSAGE_CREATE")
	}
	w.expect(0, "RESUMED")
	s.CloseConnections(4000)
	if got := w.closedWith(); got != 4000 {
		t.Errorf("closed with %d", got)
	}
	if got := resume(99).closedWith(); got != 4007 {
		t.Errorf("a seq of the future closed with %d, want 4007", got)
	}
	resume(1).expect(9, "")
	if n := s.Ledger().PlainResumes(); n != 0 {
		t.Errorf("Resumes at the plain address = %d, want 0", n)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*discordtest.Server, wire){
		"closed with 1000": func(_ *discordtest.Server, w wire) {
			_ = w.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
			w.closedWith()
		},
		"away too long": func(s *discordtest.Server, w wire) {
			s.DropConnections()
			_, _ = w.read() // the error of the broken connection
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t, discordtest.WithoutNoise())
			s.AddGuild("Learners")
			w, session := start(t, s)
			end(s, w)
			s.WaitDisconnected(t.Context())
			s.Advance(10 * time.Minute)
			w = dial(t, s, "/?v=9")
			w.send(6, obj{"token": s.Token(), "session_id": session, "seq": 1})
			w.expect(9, "")
		})
	}
}

func TestIdentifyBudget(t *testing.T) {
	t.Parallel()
	r := newRaw(t, discordtest.WithSessionStarts(3, 1))
	w := dial(t, r.s, "/?v=9")
	w.send(2, identity(r.s, nil))
	w.expect(0, "READY")
	r.s.InvalidateSessions(false)
	w.expect(9, "")
	for range 2 { // within five seconds of the last
		w.send(2, identity(r.s, nil))
		w.expect(9, "")
	}
	w.send(2, identity(r.s, nil))
	if got := w.closedWith(); got != 4004 {
		t.Errorf("the fourth Identify of three closed with %d, want 4004", got)
	}
	r.do("GET", "users/@me", nil).want(t, "after the token's reset", 401, 0)
}

func TestConnectFaults(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithoutNoise())
	s.FailConnects(
		discordtest.ConnectFault{Reconnect: true}, discordtest.ConnectFault{Invalid: 1}, discordtest.ConnectFault{Close: 4000},
		discordtest.ConnectFault{Drop: true}, discordtest.ConnectFault{Delay: 10 * time.Millisecond}, discordtest.ConnectFault{Refuse: 503},
	)
	next := func() wire {
		s.Advance(6 * time.Second)
		w := dial(t, s, "/?v=9")
		w.send(2, identity(s, nil))
		return w
	}
	next().expect(7, "")
	next().expect(9, "")
	if got := next().closedWith(); got != 4000 {
		t.Errorf("closed with %d, want 4000", got)
	}
	if _, err := next().read(); err == nil {
		t.Error("the dropped connection still says something")
	}
	began := time.Now()
	next().expect(0, "READY")
	if time.Since(began) < 10*time.Millisecond {
		t.Error("READY was not delayed")
	}
	_, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.URL(), "http")+"/?v=9", nil)
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("refused connection = %v, %v", resp, err)
	}
	_ = resp.Body.Close() // of a refusal, read already
}

func TestEventFaults(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithoutNoise())
	ch := s.AddGuild("Learners").AddChannel("general")
	alice := s.AddUser("alice")
	w, _ := start(t, s)
	say := func(text string) { alice.Say(ch, text+s.Mention()) }
	content := func() string {
		var m struct {
			Content string `json:"content"`
		}
		if err := json.Unmarshal(w.expect(0, "MESSAGE_CREATE").Data, &m); err != nil {
			t.Error(err)
		}
		return strings.TrimSuffix(m.Content, s.Mention())
	}
	s.Copies(2)
	say("twice")
	s.Copies(0)
	say("never")
	s.Copies(1)
	s.SwapNext()
	say("a")
	say("b")
	say("c")
	for i, want := range []string{"twice", "twice", "b", "a", "c"} {
		if got := content(); got != want {
			t.Errorf("event %d = %q, want %q", i, got, want)
		}
	}
	s.Redeliver(ch.Messages()[0])
	if got := content(); got != "twice" {
		t.Errorf("redelivered = %q", got)
	}
	s.Dispatch("MESSAGE_CREATE", obj{"id": 5, "components": list{obj{"type": 99}}})
	w.expect(0, "MESSAGE_CREATE")
	s.AskForHeartbeat()
	w.expect(1, "")
	s.MuteAcks()
	w.send(1, nil)
	s.Stall()
	say("into the void")
	if err := w.ws.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, data, err := w.ws.ReadMessage(); err == nil {
		t.Errorf("a stalled connection said %s", data)
	}
}

// TestIntents is that a session hears what its intents ask for, and interactions
// besides.
func TestIntents(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithoutNoise(), discordtest.WithPrivileged(1<<15))
	s.Allow(discordtest.Unanswered, 1)
	g := s.AddGuild("Learners")
	ch, alice := g.AddChannel("general"), g.AddUser("alice")
	raw{t: t, s: s}.do("PUT", "applications/"+s.ApplicationID()+"/commands", list{command(nil)}).want(t, "command", 200, 0)
	w := dial(t, s, "/?v=9")
	w.send(2, identity(s, obj{"intents": 4096}))
	w.expect(0, "READY")
	alice.Say(ch, "in the guild")
	alice.Slash(ch, "ask")
	alice.DM("in private")
	w.expect(0, "INTERACTION_CREATE")
	w.expect(0, "MESSAGE_CREATE")
	s.DropConnections()
	s.WaitDisconnected(t.Context())
	s.Advance(6 * time.Second)
	w = dial(t, s, "/?v=9")
	w.send(2, identity(s, obj{"intents": 512 | 1<<15, "shard": list{0, 1}}))
	w.expect(0, "READY")
	alice.Say(ch, "all of it")
	if p := w.expect(0, "MESSAGE_CREATE"); !strings.Contains(string(p.Data), "all of it") {
		t.Errorf("with the content intent: %s", p.Data)
	}
}

func TestResumableInvalidSession(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithoutNoise())
	s.AddGuild("Learners")
	w, session := start(t, s)
	s.InvalidateSessions(true)
	w.expect(9, "")
	w.send(6, obj{"token": s.Token(), "session_id": session, "seq": 2})
	w.expect(0, "RESUMED")
	s.ResetToken()
	if got := w.closedWith(); got != 4004 {
		t.Errorf("after the token's reset closed with %d, want 4004", got)
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	ch := s.AddGuild("Learners").AddChannel("general")
	alice := s.AddUser("alice")
	w, _ := start(t, s)
	for range 10 {
		alice.Say(ch, "x")
	}
	unknown := 0
	for range 11 {
		p, err := w.read()
		if err != nil {
			t.Fatal(err)
		}
		if *p.Name == "FAKE_EVENT_NOBODY_KNOWS" {
			unknown++
		}
	}
	if unknown == 0 {
		t.Error("no unknown event was strewn in")
	}
}
