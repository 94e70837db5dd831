package main

import (
	"slices"
	"time"
)

// Growth is judged in runs in which the mentor's caches are full long before the
// end: it remembers events for an hour, but at most 20,000 of them, and talks for
// 15 minutes, but at most 10,000.
const judgedFrom = 5 * time.Minute

// What may grow between the second and the last fifth of a run: what a garbage
// collector and a pool of connections swing by.
const (
	heapSwing      = 16 << 10 // KiB, and a tenth
	filesSwing     = 16
	threadsSwing   = 8
	goroutineSwing = 64
)

// judgeGrowth compares the last fifth of the run with the second one.
func (r *row) judgeGrowth() {
	if r.lasts < judgedFrom {
		return
	}
	n := len(r.samples)
	early, late := r.samples[n/5:2*n/5], r.samples[4*n/5:]
	grown := func(what string, of func(sample) int, swing int) {
		before, after := median(early, of), median(late, of)
		if after > before+before/10+swing {
			r.breaks("%s grew from %d to %d between the second and the last fifth of the run", what, before, after)
		}
	}
	grown("the memory that is no file's (KiB)", func(s sample) int { return s.heap }, heapSwing)
	grown("the open files", func(s sample) int { return s.files }, filesSwing)
	grown("the threads", func(s sample) int { return s.threads }, threadsSwing)
	grown("the goroutines", func(s sample) int { return s.goroutines }, goroutineSwing)
}

// median is the middle value of what the samples hold; 0 for no samples.
func median(samples []sample, of func(sample) int) int {
	if len(samples) == 0 {
		return 0
	}
	values := make([]int, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// highest is the greatest value of what the samples hold.
func highest(samples []sample, of func(sample) int) int {
	most := 0
	for _, s := range samples {
		most = max(most, of(s))
	}
	return most
}
