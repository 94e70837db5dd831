package boltstore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// Board implements bot.Store. Learners with as many days stand in the order of
// their ids.
func (s *Store) Board(ctx context.Context, group string, m bot.Month, n int) ([]bot.Learner, error) {
	var out []bot.Learner
	err := s.view(ctx, func(tx *bolt.Tx) (err error) {
		out, err = board(ctx, tx, group, m, n)
		return err
	})
	return out, wrap(fmt.Sprintf("board of %q", group), err)
}

// A place is a learner on a board.
type place struct {
	days    int
	learner bot.Learner
}

// board walks down the scores. Those who were active in a later month come
// first, and only their days tell whether they were in m, too. The others stand
// in the order asked for, so that n of them are enough.
func board(ctx context.Context, tx *bolt.Tx, group string, m bot.Month, n int) ([]bot.Learner, error) {
	var places []place
	prefix := boardPrefix(group)
	least, greatest := m.Range()
	c := tx.Bucket(boardsBucket).Cursor()
	ordered := 0
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && ordered < n; k, _ = c.Next() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		score, id, err := parseBoardKey(k, prefix)
		if err != nil {
			return nil, err
		}
		if score < least {
			break
		}
		l, err := read(tx, id)
		if err != nil {
			return nil, fmt.Errorf("learner %s on it: %w", id, err)
		}
		p := place{score - least + 1, l}
		if score > greatest {
			p.days = l.ActiveDays(m)
		} else {
			ordered++
		}
		if p.days > 0 {
			places = append(places, p)
		}
	}
	return first(places, n), nil
}

// first are the learners of the first n places.
func first(places []place, n int) []bot.Learner {
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(b.days-a.days, cmp.Compare(a.learner.ID, b.learner.ID))
	})
	out := make([]bot.Learner, min(max(n, 0), len(places)))
	for i := range out {
		out[i] = places[i].learner
	}
	return out
}
