package boltstore

import (
	"context"
	"time"

	bolt "go.etcd.io/bbolt"
)

// swept is how many keys whose time is over each Keep drops: more than it
// adds, so that they cannot pile up.
const swept = 16

// Keep implements bot.Store. A key whose time is over is dropped by a later
// Keep, or when the store is opened.
func (s *Store) Keep(ctx context.Context, key, value string, d time.Duration) error {
	_, err := submit(ctx, s, func(w *write) (struct{}, error) {
		return struct{}{}, w.keep(key, value, s.options.Now(), d)
	})
	return wrap("keep a value", err)
}

func (w *write) keep(key, value string, now time.Time, d time.Duration) error {
	if err := w.sweep(now, swept); err != nil {
		return err
	}
	if err := w.drop([]byte(key)); err != nil {
		return err
	}
	end := now.Add(d)
	if err := w.put(endsBucket, endKey(end, []byte(key)), nil); err != nil {
		return err
	}
	return w.put(keptBucket, []byte(key), keptValue(end, value))
}

// Once implements bot.Store. Its keys are those of Keep.
func (s *Store) Once(ctx context.Context, key string, d time.Duration) (bool, error) {
	first, err := submit(ctx, s, func(w *write) (bool, error) {
		held, err := s.holds(w.tx, key)
		if err != nil || held != "" {
			return false, err
		}
		return true, w.keep(key, "1", s.options.Now(), d)
	})
	return first, wrap("do something once", err)
}

// Peek implements bot.Store.
func (s *Store) Peek(ctx context.Context, key string) (string, error) {
	var value string
	err := s.view(ctx, func(tx *bolt.Tx) (err error) {
		value, err = s.holds(tx, key)
		return err
	})
	return value, wrap("peek at a value", err)
}

// Take implements bot.Store.
func (s *Store) Take(ctx context.Context, key string) (string, error) {
	value, err := submit(ctx, s, func(w *write) (string, error) {
		value, err := s.holds(w.tx, key)
		if err != nil {
			return "", err
		}
		return value, w.drop([]byte(key))
	})
	return value, wrap("take a value", err)
}

// holds is what the key holds now.
func (s *Store) holds(tx *bolt.Tx, key string) (string, error) {
	stored := tx.Bucket(keptBucket).Get([]byte(key))
	if stored == nil {
		return "", nil
	}
	end, value, err := parseKept(stored)
	if err != nil || !s.options.Now().Before(end) {
		return "", err
	}
	return value, nil
}
