package boltstore

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// BenchmarkRemind is what a reminder costs that is sent in no time: claimed by
// 64, begun and finished by 32 senders, while 100,000 are due.
func BenchmarkRemind(b *testing.B) {
	const senders = 32
	s := crowded(b, 100_000)
	planAll(b, s)
	b.ResetTimer()
	claims := make(chan bot.Claim, senders)
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for c := range claims {
				remind(b, s, c)
			}
		})
	}
	for n := 0; n < b.N; {
		list, err := s.Claim(b.Context(), min(2*senders, b.N-n), time.Minute)
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

// planAll makes everybody's reminder due.
func planAll(b *testing.B, s *Store) {
	b.Helper()
	const callers = 200
	ids := make(chan bot.ID, callers)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for id := range ids {
				if _, err := s.Update(b.Context(), id, soon); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for l, err := range s.Learners(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		ids <- l.ID
	}
	close(ids)
	all.Wait()
}

// soon plans the next reminder: at some second of the year 2001 and the next day
// from then on, which is past, too.
func soon(l *bot.Learner) error {
	r := &l.Reminder
	r.Sent = r.Day
	if r.On {
		r.Next, r.Day = r.Next.AddDate(0, 0, 1), r.Day+1
		return nil
	}
	r.On, r.Next = true, time.Unix(1e9+int64(l.ID[0]), 0)
	r.Day = streak.DayOn(r.Next)
	return nil
}

// remind begins and finishes a claim.
func remind(tb testing.TB, s *Store, c bot.Claim) {
	tb.Helper()
	v, err := s.Begin(context.Background(), c, 15*time.Second, yes)
	if v != bot.Send || err != nil {
		tb.Errorf("Begin = %v, %v, want Send", v, err)
	}
	if v, err = s.Finish(context.Background(), c, soon); v != bot.Done || err != nil {
		tb.Errorf("Finish = %v, %v, want Done", v, err)
	}
}

func yes(bot.Learner) bool { return true }

// BenchmarkClaimOfNothing is a look at 100,000 reminders of which none is due.
func BenchmarkClaimOfNothing(b *testing.B) {
	s := crowded(b, 100_000)
	planAll(b, s)
	s.options.Now = func() time.Time { return time.Unix(1e9-1, 0) }
	for b.Loop() {
		if claims, err := s.Claim(b.Context(), 64, time.Minute); err != nil || len(claims) > 0 {
			b.Fatal(len(claims), err)
		}
	}
}

func TestAPanicInADecisionIsAnError(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	l := example(1)
	if err := soon(&l); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	claims, err := s.Claim(t.Context(), 1, time.Minute)
	if err != nil || len(claims) != 1 {
		t.Fatalf("Claim = %+v, %v, want one", claims, err)
	}
	v, err := s.Begin(t.Context(), claims[0], time.Minute, func(bot.Learner) bool { panic("boo") })
	if v != bot.Lost || err == nil || !strings.Contains(err.Error(), "panicked: boo") {
		t.Errorf("Begin = %v, %v, want Lost and the panic", v, err)
	}
	remind(t, s, claims[0])
	wantClean(t, s)
}
