package redisstore

import (
	"context"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// The votes in a topic's hash.
const (
	voteUp   = "+"
	voteDown = "-"
)

// vote queues a learner's vote on a topic, or its removal.
func (b batch) vote(ctx context.Context, topic string, l bot.Learner, id bot.ID) {
	i := slices.IndexFunc(l.Votes, func(v bot.Vote) bool { return v.Topic == topic })
	switch {
	case i < 0:
		b.HDel(ctx, votesKey(topic), string(id))
	case l.Votes[i].Up:
		b.HSet(ctx, votesKey(topic), string(id), voteUp)
	default:
		b.HSet(ctx, votesKey(topic), string(id), voteDown)
	}
}

// votedOtherwise are the topics on which a and b have not the same vote.
func votedOtherwise(a, b bot.Learner) []string {
	var topics []string
	for _, v := range difference(a.Votes, b.Votes) {
		topics = append(topics, v.Topic)
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

// Tallies counts the votes of all learners, by topic.
func (s *Store) Tallies(ctx context.Context) (map[string]bot.Tally, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	out := map[string]bot.Tally{}
	for keys, err := range s.walk(ctx, votes+"*") {
		if err == nil {
			err = s.count(ctx, keys, out)
		}
		if err != nil {
			return nil, s.fail(ctx, "count votes", err)
		}
	}
	return out, nil
}

// count adds up the votes of the topics with those keys.
func (s *Store) count(ctx context.Context, keys []string, out map[string]bot.Tally) error {
	cmds := make([]*redis.StringSliceCmd, len(keys))
	err := s.send(ctx, func(b batch) {
		for i, key := range keys {
			cmds[i] = b.HVals(ctx, key)
		}
	})
	if err != nil {
		return err
	}
	for i, key := range keys {
		var t bot.Tally
		for _, v := range cmds[i].Val() {
			if v == voteUp {
				t.Up++
			} else {
				t.Down++
			}
		}
		if t != (bot.Tally{}) {
			out[strings.TrimPrefix(key, votes)] = t
		}
	}
	return nil
}
