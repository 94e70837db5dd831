package redisstore

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// leaseScript gives a key to a holder unless another one has it. ARGV are the
// holder and the milliseconds. 1 for held, 0 for somebody else's.
var leaseScript = redis.NewScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

// Lease implements bot.Store; the time is that of the Redis server. When a reply
// is lost on the way, the second run of the script says the same.
func (s *Store) Lease(ctx context.Context, key, holder string, d time.Duration) (bool, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	n, err := s.write(ctx, func(b batch) *redis.Cmd {
		return b.script(ctx, leaseScript, leaseKey(key), holder, max(d.Milliseconds(), 1))
	})
	return n == 1, s.fail(ctx, "lease a key", err)
}

// GiveBack implements bot.Store.
func (s *Store) GiveBack(ctx context.Context, key, holder string) error {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	_, err = s.write(ctx, func(b batch) *redis.Cmd { return b.script(ctx, releaseScript, leaseKey(key), holder) })
	return s.fail(ctx, "give a lease back", err)
}

// Holders implements bot.Store.
func (s *Store) Holders(ctx context.Context, keys []string) ([]string, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	cmds := make([]*redis.StringCmd, len(keys))
	err = s.send(ctx, func(b batch) {
		for i, key := range keys {
			cmds[i] = b.Get(ctx, leaseKey(key))
		}
	})
	if err != nil {
		return nil, s.fail(ctx, "see who holds leases", err)
	}
	holders := make([]string, len(keys))
	for i, cmd := range cmds {
		holders[i] = cmd.Val()
	}
	return holders, nil
}
