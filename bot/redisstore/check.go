package redisstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// Check reads the whole store, after it has finished what crashes left undone.
// Every learner must be free of contradictions, accounts must point to learners
// that have them and learners have accounts that point back, boards must show
// whom they should, votes be counted, and what is due be what learners plan. Those
// who are being merged or forgotten may be half-way. The error is for a check that
// could not be finished. What is written meanwhile may be taken for a problem:
// believe what a second check finds too.
func (s *Store) Check(ctx context.Context) (bot.Report, error) {
	c := checker{Store: s}
	for i := range c.counts {
		c.counts[i], c.plans[i] = map[string]int{}, map[bot.ID]string{}
	}
	for _, part := range []func(context.Context) error{c.learners, c.accounts, c.boards, c.tallies, c.due, c.kept} {
		if err := part(ctx); err != nil {
			return bot.Report{}, s.fail(ctx, "check the store", err)
		}
	}
	return c.report, nil
}

// A checker goes through a store.
type checker struct {
	*Store
	report bot.Report
	counts [shards]map[string]int    // votes, as the tallies should have them
	plans  [shards]map[bot.ID]string // when reminders should be due
}

func (c *checker) problem(format string, args ...any) {
	c.report.Problems = append(c.report.Problems, fmt.Sprintf(format, args...))
}

// learners checks every row, and what should lead to it.
func (c *checker) learners(ctx context.Context) error {
	for r, err := range c.rows(ctx) {
		if err == nil && len(r.todo) > 0 {
			r, err = c.finished(ctx, r.id)
		}
		if err == nil && r.found {
			c.report.Learners++
			err = c.learner(ctx, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) finished(ctx context.Context, id bot.ID) (row, error) {
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return row{}, err
	}
	defer end()
	return c.readSettled(ctx, id)
}

func (c *checker) learner(ctx context.Context, r row) error {
	for field, by := range votesOf(r) {
		c.counts[shardOf(r.id)][field] += by
	}
	if at := r.record["ra"]; at != "" {
		c.plans[shardOf(r.id)][r.id] = at
	}
	l, err := r.learner()
	if err == nil {
		err = l.Check()
	}
	if err != nil {
		c.problem("%v", err)
		return nil
	}
	if halfWay(l) {
		return nil
	}
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	owners, scores := make([]*redis.StringCmd, len(l.Accounts)), make([]*redis.FloatCmd, len(l.Boards))
	err = c.send(ctx, func(b batch) {
		for i, a := range l.Accounts {
			owners[i] = b.Get(ctx, pointerKey(a))
		}
		for i, g := range l.Boards {
			scores[i] = b.ZScore(ctx, boardKey(g), string(l.ID))
		}
	})
	if err != nil {
		return err
	}
	for i, a := range l.Accounts {
		if owner := owners[i].Val(); owner != string(l.ID) {
			c.problem("learner %s has the account %s, which points to %q", l.ID, a, owner)
		}
	}
	for i, g := range l.Boards {
		if scores[i].Err() != nil {
			c.problem("learner %s is missing on the board %q", l.ID, g)
		}
	}
	return nil
}

// halfWay reports whether l is being merged or forgotten.
func halfWay(l bot.Learner) bool { return l.Gone || l.Into != "" }

// accounts checks that every pointer has a learner who knows of it.
func (c *checker) accounts(ctx context.Context) error {
	for keys, err := range c.walk(ctx, pointers+"*") {
		if err == nil {
			err = c.pointersOf(ctx, keys)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) pointersOf(ctx context.Context, keys []string) error {
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	owners := make([]*redis.StringCmd, len(keys))
	err = c.send(ctx, func(b batch) {
		for i, key := range keys {
			owners[i] = b.Get(ctx, key)
		}
	})
	if err != nil {
		return err
	}
	ids := make([]bot.ID, len(keys))
	for i, owner := range owners {
		ids[i] = bot.ID(owner.Val())
	}
	rows, err := c.readAll(ctx, ids)
	if err != nil {
		return err
	}
	for i, key := range keys {
		c.account(bot.Account(strings.TrimPrefix(key, pointers)), rows[i])
	}
	return nil
}

func (c *checker) account(a bot.Account, r row) {
	c.report.Accounts++
	if !r.found {
		c.problem("the account %s points to the learner %q, who is not there", a, r.id)
		return
	}
	l, err := r.learner()
	if err == nil && !halfWay(l) && !slices.Contains(l.Accounts, a) { // a damaged row was told of already
		c.problem("the account %s points to the learner %s, who does not have it", a, r.id)
	}
}

// boards checks that every place on a board is its learner's, and has the score.
func (c *checker) boards(ctx context.Context) error {
	for keys, err := range c.walk(ctx, boards+"*") {
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := c.group(ctx, strings.TrimPrefix(key, boards)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) group(ctx context.Context, group string) error {
	for start := int64(0); ; start += readChunk {
		n, err := c.places(ctx, group, start)
		if err != nil || n < readChunk {
			return err
		}
	}
}

// places checks some of a board's places, and returns how many there were.
func (c *checker) places(ctx context.Context, group string, start int64) (int, error) {
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	members, err := c.db.ZRangeWithScores(ctx, boardKey(group), start, start+readChunk-1).Result()
	if err != nil {
		return 0, err
	}
	places := placesOf(members)
	rows, err := c.readAll(ctx, idsOf(places))
	if err != nil {
		return 0, err
	}
	for i, r := range rows {
		l, want, err := r.standing(group)
		got := places[i].text()
		if err == nil && got != want && !halfWay(l) {
			c.problem("the board %q has the learner %s at %s, want %q", group, r.id, got, want)
		}
	}
	return len(members), nil
}

// tallies checks that the votes are counted.
func (c *checker) tallies(ctx context.Context) error {
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	stored, err := c.counted(ctx)
	if err != nil {
		return err
	}
	for shard, want := range c.counts {
		if !maps.Equal(want, stored[shard]) {
			c.problem("the votes of shard %d are counted as %v, want %v", shard, stored[shard], want)
		}
	}
	return nil
}

// kept counts what is kept.
func (c *checker) kept(ctx context.Context) error {
	for keys, err := range c.walk(ctx, keptKey("*")) {
		if err != nil {
			return err
		}
		c.report.Kept += len(keys)
	}
	return nil
}
