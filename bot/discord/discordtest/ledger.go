package discordtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Ledger is everything the server saw: each request with its answer, each
// frame, and the counts by which Discord judges a bot. What it returns are
// copies; it may be read while the bot works.
type Ledger struct {
	keep       int // of requests, frames and latencies; 0 for all
	mu         sync.Mutex
	requests   []Request
	frames     []Frame
	violations []Violation
	pings      []Ping
	duplicates []Duplicate
	counts     map[string]int // of gateway events and sends by name
	messages   map[string]int // of the bot, per channel
	latencies  []time.Duration
	pending    map[string]string // interactions without a first answer: what they were, by id
}

// A Request is one REST request and its answer.
type Request struct {
	At     time.Time // in the world
	Method string
	Path   string
	Route  string // the template, such as "POST /channels/{channel}/messages"; empty if there is none
	Body   string
	Status int // 0 if the connection was reset instead
	Code   int // Discord's error code, if it was refused
	Answer string
	Took   time.Duration // on the machine's clock

	invalid bool // counts towards the ban
}

// A Frame is one payload of the gateway.
type Frame struct {
	At      time.Time
	Conn    int // connections are numbered from 1 in the order they came
	FromBot bool
	Op      int
	Event   string // of a dispatch
	Seq     int64
	Data    string
}

// A Violation is something a bot that keeps the rules never does.
type Violation struct {
	At   time.Time
	What string
}

// A Ping is a message of the bot that notified somebody.
type Ping struct {
	ChannelID string
	MessageID string
	Users     []string
	Roles     []string
	Everyone  bool
	ReplyOnly bool // only the author of the message it answers
}

// A Duplicate is a message that the bot sent although it had sent it already.
type Duplicate struct {
	ChannelID string
	First     string // the ids of the two messages
	Second    string
	Why       string
}

// Latencies sums up how long first answers to interactions took, in the world's
// time.
type Latencies struct {
	Count    int
	P50, P99 time.Duration
	Max      time.Duration
}

// Requests is every request so far, in the order of the answers.
func (l *Ledger) Requests() []Request {
	return read(l, func() []Request { return slices.Clone(l.requests) })
}

// RequestsTo is the requests to one route, such as
// "POST /channels/{channel}/messages".
func (l *Ledger) RequestsTo(route string) []Request {
	return slices.DeleteFunc(l.Requests(), func(r Request) bool { return r.Route != route })
}

// Frames is every gateway payload so far, both ways. The token in them is
// replaced.
func (l *Ledger) Frames() []Frame { return read(l, func() []Frame { return slices.Clone(l.frames) }) }

// Violations is what a bot that keeps the rules never does.
func (l *Ledger) Violations() []Violation {
	return read(l, func() []Violation { return slices.Clone(l.violations) })
}

// Pings is the messages that notified somebody.
func (l *Ledger) Pings() []Ping { return read(l, func() []Ping { return slices.Clone(l.pings) }) }

// Duplicates is the messages that were sent twice.
func (l *Ledger) Duplicates() []Duplicate {
	return read(l, func() []Duplicate { return slices.Clone(l.duplicates) })
}

// EarlyIdentifies is how many of the Identifies came too soon after another one, and
// were refused with op 9.
func (l *Ledger) EarlyIdentifies() int { return l.count("early identify") }

// Identifies is how often the bot began a new session.
func (l *Ledger) Identifies() int { return l.count("identify") }

// Resumes is how often the bot asked to go on with an old session.
func (l *Ledger) Resumes() int { return l.count("resume") }

// PlainResumes is how many of the Resumes came to the plain gateway address and
// not to the one that READY names for it.
func (l *Ledger) PlainResumes() int { return l.count("plain resume") }

// Connections is how often the bot opened a gateway connection.
func (l *Ledger) Connections() int { return l.count("connection") }

// Invalid is the number of answers 401, 403 and 429 that count towards Discord's
// ban: a 429 of shared scope does not.
func (l *Ledger) Invalid() int { return l.count("invalid") }

// MessagesIn is how many messages the bot put into the channel.
func (l *Ledger) MessagesIn(channelID string) int {
	return read(l, func() int { return l.messages[channelID] })
}

// Unanswered is the interactions that were delivered and have no first answer.
func (l *Ledger) Unanswered() []string {
	return read(l, func() []string {
		return slices.Sorted(maps.Values(l.pending))
	})
}

// FirstAnswers is how long first answers to interactions took.
func (l *Ledger) FirstAnswers() Latencies {
	return read(l, func() Latencies {
		sorted := slices.Sorted(slices.Values(l.latencies))
		n := len(sorted)
		if n == 0 {
			return Latencies{}
		}
		return Latencies{Count: n, P50: sorted[n/2], P99: sorted[(n-1)*99/100], Max: sorted[n-1]}
	})
}

// Dump is the last requests and frames as text, for the log of a failed test.
func (l *Ledger) Dump(last int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, r := range l.requests[max(0, len(l.requests)-last):] {
		fmt.Fprintf(&b, "  %s %s %s -> %d %s\n", r.Method, r.Path, shorten(r.Body, 200), r.Status, shorten(r.Answer, 200))
	}
	for _, f := range l.frames[max(0, len(l.frames)-last):] {
		way := "to bot"
		if f.FromBot {
			way = "from bot"
		}
		fmt.Fprintf(&b, "  gateway %d %s op %d %s %s\n", f.Conn, way, f.Op, f.Event, shorten(f.Data, 120))
	}
	return b.String()
}

// read calls f with the ledger locked.
func read[T any](l *Ledger, f func() T) T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return f()
}

func (l *Ledger) count(name string) int { return read(l, func() int { return l.counts[name] }) }

// note calls f with the ledger locked, to write to it.
func (l *Ledger) note(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *Ledger) add(name string) { l.note(func() { l.counts[name]++ }) }

// violate notes a violation.
func (s *Server) violate(format string, args ...any) {
	v := Violation{At: s.Now(), What: fmt.Sprintf(format, args...)}
	s.ledger.note(func() { s.ledger.violations = append(s.ledger.violations, v) })
}

// shorten cuts a text for a report.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
