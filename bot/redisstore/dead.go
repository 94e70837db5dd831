package redisstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// buryScript remembers a text that is not among the newest already, as it is when
// the first reply was lost. ARGV are the text and how many to keep.
var buryScript = redis.NewScript(`
if redis.call('LPOS', KEYS[1], ARGV[1]) then return 0 end
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
return 1`)

// forgetDeadScript removes the texts with a part in them.
var forgetDeadScript = redis.NewScript(`
for _, text in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
	if string.find(text, ARGV[1], 1, true) then redis.call('LREM', KEYS[1], 0, text) end
end
return 1`)

// Bury remembers a reminder that was given up, of the newest bot.MaxDead.
func (s *Store) Bury(ctx context.Context, d bot.Dead) error {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	text, err := json.Marshal(d)
	if err == nil {
		err = s.send(ctx, func(b batch) { b.script(ctx, buryScript, deadKey, string(text), bot.MaxDead) })
	}
	return s.fail(ctx, "bury a reminder", err)
}

// Dead returns the reminders that were given up, the newest first.
func (s *Store) Dead(ctx context.Context) ([]bot.Dead, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	texts, err := s.db.LRange(ctx, deadKey, 0, -1).Result()
	if err != nil {
		return nil, s.fail(ctx, "list the reminders that were given up", err)
	}
	out := make([]bot.Dead, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal([]byte(text), &out[i]); err != nil {
			err = fmt.Errorf("number %d of %s cannot be read: %w; remove it", i, deadKey, err)
			return nil, s.fail(ctx, "list the reminders that were given up", err)
		}
	}
	return out, nil
}

// forgetDead removes the learner from those. Ids are of letters and digits, so in
// quotes none is a part of anything else.
func (s *Store) forgetDead(ctx context.Context, id bot.ID) error {
	return s.send(ctx, func(b batch) { b.script(ctx, forgetDeadScript, deadKey, `"`+string(id)+`"`) })
}
