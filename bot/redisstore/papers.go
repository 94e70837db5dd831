package redisstore

import (
	"context"
	"iter"
	"strings"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// paperScript gives a shelf's paper another text if it has the one expected; "" is
// for no such paper. ARGV are the paper's key and both texts. 1 for done, 0 for
// another text. When its reply is lost it is tried again on what it wrote: what
// change does must bear that.
var paperScript = redis.NewScript(`
local text = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if text ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1`)

// UpdatePaper is Update for a paper.
func (s *Store) UpdatePaper(ctx context.Context, shelf, key string, change func(string) (string, error)) (string, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	text, err := retried(ctx, func() (string, bool, error) { return s.attemptPaper(ctx, shelf, key, change) })
	return text, s.fail(ctx, "change a paper", err)
}

// attemptPaper is one try of UpdatePaper. It is not done when somebody else wrote
// meanwhile.
func (s *Store) attemptPaper(ctx context.Context, shelf, key string, change func(string) (string, error)) (_ string, done bool, _ error) {
	before, err := s.db.HGet(ctx, shelfKey(shelf), key).Result()
	if err := none(err); err != nil {
		return "", false, err
	}
	after, err := change(before)
	if err == nil {
		err = bot.CheckPaper(after)
	}
	if err != nil {
		return "", false, refusal{err}
	}
	if after == before {
		return after, true, nil
	}
	var swap *redis.Cmd
	err = s.send(ctx, func(b batch) { swap = b.script(ctx, paperScript, shelfKey(shelf), key, before, after) })
	return after, err == nil && isOne(swap), err
}

// Papers yields the papers of a shelf once each. It reads the whole shelf at once.
func (s *Store) Papers(ctx context.Context, shelf string) iter.Seq2[bot.Paper, error] {
	return func(yield func(bot.Paper, error) bool) {
		papers, err := s.shelf(ctx, shelf)
		if err != nil {
			yield(bot.Paper{}, err)
			return
		}
		for key, text := range papers {
			if !yield(bot.Paper{Key: key, Text: text}, nil) {
				return
			}
		}
	}
}

func (s *Store) shelf(ctx context.Context, shelf string) (map[string]string, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	papers, err := s.db.HGetAll(ctx, shelfKey(shelf)).Result()
	return papers, s.fail(ctx, "read papers", err)
}

// Shelves yields the name of every shelf once.
func (s *Store) Shelves(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for keys, err := range s.walk(ctx, shelfKey("*")) {
			if err != nil {
				yield("", s.fail(ctx, "list the shelves", err))
				return
			}
			for _, key := range keys {
				if !yield(strings.TrimPrefix(key, shelfKey("")), nil) {
					return
				}
			}
		}
	}
}
