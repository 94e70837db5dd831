package redisstore

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// BenchmarkRemind is what a reminder costs that is sent in no time: claimed by
// 64, begun and finished by 32 senders, while 100,000 are due.
func BenchmarkRemind(b *testing.B) {
	const learners, senders = 100_000, 32
	server := startServer(b, "--appendonly", "yes")
	s := open(b, server.url(), Options{})
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= learners; i = int(next.Add(1)) {
				l := bot.NewLearner(bot.NewID(), account(i))
				l.Streak, _ = l.Streak.CheckIn(start, fmt.Sprint("event:", i))
				l.Reminder = bot.Reminder{On: true, Next: start.Add(time.Duration(i%60) * time.Second), Day: dayOf(0)}
				if err := s.Put(context.Background(), l); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ResetTimer()
	claims := make(chan bot.Claim, senders)
	for range senders {
		wg.Go(func() {
			for c := range claims {
				remind(b, s, c)
			}
		})
	}
	for n := 0; n < b.N; {
		list, err := s.Claim(context.Background(), min(2*senders, b.N-n), time.Minute)
		if err != nil || len(list) == 0 {
			b.Fatal(len(list), err)
		}
		for _, c := range list {
			claims <- c
		}
		n += len(list)
	}
	close(claims)
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reminders/s")
}

// remind begins and finishes a claim.
func remind(tb testing.TB, s *Store, c bot.Claim) {
	tb.Helper()
	v, err := s.Begin(context.Background(), c, 15*time.Second, func(l bot.Learner) bool { return l.Reminder.On })
	if v != bot.Send || err != nil {
		tb.Errorf("Begin = %v, %v, want Send", v, err)
	}
	v, err = s.Finish(context.Background(), c, soon)
	if v != bot.Done || err != nil {
		tb.Errorf("Finish = %v, %v, want Done", v, err)
	}
}

// BenchmarkClaimOfNothing is a look at 100,000 reminders of which none is due.
func BenchmarkClaimOfNothing(b *testing.B) {
	s := open(b, startServer(b).url(), Options{})
	pipe := s.db.Pipeline()
	for i := range 100_000 {
		id := bot.NewID()
		pipe.ZAdd(context.Background(), shardDue(shardOf(id)), redis.Z{Score: float64(4e9 + i), Member: string(id)})
	}
	if _, err := pipe.Exec(context.Background()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if claims, err := s.Claim(context.Background(), 64, time.Minute); err != nil || len(claims) > 0 {
			b.Fatal(len(claims), err)
		}
	}
}
