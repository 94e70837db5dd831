package slacktest

import (
	"slices"
	"sync"
	"time"
)

// A clock is Slack's time: the real one, sped up, and moved on by tests. It
// runs alarms at their time, one after another.
type clock struct {
	speed float64
	grace func() // called before time jumps over an alarm
	epoch time.Time
	real  time.Time // when the clock showed epoch

	mu      sync.Mutex
	ahead   time.Duration // what tests moved it on by
	alarms  []alarm       // earliest first
	timer   *time.Timer
	stopped bool
}

type alarm struct {
	at  time.Time
	run func()
}

func newClock(epoch time.Time, speed float64) *clock {
	return &clock{speed: speed, epoch: epoch, real: time.Now(), grace: func() {}}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked()
}

func (c *clock) nowLocked() time.Time {
	return c.epoch.Add(time.Duration(float64(time.Since(c.real))*c.speed) + c.ahead)
}

// inReal is how long d on this clock takes in real time.
func (c *clock) inReal(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.speed)
}

// after runs f once d has passed, on a goroutine of its own.
func (c *clock) after(d time.Duration, f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return
	}
	a := alarm{at: c.nowLocked().Add(d), run: f}
	i, _ := slices.BinarySearchFunc(c.alarms, a, func(have, want alarm) int {
		if have.at.After(want.at) {
			return 1
		}
		return -1 // equal ones keep their order
	})
	c.alarms = slices.Insert(c.alarms, i, a)
	c.arm()
}

// arm sets the timer for the first alarm.
func (c *clock) arm() {
	if c.timer != nil {
		c.timer.Stop()
	}
	if len(c.alarms) == 0 || c.stopped {
		return
	}
	c.timer = time.AfterFunc(max(0, c.inReal(c.alarms[0].at.Sub(c.nowLocked()))), c.ring)
}

// ring runs the alarms whose time has come.
func (c *clock) ring() {
	for {
		run, ok := c.take(c.now())
		if !ok {
			break
		}
		run()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arm()
}

// take removes the first alarm if it is due at now.
func (c *clock) take(now time.Time) (func(), bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.alarms) == 0 || c.alarms[0].at.After(now) || c.stopped {
		return nil, false
	}
	run := c.alarms[0].run
	c.alarms = c.alarms[1:]
	return run, true
}

// advance moves the clock on by d and runs what falls due on the way, each at
// its own time.
func (c *clock) advance(d time.Duration) {
	target := c.now().Add(d)
	for {
		c.grace()
		at, ok := c.first()
		if !ok || at.After(target) {
			break
		}
		c.jumpTo(at)
		if run, ok := c.take(at); ok {
			run()
		}
	}
	c.jumpTo(target)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arm()
}

// first is the time of the next alarm.
func (c *clock) first() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.alarms) == 0 || c.stopped {
		return time.Time{}, false
	}
	return c.alarms[0].at, true
}

// jumpTo sets the clock to t unless it is past that.
func (c *clock) jumpTo(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gap := t.Sub(c.nowLocked()); gap > 0 {
		c.ahead += gap
	}
}

// stop forgets all alarms; none starts after it.
func (c *clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped, c.alarms = true, nil
	if c.timer != nil {
		c.timer.Stop()
	}
}
