package discordtest

import (
	"slices"
	"time"
)

// rememberedFor is how long a server with a short memory knows an interaction:
// longer than a bot takes that answers at all, and shorter than the fifteen
// minutes of its token.
const rememberedFor = time.Minute

// WithMemory makes the server keep the last n or so of the requests, the frames
// and each channel's messages, and forget interactions after a minute, for runs
// that would fill the machine otherwise. What is counted stays exact; what
// [Server.Judge] finds in the lists of requests and frames is of the last n only.
func WithMemory(n int) Option { return func(o *options) { o.memory = n } }

// OnPost makes the server call f with each message of the bot that people can
// read: when it is posted, or when "is thinking…" is filled in. f is called with
// the world locked, one call after the other: it must be quick and must not call
// the server. Set it before the bot connects.
func (s *Server) OnPost(f func(Message)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onPost = f
}

// posted tells whoever listens of a message that can be read.
func (s *Server) posted(m *Message) {
	if s.onPost != nil && m.FromBot && !m.Loading() {
		s.onPost(m.snapshot())
	}
}

// Interaction is the id of the interaction that the message answers; empty for
// none.
func (m *Message) Interaction() string { return m.interaction }

// tail is the last n of a list that has grown to twice as many; all of it for n 0.
func tail[T any](list []T, n int) []T {
	if n == 0 || len(list) < 2*n {
		return list
	}
	return slices.Clone(list[len(list)-n:])
}

// shorten forgets the channel's oldest messages, and what was sent too long ago
// to be taken for a repetition. A message whose nonce still counts stays known.
func (c *Channel) shorten(n int, now time.Time) {
	old := c.messages
	if c.messages = tail(old, n); len(c.messages) == len(old) {
		return
	}
	for _, m := range old[:len(old)-len(c.messages)] {
		if _, counts := c.sends[m.Nonce]; m.Nonce == "" || !counts {
			delete(c.byID, m.ID)
		}
	}
	for body, sent := range c.bodies {
		if now.Sub(sent[len(sent)-1].at) > nonceWindow {
			delete(c.bodies, body)
		}
	}
	for nonce, sent := range c.sends {
		if now.Sub(sent.at) <= nonceWindow {
			continue
		}
		delete(c.sends, nonce)
		if before(sent.id, c.messages[0].ID) {
			delete(c.byID, sent.id)
		}
	}
}

// begin enters an interaction, and forgets the oldest ones.
func (s *Server) begin(i *interaction) {
	s.interactions[i.id], s.tokens[i.token] = i, i
	if s.options.memory == 0 {
		return
	}
	s.begun = append(s.begun, i)
	for len(s.begun) > 0 && i.at.Sub(s.begun[0].at) > rememberedFor {
		delete(s.interactions, s.begun[0].id)
		delete(s.tokens, s.begun[0].token)
		s.begun = s.begun[1:]
	}
}

// maxWindows is how many windows of rate limits there are before those that
// have ended are dropped: one that has ended is as good as none.
const maxWindows = 4096

func (l *limiter) sweep(now time.Time) {
	if len(l.windows) < maxWindows {
		return
	}
	for name, w := range l.windows {
		if !now.Before(w.ends) {
			delete(l.windows, name)
		}
	}
}
