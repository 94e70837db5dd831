package main

import (
	"strings"
	"sync"
	"time"
)

// A kind is what somebody wants of the mentor.
type kind int

const (
	question kind = iota
	checkIn
)

// An exchange is one thing that somebody said, and what came back.
type exchange struct {
	kind    kind
	by      *learner // of a check-in
	how     string   // it was said, and on which platform
	at      time.Time
	took    time.Duration // from the event to the first reply, at the platform
	replies int
	counted bool          // the check-in was told to be counted, now or before
	ended   chan struct{} // closed at the first reply; nil when nobody waits
}

// A book holds all exchanges by what their replies refer to, and all reminders.
type book struct {
	mu        sync.Mutex
	exchanges map[string]*exchange
	early     map[string][]reply   // that came before who caused it was written down
	latest    map[string]*exchange // by place and person: a private reply refers to nothing else
	missing   int                  // exchanges without a reply
	reminders map[string][]time.Time
}

type reply struct {
	at   time.Time
	text string
}

func newBook() *book {
	return &book{exchanges: map[string]*exchange{}, early: map[string][]reply{}, latest: map[string]*exchange{}, reminders: map[string][]time.Time{}}
}

// asked writes an exchange down. place names who spoke where; empty where every
// reply names its exchange.
func (b *book) asked(key, place string, e *exchange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.exchanges[key] = e
	if place != "" {
		b.latest[place] = e
	}
	b.missing++
	for _, r := range b.early[key] {
		b.take(e, r)
	}
	delete(b.early, key)
}

// replied notes a reply that refers to an exchange.
func (b *book) replied(key, text string) {
	r := reply{time.Now(), text}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.exchanges[key]; e != nil {
		b.take(e, r)
		return
	}
	b.early[key] = append(b.early[key], r)
}

// whispered notes a private reply to what somebody said last in a place.
func (b *book) whispered(place, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.latest[place]; e != nil {
		b.take(e, reply{time.Now(), text})
	}
}

func (b *book) take(e *exchange, r reply) {
	if e.replies++; e.replies > 1 {
		return
	}
	b.missing--
	e.took = r.at.Sub(e.at)
	e.counted = e.kind == checkIn && saysCounted(r.text)
	if e.ended != nil {
		close(e.ended)
	}
}

// saysCounted reports whether a reply to a check-in says that the day is counted.
func saysCounted(text string) bool {
	return strings.Contains(text, "is counted") && !strings.Contains(text, "not counted")
}

// reminded notes a message that nobody had asked for, to an account.
func (b *book) reminded(account string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reminders[account] = append(b.reminders[account], time.Now())
}

// unanswered is how many exchanges have no reply yet.
func (b *book) unanswered() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.missing
}

// all is every exchange; nothing may be going on any more.
func (b *book) all() []*exchange {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]*exchange, 0, len(b.exchanges))
	for _, e := range b.exchanges {
		out = append(out, e)
	}
	return out
}
