package discordtest

import (
	"strconv"
	"time"
)

// timestamp is a time as Discord writes it.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

// asJSON is the user object.
func (u *User) asJSON() map[string]any {
	return map[string]any{
		"id": u.ID, "username": u.Name, "discriminator": "0", "global_name": u.Name,
		"avatar": nil, "bot": u == u.s.bot, "public_flags": 0, "fake_unknown_field": map[string]any{"since": 2026},
	}
}

// asJSON is the member object; it has the user unless it travels in a message.
func (m *Member) asJSON(withUser bool) map[string]any {
	b := map[string]any{
		"roles": emptyIfNil(m.roles), "joined_at": timestamp(m.joined), "nick": nil, "deaf": false, "mute": false,
		"flags": 0, "permissions": strconv.FormatInt(m.Permissions, 10),
	}
	if withUser {
		b["user"] = m.User.asJSON()
	}
	return b
}

// asJSON is the role object.
func (r *Role) asJSON() map[string]any {
	return map[string]any{
		"id": r.ID, "name": r.Name, "color": 0, "hoist": false, "position": 0,
		"permissions": strconv.Itoa(permissionsOfMembers), "managed": false, "mentionable": r.Mentionable,
	}
}

// asJSON is the channel object.
func (c *Channel) asJSON() map[string]any {
	b := map[string]any{"id": c.ID, "type": c.kind, "flags": 0, "last_message_id": nil}
	if n := len(c.messages); n > 0 {
		b["last_message_id"] = c.messages[n-1].ID
	}
	if c.kind == channelDM {
		b["recipients"] = []any{c.with.asJSON()}
		return b
	}
	b["name"], b["guild_id"], b["position"], b["permission_overwrites"] = c.Name, c.guildID(), 0, []any{}
	if c.kind == channelThread {
		b["parent_id"], b["owner_id"], b["message_count"], b["member_count"] = c.parent.ID, c.s.bot.ID, len(c.messages), 1
		b["thread_metadata"] = map[string]any{
			"archived": c.archived, "locked": c.locked,
			"auto_archive_duration": c.autoArchive, "archive_timestamp": timestamp(c.s.Now()),
		}
	}
	return b
}

// asJSON is the guild object as GUILD_CREATE has it.
func (g *Guild) asJSON() map[string]any {
	channels, threads := []any{}, []any{}
	for _, c := range g.channels {
		switch {
		case c.deleted:
		case c.kind == channelThread:
			threads = append(threads, c.asJSON())
		default:
			channels = append(channels, c.asJSON())
		}
	}
	return map[string]any{
		"id": g.ID, "name": g.Name, "preferred_locale": g.Locale, "unavailable": false, "large": len(g.members) > 250,
		"member_count": len(g.members), "joined_at": timestamp(g.made), "owner_id": g.ID, "roles": g.rolesJSON(),
		"channels": channels, "threads": threads, "members": []any{g.members[0].asJSON(true)},
		"emojis": []any{}, "stickers": []any{}, "features": []any{}, "presences": []any{}, "voice_states": []any{},
	}
}

func (g *Guild) rolesJSON() []any {
	out := make([]any, len(g.roles))
	for i, r := range g.roles {
		out[i] = r.asJSON()
	}
	return out
}

// messageJSON is the message object.
func (s *Server) messageJSON(c *Channel, m *Message) map[string]any {
	b := map[string]any{
		"id": m.ID, "channel_id": m.ChannelID, "type": m.kind, "content": m.Content, "tts": false, "pinned": false,
		"author": s.user(m.AuthorID).asJSON(), "timestamp": timestamp(m.At), "edited_timestamp": nil, "flags": m.Flags,
		"embeds": emptyIfNil(m.Embeds), "components": emptyIfNil(m.Components), "attachments": emptyIfNil(m.Attachments),
		"mentions": s.usersJSON(c, m.mentions), "mention_roles": emptyIfNil(m.roles), "mention_everyone": m.everyone,
		"fake_unknown_field": []any{1, "two", nil},
	}
	if m.Edited {
		b["edited_timestamp"] = timestamp(s.Now())
	}
	if m.Nonce != "" {
		b["nonce"] = m.Nonce
	}
	if m.ReplyTo != "" {
		s.addReference(b, c, m)
	}
	if i := s.interactions[m.interaction]; i != nil {
		b["webhook_id"], b["application_id"] = s.application, s.application
		b["interaction_metadata"] = map[string]any{
			"id": i.id, "type": i.kind, "user": i.by.asJSON(), "authorizing_integration_owners": map[string]any{},
		}
	}
	return b
}

// addReference adds the message that m answers.
func (s *Server) addReference(b map[string]any, c *Channel, m *Message) {
	ref := map[string]any{"type": 0, "message_id": m.ReplyTo, "channel_id": m.ChannelID}
	if m.GuildID != "" {
		ref["guild_id"] = m.GuildID
	}
	b["message_reference"] = ref
	b["referenced_message"] = nil
	if to := c.byID[m.ReplyTo]; to != nil && !to.deleted {
		b["referenced_message"] = s.shallowMessageJSON(c, to)
	}
}

// shallowMessageJSON is the message object without what it answers.
func (s *Server) shallowMessageJSON(c *Channel, m *Message) map[string]any {
	alone := *m
	alone.ReplyTo = ""
	return s.messageJSON(c, &alone)
}

// usersJSON is the user objects for ids, each with its member in a guild's
// message.
func (s *Server) usersJSON(c *Channel, ids []string) []any {
	out := make([]any, 0, len(ids))
	for _, id := range ids {
		u := s.user(id).asJSON()
		if c.guild != nil {
			if m := c.guild.member(id); m != nil {
				u["member"] = m.asJSON(false)
			}
		}
		out = append(out, u)
	}
	return out
}

// user is the user with that id; a stranger if there is none.
func (s *Server) user(id string) *User {
	if u := s.users[id]; u != nil {
		return u
	}
	return &User{ID: id, Name: "Deleted User", s: s}
}

// emptyIfNil makes JSON show [] for no elements.
func emptyIfNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
