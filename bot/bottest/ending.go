package bottest

import (
	"context"
	"errors"
	"sync"
	"time"

	"mentor/bot"
)

func lasts(t *tester) {
	l := full()
	t.put(l)
	id := t.resolve("d:1")
	t.keep("key", "value", time.Hour)
	for range 2 {
		t.reopen()
		t.wantLearner(l)
		t.wantPoints(l.Accounts[1], l.ID)
		t.wantPoints("d:1", id)
		t.wantBoard("t", november, 10, l.ID)
		t.wantKept("key", "value")
		t.wantOnly(l.ID, id)
	}
}

func healthy(t *tester) {
	t.must(t.store.Health(t.ctx))
	t.reopen()
	t.must(t.store.Health(t.ctx))
}

// calls are all methods but Close, by name.
func calls(s bot.Store, l bot.Learner) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Resolve":          func(ctx context.Context) error { _, err := s.Resolve(ctx, l.Accounts[0]); return err },
		"Resolve, unknown": func(ctx context.Context) error { _, err := s.Resolve(ctx, "d:unknown"); return err },
		"Find":             func(ctx context.Context) error { _, err := s.Find(ctx, l.Accounts[0]); return err },
		"Get":              func(ctx context.Context) error { _, err := s.Get(ctx, l.ID); return err },
		"Update": func(ctx context.Context) error {
			_, err := s.Update(ctx, l.ID, func(l *bot.Learner) error { l.Name += "!"; return nil })
			return err
		},
		"Put":    func(ctx context.Context) error { return s.Put(ctx, l) },
		"Forget": func(ctx context.Context) error { return s.Forget(ctx, l.ID) },
		"Board":  func(ctx context.Context) error { _, err := s.Board(ctx, "t", november, 10); return err },
		"Keep":   func(ctx context.Context) error { return s.Keep(ctx, "key", "value", time.Hour) },
		"Peek":   func(ctx context.Context) error { _, err := s.Peek(ctx, "key"); return err },
		"Take":   func(ctx context.Context) error { _, err := s.Take(ctx, "key"); return err },
		"Learners": func(ctx context.Context) error {
			var all []error
			for _, err := range s.Learners(ctx) {
				all = append(all, err)
			}
			if len(all) != 1 {
				return nil // it must say what is wrong once, and end
			}
			return all[0]
		},
		"Once":     func(ctx context.Context) error { _, err := s.Once(ctx, "once", time.Hour); return err },
		"Lease":    func(ctx context.Context) error { _, err := s.Lease(ctx, "lease", "holder", time.Hour); return err },
		"GiveBack": func(ctx context.Context) error { return s.GiveBack(ctx, "lease", "holder") },
		"Holders":  func(ctx context.Context) error { _, err := s.Holders(ctx, []string{"lease"}); return err },
		"Tallies":  func(ctx context.Context) error { _, err := s.Tallies(ctx); return err },
		"Group":    func(ctx context.Context) error { _, err := s.Group(ctx, "d:1"); return err },
		"UpdateGroup": func(ctx context.Context) error {
			_, err := s.UpdateGroup(ctx, "d:1", func(g *bot.Group) error { g.Welcomed = !g.Welcomed; return nil })
			return err
		},
		"Claim": func(ctx context.Context) error { _, err := s.Claim(ctx, 1, moment); return err },
		"Begin": func(ctx context.Context) error {
			_, err := s.Begin(ctx, bot.Claim{ID: l.ID, Token: "token"}, moment, yes)
			return err
		},
		"Finish": func(ctx context.Context) error {
			_, err := s.Finish(ctx, bot.Claim{ID: l.ID, Token: "token"}, func(*bot.Learner) error { return nil })
			return err
		},
		"Release": func(ctx context.Context) error { return s.Release(ctx, bot.Claim{ID: l.ID, Token: "token"}, 0) },
		"Bury":    func(ctx context.Context) error { return s.Bury(ctx, bot.Dead{ID: "nobody", Reason: "blocked"}) },
		"Dead":    func(ctx context.Context) error { _, err := s.Dead(ctx); return err },
		"Health":  s.Health,
	}
}

func contextOver(t *tester) {
	l := full()
	t.put(l)
	cancelled, cancel := context.WithCancel(t.ctx)
	cancel()
	late, cancel := context.WithDeadline(t.ctx, time.Now().Add(-time.Second))
	defer cancel()
	for name, call := range calls(t.store, l) {
		for _, ctx := range []context.Context{cancelled, late} {
			start := time.Now()
			if err := call(ctx); !errors.Is(err, ctx.Err()) {
				t.Errorf("%s with a context that is over has the error %v, want %v", name, err, ctx.Err())
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%s with a context that is over took %v, want at most 2 s", name, took)
			}
		}
	}
	t.wantLearner(l)
	t.wantPoints("d:unknown", "")
	t.wantKept("key", "")
	t.wantOnce("once", time.Hour, true)
	t.wantGroup("d:1", bot.Group{})
}

// slowChange: a change that hangs may hold up other calls, but none for longer
// than its context.
func slowChange(t *tester) {
	slow, l := t.resolve("d:slow"), full()
	t.put(l)
	begun, release, done := make(chan struct{}), make(chan struct{}), make(chan error)
	begin := sync.OnceFunc(func() { close(begun) }) // a change may run more than once
	go func() {
		_, err := t.store.Update(t.ctx, slow, func(l *bot.Learner) error {
			begin()
			<-release
			l.Name = "Slow"
			return nil
		})
		done <- err
	}()
	<-begun
	for name, call := range calls(t.store, l) {
		if name == "Forget" {
			continue // for the sake of those after it
		}
		ctx, cancel := context.WithTimeout(t.ctx, 20*time.Millisecond)
		start := time.Now()
		if err := call(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, bot.ErrNoLearner) {
			t.Errorf("%s beside a slow change has the error %v, want none or the context's", name, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s beside a slow change took %v, with a context of 20 ms", name, took)
		}
		cancel()
	}
	close(release)
	t.must(<-done)
	if l := t.get(slow); l.Name != "Slow" {
		t.Errorf("the slow change was lost: the name is %q", l.Name)
	}
}

func closeTwice(t *tester) {
	t.resolve("d:1")
	t.must(t.store.Close())
	if err := t.store.Close(); err != nil {
		t.Errorf("closing again has the error %v, want none", err)
	}
}

func closed(t *tester) {
	l := full()
	t.put(l)
	t.must(t.store.Close())
	for name, call := range calls(t.store, l) {
		start := time.Now()
		if err := call(t.ctx); err == nil || errors.Is(err, bot.ErrNoLearner) {
			t.Errorf("%s of a closed store has the error %v, want one that says so", name, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s of a closed store took %v, want at most 2 s", name, took)
		}
	}
}
