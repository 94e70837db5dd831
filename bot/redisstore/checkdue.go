package redisstore

import (
	"context"
	"regexp"
	"strconv"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// leaseForm is a lease as heldFunction reads it.
var leaseForm = regexp.MustCompile(`^\S+ \d+$`)

// due checks that what is due is what the learners plan, and that leases are on it.
func (c *checker) due(ctx context.Context) error {
	for shard := range c.plans {
		if err := c.dueOf(ctx, shard); err != nil {
			return err
		}
	}
	_, err := c.Dead(ctx)
	return err
}

func (c *checker) dueOf(ctx context.Context, shard int) error {
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	var due *redis.ZSliceCmd
	var leases *redis.MapStringStringCmd
	err = c.send(ctx, func(b batch) {
		due, leases = b.ZRangeWithScores(ctx, shardDue(shard), 0, -1), b.HGetAll(ctx, shardLeases(shard))
	})
	if err != nil {
		return err
	}
	plans := c.plans[shard]
	for _, z := range due.Val() {
		id, _ := z.Member.(string)
		lease, leased := leases.Val()[id]
		delete(leases.Val(), id)
		at, planned := plans[bot.ID(id)]
		delete(plans, bot.ID(id))
		score := strconv.FormatFloat(z.Score, 'f', -1, 64)
		switch {
		case !planned:
			c.problem("the reminder of learner %s is due at %s, want never", id, score)
		case leased && !leaseForm.MatchString(lease):
			c.problem("the lease of learner %s is %q, want a token and a time", id, lease)
		case !leased && score != at:
			c.problem("the reminder of learner %s is due at %s, want %s", id, score, at)
		}
	}
	for id, at := range plans {
		c.problem("the reminder of learner %s is not due, want %s", id, at)
	}
	for id := range leases.Val() {
		c.problem("the reminder of learner %s is leased, and not due", id)
	}
	return nil
}
