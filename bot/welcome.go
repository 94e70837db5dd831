package bot

import "context"

const welcomeText = `Hello. I answer questions about becoming a back-end developer from a written guide, and say so when it does not cover something.

- Mention me with a question in your own words: "which language is easiest to start with?"
- ` + "`checkin`" + ` counts a day of study, ` + "`streak`" + ` shows yours, ` + "`help`" + ` shows the rest. Each is a command too.

I speak only when I am asked. Those who may manage this group choose with ` + "`setup`" + ` where and how.`

// Welcome returns the one message that a group gets unasked, when the mentor
// joins it. It reports false when the group has had it.
func (m *Mentor) Welcome(ctx context.Context, group string) (Reply, bool) {
	reply := Reply{Kind: Help, Text: welcomeText, Confidence: 1}
	if !m.events.add("welcome " + group) {
		return Reply{}, false
	}
	if m.store == nil {
		return reply, true
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	before := false
	_, err := m.store.UpdateGroup(ctx, group, func(g *Group) error {
		before, g.Welcomed = g.Welcomed, true
		return nil
	})
	if err != nil { // better no welcome than one each time the store is away
		m.log.Error("remember that a group was welcomed", "err", err)
		return Reply{}, false
	}
	return reply, !before
}
