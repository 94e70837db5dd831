package redisstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"mentor/bot"
	"mentor/bot/bottest"
)

func TestMiniredis(t *testing.T) {
	bottest.TestStore(t, func(t *testing.T) bottest.Instance {
		t.Helper()
		server := miniredis.RunT(t)
		var passed atomic.Int64
		in := instance(t, "redis://"+server.Addr(), Options{Now: func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }})
		in.Advance = func(d time.Duration) {
			server.FastForward(d)
			passed.Add(int64(d))
		}
		return in
	})
}

// instance is a store at the URL, whose Redis is empty.
func instance(t *testing.T, url string, opts Options) bottest.Instance {
	t.Helper()
	s := open(t, url, opts)
	t.Cleanup(func() { wantPlanned(t, s) })
	return bottest.Instance{
		Store: s,
		Reopen: func() bot.Store {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			s = open(t, url, opts)
			return s
		},
		Dump: func() string { return dump(t, s) },
	}
}

// open opens a store, and closes it when the test ends.
func open(tb testing.TB, url string, opts Options) *Store {
	tb.Helper()
	opts.RequireUp = true
	s, err := Open(context.Background(), url, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// dump is all that Redis holds, in order, but for the layout's own numbers.
func dump(tb testing.TB, s *Store) string {
	tb.Helper()
	var lines []string
	for keys, err := range s.walk(context.Background(), "*") {
		if err != nil {
			tb.Fatal(err)
		}
		for _, key := range keys {
			lines = append(lines, fmt.Sprintf("%q: %s", key, value(tb, s, key)))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func value(tb testing.TB, s *Store, key string) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	kind, err := s.db.Type(ctx, key).Result()
	if err != nil {
		tb.Fatal(err)
	}
	var cmd redis.Cmder
	switch kind {
	case "hash":
		cmd = s.db.HGetAll(ctx, key)
	case "zset":
		cmd = s.db.ZRangeWithScores(ctx, key, 0, -1)
	case "list":
		cmd = s.db.LRange(ctx, key, 0, -1)
	case "string":
		cmd = s.db.Get(ctx, key)
	default: // its time was over in between
		return ""
	}
	if err := none(cmd.Err()); err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprintf("%q", cmd.String())
}
