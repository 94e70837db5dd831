package redisstore

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/redis/go-redis/v9"
)

// Keep remembers a value for a while, in place of what the key held. Redis
// measures the while in milliseconds; what is shorter is one.
func (s *Store) Keep(ctx context.Context, key, value string, d time.Duration) error {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if d <= 0 { // its time is over already
		err = s.db.Del(ctx, keptKey(key)).Err()
	} else {
		err = s.db.Set(ctx, keptKey(key), value, max(d, time.Millisecond)).Err()
	}
	return s.fail(ctx, "keep a value", err)
}

// Peek returns what the key holds, "" for nothing or when its time is over.
func (s *Store) Peek(ctx context.Context, key string) (string, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	value, err := s.db.Get(ctx, keptKey(key)).Result()
	return value, s.fail(ctx, "look at a kept value", none(err))
}

// Take is Peek, and the key holds nothing afterwards. Of several who take at
// once, at most one gets the value: none does when the reply is lost on the way.
func (s *Store) Take(ctx context.Context, key string) (string, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	value, err := s.db.GetDel(ctx, keptKey(key)).Result()
	return value, s.fail(ctx, "take a kept value", none(err))
}

// Once reports whether it is the first call with this key for d, by anybody. A
// reply that was lost on the way does not hide that it was.
func (s *Store) Once(ctx context.Context, key string, d time.Duration) (bool, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	first, err := s.first(ctx, onceKey(key), d)
	return first, s.fail(ctx, "see whether something was done", err)
}

// first leaves a token of its own, unless there is one, and looks whose it is.
func (s *Store) first(ctx context.Context, key string, d time.Duration) (bool, error) {
	token := rand.Text()
	err := s.db.SetArgs(ctx, key, token, redis.SetArgs{Mode: "NX", TTL: max(d, time.Millisecond)}).Err()
	if err == nil {
		return true, nil
	}
	if none(err) != nil {
		return false, err
	}
	there, err := s.db.Get(ctx, key).Result()
	return there == token, none(err)
}
