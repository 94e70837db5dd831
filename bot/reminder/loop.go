// Package reminder sends learners their daily reminder, and groups what they are
// told unasked: once, at their own wall time, and only while it is wanted.
//
// Any number of processes may run a [Loop] on one store, and any of them may be
// killed: a reminder is claimed by one of them, and the store remembers that it
// was begun. Where the platform recognises a message that it has already, none is
// lost and none doubled; where it does not, none is doubled, and those of which
// nobody knows whether they were sent are counted and listed.
//
// It does not know how a platform sends, and it does not keep two processes'
// paces in step: a platform that is asked too fast says so, and is obeyed.
package reminder

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"mentor/bot"
	"mentor/knowledge"
)

// The times of a reminder's way. Each leaves room for the one inside it: a claim
// cannot run out while its message is being sent, and the lease and a poll
// together stay below resendFor.
const (
	lease     = time.Minute      // of a claim that is not begun
	sendLimit = 15 * time.Second // of a claim that was begun: after it, others may take it
	sendTime  = 10 * time.Second // that a platform has to take the message
	resendFor = 2 * time.Minute  // after it was begun, a message is sent again where that is harmless
	storeTime = 5 * time.Second  // that a call of the store may take
)

// A Loop sends reminders. Its fields must not be changed while it runs.
type Loop struct {
	Store   bot.Store
	Guide   func() *knowledge.Guide // what to study next; it may change while the loop runs
	Senders map[string]bot.Sender   // by the platform's letter
	Log     *slog.Logger            // nil for none
	Now     func() time.Time        // nil for the real clock
	Paces   map[string]Pace         // by the platform's letter; nil for DefaultPaces
	Hands   int                     // the most reminders in hand at once; 0 is 256
	Poll    time.Duration           // how often to look for what is due; 0 is a second
	Counts  Counters

	Posts      Writer        // writes what groups are told unasked; nil for telling them nothing
	PostPoll   time.Duration // how often to look for what groups are due; 0 is half a minute
	PostCounts Counters      // of what groups were told
}

// DefaultHands is how many reminders a loop has in hand at once. Measured in
// November 2026: more do not make it faster, on a file or on Redis.
const DefaultHands = 256

// Run sends what is due until ctx ends. Then it gives back what it has not begun,
// finishes what it has, and returns nil.
func (l *Loop) Run(ctx context.Context) error {
	r := &run{Loop: l, log: l.Log, now: l.Now, hands: l.Hands, poll: l.Poll, freed: make(chan struct{}, 1)}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.hands == 0 {
		r.hands = DefaultHands
	}
	if r.poll == 0 {
		r.poll = time.Second
	}
	r.pacer = newPacer(l.Paces)
	if r.Posts != nil {
		r.working.Go(func() { r.posts(ctx) })
	}
	r.claimAll(ctx)
	r.working.Wait()
	return nil
}

// A run is a Loop at work.
type run struct {
	*Loop
	log   *slog.Logger
	now   func() time.Time
	hands int
	poll  time.Duration
	pacer *pacer

	mu      sync.Mutex
	inHand  int
	missing sync.Map // platforms without a sender that were logged
	freed   chan struct{}
	working sync.WaitGroup
	away    bool        // the last claim failed; claimAll's own
	polite  atomic.Bool // something was given back for other processes since the last claim
}

// claimAll claims what is due, as much as there is room for, until ctx ends.
func (r *run) claimAll(ctx context.Context) {
	for ctx.Err() == nil {
		if r.polite.Swap(false) {
			r.wait(ctx, 2*r.poll) // what was given back rests, and then comes a poll of the others
		}
		room := r.room()
		if room < (r.hands+1)/2 { // claims are cheaper by the dozen
			select {
			case <-r.freed:
			case <-ctx.Done():
			}
			continue
		}
		if r.claim(ctx, room) == room {
			continue // there may be more
		}
		r.wait(ctx, time.Duration(float64(r.poll)*(0.8+0.4*rand.Float64()))) // so that processes do not all come at once
	}
}

// claim takes at most room reminders in hand, and returns how many it was.
func (r *run) claim(ctx context.Context, room int) int {
	// A claim whose answer was not awaited would be nobody's until its lease ends.
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	claims, err := r.Store.Claim(asking, room, lease)
	switch {
	case err != nil && !r.away:
		r.log.Error("reminders cannot be claimed; trying on", "err", err)
	case err == nil && r.away:
		r.log.Info("reminders can be claimed again")
	}
	r.away = err != nil
	r.take(len(claims))
	for _, c := range claims {
		r.working.Go(func() {
			defer r.take(-1)
			if err := r.remind(ctx, c); err != nil {
				r.log.Error("a reminder was left to its lease", "learner", c.ID, "day", c.Day, "err", err)
			}
		})
	}
	return len(claims)
}

func (r *run) room() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hands - r.inHand
}

// take puts n more in hand.
func (r *run) take(n int) {
	r.mu.Lock()
	r.inHand += n
	r.mu.Unlock()
	select {
	case r.freed <- struct{}{}:
	default:
	}
}

// wait reports whether d passed before ctx ended.
func (r *run) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
