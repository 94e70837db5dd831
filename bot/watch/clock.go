package watch

import "time"

// A clock notices when the time of day moves otherwise than time passes.
type clock struct {
	now  func() time.Time // the time of day
	wall time.Time        // at the last look
	real time.Time        // the same by the running time of the machine
	by   time.Duration    // of the last jump
	at   time.Time        // when that was, by the running time
}

// jumped is by how much the clock was set since it was last asked; 0 when it ran
// on, give or take a little. A machine that slept has jumped, too.
func (c *clock) jumped() time.Duration {
	wall, now := c.now().Round(0), time.Now() // Round takes the running time away
	defer func() { c.wall, c.real = wall, now }()
	if c.wall.IsZero() {
		return 0
	}
	by := wall.Sub(c.wall) - now.Sub(c.real)
	if by.Abs() < jump {
		return 0
	}
	c.by, c.at = by, now
	return by
}

// last is by how much the clock last jumped, 0 for never, and how long ago.
func (c *clock) last() (by, ago time.Duration) { return c.by, time.Since(c.at) }
