package redisstore

import (
	"context"
	"iter"
	"sync"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// scanCount is how many keys one step of a walk looks at: a millisecond of the
// server's time or less.
const scanCount = 1000

// Learners yields every learner once, in no order. A node that falls out
// meanwhile ends it with an error. It remembers the ids it has yielded.
func (s *Store) Learners(ctx context.Context) iter.Seq2[bot.Learner, error] {
	return func(yield func(bot.Learner, error) bool) {
		for r, err := range s.rows(ctx) {
			var l bot.Learner
			if err == nil {
				l, err = r.learner()
			}
			if err != nil {
				yield(bot.Learner{}, s.fail(ctx, "list the learners", err))
				return
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// rows yields every row once. After an error it ends.
func (s *Store) rows(ctx context.Context) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for keys, err := range s.walk(ctx, rowPattern) {
			var rows []row
			if err == nil {
				rows, err = s.rowsOf(ctx, keys)
			}
			if err != nil {
				yield(row{}, err)
				return
			}
			for _, r := range rows {
				if r.found && !yield(r, nil) {
					return
				}
			}
		}
	}
}

func (s *Store) rowsOf(ctx context.Context, keys []string) ([]row, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	ids := make([]bot.ID, len(keys))
	for i, key := range keys {
		ids[i] = rowID(key)
	}
	return s.readAll(ctx, ids)
}

// walk yields the keys of a pattern, each once, some at a time. The walk holds
// nothing between two steps: who ranges over it may call the store.
func (s *Store) walk(ctx context.Context, pattern string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		nodes, err := s.masters(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		seen := map[string]bool{} // Redis may show a key twice, and so may a Cluster that moves slots
		for _, node := range nodes {
			for cursor, first := uint64(0), true; first || cursor != 0; first = false {
				var keys []string
				if keys, cursor, err = s.step(ctx, node, cursor, pattern); err != nil {
					yield(nil, err)
					return
				}
				if fresh := unseen(keys, seen); len(fresh) > 0 && !yield(fresh, nil) {
					return
				}
			}
		}
	}
}

func unseen(keys []string, seen map[string]bool) []string {
	var fresh []string
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			fresh = append(fresh, key)
		}
	}
	return fresh
}

func (s *Store) step(ctx context.Context, node redis.Cmdable, cursor uint64, pattern string) ([]string, uint64, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer end()
	return node.Scan(ctx, cursor, pattern, scanCount).Result()
}

// masters are the nodes that hold keys of their own.
func (s *Store) masters(ctx context.Context) ([]redis.Cmdable, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	return mastersOf(ctx, s.db)
}

func mastersOf(ctx context.Context, db redis.UniversalClient) ([]redis.Cmdable, error) {
	cluster, ok := db.(*redis.ClusterClient)
	if !ok {
		return []redis.Cmdable{db}, nil
	}
	var mu sync.Mutex
	var nodes []redis.Cmdable
	err := cluster.ForEachMaster(ctx, func(_ context.Context, node *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		nodes = append(nodes, node)
		return nil
	})
	return nodes, err
}
