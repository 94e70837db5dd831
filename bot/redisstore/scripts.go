package redisstore

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// The scripts compare and set; they know no rule. Each may run twice, as it does
// when a reply is lost and the client asks again: the second run finds that
// nothing compares, and changes nothing.
var (
	// putScript writes a row if it has the version: ARGV are the version ("" for
	// no row), how many fields to drop, their names, then fields and values.
	// 1 for written, 0 for another version.
	putScript = redis.NewScript(`
if (redis.call('HGET', KEYS[1], 'v') or '') ~= ARGV[1] then return 0 end
local drop = tonumber(ARGV[2])
if drop > 0 then redis.call('HDEL', KEYS[1], unpack(ARGV, 3, drop + 2)) end
redis.call('HSET', KEYS[1], unpack(ARGV, drop + 3))
return 1`)

	// settledScript clears a row's todo if it has the version. 1 for cleared, 0
	// for another version, -1 for no row.
	settledScript = redis.NewScript(`
local v = redis.call('HGET', KEYS[1], 'v')
if not v then return -1 end
if v ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'todo')
return 1`)

	// dropScript deletes a row if it has the version. 1 for deleted or not there,
	// 0 for another version.
	dropScript = redis.NewScript(`
local v = redis.call('HGET', KEYS[1], 'v')
if v and v ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1`)

	// releaseScript deletes a pointer if it points to the id.
	releaseScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

	// swapScript writes ARGV[2] over ARGV[1], "" for nothing. 1 for written, or
	// written before; 0 for something else.
	swapScript = redis.NewScript(`
local was = redis.call('GET', KEYS[1]) or ''
if was == ARGV[2] then return 1 end
if was ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`)

	// mendScript changes a board's member if it has the score: ARGV are the id,
	// the score, and the score it should have, "" for none.
	mendScript = redis.NewScript(`
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])`)
)

// A batch is commands sent together, scripts among them.
type batch struct {
	redis.Pipeliner
	whole bool // send the scripts' text, not their digest
}

func (b batch) script(ctx context.Context, s *redis.Script, key string, args ...any) *redis.Cmd {
	if b.whole {
		return s.Eval(ctx, b, []string{key}, args...)
	}
	return s.EvalSha(ctx, b, []string{key}, args...)
}

// send sends the commands that fill queues, which must be harmless to repeat. A
// server that does not know one of the scripts, because it was restarted or
// has taken over, is sent all again with their text. The error is the first
// one that is not redis.Nil.
func (s *Store) send(ctx context.Context, fill func(batch)) error {
	err := s.sendOnce(ctx, false, fill)
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		err = s.sendOnce(ctx, true, fill)
	}
	return err
}

func (s *Store) sendOnce(ctx context.Context, whole bool, fill func(batch)) error {
	pipe := s.db.Pipeline()
	fill(batch{pipe, whole})
	if pipe.Len() == 0 {
		return nil
	}
	cmds, err := pipe.Exec(ctx)
	if err == nil {
		return nil
	}
	return firstError(cmds)
}

// firstError is the first error that is not redis.Nil; one of a script that is
// not known comes before others.
func firstError(cmds []redis.Cmder) error {
	var first error
	for _, cmd := range cmds {
		switch err := cmd.Err(); {
		case err == nil || errors.Is(err, redis.Nil):
		case redis.HasErrorPrefix(err, "NOSCRIPT"):
			return err
		case first == nil:
			first = err
		}
	}
	return first
}
