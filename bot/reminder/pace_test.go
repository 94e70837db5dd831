package reminder_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/reminder"
)

// planned puts n people into the store who want to be reminded at minute of the day.
func (s *stage) planned(n int, platform, place string, minute int) []bot.Account {
	s.t.Helper()
	crowd := make([]bot.Account, n)
	var wg sync.WaitGroup
	for i := range crowd {
		l := bot.NewLearner(bot.NewID(), bot.NewAccount(platform, place, strconv.Itoa(minute), strconv.Itoa(i)))
		l.Streak.Zone, crowd[i] = "UTC", l.Accounts[0]
		l.Reminder = bot.Reminder{On: true, Minute: minute, To: l.Accounts[0], Place: place}
		l = l.Plan(time.Now())
		wg.Go(func() {
			if err := s.store.Put(s.t.Context(), l); err != nil {
				s.t.Error(err)
			}
		})
	}
	wg.Wait()
	return crowd
}

// TestTenThousandInFiveMinutes is the busiest five minutes that a platform's pace
// allows for: 2,000 are due in each, and take 44 s.
func TestTenThousandInFiveMinutes(t *testing.T) {
	play(t, func(s *stage) {
		const everyMinute = 2000
		s.phone.answer = func(context.Context, bot.Delivery) (bool, error) {
			time.Sleep(150 * time.Millisecond)
			return true, nil
		}
		for minute := range 5 {
			s.planned(everyMinute, "d", "", 12*60+minute)
		}
		s.loop.Paces, s.loop.Poll = nil, time.Second
		s.until(1, "11:59")
		defer s.run(s.loop)()
		s.until(1, "12:06")
		if sent, late := s.loop.Counts.Sent.Load(), s.loop.Counts.Late.Load(); sent != 5*everyMinute || late > sent/1000 {
			t.Errorf("%d of %d are sent, %d of them late", sent, 5*everyMinute, late)
		}
		most := map[int64]int{}
		for _, l := range s.phone.letters {
			if most[l.at.Unix()]++; most[l.at.Unix()] > 50 {
				t.Fatalf("over 50 were sent in the second %v", l.at)
			}
		}
		t.Logf("mean lag %v, %d put off", s.loop.Counts.Lag()/(5*everyMinute), s.loop.Counts.PutOff.Load())
	})
}

func TestAChannelIsNotFlooded(t *testing.T) {
	play(t, func(s *stage) {
		crowd := s.planned(100, "s", "C1", 12*60)
		s.loop.Paces, s.loop.Poll = nil, time.Second
		s.until(1, "11:59")
		defer s.run(s.loop)()
		s.until(1, "12:03")
		var last time.Time
		for i, l := range s.phone.letters {
			if apart := l.at.Sub(last); i > 0 && apart < time.Second {
				t.Errorf("two came into the channel %v apart", apart)
			}
			last = l.at
		}
		for _, a := range crowd {
			s.got(a, 1)
		}
		if took := last.Sub(time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)); took > 130*time.Second {
			t.Errorf("100 messages took %v in one channel", took)
		}
	})
}

// TestPacesOfOthers is a platform without a pace of ours.
func TestPacesOfOthers(t *testing.T) {
	play(t, func(s *stage) {
		s.loop.Paces = map[string]reminder.Pace{"x": {}}
		s.planned(500, "d", "C1", 12*60)
		s.until(1, "11:59")
		defer s.run(s.loop)()
		s.until(1, "12:01")
		if n := s.loop.Counts.Sent.Load(); n != 500 {
			t.Errorf("%d of 500 are sent", n)
		}
	})
}
