package reminder

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"mentor/bot"
)

// remind does what is to be done with a claim, whatever becomes of stop, which
// only keeps it from beginning. Its error is for a store that failed, and went on
// failing: the claim is left to its lease then, and others take it up.
func (r *run) remind(stop context.Context, c bot.Claim) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(stop), lease)
	defer cancel()
	if stop.Err() != nil {
		return r.release(ctx, c, 0)
	}
	var l bot.Learner
	err := r.insist(ctx, stop, func() (err error) { l, err = r.get(ctx, c.ID); return err })
	switch {
	case errors.Is(err, bot.ErrNoLearner):
		r.Counts.Lost.Add(1)
		return nil
	case err != nil:
		return fmt.Errorf("read the learner: %w", err)
	}
	now, platform := r.now(), l.Reminder.To.Platform()
	sender, fate := r.Senders[platform], fateOf(l, c, now)
	switch {
	case fate == toLose:
		r.Counts.Lost.Add(1)
		return nil
	case !c.Begun.IsZero() && !r.mayRepeat(c, sender, fate, now):
		return r.finishAmbiguous(ctx, c, "its sending was begun by a process that never finished it")
	case fate != toSend:
		return r.finishUnsent(ctx, c, fate)
	case sender == nil:
		r.leave(platform)
		return r.release(ctx, c, restOf(now.Sub(l.Reminder.DueFirst())))
	}
	turn, soon := r.pacer.turn(platform, l.Reminder.Place, now)
	switch {
	case soon:
	case c.Begun.IsZero():
		return r.finishLater(ctx, c, turn, nil)
	default: // put off, it would be forgotten that it was begun
		turn = now.Add(time.Duration(rand.Int64N(int64(sendTime))))
	}
	if !r.wait(stop, turn.Sub(now)) {
		return r.release(ctx, c, 0)
	}
	return r.send(ctx, stop, c, sender)
}

// againEvery is how often something is tried again while the store is away.
const againEvery = time.Second

// insist does something that has not begun a claim until the store does not fail, or
// ctx or stop ends: a claim that is left alone comes late by the rest of its lease.
func (r *run) insist(ctx, stop context.Context, do func() error) error {
	for {
		err := do()
		if err == nil || errors.Is(err, bot.ErrNoLearner) || ctx.Err() != nil || !r.wait(stop, againEvery) {
			return err
		}
	}
}

// mayRepeat reports whether a message that was begun before may be sent again: the
// platform would notice, and it is still wanted. Where this process does not
// know the platform, another one may.
func (r *run) mayRepeat(c bot.Claim, sender bot.Sender, f fate, now time.Time) bool {
	return f == toSend && now.Sub(c.Begun) < resendFor && (sender == nil || sender.Idempotent())
}

// leave notes that a reminder goes back, for a process that knows its platform:
// this one looks away for a moment, so that the others come first.
func (r *run) leave(platform string) {
	r.polite.Store(true)
	if _, known := r.missing.LoadOrStore(platform, true); !known {
		r.log.Warn("reminders for a platform that this process is not connected to are left to others", "platform", platform)
	}
}

// restOf is how long a reminder, so late already, rests when it is given back. The
// later it is, the less likely it is that any process knows its platform.
func restOf(behind time.Duration) time.Duration {
	return min(max(behind/30, time.Second), lease)
}

// send begins the claim, sends its message and finishes it.
func (r *run) send(ctx, stop context.Context, c bot.Claim, sender bot.Sender) error {
	var started time.Time // what a deadline is measured by, whatever clock the plan goes by
	var verdict bot.Verdict
	var l bot.Learner // as Begin found them
	found := toLose
	err := r.insist(ctx, stop, func() (err error) {
		started = time.Now()
		verdict, err = r.Store.Begin(ctx, c, sendLimit, func(now bot.Learner) bool {
			l, found = now, fateOf(now, c, r.now())
			return found == toSend
		})
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("begin: %w", err)
	case verdict == bot.Lost:
		r.Counts.Lost.Add(1)
		return nil
	case verdict == bot.Skip:
		return r.finishUnsent(ctx, c, found)
	}
	ctx, cancel := context.WithDeadline(ctx, started.Add(sendLimit))
	defer cancel()
	sending, cancel := context.WithDeadline(ctx, started.Add(sendTime))
	defer cancel()
	lag := r.now().Sub(l.Reminder.DueFirst())
	reply, texts := compose(r.Guide(), l, r.now())
	err = &bot.LaterError{Err: errors.New("this process stood still")}
	if sending.Err() == nil {
		err = sender.Send(sending, bot.Delivery{To: l.Reminder.To, Place: l.Reminder.Place, Reply: reply, Key: keyOf(l)})
	}
	if err != nil {
		return r.failed(ctx, c, sender, lag, err)
	}
	r.Counts.sent(lag)
	_, err = r.finish(ctx, c, func(l *bot.Learner) { *l = sent(*l, texts, r.now()) })
	return err
}

// failed finishes a claim whose message, so late already, the sender did not send.
func (r *run) failed(ctx context.Context, c bot.Claim, sender bot.Sender, behind time.Duration, err error) error {
	later, refused := errors.AsType[*bot.LaterError](err)
	switch {
	case errors.Is(err, bot.ErrGone):
		return r.finishDead(ctx, c, err)
	case refused && c.Begun.IsZero():
		return r.finishLater(ctx, c, r.now().Add(backOff(later.After, behind)), err)
	case sender.Idempotent():
		return nil // when the lease ends, it is sent again with the same key
	}
	return r.finishAmbiguous(ctx, c, err.Error())
}

// finishUnsent finishes a claim that is not to be sent.
func (r *run) finishUnsent(ctx context.Context, c bot.Claim, f fate) error {
	if f == toExpire {
		return r.counted(&r.Counts.Expired)(r.finish(ctx, c, func(l *bot.Learner) { *l = expired(*l, r.now()) }))
	}
	return r.counted(&r.Counts.Skipped)(r.finish(ctx, c, func(l *bot.Learner) { *l = l.Plan(r.now()) }))
}

// finishDead gives a reminder up whose learner cannot be reached.
func (r *run) finishDead(ctx context.Context, c bot.Claim, why error) error {
	r.bury(ctx, c, why.Error())
	return r.counted(&r.Counts.Dead)(r.finish(ctx, c, func(l *bot.Learner) { *l = gone(*l, r.now()) }))
}

// finishAmbiguous takes a reminder as sent, of which nobody knows whether it was.
func (r *run) finishAmbiguous(ctx context.Context, c bot.Claim, why string) error {
	r.bury(ctx, c, "it may have been sent: "+why)
	return r.counted(&r.Counts.Ambiguous)(r.finish(ctx, c, func(l *bot.Learner) { *l = sent(*l, l.Reminder.Texts, r.now()) }))
}

// finishLater puts the reminder off, or gives it up when that is too late.
func (r *run) finishLater(ctx context.Context, c bot.Claim, at time.Time, why error) error {
	off := false
	done, err := r.finish(ctx, c, func(l *bot.Learner) { *l, off = putOff(*l, at, r.now()) })
	switch {
	case !done:
	case off:
		r.Counts.PutOff.Add(1)
	default:
		r.Counts.Expired.Add(1)
		if why != nil {
			r.bury(ctx, c, "given up: "+why.Error())
		}
	}
	return err
}

// counted counts what was finished.
func (r *run) counted(n *atomic.Int64) func(done bool, err error) error {
	return func(done bool, err error) error {
		if done {
			n.Add(1)
		}
		return err
	}
}

// finish gives the claim back with the learner as change leaves them, and reports
// whether the claim still held. It tries until ctx ends: what was sent and is not
// finished may be sent again.
func (r *run) finish(ctx context.Context, c bot.Claim, change func(*bot.Learner)) (bool, error) {
	for {
		verdict, err := r.Store.Finish(ctx, c, func(l *bot.Learner) error { change(l); return nil })
		if err == nil {
			if verdict != bot.Done {
				r.Counts.Lost.Add(1)
			}
			return verdict == bot.Done, nil
		}
		if !r.wait(ctx, againEvery) {
			return false, fmt.Errorf("finish: %w", err)
		}
	}
}

func (r *run) bury(ctx context.Context, c bot.Claim, reason string) {
	if err := r.Store.Bury(ctx, bot.Dead{ID: c.ID, Day: c.Day, At: r.now(), Reason: reason}); err != nil {
		r.log.Error("a reminder that was given up is not remembered", "learner", c.ID, "reason", reason, "err", err)
	}
}

func (r *run) release(ctx context.Context, c bot.Claim, after time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if err := r.Store.Release(ctx, c, after); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

func (r *run) get(ctx context.Context, id bot.ID) (bot.Learner, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	return r.Store.Get(ctx, id)
}
