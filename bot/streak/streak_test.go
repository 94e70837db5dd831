package streak

import (
	"fmt"
	"strconv"
	"testing"
	"time"
)

// berlin is where the learner of these tests lives, if nothing else is said.
const berlin = "Europe/Berlin"

// at is an instant of November 2026 in a zone.
func at(zone string, day, hour, minute int) time.Time {
	return time.Date(2026, time.November, day, hour, minute, 0, 0, location(zone))
}

// learner is somebody in Berlin who was done on the days of November 2026.
func learner(t *testing.T, days ...int) State {
	t.Helper()
	s, err := New().SetZone(berlin)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range days {
		s, _ = s.CheckIn(at(berlin, d, 19, 0), fmt.Sprint("day ", d))
	}
	return s
}

func until(last int) []int {
	var out []int
	for d := 1; d <= last; d++ {
		out = append(out, d)
	}
	return out
}

func TestCheckIn(t *testing.T) {
	for _, test := range []struct {
		name string
		done []int
		at   time.Time
		want Result
	}{
		{"the first", nil, at(berlin, 3, 19, 0), Result{Kind: Counted, Day: 20760, Run: 1, Longest: 1}},
		{"the next day", []int{3}, at(berlin, 4, 7, 0), Result{Kind: Counted, Day: 20761, Run: 2, Longest: 2}},
		{"twice a day", []int{3}, at(berlin, 3, 23, 0), Result{Kind: Already, Day: 20760, Run: 1, Longest: 1}},
		{"after midnight is still the evening before", []int{3}, at(berlin, 4, 2, 59), Result{Kind: Already, Day: 20760, Run: 1, Longest: 1}},
		{"from the day's end on it is the next day", []int{3}, at(berlin, 4, 3, 0), Result{Kind: Counted, Day: 20761, Run: 2, Longest: 2}},
		{"the seventh day earns a freeze", until(6), at(berlin, 7, 19, 0), Result{Kind: Counted, Day: 20764, Run: 7, Longest: 7, Earned: true, Milestone: 7}},
		{"a missed day takes a freeze", until(7), at(berlin, 9, 19, 0), Result{Kind: Counted, Day: 20766, Run: 8, Longest: 8, Frozen: 1}},
		{"two freezes cover two days", until(14), at(berlin, 17, 19, 0), Result{Kind: Counted, Day: 20774, Run: 15, Longest: 15, Frozen: 2}},
		{"nobody holds three", until(21), at(berlin, 25, 19, 0), Result{Kind: Counted, Day: 20782, Run: 1, Longest: 21, Broke: 21}},
		{"without a freeze a missed day ends the run", until(6), at(berlin, 8, 19, 0), Result{Kind: Counted, Day: 20765, Run: 1, Longest: 6, Broke: 6}},
		{"two days in a row mend a short break", append(until(6), 9), at(berlin, 10, 19, 0), Result{Kind: Counted, Day: 20767, Run: 8, Longest: 8, Mended: 6, Milestone: 7}},
		{"a break of four days cannot be mended", append(until(6), 11), at(berlin, 12, 19, 0), Result{Kind: Counted, Day: 20769, Run: 2, Longest: 6}},
		{"a run of two is not worth a repair", []int{1, 2, 4}, at(berlin, 5, 19, 0), Result{Kind: Counted, Day: 20762, Run: 2, Longest: 2}},
		{"one repair in seven days", []int{1, 2, 3, 5, 6, 8}, at(berlin, 9, 19, 0), Result{Kind: Counted, Day: 20766, Run: 2, Longest: 5}},
		{"an event that comes a day late counts for its own day", []int{1, 2, 4}, at(berlin, 3, 19, 0), Result{Kind: Filled, Day: 20760, Run: 4, Longest: 4}},
		{"and gives back the freeze that had covered it", append(until(7), 9), at(berlin, 8, 19, 0), Result{Kind: Filled, Day: 20765, Run: 9, Longest: 9, Refunded: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, got := learner(t, test.done...).CheckIn(test.at, "event")
			if got != test.want {
				t.Errorf("CheckIn(%v) after %v\n got %+v\nwant %+v", test.at, test.done, got, test.want)
			}
			if err := s.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSameEventAgain(t *testing.T) {
	s, first := learner(t, until(6)...).CheckIn(at(berlin, 7, 19, 0), "m1")
	again, second := s.CheckIn(at(berlin, 7, 19, 0), "m1")
	if first != second || again.Freezes != s.Freezes || again.Total != s.Total {
		t.Errorf("the same event again: %+v, first %+v", second, first)
	}
}

func TestCurrent(t *testing.T) {
	for _, test := range []struct {
		name string
		done []int
		rest Week
		at   time.Time
		want int
	}{
		{"nobody yet", nil, 0, at(berlin, 3, 12, 0), 0},
		{"today not done yet", until(3), 0, at(berlin, 4, 23, 0), 3},
		{"until the day ends", until(3), 0, at(berlin, 5, 2, 59), 3},
		{"and not after it", until(3), 0, at(berlin, 5, 3, 0), 0},
		{"a freeze covers yesterday", until(7), 0, at(berlin, 9, 12, 0), 7},
		{"but not two days", until(7), 0, at(berlin, 10, 12, 0), 0},
		{"a weekend of rest", until(6), WeekOf(time.Saturday, time.Sunday), at(berlin, 9, 12, 0), 6}, // the 6th was a Friday
		{"and then Monday missed", until(6), WeekOf(time.Saturday, time.Sunday), at(berlin, 10, 12, 0), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := learner(t, test.done...).SetRest(test.rest, at(berlin, 1, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Current(test.at); got != test.want {
				t.Errorf("Current(%v) = %d, want %d", test.at, got, test.want)
			}
		})
	}
}

func TestRestDays(t *testing.T) {
	weekend := WeekOf(time.Saturday, time.Sunday)
	s, err := learner(t, until(5)...).SetRest(weekend, at(berlin, 5, 20, 0))
	if err != nil {
		t.Fatal(err)
	}
	s, _ = s.CheckIn(at(berlin, 6, 19, 0), "fri")
	mon, r := s.CheckIn(at(berlin, 9, 19, 0), "mon")
	if r.Run != 7 || r.Frozen != 0 {
		t.Errorf("Monday after a weekend of rest: %+v, want a run of 7 and no freeze used", r)
	}
	// On Monday the rest days go; the weekend stays protected.
	if s, err = s.SetRest(0, at(berlin, 9, 12, 0)); err != nil {
		t.Fatal(err)
	}
	if got := s.Current(at(berlin, 9, 12, 0)); got != 6 {
		t.Errorf("the run after the rest days were dropped: %d, want 6", got)
	}
	sat, r := mon.CheckIn(at(berlin, 7, 12, 0), "sat")
	if r.Kind != Filled || r.Run != 8 || r.Refunded {
		t.Errorf("a rest day done after all: %+v, want it filled, a run of 8, nothing refunded", r)
	}
	if err := sat.Check(); err != nil {
		t.Error(err)
	}
	if _, err := s.SetRest(everyDay, at(berlin, 9, 12, 0)); err == nil {
		t.Error("seven rest days a week were taken")
	}
}

func TestAway(t *testing.T) {
	s := learner(t, until(3)...)
	now := at(berlin, 3, 20, 0)
	day := func(d int) Day { return Date(2026, time.November, d) }
	away, err := s.SetAway(day(4), day(20), now)
	if err != nil {
		t.Fatal(err)
	}
	if got := away.Current(at(berlin, 21, 12, 0)); got != 3 {
		t.Errorf("the run after an absence: %d, want 3", got)
	}
	if back, r := away.CheckIn(at(berlin, 21, 12, 0), "back"); r.Run != 4 || back.Check() != nil {
		t.Errorf("the first day back: %+v, %v", r, back.Check())
	}
	if in, r := away.CheckIn(at(berlin, 10, 12, 0), "in"); r.Run != 4 || in.Check() != nil {
		t.Errorf("a day inside the absence: %+v, %v", r, in.Check())
	}
	// Home early: the rest of the absence protects no longer, the past stays protected.
	early := away.EndAway(at(berlin, 10, 12, 0))
	if got := early.Current(at(berlin, 10, 23, 0)); got != 3 {
		t.Errorf("the run on the day of an early return: %d, want 3", got)
	}
	if got := early.Current(at(berlin, 12, 12, 0)); got != 0 {
		t.Errorf("the run two days after an early return: %d, want 0", got)
	}
	for _, bad := range []struct{ from, to Day }{{day(2), day(5)}, {day(9), day(8)}, {day(4), day(4) + MaxAway}, {day(4) + 400, day(4) + 401}} {
		if _, err := s.SetAway(bad.from, bad.to, now); err == nil {
			t.Errorf("SetAway(%v, %v) was taken", bad.from, bad.to)
		}
	}
}

func TestBackfill(t *testing.T) {
	for _, test := range []struct {
		name string
		done []int
		at   time.Time
		want Result
		err  bool
	}{
		{"yesterday, before today", until(3), at(berlin, 5, 9, 0), Result{Kind: Counted, Day: 20761, Run: 4, Longest: 4}, false},
		{"yesterday, after today broke the run", []int{1, 2, 3, 5}, at(berlin, 5, 11, 59), Result{Kind: Filled, Day: 20761, Run: 5, Longest: 5}, false},
		{"yesterday, after a freeze covered it", append(until(7), 9), at(berlin, 9, 11, 0), Result{Kind: Filled, Day: 20765, Run: 9, Longest: 9, Refunded: true}, false},
		{"done already", until(4), at(berlin, 5, 9, 0), Result{Kind: Already, Day: 20761, Run: 4, Longest: 4}, false},
		{"from noon on it is too late", until(3), at(berlin, 5, 12, 0), Result{}, true},
		{"and after midnight yesterday is two dates back", until(3), at(berlin, 6, 1, 0), Result{}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, got, err := learner(t, test.done...).Backfill(test.at, "event")
			if got != test.want || (err != nil) != test.err {
				t.Errorf("Backfill(%v) after %v\n got %+v, %v\nwant %+v", test.at, test.done, got, err, test.want)
			}
			if err := s.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTravel(t *testing.T) {
	for _, test := range []struct {
		name, from, to string
		left, arrived  time.Time
		want           int
	}{
		{"east over the date line", "America/Los_Angeles", "Asia/Tokyo", at("America/Los_Angeles", 9, 23, 0), at("Asia/Tokyo", 11, 20, 0), 2},
		{"west over the date line", "Asia/Tokyo", "America/Los_Angeles", at("Asia/Tokyo", 9, 8, 0), at("America/Los_Angeles", 9, 20, 0), 1},
		{"from the last zone to the first", "Etc/GMT+12", "Pacific/Kiritimati", at("Etc/GMT+12", 9, 23, 0), at("Pacific/Kiritimati", 12, 4, 0), 2},
		{"two days on the way are two days missed", "America/Los_Angeles", "Asia/Tokyo", at("America/Los_Angeles", 9, 10, 0), at("Asia/Tokyo", 12, 19, 0), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := New().SetZone(test.from)
			if err != nil {
				t.Fatal(err)
			}
			s, _ = s.CheckIn(test.left, "left")
			if s, err = s.SetZone(test.to); err != nil {
				t.Fatal(err)
			}
			s, r := s.CheckIn(test.arrived, "arrived")
			if r.Run != test.want || s.Check() != nil {
				t.Errorf("the run after the way: %d, want %d (%v)", r.Run, test.want, s.Check())
			}
		})
	}
}

func TestFirstZoneMovesTheFirstDay(t *testing.T) {
	s, r := New().CheckIn(at("America/New_York", 9, 23, 0), "first") // 04:00 of the 10th in UTC
	if r.Day != Date(2026, time.November, 10) {
		t.Fatalf("without a zone the day is %v, want UTC's", r.Day)
	}
	s, err := s.SetZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	if s.Last != Date(2026, time.November, 9) || s.Check() != nil {
		t.Errorf("the first day is %v in New York, want 2026-11-09 (%v)", s.Last, s.Check())
	}
}

func TestOutage(t *testing.T) {
	broken := learner(t, 1, 2, 3, 5)
	mended := broken.Outage(Date(2026, time.November, 4))
	if mended.Run != 4 || mended.Check() != nil {
		t.Errorf("the run over an outage: %d, want 4 (%v)", mended.Run, mended.Check())
	}
	ahead := learner(t, 1, 2, 3).Outage(Date(2026, time.November, 4))
	if got := ahead.Current(at(berlin, 5, 20, 0)); got != 3 {
		t.Errorf("the run on the day after an outage: %d, want 3", got)
	}
}

func TestMilestones(t *testing.T) {
	s, err := New().SetZone(berlin)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for i := range 740 {
		var r Result
		s, r = s.CheckIn(at(berlin, 1, 19, 0).AddDate(0, 0, i), strconv.Itoa(i))
		if r.Milestone != 0 {
			got = append(got, r.Milestone)
		}
	}
	if want := "[7 30 100 365 730]"; fmt.Sprint(got) != want {
		t.Errorf("milestones of two years: %v, want %s", got, want)
	}
}

func TestView(t *testing.T) {
	s := learner(t, until(9)...)
	v := s.View(at(berlin, 10, 23, 50))
	if v.Run != 9 || v.DoneToday || v.Left != 3*time.Hour+10*time.Minute || v.Last30 != 9 || v.Freezes != 1 || v.NextEarn != 5 {
		t.Errorf("View = %+v", v)
	}
	if v = s.View(at(berlin, 13, 12, 0)); v.Run != 0 || v.Mending != 9 {
		t.Errorf("View after a break of three days = %+v, want 9 days to mend", v)
	}
	back, _ := s.CheckIn(at(berlin, 13, 19, 0), "back")
	if v = back.View(at(berlin, 13, 20, 0)); v.Run != 1 || v.Mending != 9 {
		t.Errorf("View on the day of coming back = %+v, want 9 days to mend", v)
	}
}

func TestCalendar(t *testing.T) {
	s := learner(t, append(until(7), 9)...)
	c := s.Calendar(at(berlin, 11, 12, 0), 2)
	if c.Monday != Date(2026, time.November, 2) || c.Today != Date(2026, time.November, 11) {
		t.Errorf("Calendar begins %v, today %v", c.Monday, c.Today)
	}
	want := [][7]Cell{{Done, Done, Done, Done, Done, Done, Kept}, {Done, Open, Open, Ahead, Ahead, Ahead, Ahead}}
	if fmt.Sprint(c.Weeks) != fmt.Sprint(want) {
		t.Errorf("Calendar = %v, want %v", c.Weeks, want)
	}
	if got := fmt.Sprint(c.Counts()); got != "[6 1]" {
		t.Errorf("Counts = %v, want [6 1]", got)
	}
}

func TestMerge(t *testing.T) {
	a, b := learner(t, 1, 2, 5), learner(t, 3, 4, 5, 6)
	m := a.Merge(b)
	if m.Total != 6 || m.Run != 6 || m.Longest != 6 || m.Last != b.Last || m.Check() != nil {
		t.Errorf("Merge = %+v, %v", m, m.Check())
	}
	if again := m.Merge(b); again.Total != m.Total || again.Run != m.Run {
		t.Error("merging again changed something")
	}
}
