package redisstore

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// ready makes the start-up checks until they pass once. One call makes them, the
// others wait for it as long as they may.
func (s *Store) ready(ctx context.Context) error {
	if s.checked.Load() {
		return nil
	}
	const what = "check how it is run"
	select {
	case s.gate <- struct{}{}:
		defer func() { <-s.gate }()
	case <-ctx.Done():
		return s.fail(ctx, what, ctx.Err())
	}
	if s.checked.Load() {
		return nil
	}
	if err := s.examine(ctx); err != nil {
		return s.fail(ctx, what, err)
	}
	s.checked.Store(true)
	return nil
}

// lookTime is how long examine looks, so that of timeout some is left to find out
// why there was no answer.
const lookTime = timeout * 3 / 4

// examine refuses a server that would lose learners, or that is not what the URL
// takes it for, and data that another version of the mentor laid out.
func (s *Store) examine(ctx context.Context) error {
	brief, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err := s.look(brief)
	switch {
	case err == nil:
		return nil
	case s.tls() == nil && isClosed(err) && s.speaksTLS(ctx):
		return s.unfit("it speaks TLS; begin the URL with rediss://, or add tls=1")
	case s.tls() != nil && isTimeout(err) && s.speaksPlainly(ctx):
		return s.unfit("it does not speak TLS; begin the URL with redis://, or leave tls=1 out")
	}
	return err
}

func (s *Store) look(ctx context.Context) error {
	nodes, err := mastersOf(ctx, s.db)
	if err != nil {
		return err
	}
	for _, node := range nodes {
		text, err := node.Info(ctx).Result()
		if err != nil {
			return err
		}
		if err := s.judge(parseInfo(text)); err != nil {
			return err
		}
	}
	return s.compareMeta(ctx)
}

// An info is what INFO says, by field.
type info map[string]string

func parseInfo(text string) info {
	in := info{}
	for line := range strings.Lines(text) {
		if field, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			in[field] = value
		}
	}
	return in
}

// judge refuses a server. A field that it does not tell is taken for good.
func (s *Store) judge(in info) error {
	policy := cmp.Or(in["maxmemory_policy"], "noeviction")
	switch {
	case olderThan(in["redis_version"], 6, 2): // GETDEL, ZADD GT
		return s.unfit(fmt.Sprintf("it is version %s; use 6.2 or later", in["redis_version"]))
	case in["redis_mode"] == "cluster" && s.target.cluster == nil:
		return s.unfit("it is a node of a cluster; begin the URL with redis+cluster://")
	case in["redis_mode"] == "sentinel":
		return s.unfit("it is a sentinel; begin the URL with redis+sentinel:// and name the master")
	case in["role"] == "slave":
		return s.unfit("it is a replica; point the URL at the master, or follow it with redis+sentinel://")
	case cmp.Or(in["maxmemory"], "0") != "0" && policy != "noeviction" && !s.opts.AllowEviction:
		return s.unfit("it drops keys when its memory is full (maxmemory-policy " + policy + "), learners among them; set maxmemory-policy noeviction, or allow eviction")
	}
	if in["aof_enabled"] == "0" {
		s.warned.Do(func() {
			s.opts.Log.Warn("redis keeps no append-only file: check-ins are lost when it stops; set appendonly yes", "redis", s.target.String())
		})
	}
	return nil
}

// unfit is a fault that lasts until somebody acts.
func (s *Store) unfit(advice string) error {
	return &fault{where: s.target.String(), what: "it cannot be used", cure: cure{advice, true}}
}

// olderThan compares a version like 7.0.15; what is no version is not older.
func olderThan(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	x, errX := strconv.Atoi(parts[0])
	y, errY := strconv.Atoi(parts[1])
	return errX == nil && errY == nil && (x < major || x == major && y < minor)
}

// compareMeta writes down how the data is laid out, or compares it with what was
// written before.
func (s *Store) compareMeta(ctx context.Context) error {
	var was *redis.MapStringStringCmd
	err := s.send(ctx, func(b batch) {
		b.HSetNX(ctx, metaKey, "shards", shards)
		b.HSetNX(ctx, metaKey, "schema", schema)
		was = b.HGetAll(ctx, metaKey)
	})
	if err != nil {
		return err
	}
	if got := was.Val()["schema"]; got != strconv.Itoa(schema) {
		return s.unfit(fmt.Sprintf("its data has schema %s, and this version of the mentor knows %d; use the version that wrote it", got, schema))
	}
	if got := was.Val()["shards"]; got != strconv.Itoa(shards) {
		return s.unfit(fmt.Sprintf("its data has %s shards, and this version of the mentor knows %d; use the version that wrote it", got, shards))
	}
	return nil
}
