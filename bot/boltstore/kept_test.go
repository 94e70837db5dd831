package boltstore

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// TestKeysWhoseTimeIsOver: they are dropped by those that come after, and all
// of them when the store is opened.
func TestKeysWhoseTimeIsOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mentor.db")
	now := noon
	options := Options{Now: func() time.Time { return now }}
	s := opened(t, path, options)
	keep := func(key string, d time.Duration) {
		t.Helper()
		if err := s.Keep(t.Context(), key, "value", d); err != nil {
			t.Fatal(err)
		}
	}
	want := func(kept int) {
		t.Helper()
		report, err := s.Check(t.Context())
		if err != nil || len(report.Problems) > 0 || report.Kept != kept {
			t.Errorf("%d keys are in the file, %q, %v; want %d", report.Kept, report.Problems, err, kept)
		}
	}
	for i := range swept + 5 {
		keep(fmt.Sprint("short ", i), time.Minute)
	}
	keep("long", time.Hour)
	want(swept + 6)
	now = now.Add(time.Minute)
	keep("another", time.Hour)
	want(5 + 2)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, path, options)
	want(2)
}
