package streak

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawZone picks any zone of the tz database.
func drawZone(t *rapid.T) string { return rapid.SampledFrom(Zones()).Draw(t, "zone").Name }

// TestLaws lets a learner live through ten years of random events and holds
// what must be true after each.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := New().SetZone(drawZone(t))
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(1735689600, 2051222400).Draw(t, "start"), 0) // 2025 to 2034
		counted := map[Day]bool{}
		for i := range rapid.IntRange(1, 60).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(80*time.Hour)).Draw(t, "pause")))
			before := s
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				s, err = s.SetZone(drawZone(t))
			case 1:
				s, err = s.SetDayEnd(rapid.IntRange(0, MaxDayEnd).Draw(t, "hour"))
			case 2:
				s, err = s.SetRest(Week(rapid.IntRange(0, int(everyDay)-1).Draw(t, "rest")), now)
			case 3:
				from := s.Clock().Day(now) + Day(rapid.IntRange(0, 9).Draw(t, "from"))
				s, err = s.SetAway(from, from+Day(rapid.IntRange(0, 20).Draw(t, "long")), now)
			case 4:
				s = s.Outage(s.Clock().Day(now) - Day(rapid.IntRange(-1, 9).Draw(t, "ago")))
			case 5:
				var r Result
				if s, r, err = s.Backfill(now, fmt.Sprint("b", i)); err == nil {
					holdCounted(t, before, s, r, counted)
				}
				err = nil // too late is no fault
			default:
				var r Result
				s, r = s.CheckIn(now, fmt.Sprint("e", i))
				holdCounted(t, before, s, r, counted)
				again, r2 := s.CheckIn(now, fmt.Sprint("e", i))
				if r.Kind != Already && (r2 != r || again.Total != s.Total || again.Freezes != s.Freezes) {
					t.Fatalf("the same event again: %+v, then %+v", r, r2)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
			if s.Longest < before.Longest || s.Total < before.Total {
				t.Fatalf("longest %d, total %d fell to %d, %d", before.Longest, before.Total, s.Longest, s.Total)
			}
		}
	})
}

// holdCounted holds that a day is counted once, and only once.
func holdCounted(t *rapid.T, before, after State, r Result, counted map[Day]bool) {
	grew := after.Total - before.Total
	if r.Kind == Already && grew != 0 || r.Kind != Already && grew != 1 {
		t.Fatalf("result %+v, but the total grew by %d", r, grew)
	}
	if r.Kind != Already && counted[r.Day] && len(counted) > 1 {
		t.Fatalf("%v was counted twice", r.Day)
	}
	counted[r.Day] = true
}

// TestDailyLearnerNeverBreaks: whoever checks in on every day of their own
// calendar, at any hour, has a run of as many days, in every zone.
func TestDailyLearnerNeverBreaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := New().SetZone(drawZone(t))
		if err != nil {
			t.Fatal(err)
		}
		if s, err = s.SetDayEnd(rapid.IntRange(0, MaxDayEnd).Draw(t, "day end")); err != nil {
			t.Fatal(err)
		}
		first := Day(rapid.IntRange(20089, 23741).Draw(t, "first")) // 2025 to 2034
		days := rapid.IntRange(1, 400).Draw(t, "days")
		for i := range days {
			day := first + Day(i)
			start, end := s.Clock().Ends(day-1), s.Clock().Ends(day)
			at := start.Add(time.Duration(rapid.Float64Range(0, 0.9999).Draw(t, "when") * float64(end.Sub(start))))
			s, _ = s.CheckIn(at, "")
		}
		if s.Run != days || s.Total != days || s.Freezes < min(days/EarnEvery, MaxFreezes) {
			t.Fatalf("%d days in %s: run %d, total %d, freezes %d", days, s.Zone, s.Run, s.Total, s.Freezes)
		}
	})
}

// TestTravellerNeverBreaks: whoever checks in at least every 24 hours keeps the
// run, whatever zones they fly through.
func TestTravellerNeverBreaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := New().SetZone(drawZone(t))
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(1735689600, 2051222400).Draw(t, "start"), 0)
		for range rapid.IntRange(1, 100).Draw(t, "legs") {
			now = now.Add(time.Duration(rapid.Int64Range(1, int64(24*time.Hour)).Draw(t, "leg")))
			if rapid.Bool().Draw(t, "moves") {
				if s, err = s.SetZone(drawZone(t)); err != nil {
					t.Fatal(err)
				}
			}
			var r Result
			if s, r = s.CheckIn(now, ""); r.Broke > 0 || r.Frozen > 0 {
				t.Fatalf("at %v in %s: %+v", now, s.Zone, r)
			}
		}
	})
}

// TestEveryZonesDays walks through every change of every zone's clocks from
// 2024 to 2036 and holds that a day ends once, when it should.
func TestEveryZonesDays(t *testing.T) {
	from, to := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, z := range Zones() {
		zone, err := LoadZone(z.Name)
		if err != nil {
			t.Fatal(err)
		}
		for u := from; u.Before(to); {
			_, change := u.In(zone).ZoneBounds()
			if change.IsZero() || change.After(to) {
				break
			}
			for end := range MaxDayEnd + 1 {
				holdDays(t, Clock{zone, end}, DayOn(change)-2, 4)
			}
			u = change
		}
		holdDays(t, Clock{zone, DefaultDayEnd}, DayOn(from), 40)
	}
}

func holdDays(t *testing.T, c Clock, first Day, n int) {
	t.Helper()
	for d := first; d < first+Day(n); d++ {
		end := c.Ends(d)
		if got := c.Day(end); got != d+1 {
			t.Errorf("%v, day end %d: %v ends at %v, which is a part of %v", c.Zone, c.End, d, end, got)
		}
		if got := c.Day(end.Add(-time.Second)); got != d {
			t.Errorf("%v, day end %d: the second before %v ends belongs to %v", c.Zone, c.End, d, got)
		}
	}
}

func TestDayAt(t *testing.T) {
	for _, test := range []struct {
		zone, day string
		minute    int
		want      string // in UTC
	}{
		{"Europe/Berlin", "2026-03-29", 2*60 + 30, "2026-03-29T01:00:00Z"},    // leapt over: the instant of the leap
		{"Europe/Berlin", "2026-10-25", 2*60 + 30, "2026-10-25T00:30:00Z"},    // twice: the first
		{"America/New_York", "2026-03-08", 2*60 + 30, "2026-03-08T07:00:00Z"}, // a bare time.Date fires at 06:30
		{"America/Havana", "2026-03-08", 30, "2026-03-08T05:00:00Z"},          // midnight is leapt over
		{"Pacific/Apia", "2011-12-30", 12 * 60, "2011-12-30T10:00:00Z"},       // no such day: the instant of the leap
		{"Australia/Lord_Howe", "2026-10-04", 2*60 + 15, "2026-10-03T15:30:00Z"},
		{"Asia/Kathmandu", "2026-05-01", 19*60 + 30, "2026-05-01T13:45:00Z"},
	} {
		zone, err := LoadZone(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		day, err := ParseDay(test.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := day.At(test.minute, zone).UTC().Format(time.RFC3339); got != test.want {
			t.Errorf("%s, minute %d in %s: %s, want %s", test.day, test.minute, test.zone, got, test.want)
		}
	}
}

func TestSkippedDateIsNotMissed(t *testing.T) {
	s, err := New().SetZone("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	zone := location("Pacific/Apia")
	s, _ = s.CheckIn(time.Date(2011, 12, 29, 19, 0, 0, 0, zone), "a")
	if _, r := s.CheckIn(time.Date(2011, 12, 31, 19, 0, 0, 0, zone), "b"); r.Run != 2 {
		t.Errorf("over the day that Apia skipped: %+v, want a run of 2", r)
	}
}

func TestBitmapsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h Days
		for range rapid.IntRange(0, 40).Draw(t, "days") {
			d := Day(rapid.IntRange(20000, 21500).Draw(t, "day"))
			if rapid.Bool().Draw(t, "done") {
				h = h.done(d)
			} else {
				h = h.keep(d, d+Day(rapid.IntRange(0, 5).Draw(t, "more")))
			}
		}
		var back Days
		var err error
		for _, y := range h.Years() {
			for _, kept := range []bool{false, true} {
				if back, err = back.WithBitmap(y, kept, h.Bitmap(y, kept)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if fmt.Sprint(back) != fmt.Sprint(h) {
			t.Fatalf("back %v, want %v", back, h)
		}
	})
}
