package bot_test

import (
	"errors"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

const (
	lease = time.Minute
	limit = 15 * time.Second
)

// newPost is a post that was set a week before.
func newPost(t *testing.T, wall, zone string, now time.Time) bot.Post {
	t.Helper()
	at, err := time.Parse("15:04", wall)
	if err != nil {
		t.Fatal(err)
	}
	return bot.Post{}.Set(at.Hour()*60+at.Minute(), time.Monday, zone, now.AddDate(0, 0, -7))
}

func TestWhenPostsAreDue(t *testing.T) {
	for _, c := range []struct {
		kind       bot.PostKind
		wall, zone string
		now        string
		want       string // the date it is due for; empty for none
	}{
		{bot.DailyPost, "18:00", "UTC", "2026-11-24T17:59:59Z", "2026-11-23"},
		{bot.DailyPost, "18:00", "UTC", "2026-11-24T18:00:00Z", "2026-11-24"},
		{bot.DailyPost, "18:00", "Europe/Berlin", "2026-11-24T17:00:00Z", "2026-11-24"},
		{bot.DailyPost, "02:30", "Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-28"}, // the clock leaps from 2 to 3
		{bot.DailyPost, "02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29"},
		{bot.DailyPost, "02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25"}, // 2:30 comes twice
		{bot.DailyPost, "00:00", "America/Sao_Paulo", "2018-11-04T02:58:00Z", "2018-11-03"},
		{bot.DailyPost, "00:00", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04"}, // midnight was leapt over
		{bot.DailyPost, "18:00", "Pacific/Apia", "2011-12-31T03:59:00Z", ""},                // 30 December was skipped
		{bot.DailyPost, "18:00", "Pacific/Apia", "2011-12-31T04:00:00Z", "2011-12-31"},
		{bot.DigestPost, "09:00", "UTC", "2026-11-22T09:00:00Z", ""},
		{bot.DigestPost, "09:00", "UTC", "2026-11-23T08:59:00Z", ""},
		{bot.DigestPost, "09:00", "UTC", "2026-11-23T09:00:00Z", "2026-11-23"},
		{bot.DigestPost, "09:00", "UTC", "2026-11-24T23:59:00Z", "2026-11-23"},
		{bot.DigestPost, "09:00", "UTC", "2026-11-25T00:00:00Z", ""},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		p := newPost(t, c.wall, c.zone, now)
		day, due := p.Due(c.kind, now)
		if got := map[bool]string{true: day.String()}[due]; got != c.want {
			t.Errorf("%s %s %s at %s is due for %q, want %q", c.kind, c.wall, c.zone, c.now, got, c.want)
		}
	}
}

func TestAPostSetLateWaitsForTheNextDay(t *testing.T) {
	now := time.Date(2026, 11, 24, 18, 30, 0, 0, time.UTC)
	p := bot.Post{}.Set(18*60, 0, "UTC", now)
	if day, due := p.Due(bot.DailyPost, now); due {
		t.Errorf("set half an hour late it is due for %v at once", day)
	}
	if got, want := p.Next(bot.DailyPost, now), time.Date(2026, 11, 25, 18, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("the next comes %v, want %v", got, want)
	}
	if got := (bot.Post{}).Next(bot.DailyPost, now); !got.IsZero() {
		t.Errorf("what was never set comes %v", got)
	}
}

// mustPost is the post after a step that must succeed.
func mustPost(t *testing.T) func(bot.Post, error) bot.Post {
	t.Helper()
	return func(p bot.Post, err error) bot.Post {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}

func wantLost(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, bot.ErrPostLost) {
		t.Errorf("%s: %v, want that it is lost", what, err)
	}
}

func TestAPostIsInOneHand(t *testing.T) {
	must, now := mustPost(t), time.Date(2026, 11, 24, 18, 0, 1, 0, time.UTC)
	p := newPost(t, "18:00", "UTC", now)
	taken := must(p.Take(bot.DailyPost, "a", now, lease))
	if again := must(taken.Take(bot.DailyPost, "a", now, lease)); again != taken {
		t.Errorf("taken twice by the same: %+v, then %+v", taken, again)
	}
	_, err := taken.Take(bot.DailyPost, "b", now.Add(lease-1), lease)
	wantLost(t, "taken by another", err)
	_, err = taken.Begin(bot.DailyPost, "b", now, limit)
	wantLost(t, "begun by another", err)

	begun := must(taken.Begin(bot.DailyPost, "a", now.Add(time.Second), limit))
	sent := must(begun.Settle("a", false))
	if _, due := sent.Due(bot.DailyPost, now); due || sent.Takable(bot.DailyPost, now) {
		t.Errorf("sent, it is due again: %+v", sent)
	}
	if again := must(sent.Settle("a", false)); again != sent {
		t.Errorf("settled twice: %+v, then %+v", sent, again)
	}
	tomorrow := now.AddDate(0, 0, 1)
	if day, due := sent.Due(bot.DailyPost, tomorrow); !due || day != streak.DayOn(tomorrow) {
		t.Errorf("tomorrow it is due for %v, %v", day, due)
	}

	// The one who began it died: another takes it up, and sees that.
	up := must(begun.Take(bot.DailyPost, "b", now.Add(time.Minute), lease))
	if up.Begun != begun.Begun || up.Day != begun.Day {
		t.Errorf("taken up: %+v of %+v", up, begun)
	}
	_, err = up.Settle("a", false)
	wantLost(t, "settled by the dead", err)
}

func TestAPostThatIsNotWantedAnyMore(t *testing.T) {
	must, now := mustPost(t), time.Date(2026, 11, 24, 18, 0, 1, 0, time.UTC)
	taken := must(newPost(t, "18:00", "UTC", now).Take(bot.DailyPost, "a", now, lease))
	off := taken
	off.On = false
	_, err := off.Begin(bot.DailyPost, "a", now, limit)
	wantLost(t, "switched off in between", err)
	_, err = taken.Set(20*60, 0, "UTC", now).Begin(bot.DailyPost, "a", now, limit)
	wantLost(t, "moved in between", err)

	// Moved while it was being sent: the date has its post.
	begun := must(taken.Begin(bot.DailyPost, "a", now, limit))
	moved := must(begun.Set(20*60, 0, "UTC", now).Settle("a", false))
	if _, due := moved.Due(bot.DailyPost, now.Add(3*time.Hour)); due {
		t.Error("a post that was moved while it was sent comes twice that day")
	}
}

func TestAPostIsPutOff(t *testing.T) {
	must, now := mustPost(t), time.Date(2026, 11, 24, 18, 0, 1, 0, time.UTC)
	begun := must(must(newPost(t, "18:00", "UTC", now).Take(bot.DailyPost, "a", now, lease)).Begin(bot.DailyPost, "a", now, limit))
	off := must(begun.PutOff("a", now.Add(time.Minute)))
	if off.Takable(bot.DailyPost, now.Add(59*time.Second)) || !off.Takable(bot.DailyPost, now.Add(time.Minute)) || !off.Begun.IsZero() {
		t.Errorf("put off for a minute: %+v", off)
	}
	_, err := begun.PutOff("b", now)
	wantLost(t, "put off by another", err)
}

func TestAClosedChannelIsSwitchedOff(t *testing.T) {
	must, now := mustPost(t), time.Date(2026, 11, 24, 18, 0, 1, 0, time.UTC)
	p := newPost(t, "18:00", "UTC", now)
	for day := range bot.PostGoneMost {
		if !p.On {
			t.Fatalf("off after %d tries", day)
		}
		at := now.AddDate(0, 0, day)
		p = must(must(p.Take(bot.DailyPost, "a", at, lease)).Begin(bot.DailyPost, "a", at, limit))
		p = must(p.Settle("a", true))
	}
	if p.On || p.Gone != bot.PostGoneMost {
		t.Errorf("after %d tries: %+v, want it off", bot.PostGoneMost, p)
	}
	if p = p.Set(18*60, 0, "UTC", now); !p.On || p.Gone != 0 {
		t.Errorf("set anew: %+v", p)
	}
}
