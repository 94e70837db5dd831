package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// perSecond is how many requests are sent in a second, a little less than
	// the 50 that Discord allows a bot (its rate-limit page, August 2026).
	perSecond = 45
	// longestPause is how long a request waits for a limit. Nobody waits longer
	// for an answer; and a ban of the address lasts an hour.
	longestPause = time.Minute
	// maxBuckets bounds how many limits are remembered; they are forgotten when
	// they have opened again.
	maxBuckets = 4_096
)

// errPaused is the error of a request that would have to wait too long.
var errPaused = errors.New("discord asks for a pause that is longer than an answer can wait")

// limits keep requests within what Discord allows: each bucket as its answers
// say, all together by a rate, and everything still while Discord asks for it.
type limits struct {
	now  func() time.Time
	rate int // requests in a second

	mu      sync.Mutex
	buckets map[string]*bucket
	until   time.Time // nothing is sent before
	second  time.Time // the second that is being counted
	used    int
}

// A bucket is what Discord said of one limit. Until it has said something, one
// request is under way at a time.
type bucket struct {
	known    bool
	free     bool // it has no limit
	left     int
	opens    time.Time
	underWay int
	changed  chan struct{} // closed when somebody may have another try
}

func newLimits() *limits {
	return &limits{now: time.Now, rate: perSecond, buckets: map[string]*bucket{}}
}

// enter waits for c's turn, and reports whether it had to. The function it returns
// takes the answer's headers, or nil when there was none.
func (l *limits) enter(ctx context.Context, c call) (leave func(http.Header), held bool, err error) {
	for ; ; held = true {
		l.mu.Lock()
		now := l.now()
		b := l.bucket(c.bucket, now)
		wait, changed := l.wait(c, b, now)
		if wait == 0 && changed == nil {
			b.underWay++
			if b.known && !b.free {
				b.left--
			}
			l.mu.Unlock()
			return func(h http.Header) { l.leave(b, h) }, held, nil
		}
		l.mu.Unlock()
		if wait > longestPause {
			return nil, held, errPaused
		}
		if err := l.linger(ctx, wait, changed); err != nil {
			return nil, true, err
		}
	}
}

// linger waits for the time or the change, whichever comes first.
func (l *limits) linger(ctx context.Context, wait time.Duration, changed <-chan struct{}) error {
	if changed == nil {
		return sleep(ctx, wait)
	}
	var timer <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-changed:
		return nil
	case <-timer:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait is how long c has to wait, or what it has to wait for; both zero when it
// may go. It counts c in the rate when that is all that could hold it.
func (l *limits) wait(c call, b *bucket, now time.Time) (time.Duration, <-chan struct{}) {
	if now.Before(l.until) {
		return l.until.Sub(now), nil
	}
	switch {
	case b.free:
	case !b.known && b.underWay > 0:
		return 0, b.changed
	case b.known && b.left <= 0 && now.Before(b.opens):
		return b.opens.Sub(now), nil
	case b.known && b.left <= 0 && b.underWay > 0:
		return 0, b.changed // the next window: one tries, the others see
	case b.known && b.left <= 0:
		b.known = false
	}
	if c.open {
		return 0, nil
	}
	if second := now.Truncate(time.Second); !second.Equal(l.second) {
		l.second, l.used = second, 0
	}
	if l.used >= l.rate {
		return l.second.Add(time.Second).Sub(now), nil
	}
	l.used++
	return 0, nil
}

// bucket is the one of that name. Requests without a name have no limit that
// could be known beforehand.
func (l *limits) bucket(name string, now time.Time) *bucket {
	if name == "" {
		return &bucket{free: true}
	}
	b := l.buckets[name]
	if b == nil {
		l.forget(now)
		b = &bucket{changed: make(chan struct{})}
		l.buckets[name] = b
	}
	return b
}

// forget drops the buckets that are open when there are too many.
func (l *limits) forget(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for name, b := range l.buckets {
		if b.underWay == 0 && !now.Before(b.opens) {
			delete(l.buckets, name)
		}
	}
}

// leave learns from an answer's headers.
func (l *limits) leave(b *bucket, h http.Header) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.underWay--
	if b.changed == nil {
		return
	}
	defer func() {
		close(b.changed)
		b.changed = make(chan struct{})
	}()
	if h == nil {
		return
	}
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	after, ok := seconds(h.Get("X-RateLimit-Reset-After"))
	if err != nil || !ok {
		b.free = h.Get("Retry-After") == ""
		return
	}
	b.free = false
	opens := l.now().Add(after)
	if !b.known || opens.After(b.opens.Add(50*time.Millisecond)) { // another window
		b.known, b.opens, b.left = true, opens, max(0, left-b.underWay)
		return
	}
	b.left = min(b.left, left)
}

// tooMany learns from a 429, and is the error of it.
func (l *limits) tooMany(c call, h http.Header, answer []byte) error {
	var advice struct {
		RetryAfter *float64 `json:"retry_after"`
		Global     bool     `json:"global"`
	}
	wait, _ := seconds(h.Get("Retry-After"))
	banned := json.Unmarshal(answer, &advice) != nil // a page of Cloudflare's: the address is banned
	if advice.RetryAfter != nil {
		wait = time.Duration(*advice.RetryAfter * float64(time.Second))
	}
	wait = max(wait, time.Millisecond)
	l.mu.Lock()
	defer l.mu.Unlock()
	until := l.now().Add(wait)
	if banned || advice.Global || h.Get("X-RateLimit-Global") != "" {
		if until.After(l.until) {
			l.until = until
		}
	} else if b := l.buckets[c.bucket]; b != nil {
		b.known, b.free, b.left, b.opens = true, false, 0, until
	}
	return &errLimited{wait}
}
