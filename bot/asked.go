package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	"mentor/bot/streak"
)

// Asked is what a group asked in a week: topics of the guide and how often. It holds
// no words and nobody's name.
type Asked struct {
	Answered map[string]int `json:"answered,omitempty"` // answers, by topic
	Offered  map[string]int `json:"offered,omitempty"`  // choices instead of an answer, by the topic that was nearest
	None     int            `json:"none,omitempty"`     // questions that the guide does not cover
	Up       map[string]int `json:"up,omitempty"`       // people whom an answer helped, by topic
	Down     map[string]int `json:"down,omitempty"`     // people whom it did not help
}

// plus is a and b together.
func (a Asked) plus(b Asked) Asked {
	return Asked{sum(a.Answered, b.Answered), sum(a.Offered, b.Offered), a.None + b.None, sum(a.Up, b.Up), sum(a.Down, b.Down)}
}

func sum(a, b map[string]int) map[string]int {
	if len(a)+len(b) == 0 {
		return nil
	}
	out := map[string]int{}
	maps.Copy(out, a)
	for topic, n := range b {
		out[topic] += n
	}
	return out
}

// A Week is an ISO week, named by its Monday.
type Week streak.Day

// WeekOf is the week of a day.
func WeekOf(d streak.Day) Week { return Week(d - streak.Day(d.Weekday()+6)%7) }

// Days are the week's first and last day.
func (w Week) Days() (monday, sunday streak.Day) { return streak.Day(w), streak.Day(w) + 6 }

// String is "2026-W48". It sorts as weeks follow each other.
func (w Week) String() string {
	thursday := streak.Day(w) + 3 // the year of a week is that of its Thursday
	year, _, _ := thursday.Date()
	return fmt.Sprintf("%d-W%02d", year, (thursday-streak.Date(year, 1, 1))/7+1)
}

// weeksKept is for how long it is remembered what was asked.
const weeksKept = 13

// What a group asked lies on a shelf of its own, a paper for each week (UTC):
//
//	asked GROUP   2026-W48   an Asked in JSON
func askedShelf(group string) string { return "asked " + group }

// AskedIn is what the group asked in a week, as it is written down; the zero Asked
// for nothing.
func AskedIn(ctx context.Context, s Store, group string, w Week) (a Asked, err error) {
	for paper, err := range s.Papers(ctx, askedShelf(group)) {
		if err != nil {
			return Asked{}, fmt.Errorf("read what was asked: %w", err)
		}
		if paper.Key == w.String() {
			return parseAsked(paper.Text), nil
		}
	}
	return Asked{}, nil
}

// parseAsked reads a week. One that cannot be read is lost: figures do no harm by
// being low.
func parseAsked(text string) (a Asked) {
	if json.Unmarshal([]byte(text), &a) != nil {
		return Asked{}
	}
	return a
}

// asked counts what groups ask. What was counted waits in memory until it is
// written down, so that no question waits for the store.
type asked struct {
	mu      sync.Mutex
	waiting map[askedKey]Asked
	writing sync.Mutex // one at a time
}

type askedKey struct {
	group string
	week  Week
}

// add counts what became of q. In a direct chat nothing is counted.
func (a *asked) add(q Question, n Asked) {
	if q.Group == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.put(askedKey{q.Group, WeekOf(streak.DayOn(q.At.UTC()))}, n)
}

// put adds to what waits, for at most maxGroups groups while the store is away.
func (a *asked) put(key askedKey, n Asked) {
	before, known := a.waiting[key]
	if !known && len(a.waiting) >= maxGroups {
		return
	}
	if a.waiting == nil {
		a.waiting = map[askedKey]Asked{}
	}
	a.waiting[key] = before.plus(n)
}

// write writes down what was counted. What cannot be written waits on. Where the
// store did so and its answer was lost, it may be counted twice.
func (a *asked) write(ctx context.Context, s Store) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.Lock()
	counted := a.waiting
	a.waiting = nil
	a.mu.Unlock()
	var first error
	for key, n := range counted {
		err := first
		if err == nil {
			err = writeAsked(ctx, s, key, n)
		}
		if err != nil {
			first = err
			a.mu.Lock()
			a.put(key, n)
			a.mu.Unlock()
		}
	}
	return first
}

func writeAsked(ctx context.Context, s Store, key askedKey, n Asked) error {
	begun := false
	_, err := s.UpdatePaper(ctx, askedShelf(key.group), key.week.String(), func(text string) (string, error) {
		begun = text == ""
		after, err := json.Marshal(parseAsked(text).plus(n))
		return string(after), err
	})
	if err != nil {
		return fmt.Errorf("write down what was asked: %w", err)
	}
	if begun {
		return dropOldWeeks(ctx, s, key)
	}
	return nil
}

// dropOldWeeks removes what is older than weeksKept.
func dropOldWeeks(ctx context.Context, s Store, key askedKey) error {
	oldest := (key.week - 7*(weeksKept-1)).String()
	var old []string
	for paper, err := range s.Papers(ctx, askedShelf(key.group)) {
		if err != nil {
			return fmt.Errorf("look for old weeks: %w", err)
		}
		if paper.Key < oldest {
			old = append(old, paper.Key)
		}
	}
	for _, week := range old {
		if _, err := s.UpdatePaper(ctx, askedShelf(key.group), week, func(string) (string, error) { return "", nil }); err != nil {
			return fmt.Errorf("drop an old week: %w", err)
		}
	}
	return nil
}

// askedEvery is how often what was asked is written down: so much is lost when the
// program is killed.
const askedEvery = 10 * time.Second

// Count writes down what groups ask, every askedEvery until ctx ends and once more
// then. Without it, nothing is kept of it.
func (m *Mentor) Count(ctx context.Context) {
	if m.store == nil {
		return
	}
	tick := time.NewTicker(askedEvery)
	defer tick.Stop()
	for away := false; ; {
		done := false
		select {
		case <-tick.C:
		case <-ctx.Done():
			done = true
		}
		err := m.writeAsked(ctx)
		if err != nil && !away {
			m.log.Error("what groups ask cannot be written down; trying on", "err", err)
		}
		if away = err != nil; done {
			return
		}
	}
}

// writeAsked writes down what was counted, even when ctx has ended.
func (m *Mentor) writeAsked(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	return m.asked.write(ctx, m.store)
}

// askedIn is what the group asked in a week, up to now.
func (m *Mentor) askedIn(ctx context.Context, group string, w Week) (Asked, error) {
	if err := m.writeAsked(ctx); err != nil {
		return Asked{}, err
	}
	return AskedIn(ctx, m.store, group, w)
}

// countAnswer counts an answer from the entry of that topic.
func (m *Mentor) countAnswer(q Question, topic string) {
	m.asked.add(q, Asked{Answered: map[string]int{topic: 1}})
}

// countVote counts what somebody newly thinks of an answer.
func (m *Mentor) countVote(q Question, v Vote) {
	n := map[string]int{v.Topic: 1}
	if v.Up {
		m.asked.add(q, Asked{Up: n})
	} else {
		m.asked.add(q, Asked{Down: n})
	}
}
