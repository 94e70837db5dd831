package discordtest

import (
	"maps"
	"slices"
	"strings"
)

// An event is something that happens in the world and that a bot may hear of.
type event struct {
	name    string
	intent  int64  // any of its bits lets it through; 0 is for everybody
	guild   string // empty outside guilds
	data    any
	blanked any // what a session without the content intent gets in its place, if not nil
}

// Dispatch sends an event as it is to every session, whatever the session's
// intents: for events that no well-behaved server would send. Data is anything
// that JSON can hold.
func (s *Server) Dispatch(name string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(event{name: name, data: data})
}

// Redeliver sends the event of a message's creation once more, as it is now.
func (s *Server) Redeliver(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[m.ChannelID]; ch != nil && ch.byID[m.ID] != nil {
		s.dispatchMessage("MESSAGE_CREATE", ch, ch.byID[m.ID])
	}
}

// DispatchOddities sends three events of messages by the user that a client may
// stumble over: one with a component of a type from the future, one without an
// author, and one with a field of another type than documented. None of them is
// in the channel.
func (s *Server) DispatchOddities(ch *Channel, by *User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	odd := func(change func(map[string]any)) {
		m := s.newMessage(ch, by)
		m.Content = s.bot.Mention() + " odd"
		m.mentions = []string{s.bot.ID}
		data := s.messageJSON(ch, m)
		change(data)
		s.dispatch(event{name: "MESSAGE_CREATE", intent: ch.messageIntent(), guild: ch.guildID(), data: data})
	}
	odd(func(m map[string]any) { m["components"] = []any{map[string]any{"type": 99}} })
	odd(func(m map[string]any) { delete(m, "author") })
	odd(func(m map[string]any) { m["embeds"] = "none" })
}

// dispatch sends an event to the sessions it is for and returns how many these
// were. The world must be locked.
func (s *Server) dispatch(e event) int {
	g := s.gateway
	if g.swap && g.held == nil {
		g.held = &e
		return len(s.listeners(e))
	}
	n := s.dispatchCopies(e)
	if held := g.held; held != nil {
		g.held, g.swap = nil, false
		s.dispatchCopies(*held)
	}
	return n
}

func (s *Server) dispatchCopies(e event) int {
	to := s.listeners(e)
	copies := s.gateway.copies
	if copies == 0 {
		return 0
	}
	for range copies {
		for _, ses := range to {
			s.noise(ses)
			s.deliverTo(ses, e.name, e.dataFor(ses))
		}
	}
	return len(to)
}

// listeners is the sessions that an event is for.
func (s *Server) listeners(e event) []*session {
	var out []*session
	for _, ses := range s.gateway.sessions {
		gone := ses.ended || ses.conn == nil && s.Now().Sub(ses.left) > resumeTime
		if !gone && ses.covers(e.guild) && (e.intent == 0 || e.intent&ses.intents != 0) {
			out = append(out, ses)
		}
	}
	return out
}

// dataFor is the event as a session gets it.
func (e event) dataFor(ses *session) any {
	if e.blanked != nil && ses.intents&intentContent == 0 {
		return e.blanked
	}
	return e.data
}

// noise strews in an event that nobody has heard of, now and then.
func (s *Server) noise(ses *session) {
	if s.options.noise && ses.seq%16 == 5 {
		s.deliverTo(ses, "FAKE_EVENT_NOBODY_KNOWS", map[string]any{"anything": []any{1, nil, "x"}})
	}
}

// messageIntent is the intent for messages in the channel.
func (c *Channel) messageIntent() int64 {
	if c.kind == channelDM {
		return intentDirectMessages
	}
	return intentGuildMessages
}

// dispatchMessage sends a message's event. Without the content intent a bot reads
// only its own messages, those in its direct chats, and those that mention it.
func (s *Server) dispatchMessage(name string, ch *Channel, m *Message) {
	if !ch.can(PermViewChannel) {
		return
	}
	full := s.messageJSON(ch, m)
	if ch.guild != nil {
		full["guild_id"] = ch.guild.ID
		if member := ch.guild.member(m.AuthorID); member != nil {
			full["member"] = member.asJSON(false)
		}
	}
	e := event{name: name, intent: ch.messageIntent(), guild: ch.guildID(), data: full}
	if !m.FromBot && ch.guild != nil && !s.mentionsBot(m) {
		blank := maps.Clone(full)
		blank["content"] = ""
		for _, list := range []string{"embeds", "attachments", "components"} {
			blank[list] = []any{}
		}
		delete(blank, "poll")
		e.blanked = blank
	}
	s.dispatch(e)
}

// mentionsBot reports whether a message mentions the bot's user.
func (s *Server) mentionsBot(m *Message) bool {
	if slices.Contains(m.mentions, s.bot.ID) {
		return true
	}
	return strings.Contains(m.Content, "<@!"+s.bot.ID+">")
}
