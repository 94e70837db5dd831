package discordtest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// oldEditQuota is how many edits per hour a message older than an hour may have.
// The number is remembered; that there is one is error 30046.
const oldEditQuota = 5

func addMessageRoutes(add adder) {
	add(http.MethodGet, "channels/{channel}", inChannel(func(_ *Server, ch *Channel, _ *call) (answer, *apiError) {
		return answer{body: ch.asJSON()}, nil
	}))
	add(http.MethodPost, "channels/{channel}/typing", inChannel((*Server).typing), noBody)
	add(http.MethodGet, "channels/{channel}/messages", inChannel((*Server).listMessages))
	add(http.MethodPost, "channels/{channel}/messages", inChannel((*Server).createMessage))
	add(http.MethodPost, "channels/{channel}/messages/bulk-delete", inChannel((*Server).bulkDelete))
	add(http.MethodGet, "channels/{channel}/messages/{message}", onMessage((*Server).getMessage))
	add(http.MethodPatch, "channels/{channel}/messages/{message}", onMessage((*Server).editMessage))
	add(http.MethodDelete, "channels/{channel}/messages/{message}", onMessage((*Server).removeMessage))
}

func noBody(r *route) { r.needsBody = false }

// inChannel makes a handler of one that needs a channel the bot can see.
func inChannel(f func(*Server, *Channel, *call) (answer, *apiError)) handler {
	return func(s *Server, c *call) (answer, *apiError) {
		ch := s.channels[c.params["channel"]]
		switch {
		case ch == nil || ch.deleted:
			return answer{}, refuse(http.StatusNotFound, codeUnknownChannel, "Unknown Channel")
		case !ch.can(PermViewChannel):
			return answer{}, refuse(http.StatusForbidden, codeMissingAccess, "Missing Access")
		}
		return f(s, ch, c)
	}
}

// onMessage makes a handler of one that needs a message the bot can see.
func onMessage(f func(*Server, *Channel, *Message, *call) (answer, *apiError)) handler {
	return inChannel(func(s *Server, ch *Channel, c *call) (answer, *apiError) {
		m := ch.byID[c.params["message"]]
		if m == nil || m.deleted || m.Ephemeral() {
			return answer{}, refuse(http.StatusNotFound, codeUnknownMessage, "Unknown Message")
		}
		return f(s, ch, m, c)
	})
}

func (s *Server) typing(ch *Channel, _ *call) (answer, *apiError) {
	if err := s.maySend(ch); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, nil
}

func (s *Server) getMessage(ch *Channel, m *Message, _ *call) (answer, *apiError) {
	if !ch.can(PermReadHistory) {
		return answer{}, refuse(http.StatusForbidden, codeMissingPermissions, "Missing Permissions")
	}
	return answer{body: s.messageJSON(ch, m)}, nil
}

func (s *Server) listMessages(ch *Channel, c *call) (answer, *apiError) {
	limit := 50
	if text := c.query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			f := newForm(nil)
			f.top().key("limit").fail("NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
			return answer{}, f.err()
		}
		limit = n
	}
	list := []any{}
	if !ch.can(PermReadHistory) {
		return answer{body: list}, nil // documented: then there is no history
	}
	for _, m := range slices.Backward(ch.messages) {
		if len(list) < limit && !m.deleted && !m.Ephemeral() && inPage(m.ID, c) {
			list = append(list, s.messageJSON(ch, m))
		}
	}
	return answer{body: list}, nil
}

// inPage reports whether a message lies between the query's before and after.
func inPage(id string, c *call) bool {
	if b := c.query.Get("before"); b != "" && !before(id, b) {
		return false
	}
	a := c.query.Get("after")
	return a == "" || before(a, id)
}

// maySend is the refusal to the bot's sending into the channel, or nil.
func (s *Server) maySend(ch *Channel) *apiError {
	if ch.kind == channelDM {
		switch {
		case !s.sharesGuild(ch.with):
			return refuse(http.StatusForbidden, codeNoMutualGuild, "Cannot send messages to this user due to having no mutual guilds")
		case ch.with.dmsClosed:
			return refuse(http.StatusForbidden, codeCannotSendToUser, "Cannot send messages to this user")
		}
		return nil
	}
	need := int64(PermSendMessages)
	if ch.kind == channelThread {
		need = PermSendInThreads
	}
	switch {
	case !ch.can(need):
		return refuse(http.StatusForbidden, codeMissingPermissions, "Missing Permissions")
	case ch.locked:
		return refuse(http.StatusForbidden, codeLockedThread, "Thread is locked")
	}
	return nil
}

// createMessage sends a message of the bot.
func (s *Server) createMessage(ch *Channel, c *call) (answer, *apiError) {
	if err := s.maySend(ch); err != nil {
		return answer{}, err
	}
	d, err := readDraft(c, c.body(), flagsOfMessage)
	if err != nil {
		return answer{}, err
	}
	if err := s.checkDraft(ch, c, d); err != nil {
		return answer{}, err
	}
	if old := s.sameNonce(ch, d); old != nil {
		return answer{body: s.messageJSON(ch, old)}, nil
	}
	m := s.newMessage(ch, s.bot)
	s.fill(m, d)
	if d.replyTo != "" {
		m.kind, m.ReplyTo = typeReply, d.replyTo
	}
	ch.archived = false
	if d.nonce != "" {
		ch.sends[d.nonce] = sentOnce{id: m.ID, at: s.Now()}
	}
	s.noteSend(ch, m, c.fault.fails())
	s.post(ch, m, d)
	return answer{body: s.messageJSON(ch, m)}, nil
}

// sameNonce is the message that a nonce to be enforced has made already, or nil.
func (s *Server) sameNonce(ch *Channel, d *draft) *Message {
	sent, ok := ch.sends[d.nonce]
	if !ok || !d.enforceNonce || d.nonce == "" || s.Now().Sub(sent.at) > nonceWindow {
		return nil
	}
	return ch.byID[sent.id]
}

// newMessage is a message by somebody that nobody has seen yet.
func (s *Server) newMessage(ch *Channel, by *User) *Message {
	return &Message{
		ID: s.newID(), ChannelID: ch.ID, GuildID: ch.guildID(), AuthorID: by.ID, Author: by.Name,
		FromBot: by == s.bot, At: s.Now(),
	}
}

// fill puts what was sent into a message.
func (s *Server) fill(m *Message, d *draft) {
	m.Content, m.Embeds, m.Components, m.Nonce = d.content, d.embeds, d.components, d.nonce
	m.Flags = d.flags
	m.Attachments = s.attachments(d)
	number := 0
	walk(m.Components, func(c *Component) bool {
		number++
		if c.ID == 0 {
			c.ID = number
		}
		return true
	})
}

// attachments is the files of a message.
func (s *Server) attachments(d *draft) []Attachment {
	out := d.kept
	for _, f := range d.files {
		id := s.newID()
		address := "https://cdn.discordapp.com/attachments/1/" + id + "/" + f.name
		out = append(out, Attachment{
			ID: id, Filename: f.name, ContentType: f.kind, Size: len(f.data), URL: address, ProxyURL: address, Data: f.data,
		})
	}
	return out
}

// post puts a message of the bot into the channel, pings whom it pings, and tells
// the gateway.
func (s *Server) post(ch *Channel, m *Message, d *draft) {
	s.ping(ch, m, d)
	s.append(ch, m)
	s.ledger.note(func() { s.ledger.messages[ch.ID]++ })
	s.posted(m)
	if !m.Ephemeral() {
		s.dispatchMessage("MESSAGE_CREATE", ch, m)
	}
}

// append puts a message into the channel.
func (s *Server) append(ch *Channel, m *Message) {
	ch.messages = append(ch.messages, m)
	ch.byID[m.ID] = m
	ch.shorten(s.options.memory, s.Now())
	s.touch()
}

// editMessage changes a message of the bot.
func (s *Server) editMessage(ch *Channel, m *Message, c *call) (answer, *apiError) {
	if m.AuthorID != s.bot.ID {
		return answer{}, violation(http.StatusForbidden, codeNotYourMessage, "Cannot edit a message authored by another user")
	}
	if ch.archived {
		return answer{}, refuse(http.StatusBadRequest, codeArchivedThread, "Thread is archived")
	}
	d, err := readEdit(c, c.body(), m)
	if err != nil {
		return answer{}, err
	}
	if err := s.checkDraft(ch, c, d); err != nil {
		return answer{}, err
	}
	if !s.mayEditOld(m) {
		return answer{}, violation(http.StatusTooManyRequests, codeOldEdits,
			"Maximum number of edits to messages older than 1 hour reached. Try again later.")
	}
	s.change(ch, m, d)
	return answer{body: s.messageJSON(ch, m)}, nil
}

// mayEditOld counts an edit of a message older than an hour and reports whether
// it is not one too many.
func (s *Server) mayEditOld(m *Message) bool {
	now := s.Now()
	if now.Sub(m.At) < time.Hour {
		return true
	}
	m.oldEdits = append(within(m.oldEdits, time.Hour, now), now)
	return len(m.oldEdits) <= oldEditQuota
}

// change puts an edit into a message. An edit pings nobody.
func (s *Server) change(ch *Channel, m *Message, d *draft) {
	nonce, flags, waited := m.Nonce, m.Flags, m.Loading()
	s.fill(m, d)
	const mayChange = FlagSuppressEmbeds | FlagComponentsV2
	m.Nonce, m.Flags, m.Edited = nonce, flags&^(FlagLoading|mayChange)|d.flags&mayChange, true
	if waited {
		s.posted(m)
	}
	s.touch()
	if !m.Ephemeral() {
		s.dispatchMessage("MESSAGE_UPDATE", ch, m)
	}
}

func (s *Server) removeMessage(ch *Channel, m *Message, _ *call) (answer, *apiError) {
	if m.AuthorID != s.bot.ID && !ch.can(PermManageMessages) {
		return answer{}, refuse(http.StatusForbidden, codeMissingPermissions, "Missing Permissions")
	}
	s.deleteMessage(ch, m)
	return answer{status: http.StatusNoContent}, nil
}

// deleteMessage deletes a message and tells the gateway.
func (s *Server) deleteMessage(ch *Channel, m *Message) {
	m.deleted = true
	s.touch()
	data := map[string]any{"id": m.ID, "channel_id": ch.ID}
	if ch.guild != nil {
		data["guild_id"] = ch.guild.ID
	}
	if !m.Ephemeral() {
		s.dispatch(event{name: "MESSAGE_DELETE", intent: ch.messageIntent(), guild: ch.guildID(), data: data})
	}
}

// bulkDelete deletes 2 to 100 messages of the last two weeks.
func (s *Server) bulkDelete(ch *Channel, c *call) (answer, *apiError) {
	if !ch.can(PermManageMessages) {
		return answer{}, refuse(http.StatusForbidden, codeMissingPermissions, "Missing Permissions")
	}
	var doomed []*Message
	list := c.body().key("messages")
	list.required()
	for _, f := range list.list(2, 100) {
		m := ch.byID[f.snowflake()]
		if m != nil && s.Now().Sub(m.At) > 14*24*time.Hour {
			return answer{}, refuse(http.StatusBadRequest, codeTooOldToBulkDelete, "You can only bulk delete messages that are under 14 days old.")
		}
		if m != nil && !m.deleted {
			doomed = append(doomed, m)
		}
	}
	if err := c.form.err(); err != nil {
		return answer{}, err
	}
	for _, m := range doomed {
		s.deleteMessage(ch, m)
	}
	return answer{status: http.StatusNoContent}, nil
}
