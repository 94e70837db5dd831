// Package redisstore remembers learners in Redis: one server, a master watched by
// Sentinels, or a Cluster. Several mentors may share it. A write is acknowledged
// when the master has taken it; how much of that survives the master's death is
// the operator's choice (appendonly, min-replicas-to-write).
//
// It knows no rule of streaks or boards beyond the order in which a board lists
// its learners, and it keeps nothing of a learner in memory.
package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

var _ bot.Store = (*Store)(nil)

// timeout is how long a call may take whose context says nothing.
const timeout = 2 * time.Second

// Options are what the URL does not say. The zero value is a good one.
type Options struct {
	Log           *slog.Logger // nil for none
	PoolSize      int          // connections to a node; 0 for 20
	RequireUp     bool         // Open fails when Redis cannot be reached
	AllowEviction bool         // a Redis that forgets keys when its memory is full will do

	// Now is the clock by which reminders are due; nil is that of the Redis server,
	// which all mentors share.
	Now func() time.Time

	// Observe is told of every command, those of a pipeline too, with the time
	// that it or its pipeline took. It may be called from many goroutines.
	Observe func(command string, took time.Duration, err error)
}

// A Store is bot.Store in Redis.
type Store struct {
	db     redis.UniversalClient
	target target
	opts   Options

	airport airport

	checked atomic.Bool   // the start-up checks have passed
	gate    chan struct{} // held by who makes them

	mu     sync.Mutex // guards closed, and calls.Add against calls.Wait
	closed bool
	calls  sync.WaitGroup
}

// Open opens the store at a URL, for example redis://localhost:6379. The error
// names what is wrong and the cure: with the URL, the password, TLS, or the way
// Redis is run. A Redis that cannot be reached is no error unless
// Options.RequireUp: the store then makes its checks when it first reaches it,
// and until then every call has an error.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	target, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	opts.Log = cmp.Or(opts.Log, slog.New(slog.DiscardHandler))
	opts.PoolSize = cmp.Or(opts.PoolSize, 20)
	redis.SetLogger(clientLog{opts.Log}) // one for the process: the last store opened
	s := &Store{db: target.client(opts), target: target, opts: opts, gate: make(chan struct{}, 1)}
	_, end, err := s.begin(ctx)
	if err == nil {
		end()
		return s, nil
	}
	if opts.RequireUp || !isUnreachable(err) {
		return nil, errors.Join(err, s.db.Close())
	}
	opts.Log.Warn("redis cannot be reached; going on without it until it can", "error", err)
	return s, nil
}

// errClosed is the error of every call after Close.
var errClosed = errors.New("the store is closed")

// begin starts a call: it gives ctx a deadline when it has none, and checks the
// server if nobody has. Who gets no error calls end.
func (s *Store) begin(ctx context.Context) (_ context.Context, end func(), _ error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if !s.enter() {
		return nil, nil, errClosed
	}
	cancel := func() {}
	if _, ok := ctx.Deadline(); !ok {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	}
	end = func() {
		cancel()
		s.calls.Done()
	}
	if err := s.ready(ctx); err != nil {
		end()
		return nil, nil, err
	}
	return ctx, end, nil
}

// enter counts a call in, unless the store is closed.
func (s *Store) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.calls.Add(1)
	return true
}

// Close waits for the calls in hand and gives the connections back. A second
// Close does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	was := s.closed
	s.closed = true
	s.mu.Unlock()
	if was {
		return nil
	}
	s.calls.Wait()
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close %v: %w", s.target, err)
	}
	return nil
}
