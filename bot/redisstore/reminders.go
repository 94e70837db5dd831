package redisstore

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// Begin stores that a claimed reminder is being sent, if the claim holds, decide
// says so, and nobody wrote the learner since decide saw it; otherwise it looks
// anew. A claim that was begun before keeps the time of the first. When a reply
// is lost on the way, the second run of the script says the same.
func (s *Store) Begin(ctx context.Context, c bot.Claim, limit time.Duration, decide func(bot.Learner) bool) (bot.Verdict, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return bot.Lost, err
	}
	defer end()
	v, err := retried(ctx, func() (bot.Verdict, bool, error) { return s.attemptBegin(ctx, c, limit, decide) })
	return v, s.fail(ctx, "begin a reminder", err)
}

// attemptBegin is one try of Begin. It is not done when somebody wrote meanwhile.
func (s *Store) attemptBegin(ctx context.Context, c bot.Claim, limit time.Duration, decide func(bot.Learner) bool) (bot.Verdict, bool, error) {
	r, held, err := s.readHeld(ctx, c)
	if err != nil || !held {
		return bot.Lost, true, err
	}
	l, err := r.learner()
	if err != nil {
		return bot.Lost, true, err
	}
	verdict, seconds := bot.Skip, ""
	if decide(l) {
		verdict, seconds = bot.Send, inSeconds(limit)
	}
	n, err := s.write(ctx, func(b batch) *redis.Cmd { return b.begin(ctx, r, c, s.clock(), seconds) })
	if err != nil || n == lost {
		return bot.Lost, true, err
	}
	return verdict, n == written, nil
}

// Finish is Update for the learner of a claim that holds, and takes the claim
// away. When a reply is lost on the way, the second run of the script finds
// that somebody wrote, and the verdict is Lost though all is written.
func (s *Store) Finish(ctx context.Context, c bot.Claim, change func(*bot.Learner) error) (bot.Verdict, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return bot.Lost, err
	}
	defer end()
	v, err := retried(ctx, func() (bot.Verdict, bool, error) { return s.attemptFinish(ctx, c, change) })
	return v, s.fail(ctx, "finish a reminder", err)
}

// attemptFinish is one try of Finish. It is not done when somebody wrote meanwhile.
func (s *Store) attemptFinish(ctx context.Context, c bot.Claim, change func(*bot.Learner) error) (bot.Verdict, bool, error) {
	old, held, err := s.readHeld(ctx, c)
	if err != nil || !held {
		return bot.Lost, true, err
	}
	if len(old.todo) > 0 {
		return bot.Lost, false, s.settle(ctx, old)
	}
	a, err := old.altered(change)
	if err != nil {
		return bot.Lost, true, err
	}
	n, err := s.write(ctx, func(b batch) *redis.Cmd {
		cmd := b.finish(ctx, old, a.row, c.Token, s.clock())
		b.rank(ctx, a.before, a.after)
		return cmd
	})
	switch {
	case err != nil || n == lost:
		return bot.Lost, true, err
	case n != written:
		return bot.Lost, false, nil
	}
	if err := s.settle(ctx, a.row); err != nil {
		return bot.Lost, true, err
	}
	return bot.Done, true, nil
}

// readHeld reads the row of a claim, and whether the claim is the last one made
// of it; that it has not run out the scripts see.
func (s *Store) readHeld(ctx context.Context, c bot.Claim) (r row, held bool, _ error) {
	var fields *redis.MapStringStringCmd
	var lease *redis.StringCmd
	err := s.fly(ctx, func(b batch) {
		fields = b.HGetAll(ctx, rowKey(c.ID))
		lease = b.HGet(ctx, leasesKey(c.ID), string(c.ID))
	})
	if err != nil {
		return row{}, false, err
	}
	r = parseRow(c.ID, fields.Val())
	token, _, _ := strings.Cut(lease.Val(), " ")
	return r, r.found && token != "" && token == c.Token, nil
}

// Release implements bot.Store. One that was begun is claimed again as begun.
func (s *Store) Release(ctx context.Context, c bot.Claim, after time.Duration) error {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	_, err = s.write(ctx, func(b batch) *redis.Cmd {
		return b.scriptOn(ctx, releaseClaimScript, keysOf(c.ID), string(c.ID), c.Token, s.clock(), inSeconds(max(after, 0)))
	})
	return s.fail(ctx, "release a reminder", err)
}

// begin queues the beginning of a claim, for so many seconds, or, for "", the
// look whether it holds.
func (b batch) begin(ctx context.Context, r row, c bot.Claim, now, seconds string) *redis.Cmd {
	return b.scriptOn(ctx, beginScript, keysOf(c.ID), r.v, string(c.ID), c.Token, now, seconds)
}
