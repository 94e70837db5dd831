package bot

import (
	"container/list"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"mentor/knowledge"
)

// An Address says how a message was meant for the mentor.
type Address int

// The ways to address the mentor.
const (
	Aside    Address = iota // not at all: said in a channel it can read
	Mention                 // it was mentioned, or replied to
	InThread                // said in a thread that the mentor opened
	Direct                  // said in a direct chat
	Command                 // a slash command, a button, a menu
)

// A Platform is what an adapter owes the core. It connects, turns every event
// into a Question, calls [Mentor.Hear], and shows what comes back:
//
//   - Question.At is the instant of the event as the platform has it, so that one
//     that is processed late counts for the day it happened on.
//   - Question.Event names the event for ever: the same message or click,
//     delivered again, has the same one, and no two have.
//   - Question.Person is made by NewAccount, Question.Group begins with the same
//     letter, and neither is ever made from what somebody typed.
//   - What the mentor did not hear was not meant for it: no reply is sent.
//   - A Private reply is shown to the asker alone, or not at all.
//   - No text of a reply may mention, notify or link anybody: the adapter sees to
//     that once more when it renders.
//   - Run returns when its context ends, after the replies in hand are out, or with
//     an error that names the cure when it cannot go on.
type Platform interface {
	Run(ctx context.Context) error
}

// surely is the confidence from which the mentor speaks unasked.
const surely = 0.95

// Hear is Handle for a platform's events: it finds out whether the message is
// for the mentor, answers each event once, and keeps a person from flooding. It
// reports false when there is nothing to say.
func (m *Mentor) Hear(ctx context.Context, q Question, to Address) (Reply, bool, error) {
	mode := ModeMention
	if to != Direct {
		mode = m.group(ctx, q).ModeOf(q.Channel)
	}
	switch {
	case mode == ModeOff && to != Command, mode != ModeAll && to == Aside:
		return Reply{}, false, nil
	case !m.first(ctx, q):
		return Reply{}, false, nil
	}
	if to == Aside {
		return m.unasked(ctx, q)
	}
	switch m.floods.judge(q) {
	case floodSilent:
		return Reply{}, false, nil
	case floodWarn:
		return Reply{Kind: Help, Text: "That is faster than I can think: give me half a minute, then go on.", Private: true}, true, nil
	}
	if mode == ModeThread && to == Mention && q.Thread != "" {
		q.Place = q.Thread // what is said there next goes on from this
	}
	r, err := m.Handle(ctx, q)
	r.Private = r.Private || mode == ModeOff
	r.OwnThread = mode == ModeThread && to == Mention && !r.Private
	return r, err == nil, err
}

// unasked answers what was said to nobody, when it is a question to the guide
// and the guide is very sure.
func (m *Mentor) unasked(ctx context.Context, q Question) (Reply, bool, error) {
	if valid := Validate(q.Text) == nil; !valid || inCrisis(q.Text) || parse(q.Text).verb != verbAsk || len(wordsOf(q.Text)) < fewestWords {
		return Reply{}, false, nil
	}
	f, err := m.libraryOf(ctx, q).Find(ctx, q.Text)
	if err != nil || f.Outcome != knowledge.Answer || f.Matches[0].Confidence < surely {
		return Reply{}, false, err
	}
	q.aside = true
	r, err := m.Handle(ctx, q)
	return r, err == nil && r.Kind == Answer, err
}

// onceTime is how long an event is remembered: longer than any platform
// delivers one again (Slack: 5 minutes after the first two tries; its Events
// API documentation, 2026).
const onceTime = time.Hour

// first reports whether the event is heard for the first time, by any process
// on the same store. When the store cannot be reached, this process remembers.
func (m *Mentor) first(ctx context.Context, q Question) bool {
	if q.Event == "" {
		return true
	}
	if !m.events.add(q.Event) {
		return false
	}
	if m.store == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime/2)
	defer cancel()
	first, err := m.store.Once(ctx, "event:"+q.Event, onceTime)
	if err != nil {
		m.log.Error("the store cannot tell whether an event is new", "err", err)
		return true
	}
	return first
}

// maxEvents bounds how many events this process remembers.
const maxEvents = 20_000

// recent is a set of the last maxEvents strings.
type recent struct {
	mu    sync.Mutex
	has   map[string]bool
	order []string // a ring
	next  int
}

// add reports whether s was not in the set.
func (r *recent) add(s string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.has[s] {
		return false
	}
	if r.has == nil {
		r.has, r.order = map[string]bool{}, make([]string, maxEvents)
	}
	delete(r.has, r.order[r.next])
	r.order[r.next], r.has[s] = s, true
	r.next = (r.next + 1) % maxEvents
	return true
}

// A person may say floodBurst things at once in a channel, and one more every
// floodEvery.
const (
	floodBurst = 8
	floodEvery = 4 * time.Second
)

type floodVerdict int

const (
	floodFine floodVerdict = iota
	floodWarn              // too fast: say so, once
	floodSilent
)

// floods holds how fast each person speaks in each channel.
type floods struct {
	mu    sync.Mutex
	by    map[talkKey]*list.Element
	order *list.List // of *flood, the last used in front
}

type flood struct {
	key     talkKey
	limiter *rate.Limiter
	warned  bool
}

func newFloods() *floods { return &floods{by: map[talkKey]*list.Element{}, order: list.New()} }

func (f *floods) judge(q Question) floodVerdict {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := talkKey{q.Person, q.Channel}
	e := f.by[key]
	if e == nil {
		e = f.order.PushFront(&flood{key: key, limiter: rate.NewLimiter(rate.Every(floodEvery), floodBurst)})
		f.by[key] = e
		if f.order.Len() > maxTalks {
			delete(f.by, f.order.Remove(f.order.Back()).(*flood).key)
		}
	}
	f.order.MoveToFront(e)
	fl := e.Value.(*flood)
	switch {
	case fl.limiter.AllowN(q.At, 1):
		fl.warned = false
		return floodFine
	case !fl.warned:
		fl.warned = true
		return floodWarn
	}
	return floodSilent
}
