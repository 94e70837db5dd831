package discordtest

import (
	"fmt"
	"strings"
)

// A Counter is one of the counts by which the server judges a bot.
type Counter int

// The counters and what a test may have of each before it fails, unless it
// allows more.
const (
	Violations Counter = iota // none: requests and frames that break a rule
	Identifies                // 5: new sessions
	Invalid                   // 10: answers 401, 403 and 429
	Pings                     // none: messages that notify anybody but the author of the message they answer
	Duplicates                // none: messages sent although they had been sent
	Unanswered                // none: interactions without a first answer
	counters
)

// String names the counter.
func (c Counter) String() string {
	return [counters]string{
		"violations", "Identifies", "invalid requests (401, 403, 429)", "pings", "duplicate messages", "unanswered interactions",
	}[c]
}

// allowances is how much of each counter a test may have.
type allowances [counters]int

func defaultAllowances() allowances { return allowances{Identifies: 5, Invalid: 10} }

// Allow sets how much of a counter the test may have without failing.
func (s *Server) Allow(c Counter, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.allowed[c] = n
}

// Judge is what the test would fail for if it ended now: a line for each counter
// beyond its allowance. The server asks by itself when the test ends.
func (s *Server) Judge() []string {
	s.mu.Lock()
	allowed := s.allowed
	s.mu.Unlock()
	var out []string
	for c := range counters {
		seen := s.ledger.evidence(c)
		if len(seen) > allowed[c] {
			out = append(out, fmt.Sprintf("%d %v, allowed are %d:\n  %s", len(seen), c, allowed[c], firstLines(seen, 10)))
		}
	}
	return out
}

// firstLines joins at most n lines.
func firstLines(lines []string, n int) string {
	if len(lines) > n {
		lines = append(lines[:n:n], fmt.Sprintf("… and %d more", len(lines)-n))
	}
	return strings.Join(lines, "\n  ")
}

// evidence is a line for each thing that a counter has counted.
func (l *Ledger) evidence(c Counter) []string {
	switch c {
	case Violations:
		return lines(l.Violations(), func(v Violation) string { return v.What })
	case Identifies:
		return l.identifyLines()
	case Invalid:
		return l.invalidLines()
	case Pings:
		return l.pingLines()
	case Duplicates:
		return lines(l.Duplicates(), func(d Duplicate) string {
			return fmt.Sprintf("message %s in channel %s repeats %s: %s", d.Second, d.ChannelID, d.First, d.Why)
		})
	}
	return l.Unanswered()
}

func lines[T any](list []T, line func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = line(v)
	}
	return out
}

func (l *Ledger) identifyLines() []string {
	var out []string
	for _, f := range l.Frames() {
		if f.FromBot && f.Op == opIdentify {
			out = append(out, fmt.Sprintf("at %s on gateway connection %d", f.At.Format("15:04:05.000"), f.Conn))
		}
	}
	return out
}

func (l *Ledger) invalidLines() []string {
	var out []string
	for _, r := range l.Requests() {
		if r.invalid {
			out = append(out, fmt.Sprintf("%s %s -> %d %s", r.Method, r.Path, r.Status, shorten(r.Answer, 120)))
		}
	}
	return out
}

func (l *Ledger) pingLines() []string {
	var out []string
	for _, p := range l.Pings() {
		if !p.ReplyOnly {
			out = append(out, fmt.Sprintf("message %s in channel %s: users %v, roles %v, everyone %t",
				p.MessageID, p.ChannelID, p.Users, p.Roles, p.Everyone))
		}
	}
	return out
}
