package slacktest

import (
	"strings"
	"unicode/utf8"
)

// target finds where a message goes: a channel the bot is in, or a person's
// direct messages when the channel is a user's id.
func (c *call) target(s *Server) (*Channel, *failure) {
	id := c.str("channel")
	if p := c.team.person(id); p != nil {
		switch {
		case p.deleted || p.bot:
			return nil, fail("channel_not_found")
		case s.needs("im:write") != nil:
			return nil, s.needs("im:write")
		}
		return s.openDM(c.team.direct(p))
	}
	ch, f := c.channel()
	switch {
	case f != nil:
		return nil, f
	case ch.archived:
		return nil, fail("is_archived")
	case ch.kind == direct:
		return s.openDM(ch)
	case !ch.has(c.team.BotUser) && (ch.kind != public || !s.manifest.granted("chat:write.public")):
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// openDM checks that a direct conversation can be written to.
func (s *Server) openDM(ch *Channel) (*Channel, *failure) {
	if !s.manifest.Features.Home.MessagesTab {
		return nil, fail("messages_tab_disabled")
	}
	return ch, nil
}

// A draft is the content of a message on its way in.
type draft struct {
	text, markdown string
	blocks         []any
	subtype        string
	files          []string
	noText         bool // neither text nor anything else was given
}

// The limits of a message's text (docs.slack.dev, chat.postMessage and
// chat.update, November 2026; the truncation in the changelog of April 2018;
// 4,000 is advised for posting and enforced for updating).
const (
	maxPosted   = 40000
	maxText     = 4000
	maxMarkdown = 12000
)

// draft reads and checks the content of a message.
func (c *call) draft(update bool) (draft, *failure) {
	d := draft{text: c.str("text"), markdown: c.str("markdown_text")}
	raw, ok := c.decoded("blocks")
	blocks, isList := raw.([]any)
	if !ok || raw != nil && !isList {
		return d, fail("invalid_blocks_format")
	}
	d.blocks = blocks
	attachments, ok := c.decoded("attachments")
	if !ok {
		return d, fail("invalid_attachments")
	}
	some, _ := attachments.([]any)
	d.noText = d.text == "" && d.markdown == "" && len(blocks) == 0 && len(some) == 0
	return d, d.check(update)
}

func (d *draft) check(update bool) *failure {
	switch {
	case d.markdown != "" && (d.text != "" || len(d.blocks) > 0):
		return fail("markdown_text_conflict")
	case utf8.RuneCountInString(d.markdown) > maxMarkdown:
		return fail("msg_too_long")
	case update && utf8.RuneCountInString(d.text) > maxText:
		return fail("msg_too_long")
	case d.noText:
		return fail("no_text")
	}
	if f := checkBlocks(d.blocks, inMessage); f != nil {
		return f
	}
	if runes := []rune(d.text); len(runes) > maxPosted {
		d.text = string(runes[:maxPosted])
	}
	return nil
}

// thread checks thread_ts: Slack wants the parent's, and lets a reply's pass,
// after which the message is seen by nobody who looks at the thread.
func (c *call) thread(s *Server, ch *Channel) (string, *failure) {
	ts := c.str("thread_ts")
	if ts == "" {
		return "", nil
	}
	m := ch.message(ts)
	if m == nil {
		s.violate(BadThread, c.method+": no message "+ts+" in "+ch.Name)
		return "", fail("thread_not_found")
	}
	if m.ThreadTS != "" && m.ThreadTS != ts {
		s.violate(BadThread, c.method+": "+ts+" is a reply in "+m.ThreadTS)
	}
	return ts, nil
}

func postMessage(s *Server, c *call) (obj, *failure) {
	ch, f := c.target(s)
	if f != nil {
		return nil, f
	}
	d, f := c.draft(false)
	if f != nil {
		return nil, f
	}
	thread, f := c.thread(s, ch)
	if f != nil {
		return nil, f
	}
	s.lintPost(c, d)
	if thread != "" && c.truth("reply_broadcast", false) {
		d.subtype = "thread_broadcast"
	}
	m := s.post(ch, d, thread, "")
	return obj{"channel": ch.ID, "ts": m.TS, "message": m.json()}, nil
}

// post puts a message of the bot's into a channel. The caller holds s.mu.
func (s *Server) post(ch *Channel, d draft, thread, only string) *Message {
	m := ch.add(&Message{
		User: ch.Team.BotUser, botID: ch.Team.BotID, Text: d.text, markdown: d.markdown, Blocks: s.withIDs(d.blocks), ThreadTS: thread, Only: only,
		subtype: d.subtype, Files: d.files,
	}, s.clock.now())
	s.recordPost(m)
	if s.onPost != nil {
		s.onPost(*m)
	}
	if only == "" {
		s.emitMessage(m)
	}
	s.happened()
	return m
}

func postEphemeral(s *Server, c *call) (obj, *failure) {
	ch, f := c.target(s)
	if f != nil {
		return nil, f
	}
	d, f := c.draft(false)
	if f != nil {
		return nil, f
	}
	p := c.team.person(c.str("user"))
	if p == nil || !ch.has(p.ID) {
		return nil, fail("user_not_in_channel")
	}
	s.lintDraft(c.method, d)
	if p.away {
		ts := ch.add(&Message{deleted: true}, s.clock.now()).TS // sent, and seen by nobody
		return obj{"message_ts": ts}, nil
	}
	return obj{"message_ts": s.post(ch, d, c.str("thread_ts"), p.ID).TS}, nil
}

// own finds a message of the bot's own that may still be changed.
func (c *call) own(forbidden string) (*Message, *failure) {
	ch, f := c.channel()
	if f != nil {
		return nil, f
	}
	m := ch.message(c.str("ts"))
	switch {
	case m == nil || m.Only != "": // an ephemeral message is out of reach of the API
		return nil, fail("message_not_found")
	case m.User != c.team.BotUser:
		return nil, fail(forbidden)
	case ch.archived:
		return nil, fail("is_archived")
	}
	return m, nil
}

func updateMessage(s *Server, c *call) (obj, *failure) {
	m, f := c.own("cant_update_message")
	if f != nil {
		return nil, f
	}
	d, f := c.draft(true)
	if f != nil {
		return nil, f
	}
	s.lintDraft(c.method, d)
	_, given := c.args["blocks"]
	s.rewrite(m, d, given || d.text != "")
	return obj{"channel": m.Channel.ID, "ts": m.TS, "text": m.Text, "message": m.json()}, nil
}

// rewrite gives a message other content. Blocks go when text came without them.
func (s *Server) rewrite(m *Message, d draft, blocksToo bool) {
	before := m.json()
	m.Text, m.markdown, m.Edited = d.text, d.markdown, true
	if blocksToo {
		m.Blocks = s.withIDs(d.blocks)
	}
	if m.Only == "" {
		s.emitChange(m, obj{"subtype": "message_changed", "message": m.json(), "previous_message": before})
	}
	s.happened()
}

func deleteMessage(s *Server, c *call) (obj, *failure) {
	m, f := c.own("cant_delete_message")
	if f != nil {
		return nil, f
	}
	s.remove(m)
	return obj{"channel": m.Channel.ID, "ts": m.TS}, nil
}

func (s *Server) remove(m *Message) {
	m.deleted = true
	if m.Only == "" {
		s.emitChange(m, obj{"subtype": "message_deleted", "deleted_ts": m.TS, "previous_message": m.json()})
	}
	s.happened()
}

func permalink(_ *Server, c *call) (obj, *failure) {
	ch, f := c.channel()
	if f != nil {
		return nil, f
	}
	m := ch.message(c.str("message_ts"))
	if m == nil {
		return nil, fail("message_not_found")
	}
	link := "https://" + c.team.Domain + ".slack.com/archives/" + ch.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + ch.ID
	}
	return obj{"channel": ch.ID, "permalink": link}, nil
}
