package redisstore

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mentor/bot"
)

// BenchmarkCheckIn is what a check-in costs: the account is looked up and the
// learner written, for many learners by 50 callers, all on a board.
func BenchmarkCheckIn(b *testing.B) {
	server := startServer(b, "--appendonly", "yes")
	s := open(b, server.url(), Options{})
	const learners, callers = 5000, 50
	populate(b, s, learners)
	var next atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			ctx := context.Background()
			for {
				n := int(next.Add(1))
				if n > b.N {
					return
				}
				id, err := s.Resolve(ctx, account(n%learners))
				if err == nil {
					err = checkIn(ctx, s, id, 30+n/learners)
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "check-ins/s")
}

// BenchmarkBoard is the first ten of a board of 10,000 learners.
func BenchmarkBoard(b *testing.B) {
	s := open(b, startServer(b).url(), Options{})
	populate(b, s, 10_000)
	for b.Loop() {
		list, err := s.Board(context.Background(), "g", january, 10)
		if err != nil || len(list) != 10 {
			b.Fatal(len(list), err)
		}
	}
}

// BenchmarkBoardOfLastMonth is the same when all have been active in this month.
func BenchmarkBoardOfLastMonth(b *testing.B) {
	s := open(b, startServer(b).url(), Options{})
	for _, l := range populate(b, s, 10_000) {
		if err := checkIn(context.Background(), s, l.ID, 31); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		list, err := s.Board(context.Background(), "g", january, 10)
		if err != nil || len(list) != 10 {
			b.Fatal(len(list), err)
		}
	}
}

// BenchmarkMemory is what 100,000 learners with two years of days, an account and
// a board cost Redis, all keys taken together: those who never missed a day, and
// those for whom a day was kept in each year.
func BenchmarkMemory(b *testing.B) {
	b.Run("done", func(b *testing.B) { benchmarkMemory(b, veteran) })
	b.Run("done and kept", func(b *testing.B) {
		benchmarkMemory(b, func(n int) bot.Learner {
			l := veteran(n)
			l.Streak.Days = l.Streak.Days.WithKept(dayOf(-1), dayOf(-1)).WithKept(dayOf(729), dayOf(729))
			return l
		})
	})
}

func benchmarkMemory(b *testing.B, learner func(n int) bot.Learner) {
	b.Helper()
	const learners, callers = 100_000, 50
	for b.Loop() {
		server := startServer(b)
		before := usedMemory(b, server)
		s := open(b, server.url(), Options{})
		var next atomic.Int64
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				for n := int(next.Add(1)); n <= learners; n = int(next.Add(1)) {
					if err := s.Put(context.Background(), learner(n)); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if err := s.Close(); err != nil { // its connections have buffers in Redis
			b.Fatal(err)
		}
		b.ReportMetric(float64(usedMemory(b, server)-before)/learners, "B/learner")
		server.kill()
	}
}

// veteran has done every day of 2026 and 2027 but the last three.
func veteran(n int) bot.Learner {
	l := bot.NewLearner(bot.NewID(), bot.NewAccount("d", strconv.Itoa(100_000_000_000_000_000+n)))
	l.Boards = []string{"d:123456789012345678"}
	l.Name = "Ada Lovelace"
	l.Streak.Zone = "Europe/Berlin"
	l.Streak.Days = l.Streak.Days.WithDone(dayOf(0), dayOf(720))
	l.Streak.Total, l.Streak.Last, l.Streak.Run, l.Streak.Longest = 721, dayOf(720), 721, 721
	for day := 721; day < 727; day++ {
		l.Streak, _ = l.Streak.CheckIn(start.AddDate(0, 0, day), fmt.Sprint("123456789012345", day))
	}
	return l
}

func usedMemory(b *testing.B, s *server) int {
	b.Helper()
	time.Sleep(2 * time.Second) // Redis frees by and by
	text, err := s.client().Info(context.Background(), "memory").Result()
	if err != nil {
		b.Fatal(err)
	}
	n, err := strconv.Atoi(parseInfo(text)["used_memory"])
	if err != nil {
		b.Fatal(err)
	}
	return n
}
