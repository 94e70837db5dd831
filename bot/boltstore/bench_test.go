package boltstore

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// crowded is a store with so many learners on the board "g", each with an
// account "d:<number>" and some days of November 2026 done.
func crowded(b *testing.B, n int) *Store {
	b.Helper()
	s := opened(b, filepath.Join(b.TempDir(), "mentor.db"), Options{})
	var all sync.WaitGroup
	const callers = 200
	for caller := range callers {
		all.Go(func() {
			for i := caller; i < n; i += callers {
				if err := s.Put(b.Context(), example(i)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return s
}

// checkIn is what the bot does for a check-in of the nth day.
func checkIn(ctx context.Context, s *Store, i, n int) error {
	id, err := s.Resolve(ctx, account(i))
	if err != nil {
		return err
	}
	at := streak.Date(2026, time.November, 24+n).At(12*60, time.UTC)
	_, err = s.Update(ctx, id, func(l *bot.Learner) error {
		l.Streak, _ = l.Streak.CheckIn(at, fmt.Sprint("event:", i, ":", n))
		return nil
	})
	return err
}

func BenchmarkLoneCheckIn(b *testing.B) {
	s := crowded(b, 1000)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		if err := checkIn(b.Context(), s, i%1000, i/1000); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

func BenchmarkCheckInsOf100Callers(b *testing.B) {
	const learners = 10_000
	s := crowded(b, learners)
	var next atomic.Int64
	b.SetParallelism((100 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := int(next.Add(1))
			if err := checkIn(b.Context(), s, i%learners, i/learners); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "check-ins/s")
}

func BenchmarkBoardOf10000(b *testing.B) {
	s := crowded(b, 10_000)
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprint("first", n), func(b *testing.B) {
			for b.Loop() {
				list, err := s.Board(b.Context(), "g", bot.MonthOf(streak.Date(2026, time.November, 1)), n)
				if err != nil || len(list) != n {
					b.Fatalf("%d learners, %v", len(list), err)
				}
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	s := crowded(b, 10_000)
	id, err := s.Find(b.Context(), account(5000))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Get(b.Context(), id); err != nil {
			b.Fatal(err)
		}
	}
}
