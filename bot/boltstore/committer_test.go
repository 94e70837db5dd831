package boltstore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"mentor/bot"
)

// A hold keeps the committer busy, so that writes queue up behind it.
type hold struct {
	release func()
	done    sync.WaitGroup
}

func holdUp(t *testing.T, s *Store) *hold {
	t.Helper()
	id, err := s.Resolve(t.Context(), "d:hold")
	if err != nil {
		t.Fatal(err)
	}
	begun, end := make(chan struct{}), make(chan struct{})
	h := &hold{release: sync.OnceFunc(func() { close(end) })}
	t.Cleanup(h.release)
	h.done.Go(func() {
		_, err := s.Update(context.WithoutCancel(t.Context()), id, func(*bot.Learner) error {
			close(begun)
			<-end
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	return h
}

// queued waits until n writes wait for the committer.
func queued(t *testing.T, s *Store, n int) {
	t.Helper()
	for len(s.queue) < n {
		runtime.Gosched()
	}
}

func TestAPanicInAChangeIsAnError(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	id, err := s.Resolve(t.Context(), "d:1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Update(t.Context(), id, func(l *bot.Learner) error {
		l.Name = "Ada"
		panic("index out of reach")
	})
	if err == nil || !strings.Contains(err.Error(), "the change panicked: index out of reach") {
		t.Errorf("the error is %v, want the panic", err)
	}
	l, err := s.Update(t.Context(), id, func(*bot.Learner) error { return nil })
	if err != nil || l.Name != "" {
		t.Errorf("afterwards the learner is %+v, %v, want the old one", l, err)
	}
}

// TestASpoilerSpoilsNobodyElse queues a write that errs after it wrote something
// between two good ones: all three share a transaction.
func TestASpoilerSpoilsNobodyElse(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	h := holdUp(t, s)
	bad := bot.NewLearner(bot.NewID(), "d:bad")
	bad.Boards = []string{"g"}
	bad.Accounts = append(bad.Accounts, bot.Account(strings.Repeat("x", 40_000)))
	var badErr error
	h.done.Go(func() { h.resolve(t, s, "d:1") })
	queued(t, s, 1)
	h.done.Go(func() { badErr = s.Put(t.Context(), bad) })
	queued(t, s, 2)
	h.done.Go(func() { h.resolve(t, s, "d:2") })
	queued(t, s, 3)
	h.release()
	h.done.Wait()
	if badErr == nil || !strings.Contains(badErr.Error(), "key too large") {
		t.Errorf("the impossible write has the error %v, want key too large", badErr)
	}
	for _, a := range []bot.Account{"d:1", "d:2"} {
		if _, err := s.Find(t.Context(), a); err != nil {
			t.Errorf("Find(%q): %v", a, err)
		}
	}
	if _, err := s.Find(t.Context(), "d:bad"); !errors.Is(err, bot.ErrNoLearner) {
		t.Errorf("an account of the impossible write was written: %v", err)
	}
	wantClean(t, s)
}

func (h *hold) resolve(t *testing.T, s *Store, a bot.Account) {
	t.Helper()
	if _, err := s.Resolve(t.Context(), a); err != nil {
		t.Error(err)
	}
}

func TestWhoGaveUpIsNotServed(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	h := holdUp(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	h.done.Go(func() {
		if _, err := s.Resolve(ctx, "d:1"); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v, want the context's", err)
		}
	})
	queued(t, s, 1)
	cancel()
	h.release()
	h.done.Wait()
	if err := s.Health(t.Context()); err != nil { // comes after it
		t.Fatal(err)
	}
	if _, err := s.Find(t.Context(), "d:1"); !errors.Is(err, bot.ErrNoLearner) {
		t.Errorf("what nobody waited for was written: %v", err)
	}
}

func TestAFullQueue(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	h := holdUp(t, s)
	for i := range maxQueue + 50 {
		h.done.Go(func() { h.resolve(t, s, account(i)) })
	}
	queued(t, s, maxQueue)
	h.release()
	h.done.Wait()
	report, err := s.Check(t.Context())
	if err != nil || report.Learners != maxQueue+51 {
		t.Errorf("%d learners, %v, want everybody who asked and the one who held them up", report.Learners, err)
	}
}

func TestCloseWaitsForWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mentor.db")
	s := opened(t, path, Options{})
	h := holdUp(t, s)
	for i := range 20 {
		h.done.Go(func() { h.resolve(t, s, bot.Account(fmt.Sprint("d:", i))) })
	}
	queued(t, s, 20)
	h.done.Go(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	<-s.closing
	if _, err := s.Resolve(t.Context(), "d:late"); !errors.Is(err, ErrClosed) {
		t.Errorf("a write to a closing store has the error %v, want ErrClosed", err)
	}
	h.release()
	h.done.Wait()
	s = opened(t, path, Options{})
	for i := range 20 {
		if _, err := s.Find(t.Context(), bot.Account(fmt.Sprint("d:", i))); err != nil {
			t.Errorf("a write that was queued when the store closed: %v", err)
		}
	}
}
