package discordtest

import (
	"strconv"
	"time"
)

// nonceWindow is how long a nonce is remembered. The documentation says "the past
// few minutes"; five is a guess.
const nonceWindow = 5 * time.Minute

// A sentOnce is the message that a nonce made.
type sentOnce struct {
	id string
	at time.Time
}

// A sentBody is a message and what tells it from another with the same body.
type sentBody struct {
	id      string
	at      time.Time
	replyTo string
	nonce   string
	failed  bool // the bot was told that it had failed
}

// heard notes that somebody said or pressed something in the channel: one message
// may be sent for it that is like an earlier one.
func (c *Channel) heard() { c.credit++ }

// noteSend looks whether a message of the bot is one that it had sent: the same
// body within some minutes, and either it answers the same message, has the same
// nonce, follows one that the bot was told had failed and they do not answer two
// messages, or nobody has said anything in between.
func (s *Server) noteSend(c *Channel, m *Message, failed bool) {
	now, body := s.Now(), looks(m)
	sent := sentBody{id: m.ID, at: now, replyTo: m.ReplyTo, nonce: m.Nonce, failed: failed}
	for _, old := range c.bodies[body] {
		if why := repeats(old, sent, c.credit); why != "" && now.Sub(old.at) < nonceWindow {
			d := Duplicate{ChannelID: c.ID, First: old.id, Second: sent.id, Why: why}
			s.ledger.note(func() { s.ledger.duplicates = append(s.ledger.duplicates, d) })
			break
		}
	}
	c.bodies[body] = append(c.bodies[body], sent)
	c.credit = max(0, c.credit-1)
}

// looks is what a reader would tell two messages apart by.
func looks(m *Message) string {
	files := lines(m.Attachments, func(a Attachment) string { return a.Filename + strconv.Itoa(a.Size) })
	return compact([]any{m.Content, m.Embeds, m.Components, files})
}

// repeats says why sent repeats old, which has the same body; empty if it does
// not.
func repeats(old, sent sentBody, credit int) string {
	switch {
	case sent.nonce != "" && sent.nonce == old.nonce:
		return "same nonce without enforce_nonce"
	case sent.replyTo != "" && sent.replyTo == old.replyTo:
		return "answers the same message with the same words"
	case old.failed && (sent.replyTo == "" || old.replyTo == ""): // else an answer to another message
		return "sent again after an error although the first had arrived"
	case sent.replyTo == "" && credit == 0:
		return "same words again and nobody had said anything"
	}
	return ""
}
