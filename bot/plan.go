package bot

import (
	"time"

	"mentor/bot/streak"
)

// How reminders fade when nobody answers them.
const (
	FadeAfter = 3  // ignored in a row: from then on every second day
	StopAfter = 10 // ignored in a row: one last, friendly, and none until the learner is heard of
)

// The reminder before the day ends.
const (
	closingBefore = 2 * time.Hour // so long before the end
	closingApart  = time.Hour     // and not so shortly after the ordinary one: it would say the same twice
)

// lookAhead bounds how many days a plan looks ahead: the longest absence and the
// longest pause, one after the other, and some rest days.
const lookAhead = streak.MaxAway + MaxPause + 14

// Plan is l with the next reminder planned, after the instant now; with none
// when the learner wants none, or while their zone is not known: by another
// place's clock it would be hours off.
//
// It is due when the learner's clock first shows the wall time. Where it leaps
// over it, it is due at the end of the leap, or, when that is another day, a
// minute before the leap. Days on which nothing can be missed are left out, and
// days that are done or paused; after FadeAfter ignored in a row every second one.
func (l Learner) Plan(now time.Time) Learner {
	r := &l.Reminder
	r.Next, r.First, r.Day, r.Closing = time.Time{}, time.Time{}, 0, false
	if !r.On || l.Streak.Zone == "" || l.Gone || l.Into != "" {
		return l
	}
	r.Next, r.Day = l.nextOrdinary(now)
	if at, day := l.nextClosing(now, r.Next); !at.IsZero() {
		r.Next, r.Day, r.Closing = at, day, true
	}
	return l
}

// nextOrdinary finds the first ordinary reminder after now; zero for none.
func (l Learner) nextOrdinary(now time.Time) (time.Time, streak.Day) {
	if l.Reminder.Ignored > StopAfter {
		return time.Time{}, 0
	}
	clock := l.Streak.Clock()
	today := streak.DayOn(now.In(clock.Zone))
	for date := today - 1; date < today+lookAhead; date++ {
		day := dayOf(date, l.Reminder.Minute, clock)
		if at, ok := wallTimeOf(date, l.Reminder.Minute, clock); ok && at.After(now) && l.wantsOrdinary(day) && !l.quietAt(at) {
			return at, day
		}
	}
	return time.Time{}, 0
}

// nextClosing finds the first reminder before a day ends, after now and before
// the ordinary one; zero for none.
func (l Learner) nextClosing(now, before time.Time) (time.Time, streak.Day) {
	if !l.Reminder.Last || before.IsZero() {
		return time.Time{}, 0
	}
	clock := l.Streak.Clock()
	for day := clock.Day(now); ; day++ {
		switch at := clock.Ends(day).Add(-closingBefore); {
		case !at.Before(before):
			return time.Time{}, 0
		case at.After(now) && l.wantsClosing(day, at):
			return at, day
		}
	}
}

// open reports whether the day may still be reminded of.
func (l Learner) open(day streak.Day) bool {
	return day > l.Reminder.Paused && day > l.Streak.Last && !l.Streak.Protected(day)
}

func (l Learner) wantsOrdinary(day streak.Day) bool {
	r := l.Reminder
	faded := r.Ignored >= FadeAfter && r.Sent != 0 && day < r.Sent+2
	closed := r.Gone > 0 && r.Sent != 0 && day < r.Sent+GoneRest
	return r.Ignored <= StopAfter && day > r.Sent && !faded && !closed && l.open(day)
}

func (l Learner) wantsClosing(day streak.Day, at time.Time) bool {
	r := l.Reminder
	return r.Last && r.Gone == 0 && r.Ignored < FadeAfter && day > r.Closed && l.open(day) && !l.quietAt(at) &&
		l.Streak.Current(at) > 0 && l.longAfterOrdinary(day, at)
}

// longAfterOrdinary reports whether at is at least closingApart after the ordinary
// reminder of the day, wanted or not.
func (l Learner) longAfterOrdinary(day streak.Day, at time.Time) bool {
	clock := l.Streak.Clock()
	date := day + (day - dayOf(day, l.Reminder.Minute, clock))
	ordinary, ok := wallTimeOf(date, l.Reminder.Minute, clock)
	return ok && !ordinary.After(at.Add(-closingApart))
}

func (l Learner) quietAt(at time.Time) bool {
	at = at.In(l.Streak.Clock().Zone)
	return l.Reminder.Quiet.Has(at.Hour()*60 + at.Minute())
}

// Wants reports whether the reminder that is planned is still wanted: the day
// is neither done nor protected nor paused, and none was sent for it.
func (l Learner) Wants() bool {
	r := l.Reminder
	switch {
	case !r.On || l.Gone || l.Into != "" || r.Next.IsZero():
		return false
	case r.Closing:
		return l.wantsClosing(r.Day, r.Next)
	}
	return l.wantsOrdinary(r.Day)
}

// wallTimeOf is the instant of a reminder on a date: the first at which the
// clock shows the minute. When it leaps over it, it is the end of the leap, and
// when that is another date or another day already, the minute before the leap. It
// reports false when that is another day, too: the zone skipped the whole date.
func wallTimeOf(date streak.Day, minute int, clock streak.Clock) (time.Time, bool) {
	at, day := date.At(minute, clock.Zone), dayOf(date, minute, clock)
	if streak.DayOn(at) != date || clock.Day(at) != day {
		at = at.Add(-time.Minute)
	}
	return at, clock.Day(at) == day
}

// dayOf is the day that a minute of a date belongs to: after midnight, the day
// before goes on for a while.
func dayOf(date streak.Day, minute int, clock streak.Clock) streak.Day {
	if minute < clock.End*60 {
		return date - 1
	}
	return date
}

// wish is what a learner has set that moves reminders.
type wish struct {
	on, last         bool
	minute, dayEnd   int
	paused, from, to streak.Day
	quiet            Quiet
	zone             string
	rest             streak.Week
	account, channel string
}

func (l Learner) wish() wish {
	r, s := l.Reminder, l.Streak
	return wish{r.On, r.Last, r.Minute, s.DayEnd, r.Paused, s.AwayFrom, s.AwayTo, r.Quiet, s.Zone, s.Rest, string(r.To), r.Place}
}

// replanned is l, who was before until the instant now, with the plan that fits.
// What the learner sets counts from now on. A reminder that is due already, and
// one that was put off, stay as they are while they are wanted: a message in
// that very second must not lose them.
func (l Learner) replanned(before Learner, now time.Time) Learner {
	r := l.Reminder
	pending := !r.Next.IsZero() && (!r.First.IsZero() || !r.Next.After(now))
	if pending && l.wish() == before.wish() && l.Wants() {
		return l
	}
	return l.Plan(now)
}
