package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mentor/bot"
)

// counts is what came of all that was said and planned.
type counts struct {
	questions, checkIns, reminders int
	lost, doubled                  int // replies
	uncounted                      int // check-ins whose reply says that they were not counted
	undisturbed                    int // replies that no fault met
	faults                         int
}

// judge compares what people saw with what the store holds, and everything with
// the bars.
func (r *row) judge(ctx context.Context, s store, w *world, c *crowd, felt []window) error {
	all := w.book.all()
	r.counts = count(all, w.book, felt)
	r.p50, r.p99 = percentiles(all, felt)
	r.cpu = cpuEach(r.samples, len(all)+r.counts.reminders)
	r.judgeReplies()
	r.nameLost(all, felt)
	r.judgeReminders(ctx, s, w, c)
	r.judgeGrowth()
	if err := r.judgeStore(ctx, s, c, all); err != nil {
		return err
	}
	report, err := s.Check(ctx)
	if err != nil {
		return fmt.Errorf("check the store: %w", err)
	}
	for _, p := range report.Problems {
		r.breaks("the store contradicts itself: %s", p)
	}
	return nil
}

func (r *row) breaks(format string, args ...any) {
	r.broken = append(r.broken, fmt.Sprintf(format, args...))
}

func count(all []*exchange, b *book, felt []window) counts {
	n := counts{faults: len(felt)}
	for _, e := range all {
		switch e.kind {
		case question:
			n.questions++
		case checkIn:
			n.checkIns++
		}
		switch {
		case e.replies == 0:
			n.lost++
		case e.replies > 1:
			n.doubled++
		}
		if e.kind == checkIn && e.replies > 0 && !e.counted {
			n.uncounted++
		}
		if !disturbed(felt, e.at) {
			n.undisturbed++
		}
	}
	for _, times := range b.reminders {
		n.reminders += len(times)
	}
	return n
}

// percentiles are the median and the 99th percentile of the replies that no fault
// met; zero when there is none.
func percentiles(all []*exchange, felt []window) (p50, p99 time.Duration) {
	var took []time.Duration
	for _, e := range all {
		if e.replies > 0 && !disturbed(felt, e.at) {
			took = append(took, e.took)
		}
	}
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	return took[len(took)/2], took[(len(took)-1)*99/100]
}

// cpuEach is the processor time of each of n things.
func cpuEach(samples []sample, n int) time.Duration {
	if len(samples) < 2 || n == 0 {
		return 0
	}
	return (samples[len(samples)-1].cpu - samples[0].cpu) / time.Duration(n)
}

// tooLate is how late the load may come: with more, not the mentor is measured but
// what else the machine does.
const tooLate = time.Second

func (r *row) judgeReplies() {
	if r.late > tooLate {
		r.breaks("the load came up to %v late, so that the figures say little: the machine does something else, or is too small for both the mentor and the platforms", r.late.Round(time.Millisecond))
	}
	if r.counts.lost > 0 {
		r.breaks("%d questions and check-ins got no reply", r.counts.lost)
	}
	if r.counts.doubled > 0 {
		r.breaks("%d questions and check-ins got two replies", r.counts.doubled)
	}
	if r.p99 > r.bar {
		r.breaks("99 in 100 replies came within %v, the bar is %v", r.p99.Round(time.Millisecond), r.bar)
	}
	if r.counts.faults == 0 && r.counts.uncounted > 0 {
		r.breaks("%d check-ins were not counted, though nothing was broken", r.counts.uncounted)
	}
}

// namedLost is how many of what got no reply is named.
const namedLost = 10

// nameLost says of what got no reply when it was said, how, and after which fault.
func (r *row) nameLost(all []*exchange, felt []window) {
	n := 0
	for _, e := range all {
		if e.replies > 0 || n == namedLost {
			continue
		}
		n++
		what := "question"
		if e.kind == checkIn {
			what = "check-in"
		}
		last := lastOf(felt, e.at)
		r.breaks("no reply to a %s %s at %s, %v after the fault %q began", what, e.how, e.at.Format(time.StampMilli), e.at.Sub(last.from).Round(time.Millisecond), last.fault)
	}
}

// unreminded is those whose reminder has not come, though they did not check in.
func (c *crowd) unreminded(b *book) []*learner {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []*learner
	for _, l := range c.reminded {
		if len(b.reminders[string(l.account)]) == 0 && (l.early == nil || !l.early.counted) {
			out = append(out, l)
		}
	}
	return out
}

const lateReminder = time.Minute // and one in a thousand may be later

// judgeReminders counts the reminders that did not come, came twice, came late, or
// came after a check-in.
func (r *row) judgeReminders(ctx context.Context, s store, w *world, c *crowd) {
	givenUp := map[bot.ID]bool{}
	dead, err := s.Dead(ctx)
	if err != nil {
		r.breaks("the store does not tell which reminders were given up: %v", err)
	}
	for _, d := range dead {
		givenUp[d.ID] = true
	}
	lost, unknown, doubled, late, unwanted := 0, 0, 0, 0, 0
	for _, l := range c.unreminded(w.book) {
		if givenUp[l.id] && l.account.Platform() == "s" {
			unknown++
		} else {
			lost++
		}
	}
	for _, l := range c.reminded {
		times := w.book.reminders[string(l.account)]
		switch {
		case len(times) > 1:
			doubled++
		case len(times) == 1 && times[0].Sub(l.due) > lateReminder:
			late++
		}
		if len(times) > 0 && l.early != nil && l.early.counted && l.early.at.Add(l.early.took).Before(l.due) {
			unwanted++
		}
	}
	for what, n := range map[string]int{"were lost": lost, "came twice": doubled, "came after a check-in": unwanted} {
		if n > 0 {
			r.breaks("%d of %d reminders %s", n, len(c.reminded), what)
		}
	}
	if late*1000 > len(c.reminded) {
		r.breaks("%d of %d reminders came more than %v late", late, len(c.reminded), lateReminder)
	}
	if unknown > 0 && r.counts.faults == 0 {
		r.breaks("%d reminders were given up, though nothing was broken", unknown)
	}
}

// judgeStore looks at every learner: a check-in that was told to be counted is
// there, once, and nothing else is.
func (r *row) judgeStore(ctx context.Context, s store, c *crowd, all []*exchange) error {
	told := map[*learner]bool{}  // counted
	spoke := map[*learner]bool{} // checked in, with whatever reply
	for _, e := range all {
		if e.by != nil {
			spoke[e.by] = true
			told[e.by] = told[e.by] || e.counted
		}
	}
	lost, invented := 0, 0
	for l := range c.all {
		now, err := s.Get(ctx, l.id)
		if errors.Is(err, bot.ErrNoLearner) {
			lost++
			continue
		}
		if err != nil {
			return fmt.Errorf("read a learner: %w", err)
		}
		done := now.Streak.Days.Done(now.Streak.Clock().Day(time.Now()))
		switch {
		case told[l] && (!done || now.Streak.Total != l.before+1):
			lost++
		case !spoke[l] && now.Streak.Total != l.before, now.Streak.Total > l.before+1:
			invented++
		}
	}
	if lost > 0 {
		r.breaks("%d learners lost a check-in that they were told was counted, or themselves", lost)
	}
	if invented > 0 {
		r.breaks("%d learners have days that they never checked in on", invented)
	}
	return nil
}
