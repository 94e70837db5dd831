package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// start is the day on which the learners of these tests begin.
var start = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)

// dayOf is the day with that number from start.
func dayOf(day int) streak.Day { return streak.DayOn(start) + streak.Day(day) }

// checkIn checks the learner in on a day, by an event of that day's.
func checkIn(ctx context.Context, s *Store, id bot.ID, day int) error {
	_, err := s.Update(ctx, id, func(l *bot.Learner) error {
		l.Streak, _ = l.Streak.CheckIn(start.AddDate(0, 0, day), fmt.Sprint("event:", day))
		return nil
	})
	return err
}

func account(i int) bot.Account { return bot.Account(fmt.Sprint("d:", i)) }

func resolve(tb testing.TB, s *Store, a bot.Account) bot.ID {
	tb.Helper()
	id, err := s.Resolve(context.Background(), a)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// wantClean checks that Check finds so many learners and nothing wrong.
func wantClean(tb testing.TB, s *Store, learners int) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := s.Check(ctx)
	if err != nil || len(r.Problems) > 0 || r.Learners != learners {
		tb.Errorf("Check = %+v, %v, want %d learners and nothing wrong", r, err, learners)
	}
}

// wantPlanned checks that what is due is what learners plan, whatever a test made
// of their accounts. The store may be closed.
func wantPlanned(tb testing.TB, s *Store) {
	tb.Helper()
	r, err := s.Check(context.Background())
	if err != nil && !errors.Is(err, errClosed) {
		tb.Error(err)
	}
	for _, problem := range r.Problems {
		if strings.Contains(problem, "reminder") || strings.Contains(problem, "lease") {
			tb.Error(problem)
		}
	}
}

// eventually calls f until it has no error, at most for so long. It returns how
// long it took.
func eventually(tb testing.TB, limit time.Duration, f func() error) time.Duration {
	tb.Helper()
	begun := time.Now()
	for {
		err := f()
		took := time.Since(begun)
		if err == nil {
			return took
		}
		if took > limit {
			tb.Fatalf("after %v: %v", took, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// wantFault checks that an error names the cure, in one line, with no secret.
// No cure wanted is no error.
func wantFault(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || want == "" {
		if err != nil || want != "" {
			t.Errorf("the error is %v, want %q", err, want)
		}
		return
	}
	text := err.Error()
	if !strings.Contains(text, want) || strings.Contains(text, "\n") || strings.Contains(text, "secret") {
		t.Errorf("the error is %q, want one line, with no secret, that says: %s", text, want)
	}
}
