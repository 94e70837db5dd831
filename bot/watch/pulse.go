package watch

import (
	"context"
	"fmt"
	"os"
	"time"

	"mentor/bot"
)

// A level is how a part is.
type level int

const (
	fine level = iota
	odd        // worth a look; the mentor goes on
	bad        // it does not work
)

// clockPart is the part that is odd without being sick.
const clockPart = "clock"

// A finding is what a look at one part found.
type finding struct {
	part  string
	level level
	says  string // one line
}

// The times of the pulse. A look at the platforms, the clock and the files costs
// nothing; one at the store writes to it, so it is taken seldom while nothing fails.
const (
	beat       = time.Second
	storeEvery = 30 * time.Second // while the store is well
	storeAgain = 3 * time.Second  // while it is not
	storeTime  = 2 * time.Second  // that it may take
	patience   = 10 * time.Second // a platform may be away before the log says so: most breaks are over by then
	lately     = time.Minute      // ago a call of the store failed, and it counts as not quite well
	passing    = 5 * time.Second  // for which a part may be odd before the log says so: the next look may find it bad
	jump       = 5 * time.Second  // by which a clock is moved that was set: less, it was only put right
	remembered = 10 * time.Minute // for which a jump of the clock is shown
	started    = 20 * time.Second // that joining a platform may take before the log says that it is not joined
)

// A pulse looks at every part again and again, and logs when one stops being well
// and when it is well again: one line each, however long it lasts.
type pulse struct {
	w         *Watch
	sick      map[string]time.Time // since when parts are not well
	told      map[string]bool      // those that were logged
	store     finding
	healed    time.Time // when it was found well after it was not
	lookedAt  time.Time // when the store was last looked at, by the machine's running time
	clock     clock
	openFiles func() error
}

func newPulse(w *Watch) *pulse {
	return &pulse{w: w, sick: map[string]time.Time{}, told: map[string]bool{}, clock: clock{now: w.Now}, openFiles: openFile}
}

// run looks once a beat until ctx ends.
func (p *pulse) run(ctx context.Context) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		p.look(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// look takes one look at everything.
func (p *pulse) look(ctx context.Context) {
	found := make([]finding, 0, len(p.w.Platforms)+4)
	for _, platform := range p.w.Platforms {
		found = append(found, p.platform(platform.Name, platform.Connection()))
	}
	found = append(found, p.storeFinding(ctx), p.guideFinding(), p.clockFinding(), p.filesFinding())
	if ctx.Err() != nil {
		return // what fails at the end is no finding
	}
	p.w.seen.Store(&found)
	for _, f := range found {
		p.note(f)
	}
}

// findings are what the last look found; nothing before the first.
func (w *Watch) findings() []finding {
	if seen := w.seen.Load(); seen != nil {
		return *seen
	}
	return nil
}

func (p *pulse) platform(name string, c bot.Connection) finding {
	switch {
	case c.Open > 0:
		return finding{name, fine, "connected"}
	case c.StandBy:
		return finding{name, fine, "standing by: other processes hold all connections"}
	case c.Since.IsZero():
		return finding{name, bad, "not connected yet"}
	}
	return finding{name, bad, "not connected since " + c.Since.UTC().Format(time.TimeOnly) + " UTC; it is tried on"}
}

// storeFinding is of the last look at the store, which may be a while ago, and of
// the calls that failed lately: on a full disk what is small can still be written.
func (p *pulse) storeFinding(ctx context.Context) finding {
	failed := p.w.Meter.trouble.Load()
	wait := storeEvery
	if p.store.level == bad || failed != nil && failed.at.After(p.lookedAt) {
		wait = storeAgain
	}
	if p.lookedAt.IsZero() || time.Since(p.lookedAt) >= wait {
		was := p.store.level
		p.store = p.askStore(ctx)
		p.lookedAt = time.Now()
		if was == bad && p.store.level == fine {
			p.healed = p.lookedAt
		}
	}
	if p.store.level == fine && failed != nil && failed.at.After(p.healed) && time.Since(failed.at) < lately {
		return finding{"store", odd, "read and written, but calls fail: " + failed.reason()}
	}
	return p.store
}

func (p *pulse) askStore(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if err := p.w.Store.Health(ctx); err != nil {
		return finding{"store", bad, err.Error()}
	}
	return finding{"store", fine, "read and written"}
}

func (p *pulse) guideFinding() finding {
	g := guideFacts(p.w.Guide(), time.Time{})
	if g.Topics == 0 {
		return finding{"guide", bad, "not loaded"}
	}
	if p.w.Unused != nil {
		if problem := p.w.Unused(); problem != "" {
			return finding{"guide", odd, fmt.Sprintf("%d topics; a newer one is not used: %s", g.Topics, problem)}
		}
	}
	return finding{"guide", fine, fmt.Sprintf("%d topics", g.Topics)}
}

func (p *pulse) clockFinding() finding {
	if by := p.clock.jumped(); by != 0 {
		p.w.Meter.jumps.Inc()
		p.w.Log.Warn("the clock jumped; reminders go by the new time", "part", "clock", "by", by.Round(time.Second))
	}
	if by, ago := p.clock.last(); by != 0 && ago < remembered {
		return finding{clockPart, odd, fmt.Sprintf("jumped by %v, %v ago", by.Round(time.Second), ago.Round(time.Second))}
	}
	return finding{clockPart, fine, "steady"}
}

func (p *pulse) filesFinding() finding {
	if err := p.openFiles(); err != nil {
		return finding{"files", bad, fmt.Sprintf("none can be opened (%v); raise the limit of open files (LimitNOFILE, ulimit -n)", err)}
	}
	return finding{"files", fine, "can be opened"}
}

// openFile is the error of opening a file that is always there.
func openFile() error {
	f, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	return f.Close()
}

// note logs f when it is news.
func (p *pulse) note(f finding) {
	since, sick := p.sick[f.part]
	switch {
	case f.part == clockPart: // it is told when it jumps
		return
	case f.level != fine && !sick:
		p.sick[f.part] = time.Now()
		since = p.sick[f.part]
	case f.level == fine && sick:
		if p.told[f.part] {
			p.w.Log.Info("a part is well again", "part", f.part, "after", time.Since(since).Round(time.Second))
		}
		delete(p.sick, f.part)
		delete(p.told, f.part)
		return
	}
	if f.level != fine && !p.told[f.part] && time.Since(since) >= p.patienceWith(f) {
		p.told[f.part] = true
		p.w.Log.Error("a part is not well", "part", f.part, "says", f.says)
	}
}

// patienceWith is how long a part may be so before the log says it.
func (p *pulse) patienceWith(f finding) time.Duration {
	if f.level == odd {
		return passing
	}
	for _, platform := range p.w.Platforms {
		if platform.Name != f.part {
			continue
		}
		if platform.Connection().Since.IsZero() {
			return started
		}
		return patience
	}
	return 0
}
