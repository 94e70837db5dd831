package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// Check reads the whole store. Every learner must be free of contradictions,
// accounts must point to learners that have them and learners have accounts
// that point back, boards must show whom they should, tallies count every vote,
// and what is due be what learners plan. Those who are being merged or forgotten
// may be half-way. The error is for a check that
// could not be finished. Writes wait while the file's pages are checked, about a
// second for a hundred thousand learners.
func (s *Store) Check(ctx context.Context) (bot.Report, error) {
	var c checker
	err := s.view(ctx, func(tx *bolt.Tx) error {
		if err := s.whole(tx); err != nil {
			return err // reading on could be a fault where nobody catches it
		}
		c = checker{ctx: ctx, tx: tx, boards: map[string]bool{}, tallies: map[string]bot.Tally{}, plans: map[bot.ID]plan{}}
		return c.check()
	})
	if err != nil {
		return bot.Report{}, wrap("check the store", err)
	}
	// bbolt allows its own check only while nothing is written, so it takes the
	// place of a write.
	problem, err := submit(ctx, s, func(w *write) (error, error) { return checkPages(ctx, w.tx), nil })
	if err != nil {
		return bot.Report{}, wrap("check the store", err)
	}
	if problem != nil {
		c.problem("%v", problem)
	}
	return c.report, nil
}

// checkPages is what bbolt's own check complains of, all in one error.
func checkPages(ctx context.Context, tx *bolt.Tx) error {
	var all []error
	for err := range tx.Check() { // to its end: it goes on reading until then
		if len(all) < 10 {
			all = append(all, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(all) > 0 {
		return damageError{what: errors.Join(all...).Error()}
	}
	return nil
}

// A checker goes through a store.
type checker struct {
	ctx     context.Context
	tx      *bolt.Tx
	boards  map[string]bool      // keys that should be on boards, and were not seen yet
	tallies map[string]bot.Tally // as the learners voted, less those that were seen
	plans   map[bot.ID]plan      // of the learners, less those that were seen in due
	report  bot.Report
}

func (c *checker) problem(format string, args ...any) {
	c.report.Problems = append(c.report.Problems, fmt.Sprintf(format, args...))
}

func (c *checker) check() error {
	for _, part := range []struct {
		bucket []byte
		visit  func(k, v []byte)
	}{
		{learnersBucket, c.learner},
		{accountsBucket, c.account},
		{boardsBucket, c.board},
		{keptBucket, c.kept},
		{endsBucket, c.end},
		{talliesBucket, c.tally},
		{groupsBucket, c.group},
		{leasesBucket, c.lease},
		{dueBucket, c.due},
		{deadBucket, c.dead},
		{papersBucket, c.paper},
	} {
		err := c.tx.Bucket(part.bucket).ForEach(func(k, v []byte) error {
			part.visit(k, v)
			return c.ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	for key := range c.boards {
		c.problem("the boards lack the place %q", key)
	}
	for topic, t := range c.tallies {
		c.problem("the votes on %q are not counted, want %+v", topic, t)
	}
	for id, p := range c.plans {
		c.problem("the reminder of learner %s is not planned, want %v", id, time.Unix(p.due, 0).UTC())
	}
	return nil
}

func (c *checker) paper(k, _ []byte) {
	if _, err := shelfOf(k); err != nil {
		c.problem("%v", err)
	}
}

func (c *checker) learner(k, v []byte) {
	c.report.Learners++
	l, err := decode(bot.ID(slices.Clone(k)), v)
	if err != nil {
		c.problem("%v", err)
		return
	}
	if err := l.Check(); err != nil {
		c.problem("%v", err)
	}
	count(c.tallies, l.Votes, 1)
	if p := planOf(l); p.set {
		c.plans[l.ID] = p
	}
	for _, group := range l.Boards {
		c.boards[string(boardKey(group, l.BoardScore(), l.ID))] = true
	}
	for _, a := range l.Accounts {
		to := c.tx.Bucket(accountsBucket).Get([]byte(a))
		if string(to) != string(l.ID) && l.Into == "" && !l.Gone {
			c.problem("learner %s has the account %q, which points to %q", l.ID, a, to)
		}
	}
}

func (c *checker) account(k, v []byte) {
	c.report.Accounts++
	l, err := read(c.tx, bot.ID(v))
	switch {
	case errors.Is(err, bot.ErrNoLearner):
		c.problem("account %q points to learner %s, who does not exist", k, v)
	case err == nil && !slices.Contains(l.Accounts, bot.Account(k)):
		c.problem("account %q points to learner %s, who does not have it", k, v)
	}
}

func (c *checker) board(k, _ []byte) {
	if c.boards[string(k)] {
		delete(c.boards, string(k))
		return
	}
	c.problem("the boards have the place %q, which nobody should have", k)
}

func (c *checker) kept(k, v []byte) {
	c.report.Kept++
	end, _, err := parseKept(v)
	switch {
	case err != nil:
		c.problem("key %q: %v", k, err)
	case c.tx.Bucket(endsBucket).Get(endKey(end, k)) == nil:
		c.problem("key %q is kept, but its end is not noted", k)
	}
}

func (c *checker) end(k, _ []byte) {
	if len(k) < 8 {
		c.problem("the end %q of a kept key is cut short", k)
		return
	}
	if v := c.tx.Bucket(keptBucket).Get(k[8:]); !bytes.HasPrefix(v, k[:8]) {
		c.problem("the end of key %q is noted, but it is not kept until then", k[8:])
	}
}

func (c *checker) tally(k, v []byte) {
	t, err := parseTally(v)
	if want := c.tallies[string(k)]; err != nil || t != want {
		c.problem("the votes on %q are counted as %+v (%v), want %+v", k, t, err, want)
	}
	delete(c.tallies, string(k))
}

func (c *checker) group(k, _ []byte) {
	if _, err := readGroup(c.tx, string(k)); err != nil {
		c.problem("%v", err)
	}
}

// lease comes before due.
func (c *checker) lease(k, v []byte) {
	l, err := parseLease(v)
	if want := c.plans[bot.ID(k)]; err != nil || l.plan != want {
		c.problem("learner %s has a lease on %+v (%v), want %+v", k, l.plan, err, want)
	}
}

func (c *checker) due(k, v []byte) {
	at, id, err := parseDueKey(k)
	if err != nil {
		c.problem("%v", err)
		return
	}
	got, err := parsePlan(at, v)
	want := c.plans[id]
	delete(c.plans, id)
	if l, leased, broken := leaseOf(c.tx, id); broken == nil && leased { // what broke it was told of already
		got.due = want.due
		if at != l.place() {
			c.problem("the lease of learner %s is noted at %d, want %d", id, at, l.place())
		}
	}
	if err != nil || got != want {
		c.problem("the reminder of learner %s is planned as %+v (%v), want %+v", id, got, err, want)
	}
}

func (c *checker) dead(_, v []byte) {
	if _, err := parseDead(v); err != nil {
		c.problem("%v", err)
	}
}
