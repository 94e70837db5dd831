package redisstore

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

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
	return g, s.fail(ctx, "read a group's settings", err)
}

// UpdateGroup is Update for a group's settings. An unknown group is made.
func (s *Store) UpdateGroup(ctx context.Context, id string, change func(*bot.Group) error) (bot.Group, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return bot.Group{}, err
	}
	defer end()
	g, err := retried(ctx, func() (bot.Group, bool, error) { return s.attemptGroup(ctx, id, change) })
	return g, s.fail(ctx, "change a group's settings", err)
}

// attemptGroup is one try of UpdateGroup. It is not done when somebody else wrote
// meanwhile.
func (s *Store) attemptGroup(ctx context.Context, id string, change func(*bot.Group) error) (_ bot.Group, done bool, _ error) {
	g, old, err := s.readGroup(ctx, id)
	if err != nil {
		return bot.Group{}, false, err
	}
	if err := change(&g); err != nil {
		return bot.Group{}, false, refusal{err}
	}
	text, err := json.Marshal(g)
	if err != nil {
		return bot.Group{}, false, err
	}
	after, err := parseGroup(id, string(text)) // as written
	if err != nil || string(text) == old || old == "" && string(text) == "{}" {
		return after, true, err
	}
	var swap *redis.Cmd
	err = s.send(ctx, func(b batch) { swap = b.script(ctx, swapScript, groupKey(id), old, string(text)) })
	return after, err == nil && isOne(swap), err
}

// readGroup is a group's settings, and how they are written, "" for not at all.
func (s *Store) readGroup(ctx context.Context, id string) (bot.Group, string, error) {
	text, err := s.db.Get(ctx, groupKey(id)).Result()
	if err != nil {
		return bot.Group{}, "", none(err)
	}
	g, err := parseGroup(id, text)
	return g, text, err
}

func parseGroup(id, text string) (g bot.Group, _ error) {
	if err := json.Unmarshal([]byte(text), &g); err != nil {
		return bot.Group{}, fmt.Errorf("the settings of group %q cannot be read: %w; delete %s to begin anew", id, err, groupKey(id))
	}
	return g, nil
}

// Groups yields the settings of every group once.
func (s *Store) Groups(ctx context.Context) iter.Seq2[bot.GroupSettings, error] {
	return func(yield func(bot.GroupSettings, error) bool) {
		for keys, err := range s.walk(ctx, groupKey("*")) {
			if err != nil {
				yield(bot.GroupSettings{}, s.fail(ctx, "list the groups", err))
				return
			}
			for _, key := range keys {
				id := strings.TrimPrefix(key, groupKey(""))
				g, err := s.Group(ctx, id)
				if !yield(bot.GroupSettings{ID: id, Group: g}, err) || err != nil {
					return
				}
			}
		}
	}
}
