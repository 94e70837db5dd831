// Package watch shows whether the mentor is well: to a load balancer, to
// Prometheus, to whoever reads the log, and on one page to those who run it.
//
// It only looks. Nothing that it serves changes anything, and nothing of it holds
// a word that anybody wrote or the id of a person: questions are counted by what
// became of them and by the entry that answered.
package watch

import (
	"log/slog"
	"sync/atomic"
	"time"

	"mentor/bot"
	"mentor/bot/reminder"
	"mentor/knowledge"
)

// A Platform is one that the mentor is to be connected to.
type Platform struct {
	Name       string
	Connection func() bot.Connection
}

// A Config is what there is to look at. Store, Guide, Reminders, Posts and Meter
// are required.
type Config struct {
	Token     string // lets its bearer see the page; empty serves none
	Version   string
	Platforms []Platform
	Store     bot.Store
	Guide     func() *knowledge.Guide
	Unused    func() string // what keeps a newer guide from being used, "" when nothing does; nil for a guide that does not change
	Reminders *reminder.Counters
	Posts     *reminder.Counters // of what groups were told
	Meter     *Meter             // that the platforms and the store tell
	Log       *slog.Logger       // nil for none
	Now       func() time.Time   // nil for the machine's clock
}

// A Watch looks at a mentor at work.
type Watch struct {
	Config

	began  time.Time
	pulse  *pulse
	seen   atomic.Pointer[[]finding] // of the last look
	weekly weekly
	census census
}

// New returns a Watch that has not looked yet. Its figures are in Meter's registry
// from now on; so one Meter is for one Watch.
func New(c Config) *Watch {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	w := &Watch{Config: c, began: c.Now()}
	w.pulse = newPulse(w)
	w.weekly = weekly{meter: c.Meter, store: c.Store, counts: c.Reminders}
	w.census = census{store: c.Store}
	c.Meter.registry.MustRegister(collector{w})
	return w
}
