package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot/boltstore"
)

// logTo is the server's log of a configuration, and what it writes.
func logTo(c config) (*slog.Logger, *log) {
	var out log
	c.logLevel = slog.LevelDebug
	return serverLog(process{stderr: &out}, c), &out
}

// TestIdsAreHashed wherever they are in a line, the same to the same, and otherwise
// by another installation.
func TestIdsAreHashed(t *testing.T) {
	store, err := boltstore.Open(t.TempDir()+"/mentor.db", boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store.Close() //nolint:errcheck,gosec // so that its errors name whom it was asked for
	_, asked := store.Find(t.Context(), "d:123456789012345678")
	const learner = "abcdefghij234567"
	write := func(l *slog.Logger) {
		l.Error("one", "err", asked)
		l.With("learner", learner).Error("two", "err", fmt.Errorf("get learner %s: away", learner), "channel", "C012AB3CD45")
		l.Info("three", slog.Group("who", "user", "U012AB3CD45"), "err", errors.Join(errors.New("workspace T012AB3CD is not joined")), "n", 42)
		l.Info("four", "account", "s:T012AB3CD:U012AB3CD45")
	}
	names := []string{"123456789012345678", learner, "C012AB3CD45", "U012AB3CD45", "T012AB3CD"}
	open, plain := logTo(config{logIDs: true})
	write(open)
	hashed, veiled := logTo(config{discordToken: "secret"})
	write(hashed)
	for _, name := range names {
		if !strings.Contains(plain.String(), name) {
			t.Errorf("asked for ids, the log lacks %s:\n%s", name, plain)
		}
		if strings.Contains(veiled.String(), name) {
			t.Errorf("the log has %s:\n%s", name, veiled)
		}
	}
	if n := strings.Count(veiled.String(), newVeil("secret").hash(learner)); n != 2 {
		t.Errorf("the learner's hash is there %d times, want 2:\n%s", n, veiled)
	}
	if newVeil("secret").hash(learner) == newVeil("other").hash(learner) {
		t.Error("two installations hash alike")
	}
	for _, part := range []string{"the store is closed", `"n":42`, "is not joined"} {
		if !strings.Contains(veiled.String(), part) {
			t.Errorf("the log lacks %q:\n%s", part, veiled)
		}
	}
}

// TestNoFlood: what fails again and again is said once a minute, with how often it
// was left out; what is only told is not held back.
func TestNoFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, out := logTo(config{logFormat: "text"})
		discord, slack := l.With("platform", "discord"), l.With("platform", "slack")
		for i := range 121 {
			discord.Error("away", "try", i)
			slack.Warn("away", "try", i)
			l.Info("told")
			time.Sleep(time.Second)
		}
		for text, want := range map[string]int{"msg=away platform=discord": 3, "msg=away platform=slack": 3, "left_out=59": 4, "msg=told": 121} {
			if n := strings.Count(out.String(), text); n != want {
				t.Errorf("the log has %q %d times, want %d", text, n, want)
			}
		}
	})
}
