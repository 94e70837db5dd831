package discord

import (
	"context"
	"crypto/rand"
	"strconv"
	"sync"
	"time"

	"mentor/bot"
)

// A shard is a part of the bot's servers, with a session of its own.
type shard struct{ number, of int }

// runShards keeps this process's share of the shards connected until ctx ends, or
// an error says that it is no use.
func (b *Bot) runShards(ctx context.Context) error {
	n := b.shards
	for try := 0; n == 0 && ctx.Err() == nil; try++ {
		g, err := b.gatewayLimits(ctx)
		if err == nil {
			n = max(1, g.Shards)
			break
		}
		b.log.Warn("discord does not say how many shards it wants; trying again", "err", err)
		pause(ctx, b.pace.backoff(try))
	}
	deal := bot.Deal{Leases: b.leases, Name: "discord:" + b.id() + ":shard", Things: n, Log: b.log, StandBy: b.rest.line.StandBy}
	return deal.Run(ctx, func(ctx context.Context, t bot.Thing) error {
		return b.supervise(ctx, shard{t.Number, t.Of})
	})
}

// turns are when the last new session of each bucket began in this process.
type turns struct {
	mu   sync.Mutex
	last map[int]time.Time
}

// take reports whether a session may begin now, and counts it; otherwise it says
// how long to wait before asking again.
func (t *turns) take(bucket int, spacing time.Duration) (wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if last, began := t.last[bucket]; began && now.Sub(last) < spacing {
		return spacing - now.Sub(last), false
	}
	if t.last == nil {
		t.last = map[int]time.Time{}
	}
	t.last[bucket] = now
	return 0, true
}

// undo takes a turn back of which no use was made.
func (t *turns) undo(bucket int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.last, bucket)
}

// askTime bounds the question whether another process has the turn.
const askTime = time.Second

// waitForTurn waits until a new session of the bucket may begin: Discord takes one
// in five seconds from all processes together (its gateway document, August 2026).
// While the store does not answer, this process minds its own alone.
func (b *Bot) waitForTurn(ctx context.Context, bucket int) error {
	spacing := b.pace.spacing
	for {
		wait, ok := b.turns.take(bucket, spacing)
		if ok {
			if b.isTurn(ctx, bucket) {
				return ctx.Err()
			}
			b.turns.undo(bucket)
			wait = spacing / 10
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// isTurn reports whether no other process has the turn of the bucket. A turn is
// leased under a new name each time, so that nobody has one anew.
func (b *Bot) isTurn(ctx context.Context, bucket int) bool {
	if b.leases == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	ours, err := b.leases.Lease(ctx, "discord:"+b.id()+":identify:"+strconv.Itoa(bucket), rand.Text(), b.pace.spacing)
	return ours || err != nil
}
