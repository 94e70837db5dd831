package redisstore

import (
	"context"
	"time"
)

// Once reports whether it is the first call with this key for d. A call whose
// reply was lost and is made again is not the first.
func (s *Store) Once(ctx context.Context, key string, d time.Duration) (bool, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	if d <= 0 { // its time is over at once
		n, err := s.db.Exists(ctx, onceKey(key)).Result()
		return n == 0, s.fail(ctx, "look whether it was done", err)
	}
	first, err := s.db.SetNX(ctx, onceKey(key), "", max(d, time.Millisecond)).Result()
	return first, s.fail(ctx, "mark as done", err)
}
