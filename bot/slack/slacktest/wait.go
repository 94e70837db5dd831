package slacktest

import (
	"strings"
	"time"
)

// wait returns once cond holds; it fails the test with all that was seen when
// that takes longer than the patience. cond is called with s.mu held.
func (s *Server) wait(what string, cond func() bool) {
	s.t.Helper()
	timeout := time.NewTimer(s.patience)
	defer timeout.Stop()
	for {
		s.mu.Lock()
		done, changed := cond(), s.changed
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-timeout.C:
			s.t.Fatalf("slacktest: waited %v for %s; this is what happened:\n%s", s.patience, what, s.dump())
		}
	}
}

// dump is everything a failing test should show.
func (s *Server) dump() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, t := range s.teams {
		for _, ch := range t.channels {
			if len(ch.messages) > 0 {
				b.WriteString("— " + ch.Name + " (" + ch.ID + ")\n" + s.transcript(ch))
			}
		}
		for _, p := range t.people {
			for _, e := range p.errors {
				b.WriteString(p.Name + " was told: " + e + "\n")
			}
		}
	}
	b.WriteString("— requests\n")
	for _, r := range s.ledger.requests {
		b.WriteString(r.Method + " → " + short(sprintJSON(r.Answer)) + "\n")
	}
	for _, e := range s.ledger.envelopes {
		if !e.Acked {
			b.WriteString("not acknowledged: " + e.Type + " " + e.What + "\n")
		}
	}
	return b.String() + "— " + s.ledger.String()
}

// WaitConnected waits until the bot has n connections open.
func (s *Server) WaitConnected(n int) {
	s.t.Helper()
	s.wait("the bot to be connected", func() bool { return len(s.sockets.open) == n })
}

// WaitNewConnection waits until more than n sockets have been opened in all, and
// one of them is open.
func (s *Server) WaitNewConnection(n int) {
	s.t.Helper()
	s.wait("a new connection", func() bool { return len(s.ledger.opened) > n && len(s.sockets.open) > 0 })
}

// WaitRequests waits until a method was called n times, and returns the calls.
func (s *Server) WaitRequests(method string, n int) []Request {
	s.t.Helper()
	var calls []Request
	s.wait("calls of "+method, func() bool {
		calls = s.ledger.Requests(method)
		return len(calls) >= n
	})
	return calls
}

// WaitFor waits until a person sees a message in a channel that fits, and
// returns the first one. fits must not keep or change what it is given, nor call
// the server.
func (p *Person) WaitFor(ch *Channel, what string, fits func(Message) bool) Message {
	p.s.t.Helper()
	var found Message
	p.s.wait(p.Name+" to see "+what+" in "+ch.Name, func() bool {
		for _, m := range ch.messages {
			if p.sees(m) && fits(*m) {
				found = *m.clone()
				return true
			}
		}
		return false
	})
	return found
}

// WaitText waits until a person sees a message of the bot's that shows a text.
func (p *Person) WaitText(ch *Channel, text string) Message {
	p.s.t.Helper()
	return p.WaitFor(ch, "“"+text+"”", func(m Message) bool {
		return m.User == p.Team.BotUser && strings.Contains(p.s.shown(&m), text)
	})
}

// WaitReply waits for the bot's first message after m that answers it: in m's
// thread, or in a direct conversation outside of threads too.
func (p *Person) WaitReply(m Message) Message {
	p.s.t.Helper()
	thread := m.ThreadTS
	if thread == "" {
		thread = m.TS
	}
	return p.WaitFor(m.Channel, "a reply to “"+short(m.Text)+"”", func(r Message) bool {
		here := r.ThreadTS == thread || m.Channel.kind == direct && r.ThreadTS == ""
		return r.User == p.Team.BotUser && r.TS > m.TS && here
	})
}

// Settle waits until every envelope was acknowledged, and a moment longer, so
// that what the bot does wrongly after it is seen as well.
func (s *Server) Settle() {
	s.t.Helper()
	const moment = 30 * time.Millisecond // of real time; a bot on loopback posts within a few
	s.wait("all envelopes to be acknowledged", func() bool { return !s.underWay() })
	for deadline := time.Now().Add(s.patience); time.Now().Before(deadline); {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(moment):
			return
		}
	}
	s.t.Fatalf("slacktest: the bot was still busy after %v; this is what happened:\n%s", s.patience, s.dump())
}
