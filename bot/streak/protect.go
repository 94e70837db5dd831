package streak

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Week is a set of weekdays. The zero value is empty.
type Week uint8

// WeekOf is the set of days.
func WeekOf(days ...time.Weekday) Week {
	var w Week
	for _, d := range days {
		w |= 1 << d
	}
	return w
}

// Has reports whether d is in w.
func (w Week) Has(d time.Weekday) bool { return w>>d&1 == 1 }

// String is "Sat, Sun", from Monday on; empty for the empty set.
func (w Week) String() string {
	var names []string
	for i := range 7 {
		if d := time.Weekday((i + 1) % 7); w.Has(d) {
			names = append(names, d.String()[:3])
		}
	}
	return strings.Join(names, ", ")
}

// everyDay is the Week that no streak survives: with nothing to miss, nothing is kept up.
const everyDay Week = 1<<7 - 1

// SetRest makes rest the weekdays that are never missed, from now on. What the
// old ones protected until now stays protected.
func (s State) SetRest(rest Week, now time.Time) (State, error) {
	if rest&everyDay == everyDay {
		return s, errors.New("a week needs a study day; choose at most six rest days")
	}
	if s.Current(now) > 0 {
		s = s.keepProtected(s.Clock().Day(now))
	}
	s.Rest = rest & everyDay
	return s, nil
}

// SetZone makes the IANA zone the learner's. Days that were counted stay where
// they are, but for a first day counted before any zone was known. The error is
// for a zone that the tz database does not have.
func (s State) SetZone(zone string) (State, error) {
	if _, err := LoadZone(zone); err != nil {
		return s, err
	}
	if zone == s.Zone {
		return s, nil
	}
	first := s.Zone == ""
	s.Zone = zone
	s.Moved = s.Total > 0
	if first && s.Total == 1 {
		day := s.Clock().Day(s.At)
		s.Days, s.Last, s.Moved = Days{}.done(day), day, false
	}
	return s, nil
}

// SetDayEnd makes hour the end of the learner's day.
func (s State) SetDayEnd(hour int) (State, error) {
	if hour < 0 || hour > MaxDayEnd {
		return s, fmt.Errorf("the day can end at an hour from 0 to %d, not %d", MaxDayEnd, hour)
	}
	s.Moved = s.Moved || s.Total > 0 && hour != s.DayEnd
	s.DayEnd = hour
	return s, nil
}

// SetAway keeps the days from one to another, both included, as a planned
// absence, in place of the part of the last one that lies ahead. A check-in
// inside it counts as ever.
func (s State) SetAway(from, to Day, now time.Time) (State, error) {
	today := s.Clock().Day(now)
	switch {
	case from < today:
		return s, fmt.Errorf("an absence can begin today, %v, or later, not on %v", today, from)
	case to < from:
		return s, fmt.Errorf("the absence ends on %v, before it begins on %v", to, from)
	case to-from >= MaxAway:
		return s, fmt.Errorf("an absence can have at most %d days, not %d", MaxAway, to-from+1)
	case from > today+366:
		return s, fmt.Errorf("an absence can begin within a year, not on %v", from)
	}
	s = s.EndAway(now)
	s.AwayFrom, s.AwayTo = from, to
	s.Days = s.Days.keep(from, to)
	return s.recount(), nil
}

// EndAway ends the planned absence: the days from today on are kept no longer.
func (s State) EndAway(now time.Time) State {
	today := s.Clock().Day(now)
	if s.AwayFrom == 0 || s.AwayTo < today {
		return s
	}
	s.Days = s.Days.unkeep(max(s.AwayFrom, today, s.Last+1), s.AwayTo)
	if s.AwayTo = today - 1; s.AwayTo < s.AwayFrom {
		s.AwayFrom, s.AwayTo = 0, 0
	}
	return s
}

func (s State) away(d Day) bool { return s.AwayFrom != 0 && s.AwayFrom <= d && d <= s.AwayTo }

// Outage keeps a day on which the mentor could not be reached. A run that
// the day had broken is whole again.
func (s State) Outage(day Day) State {
	if s.Days.Done(day) || s.Days.Kept(day) {
		return s
	}
	s.Days = s.Days.keep(day, day)
	return s.recount()
}

// recount takes the runs from the days anew: a day before Last that is done or
// kept may join two of them.
func (s State) recount() State {
	if s.Total > 0 {
		s.Run = s.Days.run(s.Last)
	}
	s.Longest = max(s.Longest, s.Days.longest())
	return s
}

// mendable is the length of the run before the break that the check-in just
// counted mends, or 0: the learner came back RepairAfter days in a row, had
// missed at most RepairGap, and mended nothing in the last RepairPause days.
func (s State) mendable() int {
	if s.Run != RepairAfter || s.Repaired != 0 && s.Last-s.Repaired < RepairPause {
		return 0
	}
	end, ok := s.Days.before(s.start(), RepairGap)
	if !ok {
		return 0
	}
	if older := s.Days.run(end); older >= RepairWorth {
		return older
	}
	return 0
}

// mend keeps the days of the break before the present run.
func (s State) mend() State {
	start := s.start()
	if end, ok := s.Days.before(start, RepairGap); ok {
		s.Days = s.Days.keep(end+1, start-1)
		s.Run = s.Days.run(s.Last)
		s.Repaired = s.Last
	}
	return s
}

// start is the first day, done or kept, of the present run.
func (s State) start() Day {
	d := s.Last
	for s.Days.Done(d-1) || s.Days.Kept(d-1) {
		d--
	}
	return d
}
