package discord

import "sync"

// maxSeen is how many events are remembered: more than Discord delivers again
// after a reconnect.
const maxSeen = 8_192

// seen is the ids of the last events, so that one that is delivered again is
// known without a look at the store.
type seen struct {
	mu   sync.Mutex
	has  map[string]bool
	ring []string
	next int
}

// first reports whether id is new.
func (s *seen) first(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.has[id] {
		return false
	}
	if s.has == nil {
		s.has, s.ring = map[string]bool{}, make([]string, maxSeen)
	}
	delete(s.has, s.ring[s.next])
	s.ring[s.next], s.has[id] = id, true
	s.next = (s.next + 1) % maxSeen
	return true
}
