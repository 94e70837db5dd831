package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mentor/bot/streak"
)

// A Reminder is when a learner wants to be reminded, and how the last ones went.
// The zero value is never.
type Reminder struct {
	On      bool
	Minute  int        // of the day, by the learner's own clock
	Last    bool       // one more, closingBefore the day ends, when the streak is at stake
	Paused  streak.Day // through this day; 0 for not paused
	Quiet   Quiet      // hours without any message
	To      Account    // which of the learner's accounts gets it; empty for who never set a time
	Place   string     // the channel it goes to; empty for a direct message
	Ignored int        // sent in a row since the learner was last heard of
	Sent    streak.Day // the newest day that needs none any more: one was sent, or was let be
	Closed  streak.Day // the same for the one before the day ends
	Texts   uint32     // those of the pool that were used, as bits
	Gone    int        // tries in a row at which the learner could not be reached
	Tell    bool       // that is to be told when the learner is next heard of

	Next    time.Time  // when the next one is due, in whole seconds; zero for none
	Day     streak.Day // the day it is for
	Closing bool       // it is the one before the day ends
	First   time.Time  // when it was due before it was put off; zero when it was not
}

// GoneRest is after how many days somebody who could not be reached is tried again.
// Each refusal counts towards the ban of an address (Discord: 10,000 refused
// requests in 10 minutes; its documentation of rate limits, August 2026).
const GoneRest = 3

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

// String is "22:00 to 08:00", and "none" for none.
func (q Quiet) String() string {
	if q.From == q.To {
		return "none"
	}
	return wall(q.From) + " to " + wall(q.To)
}

// wall is a minute of the day as clocks show it.
func wall(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// DueFirst is when the next reminder was due before it was put off.
func (r Reminder) DueFirst() time.Time {
	if r.First.IsZero() {
		return r.Next
	}
	return r.First
}

// PutOff is r with the next reminder due at a later instant, in whole seconds.
func (r Reminder) PutOff(at time.Time) Reminder {
	r.First = r.DueFirst()
	r.Next = wholeSecond(at)
	return r
}

// wholeSecond is at, or the next instant that stores can hold.
func wholeSecond(at time.Time) time.Time {
	if whole := at.Truncate(time.Second); whole.Before(at) {
		return whole.Add(time.Second)
	}
	return at
}

// Settle is r when the day of the next reminder needs no such one any more.
func (r Reminder) Settle() Reminder {
	if r.Closing {
		r.Closed = max(r.Closed, r.Day)
	} else {
		r.Sent = max(r.Sent, r.Day)
	}
	return r
}

// merge is the one reminder of somebody who was two: the one that is on.
func (r Reminder) merge(other Reminder) Reminder {
	if !r.On && other.On {
		r, other = other, r
	}
	r.Sent, r.Closed = max(r.Sent, other.Sent), max(r.Closed, other.Closed)
	r.Texts |= other.Texts
	return r
}

// record writes r's fields.
func (r Reminder) record(into Record) {
	if r == (Reminder{}) {
		return
	}
	into["rm"] = fmt.Sprint(bits(r.On, r.Last, r.Closing, r.Tell), r.Minute, int(r.Paused), r.Quiet.From, r.Quiet.To,
		r.Ignored, int(r.Sent), int(r.Closed), r.Gone, r.Texts)
	if !r.Next.IsZero() {
		into["ra"] = strconv.FormatInt(r.Next.Unix(), 10)
	}
	if !r.First.IsZero() {
		into["rf"] = strconv.FormatInt(r.First.Unix(), 10)
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
		n, err := parseInts(value, 10)
		if err != nil {
			return err
		}
		r.On, r.Last, r.Closing, r.Tell = n[0]&1 != 0, n[0]&2 != 0, n[0]&4 != 0, n[0]&8 != 0
		r.Minute, r.Paused, r.Quiet, r.Ignored = n[1], streak.Day(n[2]), Quiet{n[3], n[4]}, n[5]
		r.Sent, r.Closed, r.Gone, r.Texts = streak.Day(n[6]), streak.Day(n[7]), n[8], uint32(n[9])
	case "ra":
		r.Next, err = parseUnix(value)
	case "rf":
		r.First, err = parseUnix(value)
	case "rd":
		var day int
		day, err = strconv.Atoi(value)
		r.Day = streak.Day(day)
	case "rt":
		to, place, _ := strings.Cut(value, " ")
		r.To, r.Place = Account(to), place
	}
	return err
}

func parseUnix(value string) (time.Time, error) {
	seconds, err := strconv.ParseInt(value, 10, 64)
	return time.Unix(seconds, 0), err
}

// bits is a number whose bits are the flags, the first one the lowest.
func bits(flags ...bool) int {
	n := 0
	for i, on := range flags {
		if on {
			n |= 1 << i
		}
	}
	return n
}
