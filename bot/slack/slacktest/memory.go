package slacktest

import "slices"

// Memory makes the server keep the last n or so of the requests, the
// acknowledged envelopes and each channel's messages, for runs that would fill
// the machine otherwise. What is judged is judged all the same.
func Memory(n int) Option { return func(c *config) { c.memory = n } }

// OnPost makes the server call f with each message of the bot's, those for one
// person's eyes too. f is called with the world locked, one call after the other:
// it must be quick, must not call the server, and must not keep or change what it
// is given. Set it before the bot connects.
func (s *Server) OnPost(f func(Message)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onPost = f
}

// ClearFaults forgets every scripted fault that has not happened yet.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults.queue)
}

// tail is the last n of a list that has grown to twice as many; all of it for n 0.
func tail[T any](list []T, n int) []T {
	if n == 0 || len(list) < 2*n {
		return list
	}
	return slices.Clone(list[len(list)-n:])
}

// forgetEnvelopes drops the oldest envelopes that were acknowledged. The caller
// holds s.mu.
func (s *Server) forgetEnvelopes() {
	l := &s.ledger
	over := len(l.envelopes) - s.memory
	if s.memory == 0 || over < s.memory || len(l.envelopes) < s.crowded {
		return
	}
	var kept []*Envelope
	for i, e := range l.envelopes {
		if i >= over || !e.Acked {
			kept = append(kept, e)
			continue
		}
		delete(l.byID, e.ID)
		delete(s.sockets.sent, e.ID)
	}
	l.envelopes, s.crowded = kept, 2*len(kept)
}

// manyTalks is how many talks are followed before those are dropped in which
// nothing can be a second answer any more.
const manyTalks = 10_000

// forgetTalks drops the talks that are over. The caller holds s.mu.
func (s *Server) forgetTalks() {
	p := &s.posts
	if s.memory == 0 || len(p.places) < max(manyTalks, p.crowded) {
		return
	}
	now := s.clock.now()
	for key, t := range p.places {
		if now.Sub(t.last) >= answerWindow {
			delete(p.places, key)
		}
	}
	p.crowded = 2 * len(p.places)
}
