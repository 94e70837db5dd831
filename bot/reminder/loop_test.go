package reminder_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/reminder"
)

func TestAReminderADay(t *testing.T) {
	play(t, func(s *stage) {
		s.say("d:ada", "remind 19:30 UTC")
		stop := s.run(s.loop)
		defer stop()
		s.until(1, "19:29")
		s.got("d:ada", 0)
		s.until(1, "19:31")
		s.got("d:ada", 1)
		m := s.phone.of("d:ada")[0]
		if m.Reply.Kind != bot.Nudge || len(m.Reply.Choices) != 4 || m.Reply.Choices[0].Say != "checkin" || len(m.Key) != 20 || m.Place != "" {
			t.Errorf("the message is %+v", m)
		}
		if r := s.say("d:ada", m.Reply.Choices[0].Say); !strings.Contains(r.Text, "1 day in a row") {
			t.Errorf("Done is answered %q", r.Text)
		}
		s.until(2, "19:00")
		s.say("d:ada", "done")
		s.until(3, "00:00")
		s.got("d:ada", 1) // not after a check-in
		s.until(3, "20:00")
		s.got("d:ada", 2)
		s.say("d:ada", "later")
		s.until(3, "21:02")
		s.got("d:ada", 3)
		s.say("d:ada", "not today")
		s.until(4, "21:00")
		s.got("d:ada", 4)
		if got := s.loop.Counts.Sent.Load(); got != 4 {
			t.Errorf("%d are counted as sent, want 4", got)
		}
	})
}

func TestTheSecondReminderOfADay(t *testing.T) {
	play(t, func(s *stage) {
		for _, text := range []string{"zone UTC", "dayend 0", "remind 18:00", "remind last on", "checkin"} {
			s.say("d:ada", text)
		}
		stop := s.run(s.loop)
		defer stop()
		s.until(2, "21:59")
		s.got("d:ada", 1)
		s.until(2, "22:01")
		s.got("d:ada", 2)
		if m := s.phone.of("d:ada")[1]; !strings.Contains(m.Reply.Text, "Your day ends at 00:00") || len(m.Reply.Choices) != 2 {
			t.Errorf("the second reminder is %+v", m.Reply)
		}
		s.until(3, "18:01")
		s.got("d:ada", 3)
		s.say("d:ada", "checkin")
		s.until(4, "00:00")
		s.got("d:ada", 3)
	})
}

func TestTheStoreIsAwayForTwoMinutes(t *testing.T) {
	play(t, func(s *stage) {
		crowd := s.crowd(50, "d", "remind 19:30 UTC")
		stop := s.run(s.loop)
		defer stop()
		s.until(1, "19:29")
		s.store.set(true)
		s.until(1, "19:32")
		s.got(crowd[0], 0)
		s.store.set(false)
		s.until(1, "23:59")
		for _, a := range crowd {
			s.got(a, 1)
		}
	})
}

func TestTheStoreIsAwayForOverThreeHours(t *testing.T) {
	play(t, func(s *stage) {
		s.say("d:ada", "remind 12:00 UTC")
		stop := s.run(s.loop)
		defer stop()
		s.until(1, "11:59")
		s.store.set(true)
		s.until(1, "15:01")
		s.store.set(false)
		s.until(2, "11:59")
		s.got("d:ada", 0)
		if n := s.loop.Counts.Expired.Load(); n != 1 {
			t.Errorf("%d are counted as expired, want 1", n)
		}
		s.until(2, "12:01")
		s.got("d:ada", 1)
	})
}

func TestALateReminderWakesNobody(t *testing.T) {
	play(t, func(s *stage) {
		s.say("d:ada", "remind 22:30 UTC")
		s.say("d:bob", "remind 20:00 UTC")
		s.say("d:bob", "quiet 20:30-8:00")
		stop := s.run(s.loop)
		defer stop()
		s.until(1, "19:59")
		s.store.set(true)
		s.until(1, "23:10")
		s.store.set(false)
		s.until(2, "19:59")
		s.got("d:ada", 0)
		s.got("d:bob", 0)
		s.until(2, "22:31")
		s.got("d:ada", 1)
		s.got("d:bob", 1)
	})
}

func TestTheStoreGoesAwayAfterTheClaim(t *testing.T) {
	play(t, func(s *stage) {
		crowd := s.crowd(20, "d", "remind 19:30 UTC")
		stop := s.run(s.loop)
		defer stop()
		s.store.goWithClaim()
		s.until(1, "19:30")
		time.Sleep(10 * time.Second)
		s.store.set(false)
		time.Sleep(3 * time.Second) // far less than the lease of a claim
		for _, a := range crowd {
			s.got(a, 1)
		}
	})
}

func TestTheStoreGoesAwayAfterTheMessage(t *testing.T) {
	for _, idempotent := range []bool{true, false} {
		play(t, func(s *stage) {
			s.phone.idempotent = idempotent
			s.phone.answer = func(context.Context, bot.Delivery) (bool, error) {
				s.store.set(true)
				return true, nil
			}
			s.say("d:ada", "remind 19:30 UTC")
			stop := s.run(s.loop)
			defer stop()
			s.until(1, "19:31")
			s.phone.answer = nil
			s.store.set(false)
			s.until(2, "12:00")
			s.got("d:ada", 1)
			if r := s.reminderOf("d:ada"); !r.Next.Equal(time.Date(2000, 1, 2, 19, 30, 0, 0, time.UTC)) {
				t.Errorf("the next is due %v", r.Next)
			}
		})
	}
}

func TestSeveralLoopsDoubleNothing(t *testing.T) {
	play(t, func(s *stage) {
		s.phone.idempotent = false
		crowd := s.crowd(600, "d", "remind 19:30 UTC")
		for range 4 {
			loop := s.newLoop()
			loop.Hands = 16
			defer s.run(loop)()
		}
		s.until(1, "19:32")
		for _, a := range crowd {
			s.got(a, 1)
		}
	})
}

func TestASenderThatStallsDoublesNothing(t *testing.T) {
	for _, idempotent := range []bool{true, false} {
		play(t, func(s *stage) {
			s.phone.idempotent = idempotent
			s.phone.answer = func(context.Context, bot.Delivery) (bool, error) {
				time.Sleep(90 * time.Second) // deaf to its context
				return true, nil
			}
			s.say("d:ada", "remind 19:30 UTC")
			defer s.run(s.loop)()
			defer s.run(s.newLoop())()
			s.until(2, "12:00")
			s.got("d:ada", 1)
		})
	}
}

func TestWhoCannotBeReached(t *testing.T) {
	play(t, func(s *stage) {
		s.phone.answer = func(context.Context, bot.Delivery) (bool, error) {
			return false, fmt.Errorf("send to a person: %w", bot.ErrGone)
		}
		s.say("d:ada", "remind 19:30 UTC")
		defer s.run(s.loop)()
		s.until(10, "12:00")
		if r := s.reminderOf("d:ada"); r.On || !r.Next.IsZero() || s.phone.tries != 2 {
			t.Errorf("after %d tries the reminder is %+v, want it off after 2", s.phone.tries, r)
		}
		dead, err := s.store.Dead(t.Context())
		if err != nil || len(dead) != 2 || !strings.Contains(dead[0].Reason, "cannot be reached") {
			t.Errorf("given up: %+v, %v, want 2", dead, err)
		}
		if r := s.say("d:ada", "streak"); !strings.Contains(r.Text, "I switched them off") {
			t.Errorf("the learner hears %q, and not that reminders are off", r.Text)
		}
		s.phone.answer = nil
		s.say("d:ada", "remind on")
		s.until(11, "12:00")
		s.got("d:ada", 1)
	})
}

// TestClosedMessagesAreLeftAlone: of a thousand, one in ten takes no messages. On
// the day after the first refusals the platform is not asked again for them.
func TestClosedMessagesAreLeftAlone(t *testing.T) {
	play(t, func(s *stage) {
		const people, closed = 1000, 100
		isClosed := func(i int) bool { return i%(people/closed) == 0 }
		shut := map[bot.Account]bool{}
		for i := range people {
			person := bot.NewAccount("d", strconv.Itoa(i))
			shut[person] = isClosed(i)
			s.say(person, "remind 19:30 UTC")
		}
		var refused atomic.Int64
		s.phone.answer = func(_ context.Context, d bot.Delivery) (bool, error) {
			if shut[d.To] {
				refused.Add(1)
				return false, bot.ErrGone
			}
			return true, nil
		}
		defer s.run(s.loop)()
		s.until(2, "12:00")
		if got := refused.Load(); got != closed {
			t.Errorf("%d were refused on the first day, want %d", got, closed)
		}
		s.until(3, "12:00")
		if got := refused.Load(); got != closed {
			t.Errorf("%d more were refused on the second day, want none", got-closed)
		}
		if got := s.loop.Counts.Sent.Load(); got != 2*(people-closed) {
			t.Errorf("%d were sent in two days, want %d", got, 2*(people-closed))
		}
	})
}

func TestWhatThePlatformRefusesIsTriedAgain(t *testing.T) {
	play(t, func(s *stage) {
		s.phone.idempotent = false
		var tries []time.Time
		s.phone.answer = func(context.Context, bot.Delivery) (bool, error) {
			if tries = append(tries, time.Now()); len(tries) < 4 {
				return false, &bot.LaterError{After: 20 * time.Second}
			}
			return true, nil
		}
		s.say("d:ada", "remind 19:30 UTC")
		defer s.run(s.loop)()
		s.until(1, "19:40")
		s.got("d:ada", 1)
		for i := 1; i < len(tries); i++ {
			if wait := tries[i].Sub(tries[i-1]); wait < 20*time.Second {
				t.Errorf("tried again after %v, want at least 20 s", wait)
			}
		}
	})
}

func TestWhatThePlatformAlwaysRefusesIsGivenUp(t *testing.T) {
	play(t, func(s *stage) {
		s.phone.answer = func(context.Context, bot.Delivery) (bool, error) {
			return false, &bot.LaterError{Err: errors.New("502 Bad Gateway")}
		}
		s.say("d:ada", "remind 12:00 UTC")
		defer s.run(s.loop)()
		s.until(2, "11:00")
		if n := s.phone.tries; n < 15 || n > 40 {
			t.Errorf("tried %d times in three hours, want a back-off", n)
		}
		dead, err := s.store.Dead(t.Context())
		if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Reason, "502") {
			t.Errorf("given up: %+v, %v", dead, err)
		}
		if r := s.reminderOf("d:ada"); r.Next.Day() != 2 || !r.On || r.Ignored != 0 {
			t.Errorf("the reminder is %+v, want tomorrow's", r)
		}
	})
}

func TestATimeoutIsAmbiguous(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		for _, idempotent := range []bool{true, false} {
			play(t, func(s *stage) {
				s.phone.idempotent = idempotent
				first := true
				s.phone.answer = func(ctx context.Context, _ bot.Delivery) (bool, error) {
					if !first {
						return true, nil
					}
					first = false
					<-ctx.Done()
					return arrives, ctx.Err()
				}
				s.say("d:ada", "remind 19:30 UTC")
				defer s.run(s.loop)()
				s.until(2, "12:00")
				want, ambiguous := 1, int64(0) // sent again: what arrived before is known
				if !idempotent {
					ambiguous = 1
					if !arrives {
						want = 0 // lost, and counted
					}
				}
				s.got("d:ada", want)
				if n := s.loop.Counts.Ambiguous.Load(); n != ambiguous {
					t.Errorf("idempotent %v, arrives %v: %d are counted as ambiguous, want %d", idempotent, arrives, n, ambiguous)
				}
				if dead, err := s.store.Dead(t.Context()); err != nil || int64(len(dead)) != ambiguous {
					t.Errorf("listed: %+v, %v", dead, err)
				}
			})
		}
	}
}

func TestTimeoutsEnd(t *testing.T) {
	play(t, func(s *stage) {
		s.phone.answer = func(ctx context.Context, _ bot.Delivery) (bool, error) {
			<-ctx.Done()
			return false, ctx.Err()
		}
		s.say("d:ada", "remind 19:30 UTC")
		defer s.run(s.loop)()
		s.until(2, "12:00")
		if s.phone.tries < 2 || s.phone.tries > 10 || s.loop.Counts.Ambiguous.Load() != 1 {
			t.Errorf("%d tries, %d ambiguous, want some tries within two minutes, and then one ambiguous", s.phone.tries, s.loop.Counts.Ambiguous.Load())
		}
	})
}

func TestALoopThatStopsGivesItsClaimsBack(t *testing.T) {
	play(t, func(s *stage) {
		const learners = 40
		crowd := s.crowd(learners, "d", "remind 19:30 UTC")
		s.loop.Poll = time.Second
		s.loop.Paces = map[string]reminder.Pace{"d": {Every: time.Second}} // so that most wait for their turn
		s.loop.Hands = 3
		stop := s.run(s.loop)
		s.until(1, "19:30")
		time.Sleep(3 * time.Second)
		stop()
		before := len(s.phone.letters)
		if before == 0 || before == learners {
			t.Fatalf("%d were sent before the stop, want some", before)
		}
		at := time.Now()
		other := s.newLoop()
		other.Poll = time.Second
		defer s.run(other)()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := len(s.phone.letters); got < learners-10 { // but for those put off
			t.Errorf("%v after the stop, %d of %d are sent", time.Since(at), got, learners)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		for _, a := range crowd {
			s.got(a, 1)
		}
	})
}

func TestPlatformsDoNotWaitForEachOther(t *testing.T) {
	play(t, func(s *stage) {
		const many = 900
		slow, fast := s.crowd(many, "s", "remind 19:30 UTC"), s.crowd(50, "d", "remind 19:31 UTC")
		s.loop.Paces, s.loop.Poll = nil, time.Second
		s.until(1, "19:29")
		defer s.run(s.loop)()
		s.until(1, "19:40")
		var last time.Time
		for _, a := range slow {
			s.got(a, 1)
			for _, l := range s.phone.of(a) {
				last = latest(last, l.at)
			}
		}
		for _, a := range fast {
			s.got(a, 1)
			for _, l := range s.phone.of(a) {
				if l.at.After(time.Date(2000, 1, 1, 19, 31, 10, 0, time.UTC)) {
					t.Errorf("%s had to wait until %v, because the other platform is slow", a, l.at)
				}
			}
		}
		atPace := many * time.Minute / 300
		if took := last.Sub(time.Date(2000, 1, 1, 19, 30, 0, 0, time.UTC)); took < atPace-time.Second || took > atPace*5/4 {
			t.Errorf("%d reminders at 300 a minute took %v, want %v", many, took, atPace)
		}
	})
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func TestAnUnknownPlatformIsLeftToOthers(t *testing.T) {
	play(t, func(s *stage) {
		s.say("s:T:ada", "remind 19:30 UTC")
		s.loop.Senders = map[string]bot.Sender{"d": s.phone}
		defer s.run(s.loop)()
		s.until(1, "19:31")
		s.got("s:T:ada", 0)
		defer s.run(s.newLoop())()
		s.until(1, "19:40")
		s.got("s:T:ada", 1)
	})
}
