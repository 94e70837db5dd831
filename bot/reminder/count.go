package reminder

import (
	"sync/atomic"
	"time"
)

// Counters count what became of reminders since the loop began. They may be read
// at any time.
type Counters struct {
	Sent      atomic.Int64 // the platform has it
	Skipped   atomic.Int64 // not wanted any more: the day is done, paused, or put aside
	Expired   atomic.Int64 // too late, or at an hour at which nobody wants one
	PutOff    atomic.Int64 // to be tried again: the platform asked for it, or others came first
	Dead      atomic.Int64 // given up: the person cannot be reached
	Ambiguous atomic.Int64 // taken as sent, though nobody knows
	Lost      atomic.Int64 // another process had it, or the learner changed the plan
	Late      atomic.Int64 // of those sent: more than a minute after they were due

	lag atomic.Int64 // of all that were sent, in nanoseconds
}

// late is from when on a reminder counts as late.
const late = time.Minute

// sent counts a reminder that was sent so long after it was due.
func (c *Counters) sent(lag time.Duration) {
	c.Sent.Add(1)
	c.lag.Add(int64(max(lag, 0)))
	if lag > late {
		c.Late.Add(1)
	}
}

// Lag is how long after they were due all that were sent were sent, added up.
func (c *Counters) Lag() time.Duration { return time.Duration(c.lag.Load()) }
