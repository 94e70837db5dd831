package bot

import (
	"container/list"
	"sync"
	"time"
)

const (
	// talkTime is how long the last turn is remembered.
	talkTime = 15 * time.Minute
	// maxTalks bounds how many people's last turns are remembered at once. One
	// takes under 1 kB.
	maxTalks = 10_000
	// maxAsked bounds how much of a question is remembered, in bytes.
	maxAsked = 400
)

// A turn is what one person last asked in one place. The zero value is nothing.
type turn struct {
	asked   string   // the words that name what it was about
	topic   string   // what was answered; empty for choices and none
	offered []Choice // what was listed with numbers
	more    bool     // the rest of the answer was shown too

	awaitsTime     bool // the mentor asked what time it is for the learner
	awaitsReminder bool // the mentor asked at what time to remind
}

// near is the entry that the turn was about, or may have been; empty for none.
func (t turn) near() string {
	if t.topic == "" && len(t.offered) > 0 {
		return t.offered[0].Topic
	}
	return t.topic
}

// talks remembers the last turn of each person in each place, for talkTime and
// for at most maxTalks of them; the longest unused is forgotten first. Nothing
// of it is written anywhere.
type talks struct {
	mu    sync.Mutex
	by    map[talkKey]*list.Element
	order *list.List // of *talk, the last used in front
}

type talkKey struct {
	person Account
	place  string
}

type talk struct {
	key  talkKey
	at   time.Time
	turn turn
}

func newTalks() *talks {
	return &talks{by: map[talkKey]*list.Element{}, order: list.New()}
}

// last returns the turn before q, or the zero turn.
func (t *talks) last(q Question) turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.by[talkKey{q.Person, q.Place}]
	if e == nil {
		return turn{}
	}
	tk := e.Value.(*talk)
	if age := q.At.Sub(tk.at); age > talkTime || age < -talkTime {
		t.drop(e)
		return turn{}
	}
	return tk.turn
}

// remember makes tn the last turn of q's person in q's place.
func (t *talks) remember(q Question, tn turn) {
	if len(tn.asked) > maxAsked {
		tn.asked = tn.asked[len(tn.asked)-maxAsked:]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	key := talkKey{q.Person, q.Place}
	if e := t.by[key]; e != nil {
		e.Value = &talk{key, q.At, tn}
		t.order.MoveToFront(e)
		return
	}
	t.by[key] = t.order.PushFront(&talk{key, q.At, tn})
	if t.order.Len() > maxTalks {
		t.drop(t.order.Back())
	}
}

// forget drops the last turn of q's person in q's place.
func (t *talks) forget(q Question) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.by[talkKey{q.Person, q.Place}]; e != nil {
		t.drop(e)
	}
}

// forgetPerson drops all turns of a person.
func (t *talks) forgetPerson(person Account) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, e := range t.by {
		if key.person == person {
			t.drop(e)
		}
	}
}

func (t *talks) drop(e *list.Element) {
	delete(t.by, t.order.Remove(e).(*talk).key)
}
