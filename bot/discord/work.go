package discord

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// maxWaiting bounds the jobs that wait, so that a flood costs no more memory
	// than this. One takes under 5 kB (measured, November 2026).
	maxWaiting = 10_000
	// maxAtOnce bounds the jobs of each kind that run.
	maxAtOnce = 256
)

// work runs jobs: those of one lane in their order, all others side by side, each
// so that its panic is its own.
type work struct {
	log    *slog.Logger
	slots  chan struct{}   // of jobs in lanes, which may have to wait for a limit
	quick  chan struct{}   // of jobs without one, which somebody is waiting for
	ctx    context.Context // of all jobs; ends when the time to drain is over
	cancel context.CancelFunc

	mu      sync.Mutex
	lanes   map[string][]func(context.Context) // what waits in a lane that runs
	waiting int
	closed  bool
	jobs    sync.WaitGroup
}

func newWork(log *slog.Logger) *work {
	ctx, cancel := context.WithCancel(context.Background())
	return &work{log: log, slots: make(chan struct{}, maxAtOnce), quick: make(chan struct{}, maxAtOnce), ctx: ctx, cancel: cancel, lanes: map[string][]func(context.Context){}}
}

// do runs job in a lane, or for an empty lane by itself. It never waits. A job
// that is one too many is dropped, and logged.
func (w *work) do(lane string, job func(context.Context)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.waiting >= maxWaiting {
		if !w.closed {
			w.log.Error("more is asked than can be answered; something was left unanswered", "waiting", w.waiting)
		}
		return
	}
	w.waiting++
	if lane != "" {
		if queue, runs := w.lanes[lane]; runs {
			w.lanes[lane] = append(queue, job)
			return
		}
		w.lanes[lane] = nil
	}
	w.jobs.Go(func() { w.run(lane, job) })
}

// inHand is how many jobs were taken and are not done.
func (w *work) inHand() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting
}

// run runs a job, and then what has come to wait in its lane.
func (w *work) run(lane string, job func(context.Context)) {
	slots := w.slots
	if lane == "" {
		slots = w.quick
	}
	for job != nil {
		slots <- struct{}{}
		w.safely(job)
		<-slots
		job = w.next(lane)
	}
}

// next is the next job of a lane, nil when it has none and is gone.
func (w *work) next(lane string) func(context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting--
	queue := w.lanes[lane]
	if len(queue) == 0 {
		delete(w.lanes, lane)
		return nil
	}
	w.lanes[lane] = queue[1:]
	return queue[0]
}

// safely runs a job and logs its panic, which ends nothing but the job.
func (w *work) safely(job func(context.Context)) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("a job panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	job(w.ctx)
}

// drain takes no more jobs and waits for those in hand, at most d; then it cuts
// them off.
func (w *work) drain(d time.Duration) {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	stop := time.AfterFunc(d, w.cancel)
	defer stop.Stop()
	w.jobs.Wait()
	w.cancel()
}
