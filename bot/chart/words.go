package chart

import (
	"fmt"
	"slices"

	"mentor/bot/streak"
)

// runTitle says how long the run is.
func runTitle(v streak.View) string {
	switch {
	case v.Run > 0:
		return count(v.Run, "day") + " in a row"
	case v.Total == 0:
		return "Ready for day 1"
	}
	return "Ready for a new run"
}

// runFacts says what else the run's owner may be proud of.
func runFacts(v streak.View) string {
	if v.Total == 0 {
		return "no days counted yet"
	}
	return fmt.Sprintf("longest %d • %d of the last 30 days", v.Longest, v.Last30)
}

// todayWords says how today stands.
func todayWords(v streak.View) string {
	switch {
	case v.DoneToday:
		return "done"
	case v.RestToday:
		return "day off"
	}
	return "not done yet"
}

// weekFacts says what the last weeks' counts are.
func weekFacts(counts []int) string {
	n := len(counts)
	if slices.Max(counts) == 0 {
		return "no days done in " + count(n, "week")
	}
	facts := fmt.Sprintf("%d this week", counts[n-1])
	if n > 1 {
		facts += fmt.Sprintf(" • %d last week • best week %d", counts[n-2], slices.Max(counts))
	}
	return facts
}

// count is "1 week" or "2 weeks".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
