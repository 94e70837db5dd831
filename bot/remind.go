package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mentor/bot/streak"
)

// A Reminder is when a learner wants to be reminded. The zero value is never.
type Reminder struct {
	On      bool
	Minute  int        // of the day, by the learner's own clock
	Last    bool       // one more, lastBefore the day ends, when the streak is at stake
	Paused  streak.Day // through this day; 0 for not paused
	Quiet   Quiet      // hours without any message
	To      Account    // which of the learner's accounts gets it
	Place   string     // the channel it goes to; empty for a direct message
	Ignored int        // sent in a row since the learner was last heard of
	Sent    streak.Day // the newest day for which one was sent; 0 for none
	Texts   uint32     // those of the pool that were used, as bits

	Next time.Time  // when the next one is due; zero for none
	Day  streak.Day // the day it is for
}

// Quiet are hours in which nothing is sent. Equal ends are none.
type Quiet struct{ From, To int } // minutes of the day

// Has reports whether minute of the day is quiet.
func (q Quiet) Has(minute int) bool {
	switch {
	case q.From < q.To:
		return q.From <= minute && minute < q.To
	case q.From > q.To:
		return q.From <= minute || minute < q.To
	}
	return false
}

// How reminders fade when nobody answers them.
const (
	FadeAfter = 3  // ignored in a row: from then on every second day
	StopAfter = 10 // ignored in a row: the last one, and a pause until the learner comes back
)

// lookAhead bounds how many days a plan looks ahead: the longest absence, and
// some rest days.
const lookAhead = streak.MaxAway + 400

// Plan is l with the next reminder planned, after the instant now. Days on which
// nothing can be missed, and days done already, are left out.
func (l Learner) Plan(now time.Time) Learner {
	l.Reminder.Next, l.Reminder.Day = time.Time{}, 0
	r := l.Reminder
	if !r.On {
		return l
	}
	clock := l.Streak.Clock()
	for date := streak.DayOn(now.In(clock.Zone)) - 1; date < streak.DayOn(now.In(clock.Zone))+lookAhead; date++ {
		at := wallTimeOf(date, r.Minute, clock.Zone)
		day := clock.Day(at)
		if !at.After(now) || !l.wants(day) {
			continue
		}
		l.Reminder.Next, l.Reminder.Day = at, day
		return l
	}
	return l
}

// wants reports whether the learner wants to be reminded of day.
func (l Learner) wants(day streak.Day) bool {
	r := l.Reminder
	faded := r.Ignored >= FadeAfter && r.Sent != 0 && day < r.Sent+2
	return day > r.Paused && day > r.Sent && !faded && day > l.Streak.Last && !l.Streak.Protected(day)
}

// wallTimeOf is the instant of a reminder: the first at which the clocks of zone
// show the minute on that date. Where they leap over it, it is the end of the
// leap, or, when that is another date already, the minute before the leap.
func wallTimeOf(date streak.Day, minute int, zone *time.Location) time.Time {
	at := date.At(minute, zone)
	if streak.DayOn(at) != date {
		return at.Add(-time.Minute)
	}
	return at
}

// record writes r's fields.
func (r Reminder) record(into Record) {
	flags := 0
	if r.On {
		flags |= 1
	}
	if r.Last {
		flags |= 2
	}
	if text := fmt.Sprint(flags, r.Minute, int(r.Paused), r.Quiet.From, r.Quiet.To, r.Ignored, int(r.Sent), r.Texts); text != "0 0 0 0 0 0 0 0" {
		into["rm"] = text
	}
	if !r.Next.IsZero() {
		into["ra"] = strconv.FormatInt(r.Next.Unix(), 10)
	}
	into.putInt("rd", int(r.Day))
	if r.To != "" {
		into["rt"] = strings.TrimRight(string(r.To)+" "+r.Place, " ")
	}
}

// set reads what record wrote.
func (r *Reminder) set(field, value string) error {
	var err error
	switch field {
	case "rm":
		flags := 0
		_, err = fmt.Sscan(value, &flags, &r.Minute, &r.Paused, &r.Quiet.From, &r.Quiet.To, &r.Ignored, &r.Sent, &r.Texts)
		r.On, r.Last = flags&1 != 0, flags&2 != 0
	case "ra":
		var seconds int64
		seconds, err = strconv.ParseInt(value, 10, 64)
		r.Next = time.Unix(seconds, 0)
	case "rd":
		_, err = fmt.Sscan(value, &r.Day)
	case "rt":
		to, place, _ := strings.Cut(value, " ")
		r.To, r.Place = Account(to), place
	}
	return err
}
