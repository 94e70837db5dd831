package slacktest

import (
	"slices"
	"strings"
)

// channel finds the conversation of the argument channel, as far as the bot may
// see it.
func (c *call) channel() (*Channel, *failure) {
	ch := c.team.channel(c.str("channel"))
	if ch == nil || ch.kind != public && !ch.has(c.team.BotUser) {
		return nil, fail("channel_not_found")
	}
	return ch, nil
}

// readable is a channel the bot may read with a scope of that right.
func (c *call) readable(s *Server, right string) (*Channel, *failure) {
	ch, f := c.channel()
	if f != nil {
		return nil, f
	}
	if f := s.needs(ch.kind.family() + ":" + right); f != nil {
		return nil, f
	}
	return ch, nil
}

func openConversation(s *Server, c *call) (obj, *failure) {
	if f := s.needs("im:write"); f != nil {
		return nil, f
	}
	users := strings.Split(c.str("users"), ",")
	if c.str("users") == "" {
		return nil, fail("users_list_not_supplied")
	}
	if len(users) > 1 {
		return nil, s.needs("mpim:write") // a talk among several is no business of this bot
	}
	p := c.team.person(users[0])
	switch {
	case p == nil:
		return nil, fail("user_not_found")
	case p.deleted:
		return nil, fail("user_disabled")
	case p.bot:
		return nil, fail("cannot_dm_bot")
	}
	ch := c.team.direct(p)
	if c.truth("return_im", false) {
		return obj{"channel": ch.json()}, nil
	}
	return obj{"channel": obj{"id": ch.ID}}, nil
}

func conversationInfo(s *Server, c *call) (obj, *failure) {
	ch, f := c.readable(s, "read")
	if f != nil {
		return nil, f
	}
	return obj{"channel": ch.json()}, nil
}

func listConversations(s *Server, c *call) (obj, *failure) {
	types := c.str("types")
	if types == "" {
		types = "public_channel"
	}
	kinds := map[string]kindOfChannel{"public_channel": public, "private_channel": private, "im": direct}
	var wanted []kindOfChannel
	for name := range strings.SplitSeq(types, ",") {
		kind, ok := kinds[strings.TrimSpace(name)]
		if !ok {
			return nil, fail("invalid_types")
		}
		if f := s.needs(kind.family() + ":read"); f != nil {
			return nil, f
		}
		wanted = append(wanted, kind)
	}
	var all []any
	for _, ch := range c.team.channels {
		seen := ch.kind == public || ch.has(c.team.BotUser)
		hidden := ch.archived && c.truth("exclude_archived", false)
		if seen && !hidden && slices.Contains(wanted, ch.kind) {
			all = append(all, ch.json())
		}
	}
	return c.page("channels", all)
}

func conversationMembers(s *Server, c *call) (obj, *failure) {
	ch, f := c.readable(s, "read")
	if f != nil {
		return nil, f
	}
	all := make([]any, len(ch.members))
	for i, id := range ch.members {
		all[i] = id
	}
	return c.page("members", all)
}

func joinConversation(s *Server, c *call) (obj, *failure) {
	ch, f := c.channel()
	switch {
	case f != nil:
		return nil, f
	case ch.kind != public:
		return nil, fail("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, fail("is_archived")
	case !ch.has(c.team.BotUser):
		s.join(ch, c.team.BotUser, "")
	}
	return obj{"channel": ch.json()}, nil
}

// join puts a user into a channel and tells of it. The caller holds s.mu.
func (s *Server) join(ch *Channel, user, inviter string) {
	ch.members = append(ch.members, user)
	event := obj{"type": "member_joined_channel", "user": user, "channel": ch.ID, "channel_type": string(ch.ID[0]), "team": ch.Team.ID}
	if inviter != "" {
		event["inviter"] = inviter
	}
	if ch.has(ch.Team.BotUser) {
		s.emit(ch.Team, "member_joined_channel", event)
	}
	s.happened()
}

// history shows the newest messages first, replies in threads left out.
func history(s *Server, c *call) (obj, *failure) {
	ch, f := c.readable(s, "history")
	if f != nil {
		return nil, f
	}
	if !ch.has(c.team.BotUser) {
		return nil, fail("not_in_channel")
	}
	return c.page("messages", messagesOf(ch, func(m *Message) bool { return m.ThreadTS == "" || m.ThreadTS == m.TS }, true))
}

// replies shows a thread, its parent first.
func replies(s *Server, c *call) (obj, *failure) {
	ch, f := c.readable(s, "history")
	if f != nil {
		return nil, f
	}
	if !ch.has(c.team.BotUser) {
		return nil, fail("not_in_channel")
	}
	ts := c.str("ts")
	if ch.message(ts) == nil {
		return nil, fail("thread_not_found")
	}
	return c.page("messages", messagesOf(ch, func(m *Message) bool { return m.TS == ts || m.ThreadTS == ts }, false))
}

func messagesOf(ch *Channel, wanted func(*Message) bool, newestFirst bool) []any {
	var all []any
	for _, m := range ch.messages {
		if !m.deleted && m.Only == "" && wanted(m) {
			all = append(all, m.json())
		}
	}
	if newestFirst {
		slices.Reverse(all)
	}
	return all
}
