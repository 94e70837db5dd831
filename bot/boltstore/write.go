package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// A write is what a job does to the file, and whether it did anything.
type write struct {
	tx    *bolt.Tx
	wrote bool
}

func (w *write) put(bucket, key, value []byte) error {
	w.wrote = true
	return w.tx.Bucket(bucket).Put(key, value)
}

func (w *write) remove(bucket, key []byte) error {
	w.wrote = true
	return w.tx.Bucket(bucket).Delete(key)
}

// A trace is what of a learner stands outside its record.
type trace struct {
	accounts []bot.Account
	boards   []string
	score    int
	votes    []bot.Vote
	plan     plan
}

func traceOf(l bot.Learner) trace {
	return trace{slices.Clone(l.Accounts), slices.Clone(l.Boards), l.BoardScore(), slices.Clone(l.Votes), planOf(l)}
}

// learner writes l's record, and its places, votes and plan in place of old's. It
// returns l as written.
func (w *write) learner(old trace, l bot.Learner) (bot.Learner, error) {
	key, record := []byte(l.ID), encode(l)
	written, err := decode(l.ID, record)
	if err != nil {
		return bot.Learner{}, fmt.Errorf("learner %s cannot be written so that it can be read: %w", l.ID, err)
	}
	if bytes.Equal(record, w.tx.Bucket(learnersBucket).Get(key)) {
		return written, nil
	}
	if err := w.put(learnersBucket, key, record); err != nil {
		return bot.Learner{}, err
	}
	return written, w.follow(l.ID, old, traceOf(written))
}

// follow brings boards, tallies and due from the old trace of a learner to the new one.
func (w *write) follow(id bot.ID, old, now trace) error {
	if err := w.boards(id, old, now); err != nil {
		return err
	}
	if err := w.tallies(old.votes, now.votes); err != nil {
		return err
	}
	return w.due(id, old.plan, now.plan)
}

// boards moves the learner from its old places on boards to its new ones.
func (w *write) boards(id bot.ID, old, now trace) error {
	for _, group := range old.boards {
		if now.score == old.score && slices.Contains(now.boards, group) {
			continue
		}
		if err := w.remove(boardsBucket, boardKey(group, old.score, id)); err != nil {
			return err
		}
	}
	for _, group := range now.boards {
		if now.score == old.score && slices.Contains(old.boards, group) {
			continue
		}
		if err := w.put(boardsBucket, boardKey(group, now.score, id), nil); err != nil {
			return err
		}
	}
	return nil
}

// point makes accounts point to the learner.
func (w *write) point(id bot.ID, accounts []bot.Account) error {
	for _, a := range accounts {
		if string(w.tx.Bucket(accountsBucket).Get([]byte(a))) == string(id) {
			continue
		}
		if err := w.put(accountsBucket, []byte(a), []byte(id)); err != nil {
			return fmt.Errorf("account %q: %w", a, err)
		}
	}
	return nil
}

// unpoint makes those of the accounts that point to the learner point to nobody.
func (w *write) unpoint(id bot.ID, accounts []bot.Account) error {
	for _, a := range accounts {
		if string(w.tx.Bucket(accountsBucket).Get([]byte(a))) != string(id) {
			continue
		}
		if err := w.remove(accountsBucket, []byte(a)); err != nil {
			return err
		}
	}
	return nil
}

// without is list less what is in other.
func without(list, other []bot.Account) []bot.Account {
	return slices.DeleteFunc(slices.Clone(list), func(a bot.Account) bool { return slices.Contains(other, a) })
}

// drop makes a kept key hold nothing.
func (w *write) drop(key []byte) error {
	stored := w.tx.Bucket(keptBucket).Get(key)
	if stored == nil {
		return nil
	}
	end, _, err := parseKept(stored)
	if err != nil {
		return err
	}
	if err := w.remove(endsBucket, endKey(end, key)); err != nil {
		return err
	}
	return w.remove(keptBucket, key)
}

// sweep drops keys whose time is over, at most limit of them; all when it is negative.
func (w *write) sweep(now time.Time, limit int) error {
	var over [][]byte
	ends := w.tx.Bucket(endsBucket).Cursor()
	for k, _ := ends.First(); k != nil && len(over) != limit; k, _ = ends.Next() {
		if len(k) < 8 {
			return damageError{what: fmt.Sprintf("the end %q of a kept key is cut short", k)}
		}
		if int64(binary.BigEndian.Uint64(k)) > now.UnixNano() {
			break
		}
		over = append(over, slices.Clone(k[8:]))
	}
	for _, key := range over {
		if err := w.drop(key); err != nil {
			return err
		}
	}
	return nil
}
