package watch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

const (
	// censusEvery is how long a census is shown: it reads every learner.
	censusEvery = 5 * time.Minute
	// censusTime is how long one may take: 100,000 learners of a file take a second or
	// two (measured, November 2026).
	censusTime = 20 * time.Second
)

// figures are what a census finds. Nobody is named in it.
type figures struct {
	At        time.Time
	Learners  int
	Linked    int // with accounts on more than one platform
	Running   int // whose run goes on, of a day or more
	Week      int // whose run has a week or more
	Longest   int // the longest run that goes on, in days
	Reminded  int // who get reminders
	Paused    int // of those, at the moment not
	OnBoards  int
	Active    []int // learners with a day done, by week, the oldest first
	DaysDone  []int // days done by all, by week
	ThisWeek  int   // the last of Active
	Studied30 int   // learners with a day done in the last 30
}

// A census counts the learners once in a while.
type census struct {
	store bot.Store

	mu   sync.Mutex
	last figures
	took time.Time // when, by the machine's running time
}

// take is the last census, or a new one when that is old. Several who ask at once
// wait for the same.
func (c *census) take(ctx context.Context, now time.Time) (figures, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.took.IsZero() && time.Since(c.took) < censusEvery {
		return c.last, nil
	}
	ctx, cancel := context.WithTimeout(ctx, censusTime)
	defer cancel()
	f := figures{At: now, Active: make([]int, keptWeeks), DaysDone: make([]int, keptWeeks)}
	for l, err := range c.store.Learners(ctx) {
		if err != nil {
			return figures{}, fmt.Errorf("count the learners: %w", err)
		}
		f.add(l, now)
	}
	f.ThisWeek = f.Active[keptWeeks-1]
	c.last, c.took = f, time.Now()
	return f, nil
}

// add counts one learner.
func (f *figures) add(l bot.Learner, now time.Time) {
	if l.Gone || l.Into != "" {
		return
	}
	today := streak.DayOn(now.UTC())
	f.Learners++
	f.Linked += one(platformsOf(l) > 1)
	run := l.Streak.Current(now)
	f.Running += one(run > 0)
	f.Week += one(run >= 7)
	f.Longest = max(f.Longest, run)
	f.Reminded += one(l.Reminder.On)
	f.Paused += one(l.Reminder.On && l.Reminder.Paused >= today)
	f.OnBoards += one(len(l.Boards) > 0)
	f.Studied30 += one(l.Streak.Days.Count(today-29, today+1) > 0) // some are a day ahead
	monday := today - streak.Day((int(today.Weekday())+6)%7)
	for i := range keptWeeks {
		first := monday + streak.Day(7*(i-keptWeeks+1))
		days := l.Streak.Days.Count(first, first+6)
		f.Active[i] += one(days > 0)
		f.DaysDone[i] += days
	}
}

func platformsOf(l bot.Learner) int {
	seen := map[string]bool{}
	for _, a := range l.Accounts {
		seen[a.Platform()] = true
	}
	return len(seen)
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
