package reminder_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/reminder"
)

// A mute sender takes no time.
type mute struct{ sent func() }

func (m mute) Idempotent() bool                         { return true }
func (m mute) Send(context.Context, bot.Delivery) error { m.sent(); return nil }

// BenchmarkDue sends as many reminders as it has rounds, all due at once, from a
// file on a disk:
//
//	go test -run - -bench Due -benchtime 100000x ./bot/reminder
func BenchmarkDue(b *testing.B) {
	file := filepath.Join(b.TempDir(), "mentor.db")
	fillDue(b, file, b.N)
	store, err := boltstore.Open(file, boltstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	ctx, cancel := context.WithCancel(b.Context())
	loop := &reminder.Loop{Store: store, Guide: guide, Paces: map[string]reminder.Pace{}}
	loop.Senders = map[string]bot.Sender{"d": mute{func() {
		if loop.Counts.Sent.Load()+1 >= int64(b.N) {
			cancel()
		}
	}}}
	b.ResetTimer()
	start := time.Now()
	if err := loop.Run(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(loop.Counts.Sent.Load())/time.Since(start).Seconds(), "sent/s")
}
