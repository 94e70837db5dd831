package streak

import "time"

// A View is what a learner sees of their streak at an instant.
type View struct {
	Today     Day
	DoneToday bool
	Ends      time.Time     // when today ends for the learner
	Left      time.Duration // until then
	Run       int           // as it stands: 0 after a break
	Longest   int
	Total     int
	Last30    int // days done of the last 30, today included
	Freezes   int
	Missed    int  // days missed since the last check-in that freezes would cover
	RestToday bool // today cannot be missed: a rest day or an absence
	Mending   int  // the run that RepairAfter days in a row, today among them, would give back; 0 for none
	NextEarn  int  // days of the run until it earns a freeze; 0 when no more can be held
}

// View is what the learner sees at the instant now.
func (s State) View(now time.Time) View {
	c := s.Clock()
	today := c.Day(now)
	v := View{
		Today: today, DoneToday: s.Days.Done(today), Ends: c.Ends(today), Run: s.Current(now), Longest: s.Longest, Total: s.Total,
		Last30: s.Days.Count(today-29, today), Freezes: s.Freezes, RestToday: s.Protected(today), Mending: s.mending(today),
	}
	v.Left = v.Ends.Sub(now)
	if v.Run > 0 && !s.forgiven(now) {
		v.Missed = s.missed(today, s.Freezes)
	}
	if s.Freezes < MaxFreezes {
		v.NextEarn = EarnEvery - v.Run%EarnEvery
	}
	return v
}

// mending is the run that coming back on today and the next day would give
// back, or that a second day would; 0 for none.
func (s State) mending(today Day) int {
	if s.Total == 0 {
		return 0
	}
	day := today
	if s.Days.Done(day) {
		day++
	}
	for range RepairAfter {
		next, r := s.forward(day, s.At.Add(travelTime))
		if r.Mended > 0 {
			return r.Mended
		}
		s, day = next, day+1
	}
	return 0
}

// Cell is a day in a calendar.
type Cell int

// The cells.
const (
	Open  Cell = iota // not done
	Done              // done
	Kept              // protected by a freeze, a rest day, an absence, travel, a repair or an outage
	Ahead             // after today
)

// A Calendar is a number of whole weeks, from Monday on, the last one with today in it.
type Calendar struct {
	Monday Day // of the first week
	Today  Day
	Weeks  [][7]Cell
}

// Calendar is the last weeks up to now's day; weeks is at least 1.
func (s State) Calendar(now time.Time, weeks int) Calendar {
	today := s.Clock().Day(now)
	monday := today - Day((int(today.Weekday())+6)%7)
	c := Calendar{Monday: monday - Day(7*(weeks-1)), Today: today, Weeks: make([][7]Cell, weeks)}
	for i := range c.Weeks {
		for j := range 7 {
			c.Weeks[i][j] = s.cell(c.Monday+Day(7*i+j), today)
		}
	}
	return c
}

func (s State) cell(d, today Day) Cell {
	switch {
	case s.Days.Done(d):
		return Done
	case d > today:
		return Ahead
	case s.Days.Kept(d), s.Total > 0 && d > s.Last && d < today && s.Protected(d) && s.missed(d, s.Freezes) <= s.Freezes:
		return Kept
	}
	return Open
}

// Counts is how many days of each week were done.
func (c Calendar) Counts() []int {
	out := make([]int, len(c.Weeks))
	for i, week := range c.Weeks {
		for _, cell := range week {
			if cell == Done {
				out[i]++
			}
		}
	}
	return out
}
