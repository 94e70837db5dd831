package slack

// A memory holds what was put last or asked for last: at least half as many things
// as it has room for. It has two halves; when the young one is full, the old one is
// given up.
type memory[T any] struct {
	half       int // how many things a half holds
	young, old map[string]T
	gaveUp     bool // something; whoever minds sets it back
}

// put remembers a thing.
func (m *memory[T]) put(key string, thing T) {
	if m.young == nil {
		m.young = map[string]T{}
	}
	if _, known := m.young[key]; !known && len(m.young) >= m.half {
		m.gaveUp = m.gaveUp || len(m.old) > 0
		m.young, m.old = map[string]T{}, m.young
	}
	m.young[key] = thing
}

// get returns what was put, if it is remembered, and remembers it for longer.
func (m *memory[T]) get(key string) (thing T, ok bool) {
	if thing, ok = m.young[key]; ok {
		return thing, true
	}
	if thing, ok = m.old[key]; ok {
		delete(m.old, key)
		m.put(key, thing)
	}
	return thing, ok
}

// forget makes a thing one that was never put.
func (m *memory[T]) forget(key string) {
	delete(m.young, key)
	delete(m.old, key)
}
