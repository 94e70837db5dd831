package boltstore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
	"mentor/bot/bottest"
	"mentor/bot/streak"
)

// noon is when these tests take place.
var noon = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)

var november = bot.MonthOf(streak.DayOn(noon))

// opened is a store that is closed with the test.
func opened(tb testing.TB, path string, options Options) *Store {
	tb.Helper()
	s, err := Open(path, options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	bottest.TestStore(t, func(t *testing.T) bottest.Instance {
		t.Helper()
		var passed atomic.Int64
		options := Options{Now: func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }}
		path := filepath.Join(t.TempDir(), "mentor.db")
		s := opened(t, path, options)
		t.Cleanup(func() { wantPlanned(t, s) })
		return bottest.Instance{
			Store: s,
			Reopen: func() bot.Store {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				s = opened(t, path, options)
				return s
			},
			Advance: func(d time.Duration) { passed.Add(int64(d)) },
			Dump:    func() string { return dump(t, s) },
		}
	})
}

// dump is all that is in the file, by its buckets, and the number of its last write.
func dump(tb testing.TB, s *Store) string {
	tb.Helper()
	var b strings.Builder
	err := s.db.View(func(tx *bolt.Tx) error {
		fmt.Fprintln(&b, "write", tx.ID())
		return tx.ForEach(func(name []byte, bucket *bolt.Bucket) error {
			return bucket.ForEach(func(k, v []byte) error {
				fmt.Fprintf(&b, "%s\t%s\t%s\n", name, k, v)
				return nil
			})
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// populate puts n examples in.
func populate(t *testing.T, s *Store, n int) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := s.Put(t.Context(), example(i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// account is the account of the ith example.
func account(i int) bot.Account { return bot.NewAccount("d", fmt.Sprintf("1%017d", i)) }

// example is a learner on the board "g" with two years of days.
func example(i int) bot.Learner {
	l := bot.NewLearner(bot.NewID(), account(i))
	l.Name, l.Boards = fmt.Sprint("Learner ", i), []string{"g"}
	st := &l.Streak
	st.Zone = "Asia/Kolkata"
	st.Days = st.Days.WithDone(streak.Date(2025, time.January, 1+i%40), streak.Date(2026, time.November, 1+i%23))
	st.Last = streak.Date(2026, time.November, 1+i%23)
	st.Total = st.Days.Count(streak.Date(2025, time.January, 1), st.Last)
	st.Run, st.Longest = st.Total, st.Total
	return l
}

// wantPlanned checks that what is due is what learners plan, whatever a test made
// of their accounts. The store may be closed.
func wantPlanned(t *testing.T, s *Store) {
	t.Helper()
	report, err := s.Check(context.Background())
	if err != nil && !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	for _, problem := range report.Problems {
		if strings.Contains(problem, "reminder") || strings.Contains(problem, "lease") {
			t.Error(problem)
		}
	}
}

// wantClean checks that nothing is wrong in the store.
func wantClean(t *testing.T, s *Store) {
	t.Helper()
	report, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Problems) > 0 {
		t.Errorf("%s: %d problems: %s", s.Path(), len(report.Problems), strings.Join(report.Problems, "\n"))
	}
}
