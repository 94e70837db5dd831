package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Kind is a way to be refused or punished by Slack, or to annoy a person.
type Kind string

// The kinds of violations.
const (
	UnknownMethod     Kind = "unknown method"
	BadToken          Kind = "bad token"
	MissingScope      Kind = "missing scope"
	Rejected          Kind = "rejected payload"    // the payload broke a limit or a rule
	MarkdownResidue   Kind = "markdown residue"    // **, ]( or # shown as they are
	NoText            Kind = "blocks without text" // nothing for a notification or a screen reader
	LongText          Kind = "long text"           // text over the advised 4,000 characters
	Unfurl            Kind = "unfurl not disabled"
	Ping              Kind = "ping"
	Unescaped         Kind = "unescaped text"
	BadThread         Kind = "bad thread" // thread_ts is a reply's or nobody's
	DuplicatePost     Kind = "duplicate post"
	LateAck           Kind = "late ack"
	LargeAck          Kind = "large ack"
	StrangeAck        Kind = "strange ack" // for no envelope, twice, or with a payload that is not taken
	LostEvent         Kind = "lost event"  // sent to an open connection, not acknowledged after the last retry
	IgnoredRetryAfter Kind = "ignored retry-after"
	SpentURL          Kind = "spent response_url"
	SpentTrigger      Kind = "spent trigger"
)

// A Violation is one thing that should not have happened.
type Violation struct {
	Kind   Kind
	Detail string
}

func (v Violation) String() string { return string(v.Kind) + ": " + v.Detail }

// A Request is one call of the Web API or one post to a response_url.
type Request struct {
	At     time.Time // on Slack's clock
	Method string    // chat.postMessage; "response_url"; "upload"
	Token  string
	Args   map[string]any // of form or JSON, the token left out
	Status int
	Answer map[string]any
	Fault  string // the scripted fault it met, if any
}

// An Envelope is one sending of something over Socket Mode.
type Envelope struct {
	ID      string
	Type    string // events_api, slash_commands or interactive
	What    string // the event's, the interaction's or the command's own name
	Attempt int    // 0 for the first sending
	Socket  int    // number of the connection, from 1; 0 when none was open
	SentAt  time.Time
	Acked   bool
	Late    bool          // acknowledged after the deadline
	Latency time.Duration // from sending to acknowledgement, on Slack's clock
	Ack     json.RawMessage
}

// A Ledger is all that happened, in order.
type Ledger struct {
	requests   []Request
	envelopes  []*Envelope
	byID       map[string]*Envelope
	violations []Violation
	opened     []time.Time
	pings      []string
	duplicates int
	limited    int
	lost       []string
	allowed    map[Kind]int
	meant      map[string]bool // people who may be pinged
}

func newLedger() Ledger {
	return Ledger{byID: make(map[string]*Envelope), allowed: make(map[Kind]int), meant: make(map[string]bool)}
}

// Ledger is a copy of what has happened so far.
func (s *Server) Ledger() *Ledger {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.ledger
	l.requests, l.opened, l.pings, l.lost = slices.Clone(l.requests), slices.Clone(l.opened), slices.Clone(l.pings), slices.Clone(l.lost)
	l.violations, l.allowed, l.byID = slices.Clone(l.violations), maps.Clone(l.allowed), nil
	l.envelopes = make([]*Envelope, len(s.ledger.envelopes))
	for i, e := range s.ledger.envelopes {
		l.envelopes[i] = new(*e)
	}
	return &l
}

// Allow lets n more violations of a kind pass.
func (s *Server) Allow(kind Kind, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger.allowed[kind] += n
}

// AllowPing lets the bot mention a person; it still counts in [Ledger.Pings].
func (s *Server) AllowPing(p *Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger.meant["<@"+p.ID+">"] = true
}

// violate writes a violation down. The caller holds s.mu.
func (s *Server) violate(kind Kind, detail string) {
	s.ledger.violations = append(s.ledger.violations, Violation{kind, detail})
}

// overAllowance are the violations of each kind beyond what the test allowed.
func (l *Ledger) overAllowance() []Violation {
	seen := make(map[Kind]int)
	var over []Violation
	for _, v := range l.violations {
		if seen[v.Kind]++; seen[v.Kind] > l.allowed[v.Kind] {
			over = append(over, v)
		}
	}
	return over
}

// add writes a sending down.
func (l *Ledger) add(e *Envelope) {
	l.envelopes = append(l.envelopes, e)
	l.byID[e.ID] = e
}

// Requests are the calls of a method, or all of them for "".
func (l *Ledger) Requests(method string) []Request {
	var out []Request
	for _, r := range l.requests {
		if method == "" || r.Method == method {
			out = append(out, r)
		}
	}
	return out
}

// Envelopes are all sendings, retries and doubles included.
func (l *Ledger) Envelopes() []Envelope {
	out := make([]Envelope, len(l.envelopes))
	for i, e := range l.envelopes {
		out[i] = *e
	}
	return out
}

// Violations are the violations of a kind, or all of them for "".
func (l *Ledger) Violations(kind Kind) []Violation {
	var out []Violation
	for _, v := range l.violations {
		if kind == "" || v.Kind == kind {
			out = append(out, v)
		}
	}
	return out
}

// Pings are the mentions in what the bot posted, the allowed ones too: one for
// each person or group in a message.
func (l *Ledger) Pings() []string { return l.pings }

// Duplicates counts posts that repeated an answer already given.
func (l *Ledger) Duplicates() int { return l.duplicates }

// RateLimited counts the calls answered with 429.
func (l *Ledger) RateLimited() int { return l.limited }

// Lost are the events given up after their last retry, those too that nobody
// was connected for.
func (l *Ledger) Lost() []string { return l.lost }

// Connections counts the sockets that were opened.
func (l *Ledger) Connections() int { return len(l.opened) }

// ConnectionsWithin is the largest number of sockets opened in any window of
// that length on Slack's clock.
func (l *Ledger) ConnectionsWithin(window time.Duration) int {
	most, first := 0, 0
	for i, at := range l.opened {
		for at.Sub(l.opened[first]) > window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// AckLatency is the 95th percentile and the maximum over all acknowledged
// envelopes; zero when there is none.
func (l *Ledger) AckLatency() (p95, longest time.Duration) {
	var all []time.Duration
	for _, e := range l.envelopes {
		if e.Acked {
			all = append(all, e.Latency)
		}
	}
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[(len(all)*95+99)/100-1], all[len(all)-1]
}

// String sums the ledger up in a few lines, for a failing test.
func (l *Ledger) String() string {
	p95, longest := l.AckLatency()
	return fmt.Sprintf("%d requests, %d envelopes (ack p95 %v, longest %v), %d connections, %d pings, %d rate limited\n%s",
		len(l.requests), len(l.envelopes), p95, longest, len(l.opened), len(l.pings), l.limited, describe(l.violations))
}
