package reminder_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/reminder"
)

// The benchmarks send as many reminders as they have rounds, all due at once:
//
//	go test -run - -bench Due -benchtime 100000x ./bot/reminder

func BenchmarkDueInAFile(b *testing.B) { sendDue(b, filepath.Join(b.TempDir(), "mentor.db")) }
func BenchmarkDueInRedis(b *testing.B) { sendDue(b, startRedis(b)) }

// A mute sender takes no time.
type mute struct{ sent func() }

func (m mute) Idempotent() bool                         { return true }
func (m mute) Send(context.Context, bot.Delivery) error { m.sent(); return nil }

func sendDue(b *testing.B, where string) {
	b.Helper()
	fillDue(b, where, b.N)
	store, err := openStore(where, time.Now)
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
