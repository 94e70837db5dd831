package redisstore

import "github.com/redis/go-redis/v9"

// The scripts of what is due. Those that are given no time ask the server for it,
// so that all mentors go by one clock.
var (
	// claimScript leases what is due. KEYS are due and leases, ARGV the time, the
	// seconds of the lease, what the keys of the shard's rows begin with (rows are
	// read, on the same node), and a token for each. Of each it returns the id, the
	// token, ra, rd, and when it was begun. Where a row says otherwise due is put
	// right.
	claimScript = redis.NewScript(clockFunction + `
local now, claims = clock(ARGV[1]), {}
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', seconds(now), 'LIMIT', 0, #ARGV - 3)
for i, id in ipairs(ids) do
	local plan, lease = redis.call('HMGET', ARGV[3] .. id, 'ra', 'rd'), redis.call('HGET', KEYS[2], id)
	if not plan[1] then
		redis.call('ZREM', KEYS[1], id)
		redis.call('HDEL', KEYS[2], id)
	elseif not lease and tonumber(plan[1]) > now then
		redis.call('ZADD', KEYS[1], plan[1], id)
	else
		local token, ends = ARGV[3 + i], seconds(now + ARGV[2])
		local begun = string.match(lease or '', ' (%d+)$') or '0'
		redis.call('HSET', KEYS[2], id, token .. ' ' .. ends .. ' ' .. begun)
		redis.call('ZADD', KEYS[1], ends, id)
		for _, field in ipairs({id, token, plan[1], plan[2] or '0', begun}) do claims[#claims + 1] = field end
	end
end
return claims`)

	// beginScript extends a claim that holds and notes when it was begun, if the row
	// has the version. KEYS are keysOf, ARGV the version, the id, the token, the
	// time and the seconds of the lease, "" to change nothing. 1 for begun, 0 for
	// another version, -1 for a lost claim.
	beginScript = redis.NewScript(clockFunction + heldFunction + compareVersion + `
local now = clock(ARGV[4])
local begun = held(ARGV[2], ARGV[3], now)
if not begun then return -1 end
if ARGV[5] == '' then return 1 end
if begun == '0' then begun = string.format('%.0f', now * 1000000) end
local ends = seconds(now + ARGV[5])
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3] .. ' ' .. ends .. ' ' .. begun)
redis.call('ZADD', KEYS[3], ends, ARGV[2])
return 1`)

	// releaseClaimScript gives a claim back if it holds. KEYS are keysOf, ARGV the
	// id, the token, the time, and for how many seconds it stays nobody's, under a
	// token that nobody has. 1 for released, -1 for a lost claim.
	releaseClaimScript = redis.NewScript(clockFunction + heldFunction + `
local now = clock(ARGV[3])
local begun = held(ARGV[1], ARGV[2], now)
if not begun then return -1 end
local due, rests = redis.call('HGET', KEYS[1], 'ra') or '0', tonumber(ARGV[4])
if rests > 0 then due = seconds(now + rests) end
if begun == '0' and rests == 0 then redis.call('HDEL', KEYS[4], ARGV[1])
else redis.call('HSET', KEYS[4], ARGV[1], '- ' .. due .. ' ' .. begun) end
redis.call('ZADD', KEYS[3], due, ARGV[1])
return 1`)
)

// The functions of several scripts.
const (
	// clockFunction has clock, the time in seconds, and seconds, how scores and
	// times are written: with six digits a double is exact until 2100 and later.
	clockFunction = `
local function clock(given)
	if given ~= '' then return tonumber(given) end
	local time = redis.call('TIME')
	return time[1] + time[2] / 1000000
end
local function seconds(n) return string.format('%.6f', n) end`

	// heldFunction has held: when a claim was begun ("0" for never), nil when it
	// holds no longer.
	heldFunction = `
local function held(id, token, now)
	local of, ends, begun = string.match(redis.call('HGET', KEYS[4], id) or '', '^(%S+) (%S+) (%d+)$')
	if of ~= token or tonumber(ends) <= now then return nil end
	return begun
end`
)
