package boltstore

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
	"mentor/bot/streak"
)

// A plan is when a learner's next reminder is due, and the day it is for. The
// zero value is for none.
type plan struct {
	set bool
	due int64 // Unix seconds
	day streak.Day
}

func planOf(l bot.Learner) plan {
	if l.Reminder.Next.IsZero() {
		return plan{}
	}
	return plan{true, l.Reminder.Next.Unix(), l.Reminder.Day}
}

// A lease is one process's right to a plan until end. When it ended and begun is
// set, somebody may have sent the reminder.
type lease struct {
	plan
	begun time.Time // zero for not begun
	end   time.Time
	token string
}

// holds reports whether c is the claim that l was given for, and l has not ended.
func (l lease) holds(c bot.Claim, now time.Time) bool {
	return l.token == c.Token && now.Before(l.end)
}

// place is where l stands in due.
func (l lease) place() int64 { return l.end.Unix() }

// due moves the learner from its old plan to the new one. A lease on the old one
// is lost.
func (w *write) due(id bot.ID, old, now plan) error {
	if old == now {
		return nil
	}
	l, leased, err := leaseOf(w.tx, id)
	if err != nil {
		return err
	}
	if leased {
		if err := w.unlease(id, l); err != nil {
			return err
		}
	}
	if old.set {
		if err := w.remove(dueBucket, dueKey(old.due, id)); err != nil {
			return err
		}
	}
	if !now.set {
		return nil
	}
	return w.put(dueBucket, dueKey(now.due, id), dueValue(now.day))
}

// lease gives l to the learner, whose place in due was from.
func (w *write) lease(id bot.ID, from int64, l lease) error {
	if err := w.remove(dueBucket, dueKey(from, id)); err != nil {
		return err
	}
	if err := w.put(dueBucket, dueKey(l.place(), id), dueValue(l.day)); err != nil {
		return err
	}
	return w.put(leasesBucket, []byte(id), leaseValue(l))
}

// unlease takes the learner's lease l back: the plan is due as before.
func (w *write) unlease(id bot.ID, l lease) error {
	if err := w.remove(leasesBucket, []byte(id)); err != nil {
		return err
	}
	if err := w.remove(dueBucket, dueKey(l.place(), id)); err != nil {
		return err
	}
	return w.put(dueBucket, dueKey(l.due, id), dueValue(l.day))
}

// A ripe is a plan that can be claimed.
type ripe struct {
	id   bot.ID
	from int64 // its place in due
	lease
}

// ripes are the first n plans that can be claimed at now. The lease of one that
// was claimed before has ended.
func ripes(tx *bolt.Tx, now time.Time, n int) ([]ripe, error) {
	var out []ripe
	c := tx.Bucket(dueBucket).Cursor()
	for k, v := c.First(); k != nil && len(out) < n; k, v = c.Next() {
		from, id, err := parseDueKey(k)
		if err != nil {
			return nil, err
		}
		if from > now.Unix() {
			break
		}
		l, leased, err := leaseOf(tx, id)
		if err == nil && !leased {
			l.plan, err = parsePlan(from, v)
		}
		if err != nil {
			return nil, err
		}
		if !now.Before(l.end) { // it may end within this second
			out = append(out, ripe{id, from, l})
		}
	}
	return out, nil
}

// leaseOf is the learner's lease, if there is one, ended or not.
func leaseOf(tx *bolt.Tx, id bot.ID) (l lease, leased bool, _ error) {
	stored := tx.Bucket(leasesBucket).Get([]byte(id))
	if stored == nil {
		return lease{}, false, nil
	}
	l, err := parseLease(stored)
	return l, err == nil, err
}

// dueKey is a place in due.
func dueKey(at int64, id bot.ID) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), id...)
}

func parseDueKey(k []byte) (at int64, id bot.ID, _ error) {
	if len(k) <= 8 {
		return 0, "", damageError{what: fmt.Sprintf("the key %q of a reminder is cut short", k)}
	}
	return int64(binary.BigEndian.Uint64(k)), bot.ID(slices.Clone(k[8:])), nil
}

func dueValue(day streak.Day) []byte { return binary.BigEndian.AppendUint64(nil, uint64(day)) }

// parsePlan is the plan of a place that no lease moved.
func parsePlan(at int64, value []byte) (plan, error) {
	if len(value) != 8 {
		return plan{}, damageError{what: fmt.Sprintf("the day of a reminder has %d bytes, want 8", len(value))}
	}
	return plan{true, at, streak.Day(binary.BigEndian.Uint64(value))}, nil
}

func leaseValue(l lease) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(l.due))
	b = binary.BigEndian.AppendUint64(b, uint64(l.day))
	b = binary.BigEndian.AppendUint64(b, nanoseconds(l.begun))
	b = binary.BigEndian.AppendUint64(b, nanoseconds(l.end))
	return append(b, l.token...)
}

// parseLease is leaseValue backwards.
func parseLease(b []byte) (lease, error) {
	if len(b) < 32 {
		return lease{}, damageError{what: fmt.Sprintf("a lease has %d bytes, want 32 or more", len(b))}
	}
	number := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	return lease{
		plan:  plan{true, int64(number(0)), streak.Day(number(1))},
		begun: instant(number(2)), end: instant(number(3)), token: string(b[32:]),
	}, nil
}

// nanoseconds is t in Unix nanoseconds, 0 for the zero time.
func nanoseconds(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.UnixNano())
}

// instant is nanoseconds backwards.
func instant(n uint64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(n))
}
