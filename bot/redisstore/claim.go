package redisstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	random "math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
	"mentor/bot/streak"
)

// claimRounds is how often Claim looks for more when other claimants were faster.
const claimRounds = 4

// Claim leases at most n reminders that are due, those first that are due first.
// A reply that was lost on the way leaves reminders leased to nobody: they are due
// again when the lease ends. Where some of a Cluster's nodes cannot be reached the
// claims are of the others.
func (s *Store) Claim(ctx context.Context, n int, lease time.Duration) ([]bot.Claim, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	var claims []bot.Claim
	for range claimRounds {
		more, err := s.claimSome(ctx, n-len(claims), lease)
		claims = append(claims, more...)
		if err != nil && len(claims) == 0 {
			return nil, s.fail(ctx, "claim reminders", err)
		}
		if err != nil || len(more) == 0 || len(claims) >= n {
			break
		}
	}
	slices.SortStableFunc(claims, func(a, b bot.Claim) int { return a.Due.Compare(b.Due) })
	return claims, nil
}

// claimSome is one round of Claim. It has none when nothing is due, or when others
// took all that was; and it may have some beside an error.
func (s *Store) claimSome(ctx context.Context, n int, lease time.Duration) ([]bot.Claim, error) {
	counts, err := s.ripe(ctx, n)
	if err != nil {
		return nil, err
	}
	claims, unknown, err := s.claimOf(ctx, counts, lease, false)
	if unknown != [shards]int{} {
		more, _, err2 := s.claimOf(ctx, unknown, lease, true)
		claims, err = append(claims, more...), cmp.Or(err, err2)
	}
	return claims, err
}

// claimOf claims as many reminders of each shard as counts has. Those of nodes that
// do not know the script are unknown, and for a call with whole: as a claim is not
// the same a second time, no other is repeated.
func (s *Store) claimOf(ctx context.Context, counts [shards]int, lease time.Duration, whole bool) (claims []bot.Claim, unknown [shards]int, _ error) {
	pipe := s.db.Pipeline()
	cmds := map[int]*redis.Cmd{}
	for shard, count := range counts {
		if count > 0 {
			cmds[shard] = batch{pipe, whole}.claim(ctx, shard, count, s.clock(), lease)
		}
	}
	if len(cmds) == 0 {
		return nil, unknown, nil
	}
	_, _ = pipe.Exec(ctx) // the error is one of the commands'
	var first error
	for shard, cmd := range cmds {
		more, err := parseClaims(cmd)
		if redis.HasErrorPrefix(err, "NOSCRIPT") {
			unknown[shard], err = counts[shard], nil
		}
		claims, first = append(claims, more...), cmp.Or(first, err)
	}
	return claims, unknown, first
}

// parseClaims reads what claimScript says of a shard.
func parseClaims(cmd *redis.Cmd) ([]bot.Claim, error) {
	fields, err := cmd.StringSlice()
	if err != nil {
		return nil, err
	}
	var claims []bot.Claim
	for five := range slices.Chunk(fields, 5) {
		c, err := parseClaim(five)
		if err != nil {
			return nil, err
		}
		claims = append(claims, c)
	}
	return claims, nil
}

// ripe is how many reminders of each shard are among the first n that are due.
// A shard is asked for some times its share of n and not for n, so that this is
// cheap when everything is due, too. Whether the time has come the claim decides:
// the time here is of any node.
func (s *Store) ripe(ctx context.Context, n int) (counts [shards]int, _ error) {
	if n <= 0 {
		return counts, nil
	}
	most := int64(min(n, 4+n*4/shards))
	var firsts [shards]*redis.ZSliceCmd
	var clock *redis.TimeCmd
	err := s.send(ctx, func(b batch) {
		for shard := range firsts {
			firsts[shard] = b.ZRangeWithScores(ctx, shardDue(shard), 0, most-1)
		}
		clock = b.Time(ctx)
	})
	if err != nil {
		return counts, err
	}
	now := clock.Val()
	if s.opts.Now != nil {
		now = s.opts.Now()
	}
	for _, t := range earliest(firsts, now, n) {
		counts[t.shard]++
	}
	return counts, nil
}

// A turn is where a reminder stands among all that are due.
type turn struct {
	shard int
	score float64
}

// earliest are the first n turns until now.
func earliest(firsts [shards]*redis.ZSliceCmd, now time.Time, n int) []turn {
	var turns []turn
	end := time.Duration(now.UnixNano()).Seconds()
	for _, shard := range random.Perm(shards) { // of those due in the same second no shard always comes first
		for _, z := range firsts[shard].Val() {
			if z.Score <= end {
				turns = append(turns, turn{shard, z.Score})
			}
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.score, b.score) })
	return turns[:min(n, len(turns))]
}

// claim queues the claim of at most n reminders of a shard.
func (b batch) claim(ctx context.Context, shard, n int, now string, lease time.Duration) *redis.Cmd {
	args := append(make([]any, 0, 3+n), now, inSeconds(lease), shardRow(shard))
	for range n {
		args = append(args, rand.Text())
	}
	return b.scriptOn(ctx, claimScript, []string{shardDue(shard), shardLeases(shard)}, args...)
}

// parseClaim reads what claimScript says of one reminder: the id, the token, ra,
// rd, and when it was begun.
func parseClaim(five []string) (bot.Claim, error) {
	if len(five) != 5 {
		return bot.Claim{}, fmt.Errorf("a claim has %d fields, want 5", len(five))
	}
	var numbers [3]int64
	for i, text := range five[2:] {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return bot.Claim{}, fmt.Errorf("learner %s: the reminder is planned as %q: %w; restore the learner from a backup", five[0], five[2:], err)
		}
		numbers[i] = n
	}
	c := bot.Claim{ID: bot.ID(five[0]), Token: five[1], Due: time.Unix(numbers[0], 0), Day: streak.Day(numbers[1])}
	if numbers[2] != 0 {
		c.Begun = time.UnixMicro(numbers[2])
	}
	return c, nil
}

// clock is now for scripts, "" for the server's own time.
func (s *Store) clock() string {
	if s.opts.Now == nil {
		return ""
	}
	return inSeconds(time.Duration(s.opts.Now().UnixNano()))
}

// inSeconds is d as the scores of what is due are written.
func inSeconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 6, 64) }
