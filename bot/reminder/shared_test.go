package reminder_test

import (
	"testing"
	"time"

	"mentor/bot"
)

// A process that is on Slack alone stands in the way of no reminder on Discord,
// and the other way round, whoever claims it first.
func TestProcessesOnDifferentPlatforms(t *testing.T) {
	play(t, func(s *stage) {
		crowds := map[string][]bot.Account{"d": s.crowd(40, "d", "remind 19:30 UTC"), "s": s.crowd(40, "s", "remind 19:30 UTC")}
		for platform := range crowds {
			for range 2 {
				loop := s.newLoop()
				loop.Senders, loop.Poll, loop.Hands = map[string]bot.Sender{platform: s.phone}, time.Second, 8
				defer s.run(loop)()
			}
		}
		s.until(1, "19:40")
		for _, crowd := range crowds {
			for _, a := range crowd {
				s.got(a, 1)
				for _, l := range s.phone.of(a) {
					if behind := l.at.Sub(time.Date(2000, 1, 1, 19, 30, 0, 0, time.UTC)); behind > 30*time.Second {
						t.Errorf("%s is reminded %v late", a, behind)
					}
				}
			}
		}
	})
}

// A reminder for a platform that no process is on is looked at less and less
// often, and dropped when it is too late.
func TestAPlatformThatNobodyIsOn(t *testing.T) {
	play(t, func(s *stage) {
		s.say("s:ada", "remind 18:30 UTC")
		loop := s.newLoop()
		loop.Senders, loop.Poll = map[string]bot.Sender{"d": s.phone}, time.Second
		stop := s.run(loop)
		s.until(1, "21:29")
		if n := s.store.claims.Load(); n > 500 {
			t.Errorf("it was claimed %d times in three hours", n)
		}
		s.until(1, "21:40")
		stop()
		if r := s.reminderOf("s:ada"); loop.Counts.Expired.Load() != 1 || r.Next.Format("02 15:04") != "02 18:30" {
			t.Errorf("%d expired, and the next is at %v", loop.Counts.Expired.Load(), r.Next)
		}
		s.got("s:ada", 0)
	})
}
