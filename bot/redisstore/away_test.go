package redisstore

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"mentor/bot"
)

// calls are all methods that ask Redis, by name.
func calls(s *Store, id bot.ID) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Resolve": func(ctx context.Context) error { _, err := s.Resolve(ctx, "d:1"); return err },
		"Find":    func(ctx context.Context) error { _, err := s.Find(ctx, "d:1"); return err },
		"Get":     func(ctx context.Context) error { _, err := s.Get(ctx, id); return err },
		"Update":  func(ctx context.Context) error { return checkIn(ctx, s, id, 1) },
		"Put":     func(ctx context.Context) error { return s.Put(ctx, bot.NewLearner(id, "d:1")) },
		"Forget":  func(ctx context.Context) error { return s.Forget(ctx, bot.NewID()) },
		"Board":   func(ctx context.Context) error { _, err := s.Board(ctx, "g", 24322, 10); return err },
		"Keep":    func(ctx context.Context) error { return s.Keep(ctx, "key", "value", time.Hour) },
		"Peek":    func(ctx context.Context) error { _, err := s.Peek(ctx, "key"); return err },
		"Take":    func(ctx context.Context) error { _, err := s.Take(ctx, "key"); return err },
		"Once":    func(ctx context.Context) error { _, err := s.Once(ctx, "once", time.Hour); return err },
		"Tallies": func(ctx context.Context) error { _, err := s.Tallies(ctx); return err },
		"Group":   func(ctx context.Context) error { _, err := s.Group(ctx, "d:1"); return err },
		"UpdatePaper": func(ctx context.Context) error {
			_, err := s.UpdatePaper(ctx, "s", "a", func(string) (string, error) { return "x", nil })
			return err
		},
		"Papers": func(ctx context.Context) error {
			for _, err := range s.Papers(ctx, "s") {
				return err
			}
			return nil
		},
		"Lease":    func(ctx context.Context) error { _, err := s.Lease(ctx, "lease", "holder", time.Hour); return err },
		"GiveBack": func(ctx context.Context) error { return s.GiveBack(ctx, "lease", "holder") },
		"Holders":  func(ctx context.Context) error { _, err := s.Holders(ctx, []string{"lease"}); return err },
		"UpdateGroup": func(ctx context.Context) error {
			_, err := s.UpdateGroup(ctx, "d:1", func(g *bot.Group) error { g.Welcomed = true; return nil })
			return err
		},
		"Learners": func(ctx context.Context) error {
			for _, err := range s.Learners(ctx) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"Claim": func(ctx context.Context) error { _, err := s.Claim(ctx, 10, time.Second); return err },
		"Begin": func(ctx context.Context) error {
			_, err := s.Begin(ctx, bot.Claim{ID: id, Token: "token"}, time.Second, func(bot.Learner) bool { return true })
			return err
		},
		"Finish": func(ctx context.Context) error {
			_, err := s.Finish(ctx, bot.Claim{ID: id, Token: "token"}, nothing)
			return err
		},
		"Release": func(ctx context.Context) error { return s.Release(ctx, bot.Claim{ID: id, Token: "token"}, 0) },
		"Bury":    func(ctx context.Context) error { return s.Bury(ctx, bot.Dead{ID: id}) },
		"Dead":    func(ctx context.Context) error { _, err := s.Dead(ctx); return err },
		"Check":   func(ctx context.Context) error { _, err := s.Check(ctx); return err },
		"Health":  s.Health,
	}
}

// wantAway checks that every method, called at once, has an error soon.
func wantAway(t *testing.T, s *Store, id bot.ID, want string) {
	t.Helper()
	var wg sync.WaitGroup
	for name, call := range calls(s, id) {
		wg.Go(func() {
			start := time.Now()
			err := call(context.Background())
			if took := time.Since(start); took > 2*timeout {
				t.Errorf("%s without Redis took %v, want about %v", name, took, timeout)
			}
			if err == nil {
				t.Errorf("%s without Redis has no error, want one that says: %s", name, want)
				return
			}
			wantFault(t, err, want)
			if errors.Is(err, bot.ErrNoLearner) {
				t.Errorf("%s without Redis says that there is no such learner", name)
			}
		})
	}
	wg.Wait()
}

// wantBack checks that every method works, soon: the client looks once a second
// whether a server that refused many connections takes one.
func wantBack(t *testing.T, s *Store, id bot.ID) {
	t.Helper()
	eventually(t, 3*time.Second, func() error { return s.Health(context.Background()) })
	for name, call := range calls(s, id) {
		if err := call(context.Background()); err != nil {
			t.Errorf("%s after Redis came back: %v", name, err)
		}
	}
}

func TestAwayAndBack(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), Options{})
	id := resolve(t, s, "d:1")
	server.Close()
	wantAway(t, s, id, "start Redis")
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	wantBack(t, s, id)
}

func TestAwayAtFirst(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	url := "redis://" + server.Addr()
	server.Close()
	s, err := Open(context.Background(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wantAway(t, s, "nobody", "start Redis")
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	eventually(t, 3*time.Second, func() error { return s.Health(context.Background()) })
	wantBack(t, s, resolve(t, s, "d:1"))
}

// TestUnfitWhenReached: a server that is refused when it comes up is refused
// until it is put right.
func TestUnfitWhenReached(t *testing.T) {
	t.Parallel()
	server := startServer(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	server.kill()
	s, err := Open(context.Background(), server.url(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	server.start()
	server.waitUntilUp()
	wantAway(t, s, "nobody", "set maxmemory-policy noeviction")
	server.do("OK", "config", "set", "maxmemory-policy", "noeviction")
	wantBack(t, s, resolve(t, s, "d:1"))
}

func TestHanging(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	s := open(t, server.url(), Options{})
	id := resolve(t, s, "d:1")
	server.signal(syscall.SIGSTOP)
	wantAway(t, s, id, "it did not answer in time")
	late, err := Open(context.Background(), server.url(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	wantAway(t, late, id, "it did not answer in time")
	server.signal(syscall.SIGCONT)
	wantBack(t, s, id)
	wantBack(t, late, id)
}

// TestRestart: a server that was restarted has forgotten the scripts, and one
// that was flushed of them too.
func TestRestart(t *testing.T) {
	server := startServer(t, "--appendonly", "yes", "--appendfsync", "always")
	s := open(t, server.url(), Options{})
	id := resolve(t, s, "d:1")
	for day, disturb := range []func(){
		func() {},
		func() { server.do("OK", "script", "flush") },
		func() { server.kill(); server.start(); server.waitUntilUp() },
	} {
		disturb()
		if err := checkIn(t.Context(), s, id, day); err != nil {
			t.Errorf("check-in %d: %v", day, err)
		}
	}
	l, err := s.Get(t.Context(), id)
	if err != nil || l.Streak.Total != 3 {
		t.Errorf("the total is %d, %v, want 3", l.Streak.Total, err)
	}
}

func TestObserve(t *testing.T) {
	server := miniredis.RunT(t)
	var mu sync.Mutex
	seen := map[string]int{}
	s := open(t, "redis://"+server.Addr(), Options{Observe: func(command string, took time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		seen[command]++
		if took <= 0 || err != nil && command != "evalsha" { // the first of a script is not known yet
			t.Errorf("%s took %v and has the error %v", command, took, err)
		}
	}})
	if err := checkIn(t.Context(), s, resolve(t, s, "d:1"), 1); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, command := range []string{"get", "hgetall", "eval", "evalsha", "info"} {
		if seen[command] == 0 {
			t.Errorf("nothing was told of %s, only of %v", command, seen)
		}
	}
}
