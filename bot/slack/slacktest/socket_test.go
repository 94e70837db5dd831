package slacktest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mentor/bot/slack/slacktest"
)

// A line is a Socket Mode connection by hand.
type line struct {
	t     *testing.T
	conn  *websocket.Conn
	hello object
}

// dial opens a connection and reads its hello.
func dial(t *testing.T, s *slacktest.Server) *line {
	t.Helper()
	address := fmt.Sprint(callAs(t, s, s.AppToken(), "apps.connections.open", object{})["url"])
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if err != nil {
		t.Fatalf("dial %s: %v", address, err)
	}
	defer resp.Body.Close()
	t.Cleanup(func() { _ = conn.Close() }) // the server may have closed it
	l := &line{t: t, conn: conn}
	l.hello = l.read()
	return l
}

// read is the next frame.
func (l *line) read() object {
	l.t.Helper()
	frame := make(object)
	if err := l.conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		l.t.Fatal(err)
	}
	if err := l.conn.ReadJSON(&frame); err != nil {
		l.t.Fatalf("read a frame: %v", err)
	}
	return frame
}

func (l *line) ack(frame object, payload any) {
	l.t.Helper()
	answer := object{"envelope_id": frame["envelope_id"]}
	if payload != nil {
		answer["payload"] = payload
	}
	if err := l.conn.WriteJSON(answer); err != nil {
		l.t.Fatal(err)
	}
}

func TestHelloAndTickets(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.BadToken, 1)
	address := fmt.Sprint(callAs(t, s, s.AppToken(), "apps.connections.open", object{})["url"])
	for i, want := range []int{http.StatusSwitchingProtocols, http.StatusUnauthorized} {
		conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
		if resp.StatusCode != want {
			t.Errorf("use %d of a ticket: %d, %v, want %d", i+1, resp.StatusCode, err, want)
		}
		_ = resp.Body.Close() // a handshake has none
		if conn != nil {
			t.Cleanup(func() { _ = conn.Close() }) // only the end of the test
		}
	}
	s.WaitConnected(1)
	l := dial(t, s)
	info, _ := l.hello["debug_info"].(object)
	if l.hello["type"] != "hello" || l.hello["num_connections"] != 2.0 || info["approximate_connection_time"] == nil {
		t.Errorf("hello = %v", l.hello)
	}
}

func TestConnectionsShareEnvelopes(t *testing.T) {
	s := slacktest.New(t)
	one, two := dial(t, s), dial(t, s)
	alice := s.Person("alice")
	alice.DM("first")
	alice.DM("second")
	a, b := one.read(), two.read()
	one.ack(a, nil)
	two.ack(b, nil)
	s.Settle()
	if got := s.Ledger().Envelopes(); len(got) != 2 || got[0].Socket == got[1].Socket {
		t.Errorf("envelopes = %+v, want one on each connection", got)
	}
}

func TestEleventhConnectionIsClosed(t *testing.T) {
	s := slacktest.New(t)
	for range 10 {
		dial(t, s)
	}
	if got := dial(t, s).read(); got["type"] != "disconnect" || got["reason"] != "too_many_websockets" {
		t.Errorf("frame = %v, want too_many_websockets", got)
	}
	s.WaitConnected(10)
}

func TestDisconnectWarnsFirst(t *testing.T) {
	s := slacktest.New(t)
	l := dial(t, s)
	s.Disconnect()
	if got := l.read(); got["reason"] != "warning" {
		t.Errorf("frame = %v, want a warning", got)
	}
	s.WaitConnected(1)
	s.Advance(10 * time.Second)
	if got := l.read(); got["reason"] != "refresh_requested" {
		t.Errorf("frame = %v, want refresh_requested", got)
	}
	s.WaitConnected(0)
}

func TestRefusedHandshakes(t *testing.T) {
	s := slacktest.New(t)
	s.RefuseConnections(1)
	refused := func() bool {
		address := fmt.Sprint(callAs(t, s, s.AppToken(), "apps.connections.open", object{})["url"])
		conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
		if err == nil {
			_ = conn.Close() // it was only to see whether it opens
		}
		_ = resp.Body.Close() // read already
		return resp.StatusCode == http.StatusServiceUnavailable
	}
	if !refused() || refused() {
		t.Error("want the first handshake refused, and the second not")
	}
	s.RefuseConnectionsFor(time.Minute)
	if !refused() {
		t.Error("want handshakes refused for a minute")
	}
	s.Advance(time.Minute)
	if refused() {
		t.Error("want them taken after it")
	}
}

func TestRetrySchedule(t *testing.T) {
	t.Parallel()
	s := slacktest.New(t)
	l := dial(t, s)
	s.Allow(slacktest.LateAck, 4)
	s.Allow(slacktest.LostEvent, 1)
	s.Person("alice").DM("hello")
	times := make([]time.Duration, 0, 4)
	start := s.Now()
	for attempt := range 4 {
		frame := l.read()
		reason := ""
		if attempt > 0 {
			reason = "timeout"
		}
		if frame["retry_attempt"] != float64(attempt) || frame["retry_reason"] != reason {
			t.Errorf("frame %d = %v", attempt, frame)
		}
		times = append(times, s.Now().Sub(start).Round(time.Second))
		s.Advance([]time.Duration{3 * time.Second, 63 * time.Second, 303 * time.Second, 3 * time.Second}[attempt])
	}
	if got := fmt.Sprint(times); got != "[0s 3s 1m6s 6m9s]" {
		t.Errorf("sendings at %s", got)
	}
	if got := s.Ledger().Lost(); len(got) != 1 {
		t.Errorf("Lost = %v, want the event", got)
	}
}

func TestStrangeAcks(t *testing.T) {
	t.Parallel()
	s := slacktest.New(t)
	l := dial(t, s)
	s.Allow(slacktest.StrangeAck, 2)
	s.Allow(slacktest.LargeAck, 1)
	s.Allow(slacktest.LateAck, 1)
	l.ack(object{"envelope_id": "made up"}, nil)
	alice, general := s.Person("alice"), s.Channel("general")
	alice.DM("hello")
	l.ack(l.read(), object{"text": "not taken"})
	command := alice.Slash("/mentor", "hello", general)
	l.ack(l.read(), object{"text": strings.Repeat("x", 20_000)})
	s.Advance(time.Second) // lets the acknowledgement arrive
	s.Advance(3 * time.Second)
	if command.Wait() || len(alice.Errors()) != 1 {
		t.Errorf("errors = %v, want the command to have failed", alice.Errors())
	}
	for _, k := range []slacktest.Kind{slacktest.LargeAck, slacktest.LateAck} {
		if got := s.Ledger().Violations(k); len(got) != 1 {
			t.Errorf("%s: %v, want one", k, got)
		}
	}
	if got := s.Ledger().Violations(slacktest.StrangeAck); len(got) != 2 {
		t.Errorf("strange acks = %v, want two", got)
	}
}

func TestLateAckIsMarked(t *testing.T) {
	t.Parallel()
	s := slacktest.New(t)
	l := dial(t, s)
	s.Allow(slacktest.LateAck, 1)
	s.Person("alice").DM("hello")
	frame := l.read()
	s.Advance(4 * time.Second)
	l.ack(frame, nil)
	l.ack(l.read(), nil)
	s.Settle()
	got := s.Ledger().Envelopes()
	if len(got) != 2 || !got[0].Late || got[0].Latency < 4*time.Second || got[1].Late {
		t.Errorf("envelopes = %+v, want the first late and the second not", got)
	}
}

func TestSpeedShrinksDeadlines(t *testing.T) {
	s := slacktest.New(t, slacktest.Speed(300))
	l := dial(t, s)
	s.Allow(slacktest.LateAck, many)
	s.Person("alice").DM("hello")
	if first, second := l.read(), l.read(); first["retry_attempt"] != 0.0 || second["retry_attempt"] != 1.0 {
		t.Errorf("frames = %v and %v, want the retry 10 ms later", first, second)
	}
}

// eventNames are the events in the order of their first sending.
func eventNames(s *slacktest.Server) string {
	var names []string
	for _, e := range s.Ledger().Envelopes() {
		if e.Attempt == 0 {
			names = append(names, e.What)
		}
	}
	return strings.Join(names, " ")
}

func TestEventsOfMessages(t *testing.T) {
	everything := strings.Replace(manifestWith("channels:history", "groups:history", "channels:read", "users:read", "chat:write"),
		"[app_mention]", "[app_mention, message.channels, message.groups, member_joined_channel, user_change, app_uninstalled]", 1)
	s := slacktest.New(t, slacktest.Manifest(everything))
	alice, general, quiet := s.Person("alice"), s.Channel("general"), s.Channel("quiet", slacktest.WithoutBot)
	m := alice.Mention(general, "hello") // both kinds, as both are subscribed
	alice.Mention(quiet, "hello")        // the bot is not there
	alice.Mention(s.Channel("staff", slacktest.Private), "hello")
	alice.Edit(m, "hello again")
	alice.Delete(m)
	alice.Invite(quiet)
	alice.SetTZ("Europe/Paris")
	s.Uninstall(s.Team())
	want := "app_mention message.channels app_mention message.groups message.channels message.channels member_joined_channel user_change app_uninstalled"
	if got := eventNames(s); got != want {
		t.Errorf("events = %s, want %s", got, want)
	}
}

func TestSubtypes(t *testing.T) {
	s := slacktest.New(t)
	l := dial(t, s)
	alice := s.Person("alice")
	parent := alice.DM("parent")
	alice.InThread(parent.TS).Broadcast(alice.Direct(), "for all")
	alice.InThread(parent.TS).DM("for few")
	alice.Share(alice.Direct(), "look", "plan.pdf")
	for _, want := range []any{nil, "thread_broadcast", nil, "file_share"} {
		frame := l.read()
		l.ack(frame, nil)
		if got := at(frame, "payload", "event", "subtype"); got != want {
			t.Errorf("subtype = %v, want %v", got, want)
		}
	}
	s.Settle()
}

func TestBotHearsItself(t *testing.T) {
	s := slacktest.New(t)
	l := dial(t, s)
	call(t, s, "chat.postMessage", quiet(object{"channel": s.Person("alice").ID, "text": "hello"}))
	frame := l.read()
	l.ack(frame, nil)
	event := frame["payload"].(object)["event"].(object)
	if event["bot_id"] != s.Team().BotID || event["channel_type"] != "im" {
		t.Errorf("event = %v, want the bot's own post", event)
	}
	s.Settle()
}

func TestTheEndDoesNotWaitForClients(t *testing.T) {
	r := &recorder{TB: t}
	s := slacktest.New(r)
	dial(t, s)
	s.Refresh() // which this client overlooks
	if got := r.finish(); got != "" {
		t.Errorf("errors = %s", got)
	}
}
