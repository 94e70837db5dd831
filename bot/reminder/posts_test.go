package reminder_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/reminder"
	"mentor/bot/streak"
)

// tell sets a post of a group's channel now.
func (s *stage) tell(kind bot.PostKind, channel, wall, zone string) bot.PostKey {
	s.t.Helper()
	at, err := time.Parse("15:04", wall)
	if err != nil {
		s.t.Fatal(err)
	}
	key := bot.PostKey{Group: "d:g", Channel: channel, Kind: kind}
	s.changePost(key, func(p bot.Post) bot.Post { return p.Set(at.Hour()*60+at.Minute(), time.Monday, zone, time.Now()) })
	return key
}

func (s *stage) changePost(key bot.PostKey, change func(bot.Post) bot.Post) bot.Post {
	s.t.Helper()
	p, err := bot.UpdatePost(s.t.Context(), s.store, key, func(p bot.Post) (bot.Post, error) { return change(p), nil })
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *stage) postOf(key bot.PostKey) bot.Post {
	s.t.Helper()
	return s.changePost(key, func(p bot.Post) bot.Post { return p })
}

// newPoster is a loop that tells groups, and looks seldom for learners.
func (s *stage) newPoster() *reminder.Loop {
	loop := s.newLoop()
	loop.Posts, loop.Poll = s.mentor.WritePost, 10*time.Minute
	return loop
}

// in are the letters into a channel.
func (p *phone) in(channel string) []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []letter
	for _, l := range p.letters {
		if l.To == "" && l.Place == channel {
			out = append(out, l)
		}
	}
	return out
}

// gotIn holds that a channel has so many messages.
func (s *stage) gotIn(channel string, want int) []letter {
	s.t.Helper()
	got := s.phone.in(channel)
	if len(got) != want {
		s.t.Errorf("at %v %s has %d messages, want %d", time.Now().UTC(), channel, len(got), want)
	}
	return got
}

func TestAGroupIsToldOnceADay(t *testing.T) {
	play(t, func(s *stage) {
		s.tell(bot.DailyPost, "general", "18:00", "UTC")
		s.tell(bot.DigestPost, "general", "09:00", "UTC")
		s.tell(bot.DailyPost, "random", "07:30", "America/New_York")
		loop := s.newPoster()
		defer s.run(loop)()
		s.until(1, "17:59")
		s.gotIn("general", 0)
		s.gotIn("random", 1)
		s.until(1, "18:01")
		m := s.gotIn("general", 1)[0]
		if m.Group != "d:g" || m.To != "" || len(m.Key) != 20 || !strings.Contains(m.Reply.Text, "Question of the day") {
			t.Errorf("the message is %+v", m.Delivery)
		}
		s.until(3, "09:01") // a Monday
		digest := s.gotIn("general", 3)[2]
		if !strings.Contains(digest.Reply.Text, "The week from") {
			t.Errorf("the digest reads %q", digest.Reply.Text)
		}
		s.until(8, "00:00")
		s.gotIn("general", 8)
		if got := loop.PostCounts.Sent.Load(); got != 15 || loop.PostCounts.Late.Load() != 0 {
			t.Errorf("%d are counted as sent, %d late, want 15 on time", got, loop.PostCounts.Late.Load())
		}
	})
}

// TestAMonthOfSeveralLoops: with two processes on one store, over a change of the
// clocks, each channel is told once on each date, at its own wall time.
func TestAMonthOfSeveralLoops(t *testing.T) {
	play(t, func(s *stage) {
		time.Sleep(time.Until(time.Date(2000, 3, 10, 0, 0, 0, 0, time.UTC)))
		s.phone.idempotent = false
		type channel struct {
			name, wall, zone string
		}
		channels := []channel{ // the clocks leap on 26 March in Berlin and on 2 April in New York, and fall back on 26 March in Sydney
			{"berlin", "02:30", "Europe/Berlin"}, {"york", "18:00", "America/New_York"}, {"sydney", "02:30", "Australia/Sydney"}, {"utc", "23:59", "UTC"},
		}
		for _, c := range channels {
			s.tell(bot.DailyPost, c.name, c.wall, c.zone)
		}
		for range 2 {
			loop := s.newPoster()
			loop.PostPoll = 45 * time.Second // a month of polls every half minute takes some
			defer s.run(loop)()
		}
		time.Sleep(time.Until(time.Date(2000, 4, 10, 12, 0, 0, 0, time.UTC)))
		synctest.Wait()
		for _, c := range channels {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			wall, err := time.Parse("15:04", c.wall)
			if err != nil {
				t.Fatal(err)
			}
			told := map[streak.Day]bool{}
			for _, l := range s.phone.in(c.name) {
				date := streak.DayOn(l.at.In(zone).Add(-time.Minute)) // one of 23:59 may come after midnight
				due := date.At(wall.Hour()*60+wall.Minute(), zone)
				if late := l.at.Sub(due); late < 0 || late > time.Minute {
					t.Errorf("%s is told at %v, %v after it was due", c.name, l.at.In(zone), late)
				}
				if told[date] {
					t.Errorf("%s is told twice on %v", c.name, date)
				}
				told[date] = true
			}
			if n := len(told); n < 31 || n > 32 {
				t.Errorf("%s was told on %d dates, want each of 31 or 32", c.name, n)
			}
		}
	})
}

// TestAProcessDiesInTheMiddle of sending: where the platform knows a message that it
// has, the group gets it, once; elsewhere it may be lost, and is counted.
func TestAProcessDiesInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		idempotent, arrived bool
		want                int
		ambiguous           int64
	}{{true, true, 1, 0}, {true, false, 1, 0}, {false, true, 1, 1}, {false, false, 0, 1}} {
		play(t, func(s *stage) {
			s.phone.idempotent = c.idempotent
			key := s.tell(bot.DailyPost, "general", "18:00", "UTC")
			s.until(1, "18:00")
			s.dieSending(key, c.arrived)
			loop := s.newPoster()
			defer s.run(loop)()
			s.until(1, "19:00")
			s.gotIn("general", c.want)
			if got := loop.PostCounts.Ambiguous.Load(); got != c.ambiguous {
				t.Errorf("%+v: %d are counted as ambiguous", c, got)
			}
			s.until(2, "19:00")
			s.gotIn("general", c.want+1)
		})
	}
}

// dieSending is what a process leaves that began to send a post and died.
func (s *stage) dieSending(key bot.PostKey, arrived bool) {
	s.t.Helper()
	left := errors.New("killed")
	dead := s.newPoster()
	dead.Senders = map[string]bot.Sender{"d": dying{s.phone, arrived}}
	ctx, cancel := context.WithCancel(s.t.Context())
	dead.Store = dyingStore{s.store, left}
	done := make(chan error)
	go func() { done <- dead.Run(ctx) }()
	time.Sleep(10 * time.Second)
	synctest.Wait()
	cancel()
	if err := <-done; err != nil {
		s.t.Error(err)
	}
	if p := s.postOf(key); p.Begun.IsZero() {
		s.t.Fatalf("the process did not die in the middle: %+v", p)
	}
}

// dying sends, or does not, and never says so.
type dying struct {
	*phone
	arrives bool
}

func (d dying) Send(ctx context.Context, m bot.Delivery) error {
	if d.arrives {
		return d.phone.Send(ctx, m)
	}
	return nil
}

// A dyingStore takes no news of a post that was sent.
type dyingStore struct {
	bot.Store
	err error
}

func (d dyingStore) UpdatePaper(ctx context.Context, shelf, key string, change func(string) (string, error)) (string, error) {
	return d.Store.UpdatePaper(ctx, shelf, key, func(text string) (string, error) {
		after, err := change(text)
		if err == nil && strings.Contains(text, `"begun"`) && !strings.Contains(after, `"begun"`) {
			return "", d.err
		}
		return after, err
	})
}

func TestAGroupsPostExpires(t *testing.T) {
	play(t, func(s *stage) {
		s.tell(bot.DailyPost, "general", "12:00", "UTC")
		s.tell(bot.DailyPost, "late", "14:00", "UTC")
		s.until(1, "15:01")
		loop := s.newPoster()
		defer s.run(loop)()
		s.until(1, "23:00")
		s.gotIn("general", 0)
		s.gotIn("late", 1)
		if got := loop.PostCounts.Expired.Load(); got != 1 {
			t.Errorf("%d are counted as expired, want 1", got)
		}
		s.until(2, "12:01")
		s.gotIn("general", 1)
	})
}

func TestAGroupsPostIsTriedAgain(t *testing.T) {
	play(t, func(s *stage) {
		s.phone.idempotent = false
		s.phone.answer = func(context.Context, bot.Delivery) (bool, error) {
			return time.Now().Hour() >= 19, map[bool]error{true: &bot.LaterError{Err: errors.New("502")}}[time.Now().Hour() < 19]
		}
		s.tell(bot.DailyPost, "general", "18:00", "UTC")
		s.tell(bot.DailyPost, "never", "14:00", "UTC")
		loop := s.newPoster()
		defer s.run(loop)()
		s.until(1, "18:30")
		s.gotIn("general", 0)
		s.until(1, "23:00")
		s.gotIn("general", 1)
		s.gotIn("never", 0)
		if n := s.phone.tries; n < 15 || n > 60 {
			t.Errorf("tried %d times, want a back-off", n)
		}
		if loop.PostCounts.Expired.Load() != 1 || loop.PostCounts.Ambiguous.Load() != 0 {
			t.Errorf("%d are given up, %d ambiguous, want 1 and none", loop.PostCounts.Expired.Load(), loop.PostCounts.Ambiguous.Load())
		}
	})
}

func TestAClosedChannelIsGivenUp(t *testing.T) {
	play(t, func(s *stage) {
		s.phone.answer = func(context.Context, bot.Delivery) (bool, error) { return false, fmt.Errorf("post: %w", bot.ErrGone) }
		key := s.tell(bot.DailyPost, "general", "18:00", "UTC")
		loop := s.newPoster()
		defer s.run(loop)()
		s.until(3, "12:00")
		if p := s.postOf(key); !p.On || p.Gone != 2 {
			t.Errorf("after two days it is %+v, want it on", p)
		}
		s.until(9, "12:00")
		if p := s.postOf(key); p.On || s.phone.tries != bot.PostGoneMost || loop.PostCounts.Dead.Load() != bot.PostGoneMost {
			t.Errorf("after %d tries it is %+v, want it off after %d", s.phone.tries, p, bot.PostGoneMost)
		}
	})
}

func TestTheStoreIsAwayWhenAGroupIsDue(t *testing.T) {
	play(t, func(s *stage) {
		s.tell(bot.DailyPost, "general", "18:00", "UTC")
		defer s.run(s.newPoster())()
		s.until(1, "17:59")
		s.store.set(true)
		s.until(1, "18:02")
		s.gotIn("general", 0)
		s.store.set(false)
		s.until(1, "18:04")
		s.gotIn("general", 1)
		s.until(2, "12:00")
		s.gotIn("general", 1)
	})
}

func TestAnotherPlatformsGroupsAreLeft(t *testing.T) {
	play(t, func(s *stage) {
		key := bot.PostKey{Group: "t:terminal", Kind: bot.DailyPost}
		s.changePost(key, func(p bot.Post) bot.Post { return p.Set(18*60, 0, "UTC", time.Now()) })
		defer s.run(s.newPoster())()
		s.until(2, "12:00")
		if p := s.postOf(key); p.Token != "" || s.phone.tries != 0 {
			t.Errorf("a post that nobody here can send was taken: %+v", p)
		}
	})
}
