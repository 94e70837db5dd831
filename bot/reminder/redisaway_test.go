package reminder_test

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/redisstore"
	"mentor/bot/reminder"
)

// A hall is a loop on a real Redis, and learners who are all due at one instant of
// a clock that the test moves on.
type hall struct {
	redis *redisProcess
	store *redisstore.Store
	phone *phone
	loop  *reminder.Loop
	due   time.Time
	ids   []bot.ID
	ahead atomic.Int64
}

func (h *hall) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

// goTo moves the clock on.
func (h *hall) goTo(at time.Time) { h.ahead.Add(int64(at.Sub(h.now()))) }

func newHall(t *testing.T, learners int) *hall {
	t.Helper()
	h := &hall{redis: runRedis(t), phone: newPhone(true)}
	var err error
	if h.store, err = redisstore.Open(t.Context(), h.redis.url, redisstore.Options{RequireUp: true, Now: h.now}); err != nil {
		t.Fatal(err)
	}
	h.loop = &reminder.Loop{
		Store: h.store, Guide: guide, Senders: map[string]bot.Sender{"d": h.phone}, Now: h.now,
		Paces: map[string]reminder.Pace{}, Poll: 50 * time.Millisecond,
	}
	var all sync.WaitGroup
	for i := range learners {
		l := bot.NewLearner(bot.NewID(), bot.NewAccount("d", strconv.Itoa(i)))
		l.Streak.Zone, l.Streak.DayEnd = atTen(), 0
		l.Reminder = bot.Reminder{On: true, Minute: 11*60 + 30, To: l.Accounts[0]}
		l = l.Plan(time.Now())
		h.due, h.ids = l.Reminder.Next, append(h.ids, l.ID)
		all.Go(func() {
			if err := h.store.Put(t.Context(), l); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return h
}

// run runs the loop until the test's end, which closes the store.
func (h *hall) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.loop.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// until waits until so many are done with.
func (h *hall) until(t *testing.T, n *atomic.Int64) {
	t.Helper()
	for began := time.Now(); n.Load() < int64(len(h.ids)); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%d of %d are done with after 30 s", n.Load(), len(h.ids))
		}
	}
}

// TestRedisIsAwayAtTheDueTime: what is two minutes late is sent, once; what is over
// three hours late is let be, and nobody hears of it.
func TestRedisIsAwayAtTheDueTime(t *testing.T) {
	for name, c := range map[string]struct {
		away time.Duration
		want int // reminders of each
	}{"two minutes": {2 * time.Minute, 1}, "over three hours": {3*time.Hour + 10*time.Minute, 0}} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t, 300)
			h.run(t)
			h.goTo(h.due.Add(-2 * time.Second))
			h.redis.kill()
			h.goTo(h.due.Add(c.away / 2))
			time.Sleep(300 * time.Millisecond) // the loop asks in vain
			h.goTo(h.due.Add(c.away))
			h.redis.start(t)
			if c.want == 1 {
				h.until(t, &h.loop.Counts.Sent)
			} else {
				h.until(t, &h.loop.Counts.Expired)
			}
			time.Sleep(300 * time.Millisecond) // a second one would come now
			for i, id := range h.ids {
				if got := len(h.phone.of(bot.NewAccount("d", strconv.Itoa(i)))); got != c.want {
					t.Errorf("learner %d got %d reminders, want %d", i, got, c.want)
				}
				l, err := h.store.Get(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if r := l.Reminder; !r.Next.Equal(h.due.AddDate(0, 0, 1)) || r.Tell || r.Ignored != c.want || !r.On {
					t.Fatalf("afterwards it is planned as %+v, want the next at %v", r, h.due.AddDate(0, 0, 1))
				}
			}
			if dead, err := h.store.Dead(t.Context()); err != nil || len(dead) > 0 {
				t.Errorf("%d are listed as given up, %v", len(dead), err)
			}
		})
	}
}
