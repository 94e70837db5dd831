package boltstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// Claim implements bot.Store. Those due first come first. When nothing is due
// nothing is written, and no write is waited for.
func (s *Store) Claim(ctx context.Context, n int, d time.Duration) ([]bot.Claim, error) {
	claims, err := s.claim(ctx, n, d)
	return claims, wrap("claim reminders", err)
}

func (s *Store) claim(ctx context.Context, n int, d time.Duration) ([]bot.Claim, error) {
	var found []ripe
	err := s.view(ctx, func(tx *bolt.Tx) (err error) {
		found, err = ripes(tx, s.options.Now(), min(n, 1))
		return err
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return submit(ctx, s, func(w *write) ([]bot.Claim, error) { return w.claim(s.options.Now(), n, d) })
}

// claim leases the first n plans that are due.
func (w *write) claim(now time.Time, n int, d time.Duration) ([]bot.Claim, error) {
	found, err := ripes(w.tx, now, n)
	if err != nil {
		return nil, err
	}
	claims := make([]bot.Claim, len(found))
	for i, r := range found {
		r.token, r.end = rand.Text(), now.Add(d)
		if err := w.lease(r.id, r.from, r.lease); err != nil {
			return nil, err
		}
		claims[i] = bot.Claim{ID: r.id, Token: r.token, Due: time.Unix(r.due, 0), Day: r.day, Begun: r.begun}
	}
	return claims, nil
}

// Begin implements bot.Store, under the same conditions as Update: decide runs
// while no write does. A claim that was begun before keeps the time of the first.
func (s *Store) Begin(ctx context.Context, c bot.Claim, limit time.Duration, decide func(bot.Learner) bool) (bot.Verdict, error) {
	doing := fmt.Sprintf("begin the reminder of learner %s", c.ID)
	v, err := submit(ctx, s, func(w *write) (bot.Verdict, error) {
		now := s.options.Now()
		l, held, err := holder(w.tx, c, now)
		if err != nil || !held.set {
			return bot.Lost, err
		}
		send := false
		if err := safely(doing, func() error { send = decide(l); return nil }); err != nil {
			return bot.Lost, refusal{err}
		}
		if !send {
			return bot.Skip, nil
		}
		from := held.place()
		if held.begun.IsZero() {
			held.begun = now
		}
		held.end = now.Add(limit)
		return bot.Send, w.lease(c.ID, from, held)
	})
	return verdict(v, unwrap(doing, err))
}

// Finish implements bot.Store, under the same conditions as Update.
func (s *Store) Finish(ctx context.Context, c bot.Claim, change func(*bot.Learner) error) (bot.Verdict, error) {
	doing := fmt.Sprintf("finish the reminder of learner %s", c.ID)
	v, err := submit(ctx, s, func(w *write) (bot.Verdict, error) {
		l, held, err := holder(w.tx, c, s.options.Now())
		if err != nil || !held.set {
			return bot.Lost, err
		}
		old, l, err := changed(doing, l, change)
		if err != nil {
			return bot.Lost, err
		}
		if err := w.unlease(c.ID, held); err != nil {
			return bot.Lost, err
		}
		_, err = w.replace(old, l)
		return bot.Done, err
	})
	return verdict(v, unwrap(doing, err))
}

// verdict is v, Lost beside an error.
func verdict(v bot.Verdict, err error) (bot.Verdict, error) {
	if err != nil {
		return bot.Lost, err
	}
	return v, nil
}

// holder is the learner of the claim and its lease, which is not set when the
// claim holds no longer.
func holder(tx *bolt.Tx, c bot.Claim, now time.Time) (bot.Learner, lease, error) {
	held, _, err := leaseOf(tx, c.ID)
	if err != nil || !held.holds(c, now) {
		return bot.Learner{}, lease{}, err
	}
	l, err := read(tx, c.ID)
	if errors.Is(err, bot.ErrNoLearner) || err == nil && planOf(l) != held.plan {
		return bot.Learner{}, lease{}, nil
	}
	return l, held, err
}

// nobody is the token of a lease that was given back.
const nobody = "-"

// Release implements bot.Store. One that was begun is claimed again as begun.
func (s *Store) Release(ctx context.Context, c bot.Claim, after time.Duration) error {
	_, err := submit(ctx, s, func(w *write) (struct{}, error) {
		now := s.options.Now()
		held, _, err := leaseOf(w.tx, c.ID)
		if err != nil || !held.holds(c, now) {
			return struct{}{}, err
		}
		if held.begun.IsZero() && after <= 0 {
			return struct{}{}, w.unlease(c.ID, held)
		}
		from := held.place()
		held.token, held.end = nobody, time.Unix(held.due, 0)
		if after > 0 {
			held.end = now.Add(after)
		}
		return struct{}{}, w.lease(c.ID, from, held)
	})
	return wrap(fmt.Sprintf("release the reminder of learner %s", c.ID), err)
}
