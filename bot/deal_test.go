package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
)

// A room is a store and the processes that deal on it, in virtual time.
type room struct {
	t     *testing.T
	store *boltstore.Store
	deal  bot.Deal

	mu      sync.Mutex
	holders map[int][]string // of each thing, those who hold it now
}

// A peer is one process in a room.
type peer struct {
	*room

	name string
	away atomic.Bool // the store is, for this one
	stop func()
}

func inRoom(t *testing.T, deal bot.Deal, act func(r *room)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "mentor.db")
	synctest.Test(t, func(t *testing.T) {
		store, err := boltstore.Open(file, boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		deal.Name, deal.Log = "things", slog.New(slog.DiscardHandler)
		act(&room{t: t, store: store, deal: deal, holders: map[int][]string{}})
	})
}

// join starts a process that holds what it gets until it is told to let go.
func (r *room) join(name string) *peer {
	return r.joinWith(name, func(ctx context.Context, _ bot.Thing) error {
		<-ctx.Done()
		time.Sleep(2 * time.Second) // letting go takes a while
		return nil
	})
}

func (r *room) joinWith(name string, hold func(context.Context, bot.Thing) error) *peer {
	p := &peer{room: r, name: name}
	deal := r.deal
	deal.Leases = p
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- deal.Run(ctx, func(ctx context.Context, thing bot.Thing) error {
			r.enter(name, thing.Number)
			defer r.exit(name, thing.Number)
			return hold(ctx, thing)
		})
	}()
	p.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("%s ended with %v", name, err)
		}
	})
	return p
}

func (r *room) enter(name string, i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if others := r.holders[i]; len(others) > 0 {
		r.t.Errorf("%s holds %d while %q do", name, i, others)
	}
	r.holders[i] = append(r.holders[i], name)
}

func (r *room) exit(name string, i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := slices.Index(r.holders[i], name)
	r.holders[i] = slices.Delete(r.holders[i], at, at+1)
}

// shares are how many things each has.
func (r *room) shares() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]int{}
	for _, names := range r.holders {
		for _, name := range names {
			out[name]++
		}
	}
	return out
}

// want checks that the processes have so many things, in any order, which are so
// many in all.
func (r *room) want(when string, shares ...int) {
	r.t.Helper()
	synctest.Wait()
	got := slices.Sorted(maps.Values(r.shares()))
	slices.Sort(shares)
	if !slices.Equal(got, shares) {
		r.t.Errorf("%s the processes have %v (%v), want %v", when, got, r.shares(), shares)
	}
}

var errGone = errors.New("the store is away")

func (p *peer) Lease(ctx context.Context, key, holder string, d time.Duration) (bool, error) {
	if p.away.Load() {
		return false, errGone
	}
	return p.store.Lease(ctx, key, holder, d)
}

func (p *peer) GiveBack(ctx context.Context, key, holder string) error {
	if p.away.Load() {
		return errGone
	}
	return p.store.GiveBack(ctx, key, holder)
}

func (p *peer) Holders(ctx context.Context, keys []string) ([]string, error) {
	if p.away.Load() {
		return nil, errGone
	}
	return p.store.Holders(ctx, keys)
}

func TestOneProcessHasAllAtOnce(t *testing.T) {
	inRoom(t, bot.Deal{Things: 16}, func(r *room) {
		began := time.Now()
		p := r.join("ada")
		r.want("at once", 16)
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %v", took)
		}
		p.stop()
		r.want("after the end")
		q := r.join("bob")
		r.want("at once, after another one's end,", 16)
		q.stop()
	})
}

// TestAProcessStandsBy: one thing, two processes.
func TestAProcessStandsBy(t *testing.T) {
	inRoom(t, bot.Deal{Things: 1}, func(r *room) {
		first := r.join("ada")
		time.Sleep(time.Second)
		said := []bool{}
		r.deal.StandBy = func(on bool) { said = append(said, on) }
		second := r.join("bob")
		time.Sleep(time.Minute)
		first.stop()
		time.Sleep(time.Minute)
		second.stop()
		if !slices.Equal(said, []bool{true, false}) {
			t.Errorf("the second process said %v, want that it stands by, and no longer", said)
		}
	})
}

func TestProcessesShareFairly(t *testing.T) {
	inRoom(t, bot.Deal{Things: 10}, func(r *room) {
		names := []string{"ada", "bob", "cay"}
		peers := make([]*peer, len(names))
		for i, name := range names {
			peers[i] = r.join(name)
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		r.want("after a minute", 4, 3, 3)
		before := fmt.Sprint(r.shares())
		time.Sleep(time.Hour)
		if after := fmt.Sprint(r.shares()); after != before {
			t.Errorf("with nobody coming or going %s became %s", before, after)
		}
		peers[0].stop()
		time.Sleep(10 * time.Second)
		r.want("after one has left", 5, 5)
		late := r.join("dee")
		time.Sleep(time.Minute)
		r.want("after another one has come", 4, 3, 3)
		for _, p := range append(peers, late) {
			p.stop()
		}
		r.want("after the end")
	})
}

// A process that is cut off lets go before others take over, and they do within
// 30 s. It takes its part again when it is back.
func TestAProcessThatIsCutOff(t *testing.T) {
	inRoom(t, bot.Deal{Things: 6}, func(r *room) {
		peers := []*peer{r.join("ada"), r.join("bob"), r.join("cay")}
		time.Sleep(time.Minute)
		r.want("after a minute", 2, 2, 2)
		peers[1].away.Store(true)
		time.Sleep(8 * time.Second)
		r.want("8 s later", 2, 2, 2)
		time.Sleep(22 * time.Second)
		r.want("30 s later", 3, 3)
		peers[1].away.Store(false)
		time.Sleep(30 * time.Second)
		r.want("after it is back", 2, 2, 2)
		for _, p := range peers {
			p.away.Store(true)
		}
		time.Sleep(30 * time.Second)
		r.want("while the store is away for all")
		for _, p := range peers {
			p.away.Store(false)
		}
		time.Sleep(30 * time.Second)
		r.want("when it is back for all", 2, 2, 2)
		for _, p := range peers {
			p.stop()
		}
	})
}

// Where no other process can be, the store's absence changes nothing.
func TestALoneProcessKeepsAll(t *testing.T) {
	inRoom(t, bot.Deal{Things: 4}, func(r *room) {
		p := r.join("ada")
		time.Sleep(time.Minute)
		p.away.Store(true)
		time.Sleep(time.Hour)
		r.want("after an hour without the store", 4)
		p.away.Store(false)
		time.Sleep(10 * time.Second)
		q := r.join("bob")
		time.Sleep(time.Minute)
		r.want("when it is back and another one has come", 2, 2)
		p.stop()
		q.stop()
	})
}

// Of ten things each process has two, or as many as there are for it.
func TestNoMoreThanTheMost(t *testing.T) {
	inRoom(t, bot.Deal{Things: 10, Most: 2}, func(r *room) {
		peers := make([]*peer, 0, 11)
		for i, want := range [][]int{{2}, {2, 2}, {2, 2, 2}, {2, 2, 2, 2}, {2, 2, 2, 2, 2}, {2, 2, 2, 2, 1, 1}, {2, 2, 2, 1, 1, 1, 1}} {
			peers = append(peers, r.join(fmt.Sprint("peer", i)))
			time.Sleep(time.Minute)
			r.want(fmt.Sprintf("with %d processes", i+1), want...)
		}
		for i := range 4 {
			peers = append(peers, r.join(fmt.Sprint("late", i)))
		}
		time.Sleep(time.Minute)
		r.want("with eleven processes", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
		peers[3].stop()
		time.Sleep(30 * time.Second)
		r.want("when one of them has left", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
		for _, p := range peers {
			p.stop()
		}
	})
}

// What is about to end is replaced while it ends, if there is something free.
func TestWhatEndsIsReplaced(t *testing.T) {
	for name, c := range map[string]struct{ things, during, after int }{"with one free": {2, 2, 1}, "with none free": {1, 1, 1}} {
		t.Run(name, func(t *testing.T) {
			inRoom(t, bot.Deal{Things: c.things, Most: 1}, func(r *room) {
				var times atomic.Int64
				p := r.joinWith("ada", func(ctx context.Context, thing bot.Thing) error {
					if times.Add(1) == 1 {
						time.Sleep(10 * time.Second)
						thing.Ending()
						time.Sleep(10 * time.Second)
						return nil
					}
					<-ctx.Done()
					return nil
				})
				time.Sleep(15 * time.Second)
				r.want("while the first one ends", c.during)
				time.Sleep(6 * time.Second)
				r.want("afterwards", c.after)
				if n := times.Load(); n != 2 {
					t.Errorf("%d were held, want 2", n)
				}
				p.stop()
			})
		})
	}
}

// A process that counts otherwise than those before it counts as they do.
func TestProcessesCountTheSame(t *testing.T) {
	inRoom(t, bot.Deal{Things: 4}, func(r *room) {
		p := r.join("ada")
		time.Sleep(10 * time.Second)
		r.deal.Things = 7
		q := r.join("bob")
		time.Sleep(time.Minute)
		r.want("with two processes", 2, 2)
		p.stop()
		time.Sleep(time.Minute)
		r.want("with the second alone", 4)
		q.stop()
		time.Sleep(time.Minute)
		q = r.join("cay")
		r.want("after both have ended", 7)
		q.stop()
	})
}

func TestAHolderThatFailsEndsTheDeal(t *testing.T) {
	want := errors.New("as asked")
	synctest.Test(t, func(t *testing.T) {
		deal := bot.Deal{Name: "things", Things: 3, Log: slog.New(slog.DiscardHandler)}
		err := deal.Run(t.Context(), func(ctx context.Context, thing bot.Thing) error {
			if thing.Number == 1 {
				return want
			}
			<-ctx.Done()
			return nil
		})
		if !errors.Is(err, want) {
			t.Errorf("Run = %v, want %v", err, want)
		}
	})
}
