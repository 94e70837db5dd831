package discordtest

import (
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A Fault is something that goes wrong on Discord's side, scripted by the test.
type Fault struct {
	// Route is the template it happens to, such as
	// "POST /channels/{channel}/messages"; empty for every route.
	Route string
	Times int // how often; 0 is once

	AfterEffect bool          // the request has taken effect although it is answered with an error
	Delay       time.Duration // the answer waits so long, on the machine's clock
	Status      int           // answered instead of what it would be; 0 with a Delay alone means the true answer
	Body        string        // sent with Status; empty for what Discord sends with it
	Reset       bool          // the connection is reset after the request was read

	// For Status 429.
	RetryAfter time.Duration
	Global     bool
	Shared     bool // of shared scope, which is not the bot's fault
	HTML       bool // Cloudflare's page, which is not JSON
}

// Fail scripts a fault. Faults of one route happen in the order they were
// scripted. It fails the test if there is no such route.
func (s *Server) Fail(f Fault) {
	s.t.Helper()
	known := func(r route) bool { return r.String() == f.Route }
	if f.Route != "" && !slices.ContainsFunc(s.routes, known) {
		s.t.Fatalf("discordtest: no route %q; they are written like %q", f.Route, s.routes[len(s.routes)-1].String())
	}
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, &f)
}

// ClearFaults forgets every fault that has not happened yet.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = nil
}

// A faultList is the faults to come.
type faultList struct {
	mu   sync.Mutex
	list []*Fault
}

// next is the fault that happens to a request now, or nil. It has been counted.
func (l *faultList) next(route string) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.list {
		if f.Times > 0 && (f.Route == "" || f.Route == route) {
			f.Times--
			return f
		}
	}
	return nil
}

// fails reports whether the bot will be told that its request failed.
func (f *Fault) fails() bool { return f != nil && (f.Status >= 400 || f.Reset || f.HTML) }

// misbehave answers a request as its fault says.
func (s *Server) misbehave(w http.ResponseWriter, c *call) {
	f := c.fault
	s.delay(c, f.Delay)
	switch {
	case f.Reset:
		s.enter(c, 0, []byte("(connection reset)"), nil)
		reset(w)
	case f.HTML:
		s.writeBan(w, c)
	case f.Status == http.StatusTooManyRequests:
		e := rateLimited(w.Header(), f.RetryAfter, f.scope())
		s.write(w, c, answer{status: e.status, body: e.body()}, e)
	case f.Status != 0:
		s.writeText(w, c, f.Status, f.text())
	default:
		a, refusal := s.handle(c)
		if refusal != nil {
			a = answer{status: refusal.status, body: refusal.body()}
		}
		s.write(w, c, a, refusal)
	}
}

func (f *Fault) scope() string {
	switch {
	case f.Shared:
		return scopeShared
	case f.Global:
		return scopeGlobal
	}
	return scopeUser
}

// text is the body of a fault.
func (f *Fault) text() string {
	if f.Body != "" {
		return f.Body
	}
	if f.Status == http.StatusBadGateway || f.Status == http.StatusServiceUnavailable || f.Status == http.StatusGatewayTimeout {
		return "error code: " + strconv.Itoa(f.Status)
	}
	return compact(map[string]any{"message": strconv.Itoa(f.Status) + ": " + http.StatusText(f.Status), "code": 0})
}

// delay waits, or until the client has gone away or the test has ended.
func (s *Server) delay(c *call, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.req.Context().Done():
	case <-s.over:
	}
}

// writeText answers with a text as it is.
func (s *Server) writeText(w http.ResponseWriter, c *call, status int, text string) {
	s.enter(c, status, []byte(text), nil)
	w.WriteHeader(status)
	if _, err := w.Write([]byte(text)); err != nil {
		return // the client has gone away
	}
}

// writeBan answers as Cloudflare does for a banned address: a 429 without any
// JSON.
func (s *Server) writeBan(w http.ResponseWriter, c *call) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(banLasts.Seconds()))))
	s.writeText(w, c, http.StatusTooManyRequests, "<!doctype html><title>Access denied</title>error 1015: you are being rate limited")
}

// reset breaks the connection so that the client reads an error and no answer.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 or a wrapped writer: the server's own way to cut it off
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the connection ends in a close in place of a reset, an error all the same
	}
	_ = conn.Close() // it is being broken
}
