package main

import (
	"context"
	"log/slog"
	"time"

	"mentor/bot"
	"mentor/index"
)

// votesEvery is how often the votes of all learners are counted for the ranking.
const votesEvery = time.Minute

// heedVotes lets the learners' votes, each the last of a person on a topic, move
// what is near in the ranking, until ctx ends.
func heedVotes(ctx context.Context, store bot.Store, x *index.Live, log *slog.Logger) error {
	tick := time.NewTicker(votesEvery)
	defer tick.Stop()
	for {
		countVotes(ctx, store, x, log)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func countVotes(ctx context.Context, store bot.Store, x *index.Live, log *slog.Logger) {
	tallies, err := store.Tallies(ctx)
	if err != nil {
		if ctx.Err() == nil {
			log.Warn("the votes were not counted; the ranking heeds the last ones", "err", err)
		}
		return
	}
	votes := map[string]index.Votes{}
	for topic, t := range tallies {
		votes[topic] = index.Votes(t)
	}
	x.SetVotes(votes)
}
