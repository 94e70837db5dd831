package boltstore

import (
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mentor/bot"
)

// TestOperationsAreObserved: each read and write once; a learner who is not there and a
// change that is refused are no errors, a closed store is.
func TestOperationsAreObserved(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{Observe: func(operation string, took time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		if took < 0 {
			t.Errorf("a %s took %v", operation, took)
		}
		if err != nil {
			operation += " failed"
		}
		seen = append(seen, operation)
	}})
	l := example(1)
	if err := s.Put(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	_, err := s.Get(t.Context(), "nobody")
	if !errors.Is(err, bot.ErrNoLearner) {
		t.Errorf("nobody is %v", err)
	}
	refused := errors.New("no")
	if _, err := s.Update(t.Context(), l.ID, func(*bot.Learner) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("a refused change has the error %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "nobody"); err == nil {
		t.Error("a closed store was read")
	}
	if want := []string{"write", "read", "write", "read failed"}; !slices.Equal(seen, want) {
		t.Errorf("observed %q, want %q", seen, want)
	}
}
