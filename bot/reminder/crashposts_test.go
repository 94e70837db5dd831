package reminder_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// oneLine is what children tell groups.
func oneLine(context.Context, bot.PostKey, streak.Day, time.Time) (bot.Reply, error) {
	return bot.Reply{Kind: bot.Nudge, Text: "Hello."}, nil
}

const (
	postsDue    = 200
	inOnesHands = 2 * 8 // a child runs two loops
)

// A process is killed while it tells groups, and another one goes on when the first
// one's leases have ended.
func TestKilledWhileGroupsAreTold(t *testing.T) {
	for _, idempotent := range []bool{true, false} {
		file := filepath.Join(inMemory(t), "mentor.db")
		fillPosts(t, file)
		said := &record{}
		first := startChild(t, said, file, 0, idempotent)
		said.atLeast(t, 1+rand.IntN(postsDue-1))
		first.kill(t)
		second := startChild(t, said, file, 61*time.Second, idempotent)
		said.untilQuiet()
		second.kill(t)
		said.judgePosts(t, file, idempotent, inOnesHands)
	}
}

// Of three processes on one Redis that tell groups, one is killed and one stopped.
func TestStoppedWhileGroupsAreTold(t *testing.T) {
	for _, idempotent := range []bool{true, false} {
		url := startRedis(t)
		fillPosts(t, url)
		said := &record{}
		children := make([]*child, 3, 4)
		for i := range children {
			children[i] = startChild(t, said, url, 0, idempotent)
		}
		said.atLeast(t, 1+rand.IntN(postsDue/2))
		children[0].kill(t)
		children[1].signal(t, syscall.SIGSTOP)
		said.untilQuiet()
		children = append(children, startChild(t, said, url, 61*time.Second, idempotent))
		said.untilQuiet()
		children[1].signal(t, syscall.SIGCONT)
		said.untilQuiet()
		for _, c := range children[1:] {
			c.kill(t)
		}
		said.judgePosts(t, url, idempotent, 2*inOnesHands)
	}
}

// fillPosts makes a store with a post that is due in each of many groups.
func fillPosts(t *testing.T, where string) {
	t.Helper()
	store, err := openStore(where, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for i := range postsDue {
		k := bot.PostKey{Group: "d:" + strconv.Itoa(i), Channel: "channel" + strconv.Itoa(i), Kind: bot.DailyPost}
		_, err := bot.UpdatePost(t.Context(), store, k, func(p bot.Post) (bot.Post, error) {
			return p.Set(10*60, 0, atTen(), time.Now().Add(-2*time.Hour)), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// judgePosts holds that no channel was told twice and every post is settled. Only
// where the platform does not know a message that it has may some be lost: at most as
// many as were in the hands of those that died.
func (r *record) judgePosts(t *testing.T, where string, idempotent bool, mayLose int) {
	t.Helper()
	told, keys := map[string]int{}, map[string]bool{}
	for _, line := range r.lines {
		var channel, key string
		if _, err := fmt.Sscanf(line, "sent %s %s", &channel, &key); err != nil {
			t.Fatalf("the child says %q", line)
		}
		if !idempotent || !keys[key] {
			told[channel]++
		}
		keys[key] = true
	}
	for channel, n := range told {
		if n > 1 {
			t.Errorf("%s is told %d times", channel, n)
		}
	}
	if lost := postsDue - len(told); lost > mayLose || idempotent && lost > 0 {
		t.Errorf("idempotent %v: %d of %d are lost, want at most %d", idempotent, lost, postsDue, mayLose)
	}
	store, err := openStore(where, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for p, err := range bot.Posts(t.Context(), store) {
		if _, due := p.Due(p.Kind, time.Now()); err != nil || due || !p.Begun.IsZero() {
			t.Errorf("left is %+v, %v", p, err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}
