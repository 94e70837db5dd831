package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// printTable prints the rows as Markdown.
func printTable(out io.Writer, rows []row) {
	head := []string{"store", "learners", "start to ready", "idle memory", "asked, checked in, reminded", "p50", "p99", "memory at most", "CPU each", "questions/s, flat out"}
	table := make([][]string, 1, len(rows)+1)
	table[0] = head
	for _, r := range rows {
		table = append(table, r.cells())
	}
	widths := make([]int, len(head))
	for _, cells := range table {
		for i, c := range cells {
			widths[i] = max(widths[i], len(c))
		}
	}
	for i, cells := range table {
		printLine(out, cells, widths)
		if i == 0 {
			rules := make([]string, len(widths))
			for j, n := range widths {
				rules[j] = strings.Repeat("-", n)
			}
			printLine(out, rules, widths)
		}
	}
	for _, r := range rows {
		if r.counts.faults > 0 {
			r.printFaults(out)
		}
	}
}

func printLine(out io.Writer, cells []string, widths []int) {
	for i, c := range cells {
		fmt.Fprintf(out, "| %-*s ", widths[i], c)
	}
	fmt.Fprintln(out, "|")
}

func (r row) cells() []string {
	flat := "not tried"
	if r.most > 0 {
		flat = fmt.Sprintf("%.0f", r.most)
	}
	return []string{
		r.store, strconv.Itoa(r.learners), shownTime(r.ready), shownMemory(r.idle.memory),
		fmt.Sprintf("%.0f + %.0f + %.0f a second", r.questions, r.checkIns, r.reminders), shownTime(r.p50), shownTime(r.p99),
		shownMemory(highest(r.samples, func(s sample) int { return s.memory })), shownTime(r.cpu), flat,
	}
}

// printFaults tells what the faults did, and how the mentor's process stood at the
// beginning and at the end.
func (r row) printFaults(out io.Writer) {
	c := r.counts
	fmt.Fprintf(out, "\n%s store, %d learners, %v, %d faults: %d questions, %d check-ins (%d told to come again), %d reminders; %d without a reply, %d with two.\n",
		r.store, r.learners, r.lasts, c.faults, c.questions, c.checkIns, c.uncounted, c.reminders, c.lost, c.doubled)
	fmt.Fprintf(out, "p50 and p99 are of the %d replies to what was not said from %v before a fault to %v after it.\n", c.undisturbed, justBefore, faultWindow)
	n := len(r.samples)
	if n < 5 {
		return
	}
	early, late := r.samples[n/5:2*n/5], r.samples[4*n/5:]
	for _, figure := range []struct {
		what string
		of   func(sample) int
	}{
		{"memory, KiB", func(s sample) int { return s.memory }},
		{"of it no file's", func(s sample) int { return s.heap }},
		{"open files", func(s sample) int { return s.files }},
		{"threads", func(s sample) int { return s.threads }},
		{"goroutines", func(s sample) int { return s.goroutines }},
	} {
		fmt.Fprintf(out, "%-16s %8d in the second fifth, %8d in the last\n", figure.what, median(early, figure.of), median(late, figure.of))
	}
}

func shownMemory(kib int) string {
	if kib == 0 {
		return "unknown" // no /proc
	}
	return fmt.Sprintf("%d MiB", (kib+512)/1024)
}

func shownTime(d time.Duration) string {
	switch {
	case d == 0:
		return "unknown"
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < 2*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return d.Round(100 * time.Millisecond).String()
}
