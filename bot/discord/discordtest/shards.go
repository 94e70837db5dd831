package discordtest

import (
	"context"
	"time"
)

// WithShards sets how many shards Discord recommends; 1 unless told otherwise.
func WithShards(n int) Option { return func(o *options) { o.shards = n } }

// AddGuildOn adds a guild whose events go to that one of the recommended shards.
// The world's time moves on by some milliseconds for it.
func (s *Server) AddGuildOn(shard int, name string) *Guild {
	on := session{shard: [2]int64{int64(shard), int64(s.options.shards)}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if id := s.newID(); on.covers(id) {
			return s.addGuild(id, name)
		}
		s.clock.skip(time.Millisecond)
	}
}

// Sessions is how many sessions on living connections each shard has, by the
// shard's number and the number of shards that it was begun with.
func (s *Server) Sessions() map[[2]int]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.liveSessions()
}

func (s *Server) liveSessions() map[[2]int]int {
	out := map[[2]int]int{}
	for _, ses := range s.gateway.sessions {
		if ses.conn != nil && !ses.ended {
			out[[2]int{int(ses.shard[0]), int(ses.shard[1])}]++
		}
	}
	return out
}

// WaitShards waits until each of the recommended shards has one session on a
// living connection, and nobody has another.
func (s *Server) WaitShards(ctx context.Context) {
	s.t.Helper()
	s.WaitUntil(ctx, "a session on each shard", func() bool {
		live := s.liveSessions()
		for i := range s.options.shards {
			if live[[2]int{i, s.options.shards}] != 1 {
				return false
			}
		}
		return len(live) == s.options.shards
	})
}
