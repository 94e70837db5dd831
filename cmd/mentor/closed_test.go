package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/discord/discordtest"
)

// TestClosedMessagesAreLeftAlone: one learner in ten takes no direct messages.
// On the day after the first refusals Discord is not asked again.
func TestClosedMessagesAreLeftAlone(t *testing.T) {
	const learners, closed = 40, 4
	d := discordtest.New(t, discordtest.WithoutRateLimits(), discordtest.WithPatience(20*time.Second))
	g := d.AddGuild("Learners")
	data := t.TempDir()
	store, err := boltstore.Open(filepath.Join(data, storeFile), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().UTC().Add(time.Hour)
	for i := range learners {
		u := g.AddUser(fmt.Sprint("learner", i))
		if i < closed {
			u.CloseDMs()
		}
		l := bot.NewLearner(bot.NewID(), bot.NewAccount("d", u.ID))
		if l.Streak, err = l.Streak.SetZone("UTC"); err != nil {
			t.Fatal(err)
		}
		l.Reminder = bot.Reminder{On: true, Minute: at.Hour()*60 + at.Minute(), To: l.Accounts[0]}
		if err := store.Put(t.Context(), l.Plan(time.Now())); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	var ahead atomic.Int64 // how far the program's clock is ahead
	p := startAt(t, map[string]string{
		"DISCORD_TOKEN": d.Token(), "DISCORD_API_URL": d.URL(), "MENTOR_DATA": data, "MENTOR_GUIDE": smallGuide(t),
	}, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	d.WaitConnected(t.Context())
	count := func(route string, is func(status int) bool) int {
		n := 0
		for _, r := range d.Ledger().RequestsTo(route) {
			if is(r.Status) {
				n++
			}
		}
		return n
	}
	sent := func() int {
		return count("POST /channels/{channel}/messages", func(status int) bool { return status < 300 })
	}
	refused := func() int {
		bad := func(status int) bool { return status >= 400 }
		return count("POST /channels/{channel}/messages", bad) + count("POST /users/@me/channels", bad)
	}
	ahead.Store(int64(61 * time.Minute))
	d.WaitUntil(t.Context(), "the first day's reminders", func() bool { return sent() == learners-closed && refused() == closed })
	ahead.Store(int64(25*time.Hour + time.Minute))
	d.WaitUntil(t.Context(), "the second day's reminders", func() bool { return sent() == 2*(learners-closed) })
	if n := refused() - closed; n != 0 {
		t.Errorf("%d requests of the second day were refused, want none", n)
	}
	p.stop()
	if err := p.wait(t); err != nil || strings.Contains(p.log.String(), "panic") {
		t.Errorf("the end of the program: %v", err)
	}
}
