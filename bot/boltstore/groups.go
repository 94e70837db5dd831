package boltstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// Group implements bot.Store.
func (s *Store) Group(ctx context.Context, id string) (bot.Group, error) {
	var g bot.Group
	err := s.view(ctx, func(tx *bolt.Tx) (err error) {
		g, err = readGroup(tx, id)
		return err
	})
	return g, wrap(fmt.Sprintf("get group %q", id), err)
}

// readGroup is the group's settings, the zero Group when nobody set any.
func readGroup(tx *bolt.Tx, id string) (bot.Group, error) {
	var g bot.Group
	stored := tx.Bucket(groupsBucket).Get([]byte(id))
	if stored == nil {
		return g, nil
	}
	if err := json.Unmarshal(stored, &g); err != nil {
		return bot.Group{}, damageError{what: fmt.Sprintf("group %q: %v", id, err)}
	}
	return g, nil
}

// UpdateGroup implements bot.Store, under the same conditions as Update.
func (s *Store) UpdateGroup(ctx context.Context, id string, change func(*bot.Group) error) (bot.Group, error) {
	g, err := submit(ctx, s, func(w *write) (bot.Group, error) {
		g, err := readGroup(w.tx, id)
		if err != nil {
			return bot.Group{}, err
		}
		before, err := json.Marshal(g)
		if err != nil {
			return bot.Group{}, err
		}
		if err := safely(fmt.Sprintf("update group %q", id), func() error { return change(&g) }); err != nil {
			return bot.Group{}, refusal{err}
		}
		after, err := json.Marshal(g)
		if err != nil || bytes.Equal(before, after) {
			return g, err
		}
		if err := w.put(groupsBucket, []byte(id), after); err != nil {
			return bot.Group{}, err
		}
		return readGroup(w.tx, id) // as written
	})
	return g, unwrap(fmt.Sprintf("update group %q", id), err)
}

// Groups implements bot.Store. It reads all at once: settings are few and small.
func (s *Store) Groups(ctx context.Context) iter.Seq2[bot.GroupSettings, error] {
	return func(yield func(bot.GroupSettings, error) bool) {
		var all []bot.GroupSettings
		err := s.view(ctx, func(tx *bolt.Tx) error {
			return tx.Bucket(groupsBucket).ForEach(func(id, _ []byte) error {
				g, err := readGroup(tx, string(id))
				all = append(all, bot.GroupSettings{ID: string(id), Group: g})
				return err
			})
		})
		if err != nil {
			yield(bot.GroupSettings{}, wrap("list groups", err))
			return
		}
		for _, g := range all {
			if !yield(g, nil) {
				return
			}
		}
	}
}
