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
	// putScript writes a row if it has the version, and counts the votes and plans
	// the reminder that changed with it. KEYS are keysOf, ARGV the version ("" for
	// no row), how many votes and how many dropped fields follow, what becomes of the
	// plan (planStays, planMoves or planMends), when it is due ("" for never), the id,
	// the token of a claim that must hold ("" for none), and the time, for that; then
	// the votes with what to add to each, the dropped fields, and fields and values.
	// 1 for written, 0 for another version, -1 for a lost claim.
	putScript = redis.NewScript(clockFunction + heldFunction + compareVersion + `
if ARGV[7] ~= '' and not held(ARGV[6], ARGV[7], clock(ARGV[8])) then return -1 end` + countVotes + followPlan + `
local dropped = tonumber(ARGV[3])
if dropped > 0 then redis.call('HDEL', KEYS[1], unpack(ARGV, votes + 1, votes + dropped)) end
redis.call('HSET', KEYS[1], unpack(ARGV, votes + dropped + 1))
return 1`)

	// settledScript clears a row's todo if it has the version. 1 for cleared, 0
	// for another version, -1 for no row.
	settledScript = redis.NewScript(`
local v = redis.call('HGET', KEYS[1], 'v')
if not v then return -1 end
if v ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'todo')
return 1`)

	// dropScript deletes a row if it has the version, and takes its votes and its
	// plan back: KEYS and ARGV are as for putScript, without fields. 1 for deleted, 0
	// for another version or no row.
	dropScript = redis.NewScript(compareVersion + countVotes + followPlan + `
return redis.call('DEL', KEYS[1])`)

	// releaseScript deletes a pointer if it points to the id, and a lease if it is
	// the holder's.
	releaseScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

	// mendScript changes a board's member if it has the score: ARGV are the id,
	// the score, and the score it should have, "" for none.
	mendScript = redis.NewScript(`
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])`)

	// swapScript gives a key another value if it has the one expected; "" is for
	// no such key. 1 for done, 0 for another value.
	swapScript = redis.NewScript(`
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
return 1`)
)

// The parts that two scripts begin with.
const (
	compareVersion = `
if (redis.call('HGET', KEYS[1], 'v') or '') ~= ARGV[1] then return 0 end`
	countVotes = `
local votes = 8 + 2 * tonumber(ARGV[2])
for i = 9, votes, 2 do
	if redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) == 0 then redis.call('HDEL', KEYS[2], ARGV[i]) end
end`
	followPlan = `
if ARGV[4] ~= 'stays' then
	local moves, due, id = ARGV[4] == 'moves', ARGV[5], ARGV[6]
	if moves or due == '' then redis.call('HDEL', KEYS[4], id) end
	if due == '' then redis.call('ZREM', KEYS[3], id)
	elseif moves then redis.call('ZADD', KEYS[3], due, id)
	else redis.call('ZADD', KEYS[3], 'NX', due, id) end
end`
)

// What the scripts that write say.
const (
	written = 1
	lost    = -1 // the claim
)

// What becomes of a plan when its row is written.
const (
	planStays = "stays"
	planMoves = "moves" // a claim on it is lost
	planMends = "mends" // it stays, and is due if it was not
)

// A batch is commands sent together, scripts among them.
type batch struct {
	redis.Pipeliner
	whole bool // send the scripts' text, not their digest
}

func (b batch) script(ctx context.Context, s *redis.Script, key string, args ...any) *redis.Cmd {
	return b.scriptOn(ctx, s, []string{key}, args...)
}

func (b batch) scriptOn(ctx context.Context, s *redis.Script, keys []string, args ...any) *redis.Cmd {
	if b.whole {
		return s.Eval(ctx, b, keys, args...)
	}
	return s.EvalSha(ctx, b, keys, args...)
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
