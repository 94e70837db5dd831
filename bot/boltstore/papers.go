package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// UpdatePaper implements bot.Store, under the same conditions as Update.
func (s *Store) UpdatePaper(ctx context.Context, shelf, key string, change func(string) (string, error)) (string, error) {
	what := fmt.Sprintf("update paper %q of %q", key, shelf)
	after, err := submit(ctx, s, func(w *write) (after string, _ error) {
		at := paperKey(shelf, key)
		before := string(w.tx.Bucket(papersBucket).Get(at))
		err := safely(what, func() (err error) {
			if after, err = change(before); err != nil {
				return err
			}
			return bot.CheckPaper(after)
		})
		switch {
		case err != nil:
			return "", refusal{err}
		case after == before:
			return after, nil
		case after == "":
			return after, w.remove(papersBucket, at)
		}
		return after, w.put(papersBucket, at, []byte(after))
	})
	return after, unwrap(what, err)
}

// Papers implements bot.Store. It reads the whole shelf at once.
func (s *Store) Papers(ctx context.Context, shelf string) iter.Seq2[bot.Paper, error] {
	return func(yield func(bot.Paper, error) bool) {
		var all []bot.Paper
		err := s.view(ctx, func(tx *bolt.Tx) error {
			prefix, c := shelfPrefix(shelf), tx.Bucket(papersBucket).Cursor()
			for k, text := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, text = c.Next() {
				all = append(all, bot.Paper{Key: string(k[len(prefix):]), Text: string(text)})
			}
			return nil
		})
		if err != nil {
			yield(bot.Paper{}, wrap(fmt.Sprintf("read the papers of %q", shelf), err))
			return
		}
		for _, n := range all {
			if !yield(n, nil) {
				return
			}
		}
	}
}

// Shelves implements bot.Store.
func (s *Store) Shelves(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var all []string
		err := s.view(ctx, func(tx *bolt.Tx) error {
			return tx.Bucket(papersBucket).ForEach(func(k, _ []byte) error {
				shelf, err := shelfOf(k)
				if len(all) == 0 || all[len(all)-1] != shelf { // the keys of a shelf follow each other
					all = append(all, shelf)
				}
				return err
			})
		})
		if err != nil {
			yield("", wrap("list the shelves", err))
			return
		}
		for _, shelf := range all {
			if !yield(shelf, nil) {
				return
			}
		}
	}
}

// shelfPrefix is what the keys of a shelf's papers begin with.
func shelfPrefix(shelf string) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(shelf))), shelf...)
}

func paperKey(shelf, key string) []byte { return append(shelfPrefix(shelf), key...) }

// shelfOf is the shelf in a key that paperKey made.
func shelfOf(stored []byte) (string, error) {
	n, size := binary.Uvarint(stored)
	if size <= 0 || n > uint64(len(stored)-size) {
		return "", damageError{what: fmt.Sprintf("the paper's key %q is cut short", stored)}
	}
	return string(stored[size : size+int(n)]), nil
}
