package redisstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// Group returns a group's settings; the zero Group when nobody set any.
func (s *Store) Group(ctx context.Context, id string) (bot.Group, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return bot.Group{}, err
	}
	defer end()
	g, _, err := s.readGroup(ctx, id)
	return g, s.fail(ctx, "read a group", err)
}

// readGroup is the group with the text it is written as, "" for none.
func (s *Store) readGroup(ctx context.Context, id string) (g bot.Group, text string, _ error) {
	text, err := s.db.Get(ctx, groupKey(id)).Result()
	if err = none(err); err != nil || text == "" {
		return g, "", err
	}
	if err := json.Unmarshal([]byte(text), &g); err != nil {
		return bot.Group{}, "", fmt.Errorf("group %q is damaged: %w; delete the key %s and set it up anew", id, err, groupKey(id))
	}
	return g, text, nil
}

// UpdateGroup is Update for a group's settings.
func (s *Store) UpdateGroup(ctx context.Context, id string, change func(*bot.Group) error) (bot.Group, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return bot.Group{}, err
	}
	defer end()
	var g bot.Group
	_, err = retried(ctx, func() (bot.Learner, bool, error) {
		var done bool
		g, done, err = s.attemptGroup(ctx, id, change)
		return bot.Learner{}, done, err
	})
	return g, s.fail(ctx, "update a group", err)
}

// attemptGroup is one try of UpdateGroup. It is not done when somebody else
// wrote meanwhile.
func (s *Store) attemptGroup(ctx context.Context, id string, change func(*bot.Group) error) (_ bot.Group, done bool, _ error) {
	g, old, err := s.readGroup(ctx, id)
	if err != nil {
		return bot.Group{}, false, err
	}
	before, err := json.Marshal(g)
	if err != nil {
		return bot.Group{}, false, err
	}
	if err := change(&g); err != nil {
		return bot.Group{}, false, refusal{err}
	}
	text, err := json.Marshal(g)
	if err != nil || string(text) == string(before) {
		return g, err == nil, err
	}
	var put *redis.Cmd
	err = s.send(ctx, func(b batch) { put = b.script(ctx, swapScript, groupKey(id), old, string(text)) })
	if err != nil || !isOne(put) {
		return bot.Group{}, false, err
	}
	var written bot.Group
	return written, true, json.Unmarshal(text, &written)
}
