// Package streak says how a run of study days grows, is protected and ends.
//
// Every rule is a function from a value to the next one. Nothing here reads a
// clock, a store or the environment: the instant of an event comes with it, so
// that an event processed late counts for the day it happened on. A rule never
// takes away what was earned: the longest run and the number of days only grow,
// and a counted day stays counted whatever zone its owner travels to.
package streak

import (
	"time"
)

// The rules' numbers.
const (
	DefaultDayEnd = 3  // the hour at which a new learner's day ends: study after midnight counts for the evening before
	MaxDayEnd     = 9  // a day that ended later would swallow the next morning
	EarnEvery     = 7  // days of a run that earn a freeze
	MaxFreezes    = 2  // freezes one can hold
	RepairAfter   = 2  // days in a row, after a break, that mend it
	RepairGap     = 3  // missed days that can be mended
	RepairWorth   = 3  // days a run must have had to be worth a repair
	RepairPause   = 7  // days between two repairs
	MaxAway       = 92 // days of one planned absence
)

// travelTime is how long after a check-in a changed clock forgives the days it
// skipped: a day of travel and the widest leap between two zones, 26 hours.
const travelTime = 50 * time.Hour

// A State is a learner's history and what protects it. New makes one.
type State struct {
	Zone     string // IANA name; empty while it is not known: days are UTC's then
	DayEnd   int    // the hour at which the day ends, 0 to MaxDayEnd
	Rest     Week   // weekdays that are never missed
	AwayFrom Day    // the last planned absence, both ends included; 0 for none
	AwayTo   Day

	Last     Day       // the newest day done; 0 for none
	At       time.Time // when it was done; zero for none
	Run      int       // days done up to Last without a break
	Longest  int
	Total    int  // days done, ever
	Freezes  int  // held, 0 to MaxFreezes
	Repaired Day  // of the last repair; 0 for none
	Moved    bool // the clock (zone or day end) was changed after At
	Days     Days

	Event  string // the last event that changed Days
	Result Result // and what came of it
}

// New is the state of somebody who never checked in.
func New() State { return State{DayEnd: DefaultDayEnd} }

// Clock is the learner's clock.
func (s State) Clock() Clock { return Clock{location(s.Zone), s.DayEnd} }

// Current is the run as it stands at the instant now: Run, or 0 when more days
// were missed since than the freezes can cover.
func (s State) Current(now time.Time) int {
	day := s.Clock().Day(now)
	if s.Total == 0 || !s.forgiven(now) && s.missed(day, s.Freezes) > s.Freezes {
		return 0
	}
	return s.Run
}

// missed counts the days after Last and before day that nothing protects. It
// stops counting above limit, so that a gap of years costs nothing.
func (s State) missed(day Day, limit int) int {
	n := 0
	for d := s.Last + 1; d < day && n <= limit; d++ {
		if !s.Protected(d) {
			n++
		}
	}
	return n
}

// Protected reports whether d is no day to be missed: kept, a rest day, or a
// date that the zone skipped (Apia had no 2011-12-30).
func (s State) Protected(d Day) bool {
	return s.Days.Kept(d) || s.Rest.Has(d.Weekday()) || !d.exists(location(s.Zone))
}

// forgiven reports whether the days between the last check-in and now were
// skipped by travel and not by the learner.
func (s State) forgiven(now time.Time) bool {
	return s.Moved && now.Sub(s.At) < travelTime
}
