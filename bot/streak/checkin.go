package streak

import (
	"fmt"
	"time"
)

// A Kind tells what a check-in did.
type Kind int

// The kinds of result.
const (
	Nothing Kind = iota // the zero Result
	Counted             // a new day was counted
	Already             // the day had been counted before; nothing changed
	Filled              // an earlier day was filled in
)

// A Result is what came of a check-in. It holds all that a reply needs, so that
// the same event, delivered again, gets the same words.
type Result struct {
	Kind      Kind
	Day       Day // the day it counted for
	Run       int // the run after it
	Longest   int
	Frozen    int  // freezes it used
	Earned    bool // it earned a freeze
	Refunded  bool // it gave back the freeze that had been used for its day
	Broke     int  // the run that had ended before it; 0 when none had
	Mended    int  // the run before the break that this check-in mended; 0 for none
	Milestone int  // 7, 30, 100, 365 or a later year, when just reached
}

// CheckIn is s after a check-in at the instant at. event names the message or
// click it came by, at most 64 bytes; the last one, delivered again, changes
// nothing and has the same result. An empty event is never recognised.
func (s State) CheckIn(at time.Time, event string) (State, Result) {
	if event != "" && event == s.Event {
		return s, s.Result
	}
	return s.count(s.Clock().Day(at), at, event)
}

// count counts day, done or reported at the instant at.
func (s State) count(day Day, at time.Time, event string) (State, Result) {
	var r Result
	switch {
	case s.Days.Done(day):
		if s.Moved {
			s.At = at // a traveller who is seen loses nothing to the way
		}
		return s, Result{Kind: Already, Day: day, Run: s.Run, Longest: s.Longest}
	case day > s.Last:
		s, r = s.forward(day, at)
	default:
		s, r = s.fill(day, at)
	}
	s.Total++
	s.Longest = max(s.Longest, s.Run)
	r.Day, r.Run, r.Longest = day, s.Run, s.Longest
	s.Event, s.Result = event, r
	return s, r
}

// forward counts a day after the last one.
func (s State) forward(day Day, at time.Time) (State, Result) {
	r := Result{Kind: Counted}
	before := s.Run
	missed := s.missed(day, max(MaxFreezes, RepairGap))
	switch {
	case s.Total == 0:
		s.Run = 1
	case s.forgiven(at):
		s.Days = s.Days.keep(s.Last+1, day-1)
		s.Run++
	case missed <= s.Freezes:
		s.Days = s.Days.keep(s.Last+1, day-1)
		s.Freezes -= missed
		r.Frozen = missed
		s.Run++
	default:
		r.Broke = s.Run
		s.Run = 1
		if missed <= RepairGap {
			s = s.keepProtected(day)
		}
	}
	s.Days = s.Days.done(day)
	s.Last, s.At, s.Moved = day, at, false
	if older := s.mendable(); older > 0 {
		s = s.mend()
		r.Mended = older
	}
	if s.Run%EarnEvery == 0 && s.Freezes < MaxFreezes {
		s.Freezes++
		r.Earned = true
	}
	r.Milestone = milestone(max(before, r.Mended), s.Run)
	return s, r
}

// keepProtected records what protects the days between Last and day, so that
// a later repair finds it though the rest days may have changed by then.
func (s State) keepProtected(day Day) State {
	for d := s.Last + 1; d < day; d++ {
		if s.Protected(d) {
			s.Days = s.Days.keep(d, d)
		}
	}
	return s
}

// fill counts a day before the last one: an event that came late, or a day that
// the clock of another zone had hidden.
func (s State) fill(day Day, at time.Time) (State, Result) {
	r := Result{Kind: Filled}
	before := s.Run
	if s.Days.Kept(day) && !s.Rest.Has(day.Weekday()) && !s.away(day) && s.Freezes < MaxFreezes {
		s.Freezes++
		r.Refunded = true
	}
	s.Days = s.Days.done(day)
	s = s.recount()
	if s.Moved {
		s.At = at
	}
	if s.Run == s.Longest {
		r.Milestone = milestone(before, s.Run)
	}
	return s, r
}

// Backfill is s after the day before today was reported done. The error says
// why it is too late: it may be reported until noon.
func (s State) Backfill(at time.Time, event string) (State, Result, error) {
	if event != "" && event == s.Event {
		return s, s.Result, nil
	}
	c := s.Clock()
	today := c.Day(at)
	if noon := today.At(12*60, c.zone()); !at.Before(noon) {
		return s, Result{}, fmt.Errorf("%v can be filled in until noon of %v, which has passed", today-1, today)
	}
	s, r := s.count(today-1, at, event)
	return s, r, nil
}

// milestone is the greatest milestone that lies above before and not above run,
// or 0.
func milestone(before, run int) int {
	if year := run / 365 * 365; year > before {
		return year
	}
	for _, m := range []int{100, 30, 7} {
		if before < m && m <= run {
			return m
		}
	}
	return 0
}
