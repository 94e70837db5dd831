package knowledge

import (
	"context"
	"slices"
)

// A Lesson is what a group taught its mentor: an entry of its own, or more
// phrasings of an entry that the guide has.
type Lesson struct {
	Entry *Entry   // what is answered; nil for a lesson of phrasings only. An id that the guide has replaces its entry
	Topic string   // the guide's entry that Ask leads to; not looked at when there is an Entry
	Ask   []string // phrasings, beside the entry's own
}

// Leads returns the id of the entry that the lesson leads to.
func (l Lesson) Leads() string {
	if l.Entry != nil {
		return l.Entry.ID
	}
	return l.Topic
}

// A Library is a guide and the search over it.
type Library interface {
	Guide() *Guide
	// Find looks a question up. Finding nothing is no error.
	Find(ctx context.Context, question string) (Finding, error)
	// With returns the library as a group has it: with its lessons laid over the
	// guide, in place of any that were laid over it before. A lesson for a topic
	// that the guide does not have is left out. It takes milliseconds and shares
	// everything else; it may be kept, and follows when the guide is replaced.
	With(lessons []Lesson) Library
}

// With returns the guide with lessons laid over it: their entries added, or put
// in the place of those with the same id, their phrasings behind the others. g
// does not change. Of two lessons with the same entry the later counts.
func (g *Guide) With(lessons []Lesson) *Guide {
	if len(lessons) == 0 {
		return g
	}
	w := g.clone()
	for _, l := range lessons {
		if l.Entry != nil {
			w.put(l.Entry)
		}
	}
	for _, l := range lessons {
		if e := w.byID[l.Leads()]; e != nil && len(l.Ask) > 0 {
			more := *e
			more.Ask = slices.Concat(e.Ask, l.Ask)
			w.put(&more)
		}
	}
	w.sort()
	return w
}
