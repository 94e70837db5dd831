package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"
)

// garbage is how much of the living memory may be garbage, in percent, before it is
// collected; GOGC sets another. At the usual 100 a busy mentor takes 95 MiB instead of
// 82, and no less processor time (November 2026).
const garbage = 50

// keepSmall lets less garbage lie about, unless GOGC says how much.
func keepSmall(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// joinTime is about how long joining the platforms takes.
const joinTime = 1500 * time.Millisecond

// giveBack returns memory to the system: learning takes several times what the index
// keeps. What was pooled for it is let go by the second collection only.
func giveBack() {
	runtime.GC()
	debug.FreeOSMemory()
}

// giveBackAfter gives back what joining the platforms took, too.
func giveBackAfter(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
		giveBack()
	case <-ctx.Done():
	}
}
