package bot_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/streak"
)

// A pausing store takes no papers while it is away.
type pausing struct {
	bot.Store
	away atomic.Bool
}

func (p *pausing) UpdatePaper(ctx context.Context, shelf, key string, change func(string) (string, error)) (string, error) {
	if p.away.Load() {
		return "", errDown
	}
	return p.Store.UpdatePaper(ctx, shelf, key, change)
}

// TestWhatIsAskedIsWrittenDown every ten seconds and at the end, and waits while the
// store is away; no question waits for it, and direct chats are not counted.
func TestWhatIsAskedIsWrittenDown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mentor.db")
	library := newShelf(t)
	synctest.Test(t, func(t *testing.T) {
		opened, err := boltstore.Open(file, boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := opened.Close(); err != nil {
				t.Error(err)
			}
		}()
		store := &pausing{Store: opened}
		m := bot.New(library, bot.WithStore(store))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			m.Count(ctx)
		}()
		ask := func(group string) {
			t.Helper()
			if _, err := m.Handle(t.Context(), bot.Question{Text: "java", Person: "d:1", Place: "here", Group: group, At: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}
		wants := func(group string, want int) {
			t.Helper()
			a, err := bot.AskedIn(t.Context(), store, group, bot.WeekOf(streak.DayOn(time.Now().UTC())))
			if err != nil || a.Answered["java"] != want {
				t.Errorf("of %q is written down %+v, %v, want java %d times", group, a, err, want)
			}
		}
		ask("d:g")
		ask("d:h")
		ask("")
		wants("d:g", 0)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		wants("d:g", 1)
		wants("d:h", 1)
		wants("", 0)
		store.away.Store(true)
		ask("d:g")
		time.Sleep(time.Minute)
		ask("d:g")
		wants("d:g", 1)
		store.away.Store(false)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		wants("d:g", 3)
		ask("d:g")
		cancel()
		<-done
		wants("d:g", 4)
	})
}
