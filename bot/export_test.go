package bot

// Talks returns how many last turns are remembered.
func (m *Mentor) Talks() int {
	m.talks.mu.Lock()
	defer m.talks.mu.Unlock()
	return m.talks.order.Len()
}
