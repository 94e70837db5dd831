package discordtest

import (
	"slices"
	"sync"
	"time"
)

// A worldClock tells the time in the world: the time of its source plus whatever
// the test has skipped.
type worldClock struct {
	source func() time.Time

	mu      sync.Mutex
	skipped time.Duration
}

// now is the present time in the world.
func (c *worldClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.source().Add(c.skipped)
}

// skip moves the clock on by d.
func (c *worldClock) skip(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skipped += d
}

// Now is the time in the world.
func (s *Server) Now() time.Time { return s.clock.now() }

// Advance moves the world's time on by d at once: the three seconds for a first
// answer, the fifteen minutes of a token, the windows of nonces, rate limits and
// Identifies all follow it. Heartbeats, delays and the client's own timers do
// not: they run on the machine's time.
func (s *Server) Advance(d time.Duration) { s.clock.skip(d) }

// within keeps, in place, the times that are less than span ago.
func within(times []time.Time, span time.Duration, now time.Time) []time.Time {
	return slices.DeleteFunc(times, func(at time.Time) bool { return now.Sub(at) >= span })
}
