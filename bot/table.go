package bot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync/atomic"
	"time"
)

// A table is a Deal at work. Where nothing else is said, its fields are those of
// the goroutine that runs it.
type table struct {
	*Deal

	me    string // this process while it runs
	n     int    // how many things there are
	seat  int    // this process's; -1 for none
	hold  func(context.Context, Thing) error
	held  map[int]*holding
	taken int  // how many so far
	away  bool // the store was, at the last look
	waits bool // that there is nothing for this process was logged
	err   error

	alone atomic.Bool   // no other process was there when the store was last asked
	ended chan outcome  // of holdings, all of which are received
	nudge chan struct{} // there is cause for a look
}

// A holding is a thing that this process has.
type holding struct {
	number, order int // order is the later the greater
	cancel        context.CancelFunc
	left          atomic.Bool // it ends, and counts no longer
	lease         *time.Timer // lets go before the lease ends
}

// letGo ends the holding soon.
func (h *holding) letGo() {
	h.left.Store(true)
	h.cancel()
}

type outcome struct {
	holding *holding
	err     error
}

// A view is who has which seat and which thing; "" for nobody.
type view struct{ seats, things []string }

// run deals until ctx ends or a holding has an error.
func (t *table) run(ctx context.Context) error {
	defer t.leave(ctx)
	var last time.Time
	next := time.NewTimer(0)
	defer next.Stop()
	for t.err == nil {
		select {
		case <-ctx.Done():
			return nil
		case o := <-t.ended:
			t.over(ctx, o)
			next.Reset(time.Until(last.Add(fewest)))
		case <-t.nudge:
			next.Reset(time.Until(last.Add(fewest)))
		case <-next.C:
			last = time.Now()
			t.look(ctx)
			next.Reset(time.Duration(float64(dealBeat) * (0.8 + 0.4*rand.Float64()))) // so that processes do not all look at once
		}
	}
	return t.err
}

// look sees who has what, renews what this process has, and changes one thing or
// the other.
func (t *table) look(stop context.Context) {
	ctx, cancel := context.WithTimeout(stop, dealBeat)
	defer cancel()
	v, err := t.see(ctx)
	if stop.Err() != nil {
		return // of no interest any more, nor is why asking failed
	}
	switch {
	case err != nil && !t.away:
		t.Log.Error("the store does not say what other processes hold", "what", t.Name, "until it does", t.resort(), "err", err)
	case err == nil && t.away:
		t.Log.Info("the store says again what other processes hold", "what", t.Name)
	}
	t.away = err != nil
	switch {
	case err == nil:
		t.deal(ctx, v)
	case t.alone.Load():
		t.deal(ctx, t.own())
	}
}

// resort is what is done while the store is away.
func (t *table) resort() string {
	switch {
	case t.alone.Load():
		return "this process goes on with all it has, as there was no other one"
	case len(t.held) == 0:
		return "this process waits"
	}
	return "this process goes on until others may take what it has"
}

// own is the view of a process that shares with nobody.
func (t *table) own() view {
	v := view{make([]string, t.n), make([]string, t.n)}
	t.seat = max(t.seat, 0)
	v.seats[t.seat] = t.me
	for i := range t.held {
		v.things[i] = t.me
	}
	return v
}

// see asks the store who has what, and renews what this process has.
func (t *table) see(ctx context.Context) (view, error) {
	if t.Leases == nil {
		t.alone.Store(true)
		return t.own(), nil
	}
	if err := t.agree(ctx); err != nil {
		return view{}, err
	}
	keys := make([]string, 0, 2*t.n)
	for i := range t.n {
		keys = append(keys, t.seatKey(i))
	}
	for i := range t.n {
		keys = append(keys, t.thingKey(i))
	}
	holders, err := t.Leases.Holders(ctx, keys)
	if err != nil {
		return view{}, fmt.Errorf("look: %w", err)
	}
	v := view{holders[:t.n], holders[t.n:]}
	others := slices.ContainsFunc(holders, func(holder string) bool { return holder != "" && holder != t.me })
	if others {
		t.alone.Store(false)
	}
	if err := t.sit(ctx, v.seats); err != nil {
		return view{}, err
	}
	if err := t.renew(ctx); err != nil {
		return view{}, err
	}
	t.alone.Store(t.seat >= 0 && !others)
	return v, nil
}

// agree sees that all processes count the same number of things: that of who came
// first. Another one's is taken over when nothing is held any more.
func (t *table) agree(ctx context.Context) error {
	key := t.Name + ":count"
	same, err := t.Leases.Lease(ctx, key, strconv.Itoa(t.n), dealLease)
	if err != nil {
		return fmt.Errorf("agree: %w", err)
	}
	if same {
		return nil
	}
	t.alone.Store(false)
	said, err := t.Leases.Holders(ctx, []string{key})
	if err != nil {
		return fmt.Errorf("agree: %w", err)
	}
	n, err := strconv.Atoi(said[0])
	if err != nil || n < 1 {
		return fmt.Errorf("other processes say that there are %q", said[0])
	}
	for _, h := range t.held {
		h.letGo()
	}
	if len(t.held) > 0 {
		return fmt.Errorf("other processes share %d, this one %d, which it lets go", n, t.n)
	}
	t.Log.Warn("other processes share another number; taking theirs", "what", t.Name, "theirs", n, "own", t.n)
	t.n, t.seat = n, -1
	return nil
}

// sit renews this process's seat, or takes one that is free, and enters it.
func (t *table) sit(ctx context.Context, seats []string) error {
	for i, holder := range seats {
		if t.seat >= 0 && i != t.seat || holder != "" && holder != t.me {
			continue
		}
		sits, err := t.Leases.Lease(ctx, t.seatKey(i), t.me, dealLease)
		if err != nil {
			return fmt.Errorf("take a seat: %w", err)
		}
		if sits {
			t.seat, seats[i] = i, t.me
			return nil
		}
	}
	t.seat = -1
	return nil
}

// renew renews the lease of every thing that is held. One that somebody else has
// by now is let go.
func (t *table) renew(ctx context.Context) error {
	for i, h := range t.held {
		began := time.Now()
		holds, err := t.Leases.Lease(ctx, t.thingKey(i), t.me, dealLease)
		switch {
		case err != nil:
			return fmt.Errorf("renew: %w", err)
		case holds:
			h.lease.Reset(time.Until(began.Add(dealLease - letGoTime)))
		default:
			t.Log.Warn("this process stood still for so long that another one has what it held", "what", t.Name, "number", i)
			h.letGo()
		}
	}
	return nil
}

// deal takes what is free and this process's to take, or lets one thing go.
func (t *table) deal(ctx context.Context, v view) {
	if t.seat < 0 {
		t.sayWaits()
		return
	}
	counts := t.counts(v)
	for i, holder := range v.things {
		if t.held[i] != nil || holder != "" && holder != t.me {
			continue
		}
		poor := poorest(v.seats, counts)
		if t.Most > 0 && counts[poor] >= t.Most {
			break
		}
		counts[poor]++
		if poor == t.me {
			t.take(ctx, i)
		}
	}
	if richest(v.seats, counts) == t.me && counts[t.me] >= 2+counts[poorest(v.seats, counts)] {
		t.giveOne()
	}
	t.sayWaits()
}

// counts is how much everybody with a seat has; this process, what it will keep.
func (t *table) counts(v view) map[string]int {
	counts := map[string]int{}
	for _, holder := range v.things {
		counts[holder]++
	}
	counts[t.me] = 0
	for _, h := range t.held {
		if !h.left.Load() {
			counts[t.me]++
		}
	}
	return counts
}

// poorest is who has the least, of several the first.
func poorest(seats []string, counts map[string]int) (who string) {
	for _, holder := range seats {
		if holder != "" && (who == "" || counts[holder] < counts[who]) {
			who = holder
		}
	}
	return who
}

// richest is who has the most, of several the first.
func richest(seats []string, counts map[string]int) (who string) {
	for _, holder := range seats {
		if holder != "" && (who == "" || counts[holder] > counts[who]) {
			who = holder
		}
	}
	return who
}

// take holds a thing if this process can have its lease.
func (t *table) take(ctx context.Context, i int) {
	began := time.Now()
	if t.Leases != nil && !t.away {
		holds, err := t.Leases.Lease(ctx, t.thingKey(i), t.me, dealLease)
		if err != nil || !holds {
			return // others were faster, or the next look says what is wrong
		}
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	t.taken++
	h := &holding{number: i, order: t.taken, cancel: cancel}
	h.lease = time.AfterFunc(time.Until(began.Add(dealLease-letGoTime)), func() {
		if !t.alone.Load() {
			h.letGo()
		}
	})
	t.held[i] = h
	thing := Thing{Number: i, Of: t.n, Ending: func() {
		if !h.left.Swap(true) {
			t.wake()
		}
	}}
	go func() { t.ended <- outcome{h, t.hold(running, thing)} }()
}

// wake has the table looked at soon.
func (t *table) wake() {
	select {
	case t.nudge <- struct{}{}:
	default:
	}
}

// giveOne lets the thing go that was taken last: what begins is less of a loss.
func (t *table) giveOne() {
	var last *holding
	for _, h := range t.held {
		if !h.left.Load() && (last == nil || h.order > last.order) {
			last = h
		}
	}
	if last != nil {
		t.Log.Info("one goes to a process that has fewer", "what", t.Name, "number", last.number)
		last.letGo()
	}
}

// sayWaits logs once when there is nothing for this process, and once when there is.
func (t *table) sayWaits() {
	if nothing := len(t.held) == 0; nothing != t.waits {
		t.waits = nothing
		if t.StandBy != nil {
			t.StandBy(nothing)
		}
		if nothing {
			t.Log.Info("other processes hold all there is; waiting until one is free", "what", t.Name, "there are", t.n)
		} else {
			t.Log.Info("this process has something to hold again", "what", t.Name)
		}
	}
}

// over ends a holding, and gives its lease back.
func (t *table) over(ctx context.Context, o outcome) {
	h := o.holding
	h.lease.Stop()
	h.cancel()
	delete(t.held, h.number)
	if t.err == nil {
		t.err = o.err
	}
	if !t.away {
		t.giveBack(ctx, t.thingKey(h.number))
	}
}

// leave lets all go, waits for it, and gives the leases back.
func (t *table) leave(ctx context.Context) {
	for _, h := range t.held {
		h.letGo()
	}
	for len(t.held) > 0 {
		t.over(ctx, <-t.ended)
	}
	if t.seat >= 0 && !t.away {
		t.giveBack(ctx, t.seatKey(t.seat))
	}
}

// giveBack gives a lease back. When that fails, it ends by itself.
func (t *table) giveBack(ctx context.Context, key string) {
	if t.Leases == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := t.Leases.GiveBack(ctx, key, t.me); err != nil {
		t.Log.Debug("a lease is left to its end", "key", key, "err", err)
	}
}

func (t *table) seatKey(i int) string  { return fmt.Sprintf("%s:of:%d:seat:%d", t.Name, t.n, i) }
func (t *table) thingKey(i int) string { return fmt.Sprintf("%s:of:%d:%d", t.Name, t.n, i) }
