package discordtest

// Forge presses a button that a message does not have, or that the user cannot see,
// as a client can that was made for it.
func (u *User) Forge(m Message, customID string) *Interaction {
	s := u.s
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[m.ChannelID]
	i := s.newInteraction(kindComponent, u, ch, "forged component "+customID)
	i.message = ch.byID[m.ID]
	u.acted(ch)
	s.deliver(i, map[string]any{"custom_id": customID, "component_type": Button})
	return &Interaction{ID: i.id, s: s, i: i, user: u}
}
