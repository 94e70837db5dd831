package bot

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mentor/bot/streak"
)

// slowWallTimes is the specification by trial: it walks over the minutes around
// a date, looks at the clock, and notes when each of the date's wall times is due;
// zero for those that are not. A wall time that the clock leaps over is due where
// it lands, or, when that is another date or after the end of the day, a minute before.
func slowWallTimes(date streak.Day, zone *time.Location, dayEnd int) (due [24 * 60]time.Time) {
	shows := func(t time.Time) int {
		t = t.In(zone)
		return (int(streak.DayOn(t))-int(date))*24*60 + t.Hour()*60 + t.Minute()
	}
	start := time.Unix(int64(date)*24*60*60, 0).Add(-16 * time.Hour)
	before := shows(start)
	for at := start.Add(time.Minute); at.Before(start.Add(60 * time.Hour)); at = at.Add(time.Minute) {
		now := shows(at)
		for minute := max(0, min(before+1, now)); minute <= min(now, 24*60-1); minute++ {
			if !due[minute].IsZero() {
				continue
			}
			first, last := dayEnd*60, 24*60-1 // of the day that the minute belongs to, on this date
			if minute < first {
				first, last = first-24*60, first-1
			}
			switch {
			case now <= last:
				due[minute] = at
			case before >= first:
				due[minute] = at.Add(-time.Minute)
			}
		}
		before = now
	}
	return due
}

// leaps are the instants of 2024 to 2030 at which the clocks of zone are changed.
func leaps(zone *time.Location) []time.Time {
	var out []time.Time
	end := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).In(zone); ; {
		_, next := t.ZoneBounds()
		if next.IsZero() || next.After(end) {
			return out
		}
		_, before := next.Add(-time.Second).In(zone).Zone()
		if _, after := next.In(zone).Zone(); after != before {
			out = append(out, next)
		}
		t = next.In(zone)
	}
}

// everyLeap calls check for every leap of every zone; of zones whose leaps are all
// the same, which most are, for one.
func everyLeap(t *testing.T, check func(zone *time.Location, leap time.Time)) {
	t.Helper()
	seen := map[string]bool{}
	zones := make(chan *time.Location)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for zone := range zones {
				for _, leap := range leaps(zone) {
					check(zone, leap)
				}
			}
		})
	}
	for _, z := range streak.Zones() {
		zone, err := streak.LoadZone(z.Name)
		if err != nil {
			t.Error(err)
			continue
		}
		var key strings.Builder
		for _, leap := range leaps(zone) {
			_, before := leap.Add(-time.Second).In(zone).Zone()
			_, after := leap.In(zone).Zone()
			fmt.Fprintln(&key, leap.Unix(), before, after)
		}
		if !seen[key.String()] {
			seen[key.String()] = true
			zones <- zone
		}
	}
	close(zones)
	wg.Wait()
}

func TestEveryMinuteOfEveryLeap(t *testing.T) {
	var minutes, leapt atomic.Int64
	everyLeap(t, func(zone *time.Location, leap time.Time) {
		for n := range 9 {
			clock := streak.Clock{Zone: zone, End: []int{0, 1, streak.DefaultDayEnd}[n/3]}
			date := streak.DayOn(leap.In(zone)) - 1 + streak.Day(n%3)
			for minute, want := range slowWallTimes(date, zone, clock.End) {
				got, ok := wallTimeOf(date, minute, clock)
				if ok == want.IsZero() || ok && !got.Equal(want) {
					t.Errorf("%v: %v %s is due %v, want %v", zone, date, wall(minute), got, want.In(zone))
				}
				minutes.Add(1)
				if got.Hour()*60+got.Minute() != minute {
					leapt.Add(1)
				}
			}
		}
	})
	t.Logf("%d wall times, %d of them in gaps", minutes.Load(), leapt.Load())
	if leapt.Load() < 20_000 {
		t.Error("hardly any of them lay in a gap")
	}
}

// wishful is somebody in a zone who wants to be reminded at minute.
func wishful(t interface{ Fatal(...any) }, zone string, minute int) Learner {
	l := NewLearner("x", "d:1")
	s, err := l.Streak.SetZone(zone)
	if err != nil {
		t.Fatal(err)
	}
	l.Streak = s
	if err := l.setReminder(minute, "d:1"); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEveryDayOfEveryLeapHasOneReminder(t *testing.T) {
	everyLeap(t, func(zone *time.Location, leap time.Time) {
		l := wishful(t, zone.String(), 0)
		minutes := []int{0, 1, 30, 59, 90, 120, 150, 180, 179, 12 * 60, 23*60 + 30, 23*60 + 59}
		for n := range 4 * len(minutes) {
			minute := minutes[n/4]
			l.Reminder.Minute, l.Reminder.Sent, l.Streak.DayEnd = minute, 0, n%4
			now := leap.Add(-60 * time.Hour)
			last := streak.Day(0)
			for now.Before(leap.Add(60 * time.Hour)) {
				l = l.Plan(now)
				r := l.Reminder
				if !r.Next.After(now) || last != 0 && r.Day != last+1 {
					t.Errorf("%v at %s: after %v it is due %v for %v, the last was for %v", zone, wall(minute), now, r.Next, r.Day, last)
				}
				last, now = r.Day, r.Next
				l.Reminder = r.Settle()
			}
		}
	})
}

// TestPlansOfRandomLives holds the laws of a plan over random weeks: check-ins,
// rest days, absences, pauses, quiet hours and travel.
func TestPlansOfRandomLives(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "America/Havana", "Asia/Kolkata", "Pacific/Apia", "Pacific/Kiritimati", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Chatham"}
	rapid.Check(t, func(t *rapid.T) {
		l := wishful(t, rapid.SampledFrom(zones).Draw(t, "zone"), rapid.IntRange(0, 24*60-1).Draw(t, "minute"))
		l.Reminder.Last = rapid.Bool().Draw(t, "last")
		now := time.Unix(rapid.Int64Range(1772000000, 1830000000).Draw(t, "start"), 0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before := l
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(20*time.Hour)).Draw(t, "pause"))).Truncate(time.Second)
			l = drawChange(t, l, now, zones)
			l = l.replanned(before, now)
			holdLaws(t, l, now)
		}
	})
}

// drawChange is l after something that a learner or the loop does.
func drawChange(t *rapid.T, l Learner, now time.Time, zones []string) Learner {
	today := l.Streak.Clock().Day(now)
	s, err := l.Streak, error(nil)
	switch rapid.IntRange(0, 9).Draw(t, "what") {
	case 0, 1:
		s, _ = s.CheckIn(now, "")
	case 2:
		s, err = s.SetZone(rapid.SampledFrom(zones).Draw(t, "new zone"))
	case 3:
		s, err = s.SetRest(streak.Week(rapid.IntRange(0, 126).Draw(t, "rest")), now)
	case 4:
		s, err = s.SetAway(today, today+streak.Day(rapid.IntRange(0, streak.MaxAway-1).Draw(t, "away")), now)
	case 5:
		l.Reminder.Paused = today + streak.Day(rapid.IntRange(0, MaxPause-1).Draw(t, "paused"))
	case 6:
		l.Reminder.Quiet = Quiet{rapid.IntRange(0, 1439).Draw(t, "from"), rapid.IntRange(0, 1439).Draw(t, "to")}
	case 7:
		s, err = s.SetDayEnd(rapid.IntRange(0, streak.MaxDayEnd).Draw(t, "day end"))
	case 8:
		s, l.Reminder.Paused, l.Reminder.Ignored = s.EndAway(now), 0, 0
	case 9:
		if !l.Reminder.Next.IsZero() && !l.Reminder.Next.After(now) {
			l.Reminder = l.Reminder.Settle()
			l.Reminder.Ignored++
			l.Streak = s
			return l.Plan(now)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	l.Streak = s
	return l
}

// holdLaws checks the plan of l at the instant now.
func holdLaws(t *rapid.T, l Learner, now time.Time) {
	r := l.Reminder
	if r.Next.IsZero() {
		for date := streak.DayOn(now); date < streak.DayOn(now)+MaxPause+streak.MaxAway && r.Ignored <= StopAfter; date++ {
			at, ok := wallTimeOf(date, r.Minute, l.Streak.Clock())
			if ok && at.After(now) && l.wantsOrdinary(l.Streak.Clock().Day(at)) && !l.quietAt(at) {
				t.Fatalf("at %v none is planned, though one is wanted %v: %+v", now, at, r)
			}
		}
		return
	}
	at := r.Next.In(l.Streak.Clock().Zone)
	switch {
	case l.Streak.Clock().Day(at) != r.Day:
		t.Fatalf("due %v for %v, which is another day", at, r.Day)
	case l.Streak.Days.Done(r.Day), l.Streak.Protected(r.Day), r.Day <= r.Paused, r.Quiet.Has(at.Hour()*60 + at.Minute()):
		t.Fatalf("due %v for %v, which is done, protected, paused or quiet: %+v", at, r.Day, l)
	case r.Closing && (r.Day <= r.Closed || !l.Streak.Clock().Ends(r.Day).Equal(r.Next.Add(closingBefore))), !r.Closing && r.Day <= r.Sent:
		t.Fatalf("due %v for %v a second time: %+v", at, r.Day, r)
	case r.Next.After(now) && !r.Closing && at.Hour()*60+at.Minute() != r.Minute:
		_, before := at.Add(-24 * time.Hour).Zone()
		if _, after := at.Add(24 * time.Hour).Zone(); before == after {
			t.Fatalf("due %v, want %s", at, wall(r.Minute))
		}
	}
}

func TestRemindersFade(t *testing.T) {
	l := wishful(t, "Europe/Berlin", 19*60)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	var days []int
	for l = l.Plan(now); !l.Reminder.Next.IsZero(); l = l.Plan(l.Reminder.Next) {
		_, _, day := l.Reminder.Day.Date()
		days = append(days, day)
		l.Reminder = l.Reminder.Settle()
		l.Reminder.Ignored++
	}
	if got, want := fmt.Sprint(days), "[1 2 3 5 7 9 11 13 15 17 19]"; got != want {
		t.Errorf("nobody answers, and reminders come on %s, want %s", got, want)
	}
}
