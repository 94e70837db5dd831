package chart

import (
	"fmt"
	"slices"
	"strings"

	"mentor/bot/streak"
)

// calendarAlt is the calendar in words: its figures, then months, then the last
// two weeks day by day.
func calendarAlt(h history, v streak.View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Streak calendar, %s. %s, %s. ", span(h.Calendar), count(v.Run, "day")+" in a row", strings.ReplaceAll(runFacts(v), " •", ","))
	fmt.Fprintf(&b, "Today, %s: %s. ", h.Today.Format("Monday 2 January"), todayWords(v))
	if v.Total == 0 {
		return strings.TrimSpace(b.String())
	}
	if h.start > h.Monday {
		fmt.Fprintf(&b, "The first day was %s. ", h.start.Format("2 January"))
	}
	t := h.tally(h.Monday, h.Today)
	fmt.Fprintf(&b, "In %s: %s done, %d kept, %d not done. ", count(len(h.Weeks), "week"), count(t[isDone], "day"), t[isKept], t[missed])
	fmt.Fprintf(&b, "By month: %s. ", strings.Join(h.monthWords(), "; "))
	monday := h.Monday + streak.Day(7*(len(h.Weeks)-1))
	if len(h.Weeks) > 1 {
		if words := h.dayWords(monday-7, monday-1); words != "" {
			fmt.Fprintf(&b, "Last week: %s. ", words)
		}
	}
	fmt.Fprintf(&b, "This week: %s.", h.dayWords(monday, h.Today))
	return b.String()
}

// span is "1 June to 24 November 2026".
func span(c streak.Calendar) string {
	layout := "2 January 2006"
	if c.Monday.Format("2006") == c.Today.Format("2006") {
		layout = "2 January"
	}
	return c.Monday.Format(layout) + " to " + c.Today.Format("2 January 2006")
}

// monthWords are "June 12 done, 2 kept" for each month since the start.
func (h history) monthWords() []string {
	var out []string
	for from := max(h.start, h.Monday); from <= h.Today; {
		year, month, _ := from.Date()
		next := streak.Date(year, month+1, 1)
		t := h.tally(from, min(next-1, h.Today))
		words := fmt.Sprintf("%s %d done", month, t[isDone])
		if t[isKept] > 0 {
			words += fmt.Sprintf(", %d kept", t[isKept])
		}
		out = append(out, words)
		from = next
	}
	return out
}

// dayWords is "Monday to Thursday done, Friday kept" for the days from one to
// another since the start.
func (h history) dayWords(from, to streak.Day) string {
	var out []string
	var first, last streak.Day
	was := blank
	end := func() {
		switch {
		case last == 0:
		case first == last:
			out = append(out, first.Format("Monday ")+stateWords[was])
		default:
			out = append(out, first.Format("Monday to ")+last.Format("Monday ")+stateWords[was])
		}
	}
	for d, s := range h.all() {
		if d < max(from, h.start) || d > to {
			continue
		}
		if last == 0 || s != was {
			end()
			first, was = d, s
		}
		last = d
	}
	end()
	return strings.Join(out, ", ")
}

// weeksAlt is the bars in words, from the first week with a day done.
func weeksAlt(c streak.Calendar) string {
	var b strings.Builder
	counts := c.Counts()
	fmt.Fprintf(&b, "Days done each week, %s: %s.", span(c), strings.ReplaceAll(weekFacts(counts), " •", ","))
	first := slices.IndexFunc(counts, func(n int) bool { return n > 0 })
	if first < 0 {
		return b.String()
	}
	total := 0
	var weeks []string
	for i, n := range counts[first:] {
		total += n
		weeks = append(weeks, fmt.Sprintf("%s: %d", (c.Monday+streak.Day(7*(first+i))).Format("2 January"), n))
	}
	fmt.Fprintf(&b, " %s in %s.", count(total, "day"), count(len(counts), "week"))
	if first > 0 {
		fmt.Fprintf(&b, " None before %s.", (c.Monday + streak.Day(7*first)).Format("2 January"))
	}
	fmt.Fprintf(&b, " Weeks by their Monday: %s so far.", strings.Join(weeks, ", "))
	return b.String()
}
