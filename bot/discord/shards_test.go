package discord_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mentor/bot/boltstore"
	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
)

// TestShardsAreShared: two bots share four shards, every server is answered in once,
// and what one leaves the other takes.
func TestShardsAreShared(t *testing.T) {
	long(t)
	t.Parallel()
	s := discordtest.New(t, discordtest.WithShards(4), discordtest.WithSessionStarts(1000, 64), discordtest.WithPatience(30*time.Second))
	s.Allow(discordtest.Identifies, 20)
	alice := s.AddUser("alice")
	rooms := make([]*discordtest.Channel, 4)
	for i := range rooms {
		g := s.AddGuildOn(i, fmt.Sprint("Learners ", i))
		g.Join(alice)
		rooms[i] = g.AddChannel("general")
	}
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "leases.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	shared := func(c *discord.Config) { c.Leases = store }
	askAll := func(asked int) {
		t.Helper()
		for _, room := range rooms {
			answers(t, s, alice, room)
		}
		for i, room := range rooms {
			if n := s.Ledger().MessagesIn(room.ID); n != asked {
				t.Errorf("on shard %d %d questions have %d answers", i, asked, n)
			}
		}
	}
	first := prepare(t, s, shared)
	first.bot.Hurry(1) // Discord's pace is one of the things that are tested
	first.run(t)
	s.WaitShards(t.Context())
	askAll(1)
	second := prepare(t, s, shared)
	second.bot.Hurry(1)
	second.run(t)
	s.WaitUntil(t.Context(), "the second bot to have two shards", func() bool {
		return strings.Count(first.log.String(), "one goes to a process that has fewer") == 2
	})
	s.WaitShards(t.Context())
	askAll(2)
	began := time.Now()
	if err := first.stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
	s.WaitShards(t.Context())
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v until the shards of a bot that has ended were taken over", took)
	}
	askAll(3)
	if n := s.Ledger().EarlyIdentifies(); n != 0 {
		t.Errorf("%d of %d Identifies were too early", n, s.Ledger().Identifies())
	}
}

// TestShardsWithoutStore: a process that shares with nobody has all of them, at
// the pace that Discord wants.
func TestShardsWithoutStore(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithShards(3), discordtest.WithSessionStarts(1000, 2))
	r := prepare(t, s)
	r.bot.Hurry(1)
	r.run(t)
	s.WaitShards(t.Context())
	if n := s.Ledger().EarlyIdentifies(); n != 0 {
		t.Errorf("%d Identifies were too early", n)
	}
}
