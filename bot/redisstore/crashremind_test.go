package redisstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"mentor/bot"
)

// remindedCrowd is how many learners a child reminds. They are others than those
// it checks in.
const remindedCrowd = 10

// planForEver plans the account's reminder anew, or for never, now and then. What
// fails it tries again.
func planForEver(s *Store, a bot.Account) {
	ctx := context.Background()
	for day := 0; ; day++ {
		id, err := s.Resolve(ctx, a)
		if err == nil {
			_, err = s.Update(ctx, id, func(l *bot.Learner) error {
				l.Reminder = bot.Reminder{}
				if day%3 > 0 {
					l.Reminder = bot.Reminder{On: true, Next: start.AddDate(0, 0, day%100), Day: dayOf(day % 100)}
				}
				return nil
			})
		}
		if err != nil {
			day--
		}
		time.Sleep(rand.N(20 * time.Millisecond))
	}
}

// remindForEver claims what is due, and leaves some of it at every step to the
// end of its lease.
func remindForEver(s *Store) {
	const lease = 20 * time.Millisecond
	ctx := context.Background()
	for {
		claims, err := s.Claim(ctx, remindedCrowd, lease)
		if err != nil || len(claims) == 0 {
			time.Sleep(time.Millisecond)
		}
		for _, c := range claims {
			if rand.IntN(10) == 0 {
				continue
			}
			if rand.IntN(10) == 0 {
				err = s.Release(ctx, c, 0)
			}
			v, begun := s.Begin(ctx, c, lease, yes)
			if err != nil || begun != nil || v != bot.Send || rand.IntN(10) == 0 {
				continue
			}
			if _, err := s.Finish(ctx, c, soon); err != nil {
				continue
			}
		}
	}
}

// soon plans the next reminder for the next day, which is past, too.
func soon(l *bot.Learner) error {
	l.Reminder.Sent = l.Reminder.Day
	l.Reminder.Next, l.Reminder.Day = l.Reminder.Next.AddDate(0, 0, 1), l.Reminder.Day+1
	return nil
}

// wantAllDue checks that each reminder that is planned can be claimed, soon.
func wantAllDue(t *testing.T, s *Store) {
	t.Helper()
	planned := 0
	for l, err := range s.Learners(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !l.Reminder.Next.IsZero() {
			planned++
		}
	}
	all := map[bot.ID]bot.Claim{}
	eventually(t, 5*time.Second, func() error {
		claims, err := s.Claim(t.Context(), remindedCrowd, time.Minute)
		for _, c := range claims {
			all[c.ID] = c
		}
		if err == nil && len(all) != planned {
			err = fmt.Errorf("%d reminders were claimed, want the %d that are planned", len(all), planned)
		}
		return err
	})
	for _, c := range all {
		if err := s.Release(t.Context(), c, 0); err != nil {
			t.Error(err)
		}
	}
}
