package redisstore

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"mentor/bot"
)

// reminded is a learner whose reminder is due since a while.
func reminded(tb testing.TB, s *Store, i int) bot.Learner {
	tb.Helper()
	l := bot.NewLearner(bot.NewID(), account(i))
	l.Reminder = bot.Reminder{On: true, Next: start.Add(time.Duration(i) * time.Second), Day: dayOf(0)}
	if err := s.Put(context.Background(), l); err != nil {
		tb.Fatal(err)
	}
	return l
}

// claimed is the claim of the only reminder that is due.
func claimed(tb testing.TB, s *Store) bot.Claim {
	tb.Helper()
	claims, err := s.Claim(context.Background(), 10, time.Minute)
	if err != nil || len(claims) != 1 {
		tb.Fatalf("Claim = %+v, %v, want one", claims, err)
	}
	return claims[0]
}

func yes(bot.Learner) bool { return true }

// tomorrow plans the next reminder for a day on which no test runs.
func tomorrow(l *bot.Learner) error {
	l.Reminder.Next, l.Reminder.Day = l.Reminder.Next.AddDate(100, 0, 0), l.Reminder.Day+1
	return nil
}

// TestBeginLooksAgain: somebody checks in between the decision and its storing.
func TestBeginLooksAgain(t *testing.T) {
	s := open(t, "redis://"+miniredis.RunT(t).Addr(), Options{})
	l := reminded(t, s, 1)
	c := claimed(t, s)
	looks := 0
	v, err := s.Begin(t.Context(), c, time.Minute, func(l bot.Learner) bool {
		if looks++; looks == 1 {
			if err := checkIn(t.Context(), s, l.ID, 1); err != nil {
				t.Error(err)
			}
		}
		return l.Streak.Total == 0
	})
	if v != bot.Skip || err != nil || looks != 2 {
		t.Errorf("Begin = %v, %v after %d looks, want Skip after 2", v, err, looks)
	}
	looks = 0
	v, err = s.Finish(t.Context(), c, func(l *bot.Learner) error {
		if looks++; looks == 1 {
			if err := checkIn(t.Context(), s, l.ID, 2); err != nil {
				t.Error(err)
			}
		}
		return tomorrow(l)
	})
	if v != bot.Done || err != nil || looks != 2 {
		t.Errorf("Finish = %v, %v after %d looks, want Done after 2", v, err, looks)
	}
	if l, err = s.Get(t.Context(), l.ID); err != nil || l.Streak.Total != 2 {
		t.Errorf("the total is %d, %v, want 2", l.Streak.Total, err)
	}
	wantClean(t, s, 1)
}

// TestLostRepliesToReminders: what happened in Redis is asked for again.
func TestLostRepliesToReminders(t *testing.T) {
	p := startProxy(t, miniredis.RunT(t).Addr())
	s := open(t, "redis://"+p.addr, Options{})
	l := reminded(t, s, 1)
	p.lose.Store(1)
	c := claimed(t, s)
	p.lose.Store(1)
	if v, err := s.Begin(t.Context(), c, time.Minute, yes); v != bot.Send || err != nil {
		t.Errorf("Begin = %v, %v, want Send", v, err)
	}
	p.lose.Store(1)
	if v, err := s.Finish(t.Context(), c, tomorrow); v != bot.Lost || err != nil {
		t.Errorf("Finish = %v, %v, want Lost", v, err)
	}
	if got, err := s.Get(t.Context(), l.ID); err != nil || got.Reminder.Day != l.Reminder.Day+1 {
		t.Errorf("the next reminder is for %v, %v, want %v: planned once", got.Reminder.Day, err, l.Reminder.Day+1)
	}
	wantClean(t, s, 1)
	reminded(t, s, 2)
	c = claimed(t, s)
	p.lose.Store(1)
	if err := s.Release(t.Context(), c, 0); err != nil {
		t.Error(err)
	}
	claimed(t, s)
	p.lose.Store(1)
	if err := s.Bury(t.Context(), bot.Dead{ID: l.ID}); err != nil {
		t.Error(err)
	}
	if dead, err := s.Dead(t.Context()); err != nil || len(dead) != 1 {
		t.Errorf("Dead = %+v, %v, want one", dead, err)
	}
	if lost := p.lost.Load(); lost != 5 {
		t.Errorf("%d replies were lost, want 5", lost)
	}
	wantClean(t, s, 2)
}

// TestClaimTwice: the first claim's reply was lost, so that its claims are nobody's.
func TestClaimTwice(t *testing.T) {
	now := start.Add(time.Hour)
	s := open(t, "redis://"+miniredis.RunT(t).Addr(), Options{Now: func() time.Time { return now }})
	l := reminded(t, s, 1)
	for range 2 {
		err := s.send(t.Context(), func(b batch) { b.claim(t.Context(), shardOf(l.ID), 1, s.clock(), time.Minute) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if claims, err := s.Claim(t.Context(), 10, time.Minute); err != nil || len(claims) != 0 {
		t.Errorf("Claim = %+v, %v, want none before the lease ends", claims, err)
	}
	now = now.Add(time.Minute)
	if c := claimed(t, s); !c.Begun.IsZero() {
		t.Errorf("the claim was begun at %v, want never", c.Begun)
	}
}

// TestClaimPutsRight: what is due by mistake is nobody's, or is not due yet.
func TestClaimPutsRight(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), Options{})
	l := reminded(t, s, 1)
	later := reminded(t, s, 2)
	if _, err := s.Update(t.Context(), later.ID, tomorrow); err != nil {
		t.Fatal(err)
	}
	for _, id := range []bot.ID{"nobody", later.ID} {
		if _, err := server.ZAdd(shardDue(shardOf(id)), 7, string(id)); err != nil {
			t.Fatal(err)
		}
	}
	if c := claimed(t, s); c.ID != l.ID {
		t.Errorf("the claim is of learner %s, want %s", c.ID, l.ID)
	}
	wantClean(t, s, 2)
}

// TestPutMakesDue: Put plans what is missing of a plan that did not change, and
// leaves alone who has claimed it.
func TestPutMakesDue(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), Options{})
	l := reminded(t, s, 1)
	if _, err := server.ZRem(shardDue(shardOf(l.ID)), string(l.ID)); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	c := claimed(t, s)
	if err := s.Put(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Finish(t.Context(), c, tomorrow); v != bot.Done || err != nil {
		t.Errorf("Finish = %v, %v, want Done", v, err)
	}
	wantClean(t, s, 1)
}

// TestRestartWhileReminding: leases outlive the server, and it learns the scripts anew.
func TestRestartWhileReminding(t *testing.T) {
	server := startServer(t, "--appendonly", "yes", "--appendfsync", "always")
	s := open(t, server.url(), Options{})
	reminded(t, s, 1)
	c := claimed(t, s)
	server.kill()
	server.start()
	server.waitUntilUp()
	if v, err := s.Begin(t.Context(), c, time.Minute, yes); v != bot.Send || err != nil {
		t.Errorf("Begin = %v, %v, want Send", v, err)
	}
	server.do("OK", "script", "flush")
	if v, err := s.Finish(t.Context(), c, tomorrow); v != bot.Done || err != nil {
		t.Errorf("Finish = %v, %v, want Done", v, err)
	}
	wantClean(t, s, 1)
}
