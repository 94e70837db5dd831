package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// Bury implements bot.Store.
func (s *Store) Bury(ctx context.Context, d bot.Dead) error {
	_, err := submit(ctx, s, func(w *write) (struct{}, error) { return struct{}{}, w.bury(d) })
	return wrap(fmt.Sprintf("bury a reminder of learner %s", d.ID), err)
}

// bury numbers the dead, and drops those that are more than bot.MaxDead behind.
func (w *write) bury(d bot.Dead) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	w.wrote = true
	n, err := w.tx.Bucket(deadBucket).NextSequence()
	if err != nil {
		return err
	}
	if err := w.put(deadBucket, binary.BigEndian.AppendUint64(nil, n), text); err != nil {
		return err
	}
	oldest := binary.BigEndian.AppendUint64(nil, max(n, bot.MaxDead)-bot.MaxDead)
	return w.exhume(func(k, _ []byte) (drop, more bool) {
		old := bytes.Compare(k, oldest) <= 0
		return old, old
	})
}

// exhume removes the dead that which says to drop, the oldest first, as long as
// there shall be more.
func (w *write) exhume(which func(k, v []byte) (drop, more bool)) error {
	var keys [][]byte
	c := w.tx.Bucket(deadBucket).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		drop, more := which(k, v)
		if drop {
			keys = append(keys, slices.Clone(k))
		}
		if !more {
			break
		}
	}
	for _, k := range keys {
		if err := w.remove(deadBucket, k); err != nil {
			return err
		}
	}
	return nil
}

// forgetDead removes the learner from the dead. Ids are of letters and digits, so
// none is a part of another.
func (w *write) forgetDead(id bot.ID) error {
	return w.exhume(func(_, v []byte) (drop, more bool) { return bytes.Contains(v, []byte(`"`+id+`"`)), true })
}

// Dead implements bot.Store.
func (s *Store) Dead(ctx context.Context) ([]bot.Dead, error) {
	var out []bot.Dead
	err := s.view(ctx, func(tx *bolt.Tx) error {
		c := tx.Bucket(deadBucket).Cursor()
		for k, v := c.Last(); k != nil; k, v = c.Prev() {
			d, err := parseDead(v)
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, wrap("list the reminders that were given up", err)
}

func parseDead(stored []byte) (d bot.Dead, _ error) {
	if err := json.Unmarshal(stored, &d); err != nil {
		return bot.Dead{}, damageError{what: fmt.Sprintf("a reminder that was given up: %v", err)}
	}
	return d, nil
}
