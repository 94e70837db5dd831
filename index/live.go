package index

import (
	"context"
	"sync"

	"mentor/knowledge"
)

// Live is an index that can be replaced while it answers.
type Live struct {
	mu      sync.RWMutex
	current *Index
	votes   sways
}

// NewLive returns a Live that answers from x, which it closes in the end.
func NewLive(x *Index) *Live { return &Live{current: x} }

// Find looks a question up in the index of the moment.
func (l *Live) Find(ctx context.Context, question string) (knowledge.Finding, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.current.find(ctx, question, l.votes)
}

// Guide returns the guide of the moment.
func (l *Live) Guide() *knowledge.Guide {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.current.Guide()
}

// SetVotes lets the votes on entries, by id, move what is near to each other, from
// now on and after a Swap too. See [Votes] for how little.
func (l *Live) SetVotes(votes map[string]Votes) {
	s := swaysOf(votes)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.votes = s
}

// Swap makes next the index of the moment and closes the one before. Questions
// under way are answered from the old one first, later ones wait for them: that
// is under a millisecond.
func (l *Live) Swap(next *Index) error {
	l.mu.Lock()
	old := l.current
	l.current = next
	l.mu.Unlock()
	return old.Close()
}

// Close closes the index of the moment. No Find may follow.
func (l *Live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current.Close()
}

// With returns the index as a group has it. It stays what it is when the index is
// replaced: its lessons are laid over the next one at the first question.
func (l *Live) With(taught []knowledge.Lesson) knowledge.Library {
	if len(taught) == 0 {
		return l
	}
	return &group{live: l, taught: taught}
}

// A group is a Live with lessons laid over it.
type group struct {
	live   *Live
	taught []knowledge.Lesson

	mu   sync.Mutex
	last *lessons // over the index of the moment when it was last asked
}

// current returns the lessons over the index of the moment. It is called, and
// what it returns is used, while live.mu is held.
func (g *group) current() *lessons {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last == nil || g.last.base != g.live.current {
		g.last = g.live.current.teach(g.taught)
	}
	return g.last
}

// Find looks a question up in the guide and in the group's lessons.
func (g *group) Find(ctx context.Context, question string) (knowledge.Finding, error) {
	g.live.mu.RLock()
	defer g.live.mu.RUnlock()
	return g.current().find(ctx, question, g.live.votes)
}

// Guide returns the guide of the moment with the group's lessons laid over it.
func (g *group) Guide() *knowledge.Guide {
	g.live.mu.RLock()
	defer g.live.mu.RUnlock()
	return g.current().Guide()
}

// With returns the same index with other lessons.
func (g *group) With(taught []knowledge.Lesson) knowledge.Library { return g.live.With(taught) }
