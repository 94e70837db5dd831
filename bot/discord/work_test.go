package discord

import (
	"context"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestLanesKeepTheirOrder(t *testing.T) {
	w := newWork(slog.New(slog.DiscardHandler))
	var got strings.Builder
	for i := range 10 {
		w.do("lane", func(context.Context) { got.WriteString(strconv.Itoa(i)) })
	}
	w.drain(time.Minute)
	if got.String() != "0123456789" {
		t.Errorf("the jobs of a lane ran in the order %s", got.String())
	}
}

func TestAPanicIsTheJobsOwn(t *testing.T) {
	w := newWork(slog.New(slog.DiscardHandler))
	var after atomic.Bool
	w.do("lane", func(context.Context) { panic("as asked") })
	w.do("lane", func(context.Context) { after.Store(true) })
	w.drain(time.Minute)
	if !after.Load() {
		t.Error("a panic took the next job along")
	}
}

// TestWorkIsBounded holds every job up and counts what that costs.
func TestWorkIsBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := newWork(slog.New(slog.DiscardHandler))
	hold := make(chan struct{})
	for i := range 2 * maxWaiting {
		w.do(strconv.Itoa(i), func(context.Context) { <-hold })
	}
	if w.waiting != maxWaiting {
		t.Errorf("%d jobs wait, want %d", w.waiting, maxWaiting)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (after.HeapInuse + after.StackInuse - before.HeapInuse - before.StackInuse) / maxWaiting
	t.Logf("a waiting job takes %d bytes", each)
	if each > 8<<10 {
		t.Errorf("a waiting job takes %d bytes", each)
	}
	close(hold)
	w.drain(time.Minute)
}

func TestDrainCutsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork(slog.New(slog.DiscardHandler))
		w.do("", func(ctx context.Context) { <-ctx.Done() })
		began := time.Now()
		w.drain(drainTime)
		if took := time.Since(began); took != drainTime {
			t.Errorf("drain took %v, want %v", took, drainTime)
		}
		w.do("", func(context.Context) { t.Error("a job was taken after the end") })
	})
}

func TestBudgetOfSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &budget{pace: defaultPace}
		began := time.Now()
		at := make([]time.Duration, 0, 14)
		for range 14 {
			if err := b.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			at = append(at, time.Since(began))
		}
		for i := range at {
			if i > 0 && at[i]-at[i-1] <= 5*time.Second {
				t.Errorf("sessions %d and %d begin within 5 s: %v", i-1, i, at)
			}
			if i >= perMinute && at[i]-at[i-perMinute] < time.Minute {
				t.Errorf("more than %d sessions begin within a minute: %v", perMinute, at)
			}
		}
	})
}

func TestBackoff(t *testing.T) {
	for try := range 100 {
		if d := defaultPace.backoff(try); d < defaultPace.first/2 || d > defaultPace.longest {
			t.Errorf("backoff(%d) = %v", try, d)
		}
	}
	if d := defaultPace.backoff(50); d < defaultPace.longest/2 {
		t.Errorf("after 50 tries the wait is %v", d)
	}
}

func TestSeenForgetsTheOldest(t *testing.T) {
	var s seen
	for i := range 2 * maxSeen {
		if !s.first(strconv.Itoa(i)) {
			t.Fatalf("%d is not new", i)
		}
	}
	if s.first(strconv.Itoa(2*maxSeen-1)) || !s.first("0") || len(s.has) != maxSeen {
		t.Errorf("%d are remembered, want the last %d", len(s.has), maxSeen)
	}
}

func TestAllowed(t *testing.T) {
	g := guild{ID: "1", OwnerID: "9", Roles: []role{{"1", "1024"}, {"2", "2048"}, {"3", "8"}}}
	for name, c := range map[string]struct {
		roles []string
		me    string
		over  []overwrite
		want  int64
	}{
		"everybody":      {nil, "5", nil, 1024},
		"a role":         {[]string{"2"}, "5", nil, 1024 | 2048},
		"denied to all":  {[]string{"2"}, "5", []overwrite{{"1", "0", "1024"}}, 2048},
		"role wins":      {[]string{"2"}, "5", []overwrite{{"2", "1024", "0"}, {"1", "0", "1024"}}, 1024 | 2048},
		"member wins":    {[]string{"2"}, "5", []overwrite{{"5", "0", "2048"}, {"2", "2048", "0"}}, 1024},
		"administrator":  {[]string{"3"}, "5", []overwrite{{"1", "0", "1024"}}, permAdministrator},
		"owner":          {nil, "9", []overwrite{{"1", "0", "1024"}}, permAdministrator},
		"another's role": {nil, "5", []overwrite{{"2", "2048", "0"}}, 1024},
	} {
		if got := allowed(g, c.roles, c.me, c.over); got != c.want {
			t.Errorf("%s: allowed = %b, want %b", name, got, c.want)
		}
	}
}
