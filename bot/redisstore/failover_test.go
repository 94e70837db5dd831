package redisstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"mentor/bot"
)

// A run of check-ins that goes on whatever happens.
type run struct {
	s            *Store
	mu           sync.Mutex
	acknowledged []int // of each learner: the days up to this one
}

// startRun lets n learners check in, each day as soon as the last one was
// acknowledged, until stop is called. durable is asked before a check-in counts as
// acknowledged.
func startRun(t *testing.T, s *Store, n int, durable func(context.Context) error) (_ *run, stop func()) {
	t.Helper()
	r := &run{s: s, acknowledged: make([]int, n)}
	ids := make([]bot.ID, n)
	for i := range ids {
		ids[i] = resolve(t, s, account(i))
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() {
			for ctx.Err() == nil {
				r.mu.Lock()
				day := r.acknowledged[i] + 1
				r.mu.Unlock()
				call, cancel := context.WithTimeout(context.Background(), timeout)
				if checkIn(call, s, id, day) == nil && durable(call) == nil {
					r.mu.Lock()
					r.acknowledged[i] = day
					r.mu.Unlock()
				}
				cancel()
			}
		})
	}
	return r, func() {
		cancel()
		wg.Wait()
	}
}

// wait waits until every learner has so many more days, and returns how long that took.
func (r *run) wait(t *testing.T, limit time.Duration, more int) time.Duration {
	t.Helper()
	r.mu.Lock()
	before := append([]int(nil), r.acknowledged...)
	r.mu.Unlock()
	return eventually(t, limit, func() error {
		r.mu.Lock()
		defer r.mu.Unlock()
		for i, days := range r.acknowledged {
			if days < before[i]+more {
				return fmt.Errorf("learner %d has %d more days of %d", i, days-before[i], more)
			}
		}
		return nil
	})
}

// verify checks that every acknowledged day is there, once.
func (r *run) verify(t *testing.T) {
	t.Helper()
	for i, days := range r.acknowledged {
		l, err := r.s.Get(t.Context(), resolve(t, r.s, account(i)))
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Streak.Days.Count(dayOf(1), dayOf(days)); got != days || l.Streak.Total > days+1 {
			t.Errorf("learner %d: of %d acknowledged check-ins %d are there, and the total is %d", i, days, got, l.Streak.Total)
		}
	}
	wantClean(t, r.s, len(r.acknowledged))
}

// TestClusterNodeKilled: learners of all nodes check in while one dies and its
// replica takes over. What the dead one had not yet passed on may be lost, as
// replication is not waited for; nothing may count twice.
func TestClusterNodeKilled(t *testing.T) {
	c := startCluster(t, 1)
	s := open(t, c.url(), Options{})
	r, stop := startRun(t, s, 24, func(context.Context) error { return nil })
	r.wait(t, time.Minute, 5)
	c.masters[0].kill()
	took := eventually(t, time.Minute, func() error { return s.Health(context.Background()) }) // it writes to every shard
	took += r.wait(t, time.Minute, 5)
	stop()
	t.Logf("after %v all learners check in again", took.Round(10*time.Millisecond))
	for l, err := range s.Learners(t.Context()) {
		if err := errors.Join(err, l.Check()); err != nil {
			t.Error(err)
		}
	}
}

// TestSentinelFailover: the master dies while learners check in. What the replica
// was known to have is there afterwards, and the store goes on with it.
func TestSentinelFailover(t *testing.T) {
	g := startSentinel(t)
	s := open(t, g.url(), Options{})
	r, stop := startRun(t, s, 12, func(ctx context.Context) error { return replicated(ctx, s) })
	r.wait(t, time.Minute, 5)
	g.master.kill()
	stop()
	g.replica.do("role:master", "info", "replication")
	g.replica.do("OK", "config", "set", "min-replicas-to-write", "0") // the operator's choice: to go on without a second one
	took := eventually(t, time.Minute, func() error { return s.Health(context.Background()) })
	t.Logf("%v after the replica was made master the store goes on with it", took.Round(time.Millisecond))
	r.verify(t)
}

// replicated waits until a replica has all that was written before.
func replicated(ctx context.Context, s *Store) error {
	pipe := s.db.Pipeline() // WAIT is for what its own connection has written, and what came before that
	pipe.Set(ctx, keptKey("mark"), "", time.Minute)
	replicas := pipe.Do(ctx, "wait", 1, 1000)
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	if n, err := replicas.Int(); err != nil || n < 1 {
		return errors.Join(err, errors.New("no replica has it"))
	}
	return nil
}
