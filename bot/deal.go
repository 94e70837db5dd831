package bot

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"
)

// Times of a deal. A process that dies is noticed when its leases end, and what it
// had is held again within dealLease, a beat and what it takes to hold it.
const (
	dealLease = 15 * time.Second
	dealBeat  = 3 * time.Second // between two looks at who holds what
	letGoTime = 3 * time.Second // that a holder has to let go before its lease ends
	fewest    = dealBeat / 10   // between two looks that something gave cause for
)

// Leases are what a Deal needs of a Store.
type Leases interface {
	Lease(ctx context.Context, key, holder string, d time.Duration) (bool, error)
	GiveBack(ctx context.Context, key, holder string) error
	Holders(ctx context.Context, keys []string) ([]string, error)
}

// A Deal shares numbered things out among the processes on one store, so that one
// process at a time has each: connections of which there may be one, or only so
// many. No process is special. Each takes a seat, looks every few seconds at who
// holds what, takes what nobody holds if it has the least, and, when it has the
// most, and two more than another, lets one go.
//
// What cannot be renewed is let go before its lease ends, as others may take it
// then. Only a process that saw no other one when the store was last there keeps
// all it has.
type Deal struct {
	Leases Leases // nil for a process that shares with nobody
	Name   string // of what is shared, the same in all processes
	Things int    // how many there are, if no other process has said so before
	Most   int    // that one process is to have; 0 for no limit
	Log    *slog.Logger
	// StandBy, unless nil, is told when there is nothing for this process, because
	// others hold all there is, and when there is something again. It must not wait.
	StandBy func(bool)
}

// A Thing is one of the things that are shared out.
type Thing struct {
	Number, Of int // 0 to Of-1
	// Ending says that the holder will return soon by itself: it counts no longer,
	// and may get another one in place of it now. It may be called more than once.
	Ending func()
}

// Run has hold called for each thing that this process gets, in a goroutine of its
// own, until ctx ends, which is no error. The context of hold ends when the thing is
// to be let go, and hold returns within letGoTime then. When it returns by itself,
// without an error, the thing goes to whoever has the least. Its error ends Run.
func (d *Deal) Run(ctx context.Context, hold func(context.Context, Thing) error) error {
	t := &table{
		Deal: d, me: rand.Text(), n: max(d.Things, 1), seat: -1, hold: hold,
		held: map[int]*holding{}, ended: make(chan outcome), nudge: make(chan struct{}, 1),
	}
	return t.run(ctx)
}
