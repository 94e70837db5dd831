package discordtest

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Scopes of a rate limit, as the header X-RateLimit-Scope names them.
const (
	scopeUser   = "user"
	scopeGlobal = "global"
	scopeShared = "shared"
)

const (
	globalPerSecond = 50               // of the rate-limit document
	invalidWindow   = 10 * time.Minute // of the rate-limit document
	banLasts        = time.Hour        // remembered: "a while"
)

// retryAdvice is what a 429 says about when to come back.
type retryAdvice struct {
	body   time.Duration
	global bool
	scope  string
}

// A limiter counts requests in windows.
type limiter struct {
	scale  float64
	off    bool
	banAt  int
	chance *rand.Rand

	mu      sync.Mutex
	sizes   map[string]windowSize // by route
	windows map[string]*window    // by route and major parameter
	global  window
	invalid []time.Time
	ban     time.Time
}

// A windowSize is how many requests a window has room for and how long it lasts.
type windowSize struct {
	limit  int
	lasts  time.Duration
	bucket string
}

// A window counts the requests since it opened.
type window struct {
	ends time.Time
	used int
}

func newLimiter(o options) *limiter {
	return &limiter{
		scale: max(o.rateScale, 0.001), off: o.noLimits, banAt: o.banAfter,
		chance: rand.New(rand.NewPCG(o.seed, 1)), sizes: map[string]windowSize{}, windows: map[string]*window{},
	}
}

// take counts a request and sets the headers that tell of its limits, or refuses
// it.
func (l *limiter) take(c *call, h http.Header, now time.Time) *apiError {
	if l.off {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !c.route.exempt && !l.global.take(globalPerSecond, l.scaled(time.Second), now) {
		return rateLimited(h, l.global.ends.Sub(now), scopeGlobal)
	}
	l.sweep(now)
	size := l.size(c.route)
	w := l.window(c.route.String() + " " + c.route.major(c.params))
	ok := w.take(size.limit, size.lasts, now)
	left := w.ends.Sub(now)
	h.Set("X-RateLimit-Limit", strconv.Itoa(size.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(size.limit-w.used))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(w.ends.UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", roundUp(left).Seconds()))
	h.Set("X-RateLimit-Bucket", size.bucket)
	if !ok {
		return rateLimited(h, left, scopeUser)
	}
	return nil
}

// take counts one, in a new window if the last has ended, and reports whether
// there was room.
func (w *window) take(limit int, lasts time.Duration, now time.Time) bool {
	if !now.Before(w.ends) {
		w.ends, w.used = now.Add(lasts), 0
	}
	if w.used >= limit {
		return false
	}
	w.used++
	return true
}

// size is the size of a route's windows, drawn at its first request. About five
// messages in five seconds are remembered from the real thing; nothing may rely
// on it.
func (l *limiter) size(r *route) windowSize {
	name := r.String()
	size, ok := l.sizes[name]
	if !ok {
		size = windowSize{limit: 4 + l.chance.IntN(4), lasts: l.scaled(time.Duration(3000+l.chance.IntN(3000)) * time.Millisecond)}
		if r.tight {
			size.limit = 2 + l.chance.IntN(2)
		}
		h := fnv.New64a()
		fmt.Fprint(h, name, l.chance.Uint64())
		size.bucket = strconv.FormatUint(h.Sum64(), 16)
		l.sizes[name] = size
	}
	return size
}

// window is the window of that name.
func (l *limiter) window(name string) *window {
	w := l.windows[name]
	if w == nil {
		w = &window{}
		l.windows[name] = w
	}
	return w
}

func (l *limiter) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / l.scale)
}

// rateLimited is a 429. The header Retry-After has whole seconds, so it is more
// than the body says; a global one has no other headers.
func rateLimited(h http.Header, wait time.Duration, scope string) *apiError {
	wait = max(roundUp(wait), time.Millisecond)
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	h.Set("X-RateLimit-Scope", scope)
	if scope == scopeGlobal {
		h.Set("X-RateLimit-Global", "true")
	}
	e := refuse(http.StatusTooManyRequests, codeGeneral, "You are being rate limited.")
	e.retry = &retryAdvice{body: wait, global: scope == scopeGlobal, scope: scope}
	return e
}

// roundUp is d in whole milliseconds, so that who waits so long has waited long
// enough.
func roundUp(d time.Duration) time.Duration {
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}

// noteInvalid counts an answer 401, 403 or 429 and reports whether it was the one
// that brings the ban.
func (l *limiter) noteInvalid(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.ban) {
		return false
	}
	l.invalid = append(within(l.invalid, invalidWindow, now), now)
	if len(l.invalid) < l.banAt {
		return false
	}
	l.ban, l.invalid = now.Add(banLasts), nil
	return true
}

// banned reports whether the bot's address is banned.
func (l *limiter) banned(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return now.Before(l.ban)
}
