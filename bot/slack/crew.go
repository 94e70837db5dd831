package slack

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

const (
	maxAtOnce  = 64              // jobs that run at the same time
	maxWaiting = 2000            // jobs taken and not yet done; over it, events are left for Slack to bring again
	jobTime    = 2 * time.Minute // a job may take, with all its waiting for Slack
)

// A crew does jobs: those of one key one after the other, so that a person's
// words are answered in order, those of different keys beside each other. A job
// that panics or hangs harms no other key's, and its own key's only until its
// time is up.
type crew struct {
	log    *slog.Logger
	ctx    context.Context //nolint:containedctx // of the jobs, which outlive the event that brought them
	cancel context.CancelFunc
	slots  chan struct{}
	time   time.Duration
	done   sync.WaitGroup

	mu      sync.Mutex
	queues  map[string][]job // of the keys that are being worked on
	waiting int
}

type job func(context.Context)

func newCrew(log *slog.Logger) *crew {
	ctx, cancel := context.WithCancel(context.Background())
	return &crew{log: log, ctx: ctx, cancel: cancel, slots: make(chan struct{}, maxAtOnce), time: jobTime, queues: map[string][]job{}}
}

// add takes a job, and reports false when there are too many.
func (c *crew) add(key string, j job) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting >= maxWaiting {
		return false
	}
	c.waiting++
	queue, busy := c.queues[key]
	c.queues[key] = append(queue, j)
	if !busy {
		c.done.Go(func() { c.work(key) })
	}
	return true
}

// inHand is how many jobs were taken and are not done.
func (c *crew) inHand() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

// work does a key's jobs until there are none.
func (c *crew) work(key string) {
	for {
		c.mu.Lock()
		queue := c.queues[key]
		if len(queue) == 0 {
			delete(c.queues, key)
			c.mu.Unlock()
			return
		}
		c.queues[key] = queue[1:]
		c.mu.Unlock()
		c.slots <- struct{}{}
		c.do(queue[0])
		<-c.slots
		c.mu.Lock()
		c.waiting--
		c.mu.Unlock()
	}
}

// do does a job, or leaves it alone when it does not end with its time.
func (c *crew) do(j job) {
	ctx, cancel := context.WithTimeout(c.ctx, c.time)
	defer cancel()
	ended := make(chan struct{})
	c.aside(func() {
		defer close(ended)
		j(ctx)
	})
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	select { // it may notice its context's end
	case <-ended:
	case <-time.After(time.Second):
		c.log.Error("a Slack event is stuck and was left alone")
	}
}

// aside runs f beside all jobs. Its panic is logged.
func (c *crew) aside(f func()) {
	go func() {
		defer func() {
			if p := recover(); p != nil {
				c.log.Error("a Slack event made the program panic", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		f()
	}()
}

// finish waits for the jobs in hand, for d at most; what is not done by then is
// told to end.
func (c *crew) finish(d time.Duration) {
	defer c.cancel()
	ended := make(chan struct{})
	go func() {
		c.done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return
	case <-time.After(d):
		c.cancel()
	}
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		c.log.Error("Slack events were still being answered at the end")
	}
}
