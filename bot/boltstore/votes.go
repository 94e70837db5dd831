package boltstore

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// Tallies implements bot.Store.
func (s *Store) Tallies(ctx context.Context) (map[string]bot.Tally, error) {
	out := map[string]bot.Tally{}
	err := s.view(ctx, func(tx *bolt.Tx) error {
		return tx.Bucket(talliesBucket).ForEach(func(topic, stored []byte) error {
			t, err := parseTally(stored)
			out[string(topic)] = t
			return err
		})
	})
	if err != nil {
		return nil, wrap("count votes", err)
	}
	return out, nil
}

// tallies counts a learner's votes in place of the old ones.
func (w *write) tallies(old, now []bot.Vote) error {
	change := map[string]bot.Tally{}
	count(change, old, -1)
	count(change, now, 1)
	for topic, by := range change {
		if by == (bot.Tally{}) {
			continue
		}
		t, err := parseTally(w.tx.Bucket(talliesBucket).Get([]byte(topic)))
		if err != nil {
			return err
		}
		t.Up += by.Up
		t.Down += by.Down
		if t == (bot.Tally{}) {
			err = w.remove(talliesBucket, []byte(topic))
		} else {
			err = w.put(talliesBucket, []byte(topic), tallyValue(t))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// count adds the votes to tallies, each as so many.
func count(tallies map[string]bot.Tally, votes []bot.Vote, each int) {
	for _, v := range votes {
		t := tallies[v.Topic]
		if v.Up {
			t.Up += each
		} else {
			t.Down += each
		}
		tallies[v.Topic] = t
	}
}
