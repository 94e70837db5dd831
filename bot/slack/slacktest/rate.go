package slacktest

import (
	"fmt"
	"math"
	"time"
)

// A rate is a limit as a bucket: it holds burst calls and refills evenly.
type rate struct {
	perMinute float64
	burst     float64
}

// tierRate is what a tier lets through in a minute (docs.slack.dev
// apis/web-api/rate-limits, November 2026: 1+, 20+, 50+, 100+). A whole
// minute's worth may come at once.
func tierRate(tier int) rate {
	n := [...]float64{1, 1, 20, 50, 100}[tier]
	return rate{perMinute: n, burst: n}
}

// ownRates are the methods with a limit beside the tiers. chat.postMessage: one
// a second in a channel, short bursts tolerated (same page; how short is not
// said, five is a guess on the strict side). apps.connections.open: the number
// is not published; one a second holds a reconnect storm.
var ownRates = map[string]rate{
	"chat.postMessage":      {perMinute: 60, burst: 5},
	"apps.connections.open": {perMinute: 60, burst: 60},
	"auth.test":             {perMinute: 600, burst: 100},
}

// workspaceRate holds chat.postMessage in a whole workspace: several hundred a
// minute, says the same page; 300 is on the strict side of that.
var workspaceRate = rate{perMinute: 300, burst: 300}

func (s *Server) rateOf(method string, tier int) rate {
	if r, ok := s.limits.changed[method]; ok {
		return r
	}
	if r, ok := ownRates[method]; ok {
		return r
	}
	return tierRate(tier)
}

// limitKey names what a limit is counted by.
func limitKey(c *call) string {
	key := c.method + " " + c.token
	if c.method == "chat.postMessage" {
		key += " " + c.str("channel")
	}
	return key
}

type limiter struct {
	changed map[string]rate
	buckets map[string]*bucket
}

type bucket struct {
	level float64 // calls still let through
	at    time.Time
	told  time.Time // when a Retry-After was given
	until time.Time // when it is over
}

func newLimiter(changed map[string]rate) limiter {
	return limiter{changed: changed, buckets: make(map[string]*bucket)}
}

// bucket is the one of a call, made full when there is none.
func (l *limiter) bucket(key string, r rate, now time.Time) *bucket {
	b := l.buckets[key]
	if b == nil {
		b = &bucket{level: r.burst, at: now}
		l.buckets[key] = b
	}
	b.level = min(r.burst, b.level+now.Sub(b.at).Minutes()*r.perMinute)
	b.at = now
	return b
}

// spend takes a call out of its bucket, or returns the seconds to wait as
// Retry-After shows them: of the client's own time, whole, at least one. The
// caller holds s.mu.
func (s *Server) spend(c *call, r rate) (after int) {
	now := s.clock.now()
	b := s.limits.bucket(limitKey(c), r, now)
	wait := b.wait(r)
	if _, changed := s.limits.changed[c.method]; c.method == "chat.postMessage" && !changed {
		all := s.limits.bucket(c.method+" "+c.token, workspaceRate, now)
		wait = max(wait, all.wait(workspaceRate))
		if wait == 0 {
			all.level--
		}
	}
	if wait == 0 {
		b.level--
		return 0
	}
	b.tell(now, wait)
	return max(1, int(math.Ceil(s.clock.inReal(wait).Seconds())))
}

// wait is how long a bucket must refill before it lets a call through.
func (b *bucket) wait(r rate) time.Duration {
	if b.level >= 1 {
		return 0
	}
	return time.Duration((1 - b.level) / r.perMinute * float64(time.Minute))
}

// tell notes that a client was told to wait, unless it is waiting already.
func (b *bucket) tell(now time.Time, wait time.Duration) {
	if now.After(b.until) {
		b.told, b.until = now, now.Add(wait)
	}
}

// atOnce is how far apart calls may be that were under way together: the later
// one cannot know what the first was told.
const atOnce = 200 * time.Millisecond

// checkPatience records a call that did not wait for the Retry-After it was
// given. The caller holds s.mu.
func (s *Server) checkPatience(c *call, r rate) {
	now := s.clock.now()
	b := s.limits.bucket(limitKey(c), r, now)
	if now.Before(b.until) && s.clock.inReal(now.Sub(b.told)) > atOnce {
		s.violate(IgnoredRetryAfter, fmt.Sprintf("%s called %v before its Retry-After was over", c.method, b.until.Sub(now).Round(time.Millisecond)))
	}
}
