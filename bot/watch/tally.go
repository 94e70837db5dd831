package watch

import (
	"sync"

	"mentor/bot"
)

// maxTopics bounds the topics that are counted apart, so that no guide fills the
// store; those over it are counted together.
const maxTopics = 500

// others stands for the topics over maxTopics.
const others = "(others)"

// A week is what was asked and done in one, as counts.
type week struct {
	Outcomes  map[string]int64 `json:"outcomes,omitempty"`  // of messages, as in mentor_questions_total
	Topics    map[string]int64 `json:"topics,omitempty"`    // that were answered
	Near      map[string]int64 `json:"near,omitempty"`      // nearest to what the guide does not cover
	Nowhere   int64            `json:"nowhere,omitempty"`   // questions that no topic was near
	CheckIns  map[string]int64 `json:"checkins,omitempty"`  // by result
	Reminders map[string]int64 `json:"reminders,omitempty"` // by result
}

// plus is w and other together; neither is changed.
func (w week) plus(other week) week {
	var out week
	out.merge(w)
	out.merge(other)
	return out
}

// merge adds other to w, in place.
func (w *week) merge(other week) {
	w.Nowhere += other.Nowhere
	for _, m := range []struct {
		into *map[string]int64
		from map[string]int64
	}{{&w.Outcomes, other.Outcomes}, {&w.Topics, other.Topics}, {&w.Near, other.Near}, {&w.CheckIns, other.CheckIns}, {&w.Reminders, other.Reminders}} {
		if *m.into == nil {
			*m.into = map[string]int64{}
		}
		for key, n := range m.from {
			if _, known := (*m.into)[key]; !known && len(*m.into) >= maxTopics {
				key = others
			}
			if n != 0 {
				(*m.into)[key] += n
			}
		}
	}
}

func (w week) isEmpty() bool {
	return len(w.Outcomes)+len(w.Topics)+len(w.Near)+len(w.CheckIns)+len(w.Reminders) == 0 && w.Nowhere == 0
}

// A tally counts turns until they are taken.
type tally struct {
	mu   sync.Mutex
	week week
}

// add counts a turn; result is that of a check-in, empty for none.
func (t *tally) add(turn bot.Turn, outcome, result string) {
	w := week{Outcomes: map[string]int64{outcome: 1}}
	r := turn.Reply
	switch {
	case turn.Broke:
	case r.Kind == bot.Answer:
		w.Topics = map[string]int64{r.Topic: 1}
	case r.Kind == bot.None && len(r.Choices) > 0:
		w.Near = map[string]int64{r.Choices[0].Topic: 1}
	case r.Kind == bot.None:
		w.Nowhere = 1
	}
	if result != "" {
		w.CheckIns = map[string]int64{result: 1}
	}
	t.put(w)
}

// put counts what was taken and could not be kept.
func (t *tally) put(w week) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.week.merge(w)
}

// take is all that was counted since the last take.
func (t *tally) take() week {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.week
	t.week = week{}
	return w
}

// look is what take would be.
func (t *tally) look() week {
	t.mu.Lock()
	defer t.mu.Unlock()
	return week{}.plus(t.week)
}
