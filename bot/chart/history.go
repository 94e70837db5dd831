package chart

import (
	"iter"

	"mentor/bot/streak"
)

// A state is what a calendar says of a day.
type state int

// The states. A day that is neither done nor kept is missed only between the
// first day done and today: a learner is not shown half a year of misses on the
// first evening, and today can still be done.
const (
	blank  state = iota // ahead, today while it lasts, or before the first day
	isDone              // done
	isKept              // protected
	missed              // not done
)

var stateWords = [...]string{blank: "open", isDone: "done", isKept: "kept", missed: "not done"}

// A history is a calendar with what was before its first day: blank days.
type history struct {
	streak.Calendar
	start streak.Day // no day before it was missed
}

// newHistory finds the start: the first day done, when all days ever done are in
// the calendar.
func newHistory(c streak.Calendar, total int) history {
	h := history{c, c.Monday}
	counted, first := 0, c.Today
	for d, cell := range h.cells() {
		if cell == streak.Done {
			counted++
			first = min(first, d)
		}
	}
	if counted >= total {
		h.start = first
	}
	return h
}

// cells are the calendar's days in order.
func (h history) cells() iter.Seq2[streak.Day, streak.Cell] {
	return func(yield func(streak.Day, streak.Cell) bool) {
		for i, week := range h.Weeks {
			for j, cell := range week {
				if !yield(h.Monday+streak.Day(7*i+j), cell) {
					return
				}
			}
		}
	}
}

// all are the days in order, with their states.
func (h history) all() iter.Seq2[streak.Day, state] {
	return func(yield func(streak.Day, state) bool) {
		for d, cell := range h.cells() {
			if !yield(d, h.state(d, cell)) {
				return
			}
		}
	}
}

func (h history) state(d streak.Day, cell streak.Cell) state {
	switch {
	case cell == streak.Done:
		return isDone
	case cell == streak.Kept:
		return isKept
	case cell == streak.Open && d >= h.start && d < h.Today:
		return missed
	}
	return blank
}

// A tally counts days by their state.
type tally [len(stateWords)]int

// tally counts the days from one to another, both included.
func (h history) tally(from, to streak.Day) tally {
	var t tally
	for d, s := range h.all() {
		if from <= d && d <= to {
			t[s]++
		}
	}
	return t
}
