package redisstore

import (
	"context"
	"regexp"
	"strconv"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// leaseForm is a lease as heldFunction reads it: the token, the end, and when it
// was begun.
var leaseForm = regexp.MustCompile(`^\S+ (\d+(?:\.\d+)?) \d+$`)

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
		at, planned := plans[bot.ID(id)]
		delete(plans, bot.ID(id))
		if lease, leased := leases.Val()[id]; leased {
			delete(leases.Val(), id)
			if at = endOf(lease); at == "" {
				c.problem("the lease of learner %s is %q, want a token and two times", id, lease)
				continue
			}
		}
		if !planned {
			at = "never"
		}
		if want, err := strconv.ParseFloat(at, 64); err != nil || want != z.Score {
			c.problem("the reminder of learner %s is due at %f, want %s", id, z.Score, at)
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

// endOf is when a lease ends, "" when it does not say.
func endOf(lease string) string {
	if parts := leaseForm.FindStringSubmatch(lease); parts != nil {
		return parts[1]
	}
	return ""
}
