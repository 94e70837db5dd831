package slack

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"
)

// threads knows in which threads the mentor takes part, where it need not be
// mentioned again.
type threads struct {
	mu    sync.Mutex
	since time.Time    // what began after it and is not in memory is not the mentor's
	mine  memory[bool] // by place; false when looked up and not so
}

// maxThreads bounds how many threads of a workspace are in memory.
const maxThreads = 2_000

func (t *threads) note(place string, mine bool, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mine.put(place, mine)
	t.mind(now)
}

// mind makes what was given up, in putting or in getting, be looked up.
func (t *threads) mind(now time.Time) {
	if t.mine.gaveUp {
		t.since, t.mine.gaveUp = now, false
	}
}

func (t *threads) get(place string, now time.Time) (mine, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.mind(now)
	return t.mine.get(place)
}

// tooOld reports whether a thread that is not in memory may be the mentor's all the
// same: it began before what is known.
func (t *threads) tooOld(began time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !began.After(t.since)
}

// inThread reports whether the mentor has spoken in a thread. One from before
// this process, or from before others were given up, is looked up once.
func (w *workspace) inThread(ctx context.Context, channel, thread string) bool {
	at := place(channel, thread)
	mine, known := w.threads.get(at, w.now())
	if known {
		return mine
	}
	if !w.threads.tooOld(timeOf(thread, w.now())) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	messages, err := w.recent(ctx, channel, thread, timeOf(thread, w.now()))
	if err != nil {
		w.log.Info("cannot see whether a thread is the mentor's", "err", clean(err))
	}
	for _, m := range messages {
		mine = mine || m.User == w.user
	}
	w.threads.note(at, mine, w.now())
	return mine
}

// timeOf is the instant of a time stamp of Slack's, such as 1732486000.123456;
// fallback for what is none.
func timeOf(ts string, fallback time.Time) time.Time {
	seconds, fraction, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || s <= 0 {
		return fallback
	}
	micros, err := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	if err != nil {
		micros = 0
	}
	return time.Unix(s, micros*int64(time.Microsecond))
}
