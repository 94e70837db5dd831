package reminder

import (
	"sync"
	"time"
)

// A Pace is how fast a platform may be asked. Zero is as fast as can be.
type Pace struct {
	Every        time.Duration // between two messages
	EveryChannel time.Duration // between two messages in one channel
}

// DefaultPaces are a little below what the platforms allow, so that answers,
// which nobody paces, find room too. Discord: 50 requests a second, and about 1 a
// second in one channel (its documentation on rate limits, 2026). Slack: several
// hundred messages a minute, and 1 a second in one channel (its documentation on
// rate limits, 2026).
var DefaultPaces = map[string]Pace{
	"d": {Every: time.Second / 45, EveryChannel: time.Second},
	"s": {Every: time.Minute / 300, EveryChannel: time.Second},
}

// hold is how long a reminder waits in hand for its turn. What would wait longer
// is put off, and so stands in nobody's way: not in that of another platform, and
// not in that of its own lease.
const hold = 2 * time.Second

// A queue is when the next may go: of those that wait in hand, and of those that
// are put off.
type queue struct{ near, far time.Time }

// A pacer gives each message its turn.
type pacer struct {
	paces map[string]Pace

	mu     sync.Mutex
	queues map[string]queue // by platform, or platform and channel
}

func newPacer(paces map[string]Pace) *pacer {
	if paces == nil {
		paces = DefaultPaces
	}
	return &pacer{paces: paces, queues: map[string]queue{}}
}

// turn is when a message may go to a place, which is empty for a direct message.
// It reports false when it should be put off until then, and ask again.
func (p *pacer) turn(platform, place string, now time.Time) (time.Time, bool) {
	pace := p.paces[platform]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(now)
	channel := platform + " " + place
	all, own := p.queues[platform], p.queues[channel]
	at := latest(now, all.near, own.near)
	soon := at.Sub(now) <= hold
	if soon {
		all.near, own.near = at.Add(pace.Every), at.Add(pace.EveryChannel)
	} else {
		at = latest(now.Add(hold), all.far, own.far)
		all.far, own.far = at.Add(pace.Every), at.Add(pace.EveryChannel)
	}
	p.queues[platform] = all
	if place != "" {
		p.queues[channel] = own
	}
	return at, soon
}

// maxQueues bounds how many queues there are before those that are over are dropped.
const maxQueues = 4096

func (p *pacer) sweep(now time.Time) {
	if len(p.queues) < maxQueues {
		return
	}
	for name, q := range p.queues {
		if latest(q.near, q.far).Before(now) {
			delete(p.queues, name)
		}
	}
}

func latest(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}
