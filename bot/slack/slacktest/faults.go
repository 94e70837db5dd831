package slacktest

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"
)

// A Fault is a thing that goes wrong with one call.
type Fault func(*fault)

type fault struct {
	label   string
	instead bool // the method is not carried out
	status  int
	code    string
	after   int
	delay   time.Duration
	reset   bool
}

func (f *fault) name() string {
	if f == nil {
		return ""
	}
	return f.label
}

// Unavailable answers a 5xx and does nothing.
func Unavailable(status int) Fault {
	return func(f *fault) {
		f.label, f.instead, f.status = "unavailable "+strconv.Itoa(status), true, status
	}
}

// DoneButUnavailable carries the call out and then answers a 5xx.
func DoneButUnavailable(status int) Fault {
	return func(f *fault) { f.label, f.status = "done but unavailable "+strconv.Itoa(status), status }
}

// Slow answers after d on Slack's clock.
func Slow(d time.Duration) Fault {
	return func(f *fault) { f.label, f.delay = "slow "+d.String(), d }
}

// Reset reads the call, does nothing and resets the connection.
func Reset() Fault {
	return func(f *fault) { f.label, f.instead, f.reset = "reset", true, true }
}

// DoneButReset carries the call out and resets the connection instead of answering.
func DoneButReset() Fault {
	return func(f *fault) { f.label, f.reset = "done but reset", true }
}

// RateLimited answers 429 with that many seconds in Retry-After.
func RateLimited(seconds int) Fault {
	return func(f *fault) {
		f.label, f.instead, f.status, f.code, f.after = "ratelimited", true, http.StatusTooManyRequests, "ratelimited", seconds
	}
}

// Refuse answers with an error code of Slack's and does nothing.
func Refuse(code string) Fault {
	return func(f *fault) { f.label, f.instead, f.status, f.code = "refuse "+code, true, http.StatusOK, code }
}

// faults are what was scripted, by method, in order.
type faults struct{ queue map[string][]*fault }

func newFaults() faults { return faults{queue: make(map[string][]*fault)} }

// Fail scripts what happens to the next calls of a method, one fault a call.
// "response_url" and "upload" are methods here as well.
func (s *Server) Fail(method string, fs ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, apply := range fs {
		f := new(fault)
		apply(f)
		s.faults.queue[method] = append(s.faults.queue[method], f)
	}
}

// take removes the next fault for a method; nil when there is none.
func (f *faults) take(method string) *fault {
	q := f.queue[method]
	if len(q) == 0 {
		return nil
	}
	f.queue[method] = q[1:]
	return q[0]
}

// Revoke makes a token answer token_revoked from now on.
func (s *Server) Revoke(token string) { s.trouble(token, "token_revoked") }

// Deactivate makes a token answer account_inactive from now on.
func (s *Server) Deactivate(token string) { s.trouble(token, "account_inactive") }

func (s *Server) trouble(token, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state, ok := s.tokens[token]; ok {
		state.trouble = code
		return
	}
	s.t.Errorf("slacktest: there is no token %q to make %s; take it from AppToken or Team.BotToken", token, code)
}

// Uninstall takes the app out of a workspace: its bot's token is void, and the
// bot is told of both.
func (s *Server) Uninstall(t *Team) {
	s.Deactivate(t.BotToken)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit(t, "tokens_revoked", obj{"type": "tokens_revoked", "tokens": obj{"bot": []any{t.BotUser}}})
	s.emit(t, "app_uninstalled", obj{"type": "app_uninstalled"})
}

// reset ends a connection the hard way: the client reads a reset, not an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	hardClose(conn)
}

// hardClose closes a TCP connection without the polite ending.
func hardClose(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the close is only more polite
	}
	_ = conn.Close() // it is to be broken
}

// sleep waits d on Slack's clock, or until the context ends.
func (c *clock) sleep(ctx context.Context, d time.Duration) {
	done := make(chan struct{})
	c.after(d, func() { close(done) })
	select {
	case <-done:
	case <-ctx.Done():
	}
}
