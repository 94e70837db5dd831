package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"mentor/bot"
	"mentor/bot/reminder"
)

const (
	// shelf holds a paper for each week, by its Monday as 2006-01-02: a week as JSON.
	shelf = "weeks"
	// keptWeeks is how many weeks are kept, this one included: a quarter.
	keptWeeks = 13
	// keepEvery is how often figures are written: what a process that is killed
	// has counted since is lost.
	keepEvery = time.Minute
)

// A weekly keeps counts by week in the store, for all processes on it. A write of
// which nobody knows whether it took place is done again, so that after an outage
// a minute may be counted twice.
type weekly struct {
	meter  *Meter
	store  bot.Store
	counts *reminder.Counters

	mu      sync.Mutex
	written map[string]int64 // reminders, as they were when they were last taken
}

// byResult are counts since the program began, by result.
func byResult(c *reminder.Counters) map[string]int64 {
	return map[string]int64{
		"sent": c.Sent.Load(), "skipped": c.Skipped.Load(), "expired": c.Expired.Load(), "put_off": c.PutOff.Load(),
		"dead": c.Dead.Load(), "ambiguous": c.Ambiguous.Load(), "lost": c.Lost.Load(),
	}
}

// fresh adds what became of reminders since the last call to the tally.
func (w *weekly) fresh() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, news := byResult(w.counts), map[string]int64{}
	for result, n := range now {
		if n > w.written[result] {
			news[result] = n - w.written[result]
		}
	}
	w.written = now
	w.meter.tally.put(week{Reminders: news})
}

// keep writes what was counted to the week of now, and drops weeks that are over.
func (w *weekly) keep(ctx context.Context, now time.Time) error {
	w.fresh()
	counted := w.meter.tally.take()
	if counted.isEmpty() {
		return nil
	}
	monday := mondayOf(now)
	_, err := w.store.UpdatePaper(ctx, shelf, monday, func(text string) (string, error) {
		var kept week
		if text != "" && json.Unmarshal([]byte(text), &kept) != nil {
			kept = week{} // not ours: begin anew
		}
		out, err := json.Marshal(kept.plus(counted))
		return string(out), err
	})
	if err != nil {
		w.meter.tally.put(counted)
		return fmt.Errorf("keep the week's figures: %w", err)
	}
	return w.drop(ctx, monday)
}

// drop takes the weeks away that are kept no longer.
func (w *weekly) drop(ctx context.Context, monday string) error {
	oldest := mondays(monday)[0]
	var over []string
	for p, err := range w.store.Papers(ctx, shelf) {
		if err != nil {
			return fmt.Errorf("list the weeks' figures: %w", err)
		}
		if p.Key < oldest {
			over = append(over, p.Key)
		}
	}
	for _, key := range over {
		if _, err := w.store.UpdatePaper(ctx, shelf, key, func(string) (string, error) { return "", nil }); err != nil {
			return fmt.Errorf("drop the figures of the week of %s: %w", key, err)
		}
	}
	return nil
}

// A keptWeek is a week with its Monday, as 2006-01-02.
type keptWeek struct {
	Monday string
	week
}

// weeks are the last keptWeeks up to now, the oldest first; those of which nothing
// is known are empty. What this process has not yet written is in the last.
func (w *weekly) weeks(ctx context.Context, now time.Time) ([]keptWeek, error) {
	byMonday := map[string]week{}
	for p, err := range w.store.Papers(ctx, shelf) {
		if err != nil {
			return nil, fmt.Errorf("read the weeks' figures: %w", err)
		}
		var one week
		if err := json.Unmarshal([]byte(p.Text), &one); err == nil {
			byMonday[p.Key] = one
		}
	}
	w.fresh()
	monday := mondayOf(now)
	byMonday[monday] = byMonday[monday].plus(w.meter.tally.look())
	out := make([]keptWeek, 0, keptWeeks)
	for _, day := range mondays(monday) {
		out = append(out, keptWeek{day, byMonday[day]})
	}
	return out, nil
}

// run keeps figures once in a while and at the end.
func (w *weekly) run(ctx context.Context, now func() time.Time, failed func(error)) {
	ticker := time.NewTicker(keepEvery)
	defer ticker.Stop()
	write := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
		defer cancel()
		if err := w.keep(ctx, now()); err != nil && !errors.Is(err, context.Canceled) {
			failed(err)
		}
	}
	for {
		select {
		case <-ticker.C:
			write()
		case <-ctx.Done():
			write()
			return
		}
	}
}

// mondayOf is the Monday of now's week in UTC, as 2006-01-02.
func mondayOf(now time.Time) string {
	now = now.UTC()
	return now.AddDate(0, 0, -(int(now.Weekday())+6)%7).Format(time.DateOnly)
}

// mondays are those of the keptWeeks that end with this one.
func mondays(last string) []string {
	day, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return nil
	}
	out := make([]string, keptWeeks)
	for i := range out {
		out[i] = day.AddDate(0, 0, 7*(i-keptWeeks+1)).Format(time.DateOnly)
	}
	return out
}

// A count is one line of a list.
type count struct {
	Name string
	N    int64
}

// most are the n largest of counts, the largest first.
func most(counts map[string]int64, n int) []count {
	out := make([]count, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, count{name, counts[name]})
	}
	slices.SortStableFunc(out, func(a, b count) int { return int(b.N - a.N) })
	return out[:min(n, len(out))]
}
