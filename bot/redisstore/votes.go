package redisstore

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// Tallies counts the votes of all learners, by topic. Each shard has counted its
// own as they were written.
func (s *Store) Tallies(ctx context.Context) (map[string]bot.Tally, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	counts, err := s.counted(ctx)
	if err != nil {
		return nil, s.fail(ctx, "count votes", err)
	}
	out := map[string]bot.Tally{}
	for _, shard := range counts {
		for field, n := range shard {
			t := out[field[1:]]
			if field[0] == '+' {
				t.Up += n
			} else {
				t.Down += n
			}
			out[field[1:]] = t
		}
	}
	return out, nil
}

// counted are the votes of each shard, as they are stored.
func (s *Store) counted(ctx context.Context) (counts [shards]map[string]int, _ error) {
	var cmds [shards]*redis.MapStringStringCmd
	err := s.send(ctx, func(b batch) {
		for i := range cmds {
			cmds[i] = b.HGetAll(ctx, shardVotes(i))
		}
	})
	if err != nil {
		return counts, err
	}
	for i, cmd := range cmds {
		counts[i] = map[string]int{}
		for field, text := range cmd.Val() {
			n, err := strconv.Atoi(text)
			if err != nil || len(field) < 2 {
				return counts, fmt.Errorf("%s has the field %q with %q, want a vote and a number; delete the field", shardVotes(i), field, text)
			}
			counts[i][field] = n
		}
	}
	return counts, nil
}

// votesOf are a row's votes, as the tallies name and count them. It reads no other
// field, for it counts the votes of damaged rows too.
func votesOf(r row) map[string]int {
	out := map[string]int{}
	if text := r.record["vo"]; text != "" {
		l, err := bot.Record{"vo": text}.Learner(r.id)
		if err != nil {
			return out // no votes that could have been counted
		}
		for _, v := range l.Votes {
			field := "-" + v.Topic
			if v.Up {
				field = "+" + v.Topic
			}
			out[field]++
		}
	}
	return out
}

// recount is what the tallies must be told when after takes the place of before:
// fields, each with what to add to it.
func recount(before, after row) []any {
	if before.record["vo"] == after.record["vo"] {
		return nil
	}
	change := votesOf(after)
	for field, n := range votesOf(before) {
		change[field] -= n
	}
	var out []any
	for field, n := range change {
		if n != 0 {
			out = append(out, field, n)
		}
	}
	return out
}
