package discord

import (
	"context"
	"math/rand/v2"
	"time"
)

// A pace is how fast things are done and how long they are waited for. Tests use
// a faster one.
type pace struct {
	first, longest time.Duration // waits between tries to connect
	open           time.Duration // for the gateway to say READY or RESUMED
	silence        time.Duration // without an answer to a heartbeat, at most
	spacing        time.Duration // between two new sessions
	minute         time.Duration // in which at most perMinute new sessions begin
	patience       time.Duration // with an answer, before "is thinking…"
	answer         time.Duration // for an answer in all
	closing        time.Duration // for a polite end; discordgo's takes a second
}

// defaultPace: a heartbeat comes every 41.25 s (seen in November 2026) and two
// may be missed; Discord takes one Identify in 5 s, and the first answer to an
// interaction within 3 s (its gateway and interaction documents, August 2026).
var defaultPace = pace{
	first: time.Second, longest: 2 * time.Minute, open: 20 * time.Second, silence: 90 * time.Second,
	spacing: 5500 * time.Millisecond, minute: time.Minute, patience: 1900 * time.Millisecond, answer: time.Minute, closing: 2 * time.Second,
}

// perMinute is how many new sessions begin in a minute at most. discordgo may
// send a second Identify by itself before it can be kept from it, so that they are
// at most 12 Identifies.
const perMinute = 6

// failed is how many tries in a row have failed when a connection ends that lived so
// long. One that lived longer than two new sessions are apart was well: what ended it
// is another fault, not the last one still, and it is renewed at once. A command that
// comes meanwhile waits for that, and Discord gives it 3 s.
func (p pace) failed(before int, lived time.Duration) int {
	if lived > 2*p.spacing {
		return 0
	}
	return before + 1
}

// backoff is the wait before another try: twice as long each time, and between
// half and all of that, so that a crowd of bots does not come back at once.
func (p pace) backoff(try int) time.Duration {
	d := p.longest
	if try < 20 {
		d = min(p.first<<try, p.longest)
	}
	return d/2 + time.Duration(rand.Int64N(int64(d/2)+1))
}

// A budget says when a new session may begin. Only the supervisor uses it.
type budget struct {
	pace   pace
	starts []time.Time
}

// wait waits until a new session may begin, and counts it.
func (b *budget) wait(ctx context.Context) error {
	for {
		now := time.Now()
		for len(b.starts) > 0 && now.Sub(b.starts[0]) > b.pace.minute {
			b.starts = b.starts[1:]
		}
		var d time.Duration
		if n := len(b.starts); n > 0 {
			d = b.pace.spacing - now.Sub(b.starts[n-1])
		}
		if len(b.starts) >= perMinute {
			d = max(d, b.pace.minute-now.Sub(b.starts[0]))
		}
		if d <= 0 {
			b.starts = append(b.starts, now)
			return ctx.Err()
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
}
