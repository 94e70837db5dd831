package discordtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// A session is what a bot has begun with an Identify and may go on with.
type session struct {
	id       string
	intents  int64
	shard    [2]int64
	compress bool
	conn     *conn // nil while the bot is away
	left     time.Time
	ended    bool
	seq      int64
	log      []logged
}

// A logged event is one that was sent, or would have been, in a session.
type logged struct {
	seq  int64
	name string
	data json.RawMessage
}

// identifyData is the data of an Identify.
type identifyData struct {
	Token      string         `json:"token"`
	Intents    *int64         `json:"intents"`
	Shard      *[2]int64      `json:"shard"`
	Compress   bool           `json:"compress"`
	Properties map[string]any `json:"properties"`
}

// identify begins a session.
func (s *Server) identify(c *conn, raw json.RawMessage) {
	var d identifyData
	if err := json.Unmarshal(raw, &d); err != nil || d.Properties == nil {
		s.refuseFrame(c, closeDecode, "Error while decoding payload.")
		return
	}
	if c.session != nil {
		s.refuseFrame(c, closeIdentified, "Already authenticated.")
		return
	}
	if code, reason := s.checkIdentify(d); code != 0 {
		s.hangUp(c, code, reason)
		return
	}
	s.ledger.add("identify")
	if s.startIsTooMuch(c, d.Shard) || s.scripted(c) {
		return
	}
	ses := &session{id: "fake-session-" + s.newID(), intents: *d.Intents, shard: [2]int64{0, 1}, compress: d.Compress}
	if d.Shard != nil {
		ses.shard = *d.Shard
	}
	s.attach(c, ses)
	s.gateway.sessions = append(s.gateway.sessions, ses)
	s.ready(ses)
}

// isToken reports whether a token is the bot's; discordgo sends it with the word
// Bot, which the gateway takes too.
func (s *Server) isToken(t string) bool {
	return !s.revoked && (t == s.token || t == "Bot "+s.token)
}

// checkIdentify is the code with which an Identify is refused, or 0.
func (s *Server) checkIdentify(d identifyData) (code int, reason string) {
	switch {
	case !s.isToken(d.Token):
		return closeBadToken, "Authentication failed."
	case d.Shard != nil && (d.Shard[1] < 1 || d.Shard[0] < 0 || d.Shard[0] >= d.Shard[1]):
		return closeBadShard, "Invalid shard."
	case d.Intents == nil || *d.Intents&^knownIntents != 0:
		return closeBadIntents, "Invalid intent(s)."
	case *d.Intents&privilegedIntents&^s.options.privileged != 0:
		return closeNotAllowed, "Disallowed intent(s)."
	}
	return 0, ""
}

// A start is an Identify.
type start struct {
	at     time.Time
	bucket int64
}

// startIsTooMuch counts an Identify. One too many within five seconds is refused
// with op 9; one too many within a day resets the token.
func (s *Server) startIsTooMuch(c *conn, shard *[2]int64) bool {
	now, recent := s.Now(), 0
	bucket, allowed := int64(0), s.options.concurrency
	if shard != nil {
		bucket, allowed = shard[0]%int64(s.options.concurrency), 1
	}
	s.gateway.starts = slices.DeleteFunc(s.gateway.starts, func(o start) bool { return now.Sub(o.at) >= 24*time.Hour })
	for _, o := range s.gateway.starts {
		if o.bucket == bucket && now.Sub(o.at) < starterSpan {
			recent++
		}
	}
	s.gateway.starts = append(s.gateway.starts, start{now, bucket})
	if len(s.gateway.starts) > s.options.startLimit {
		s.revoked = true
		s.violate("more than %d Identifies in a day: every session is over and the token is reset", s.options.startLimit)
		for o := range s.gateway.conns {
			s.hangUp(o, closeBadToken, "Authentication failed.")
		}
		return true
	}
	if recent >= allowed {
		s.ledger.add("early identify")
		c.send(opInvalid, false)
		return true
	}
	return false
}

// attach puts a session on a connection, and takes it from the one it had.
func (s *Server) attach(c *conn, ses *session) {
	if old := ses.conn; old != nil && old != c {
		old.session = nil
		s.hangUp(old, closeUnknownError, "Resumed elsewhere.")
	}
	c.session, ses.conn = ses, c
}

// ready sends READY with guilds unavailable, and then each guild.
func (s *Server) ready(ses *session) {
	guilds := []any{}
	for _, g := range s.guilds {
		if ses.covers(g.ID) {
			guilds = append(guilds, map[string]any{"id": g.ID, "unavailable": true})
		}
	}
	s.deliverTo(ses, "READY", map[string]any{
		"v": 9, "user": s.bot.asJSON(), "guilds": guilds, "session_id": ses.id, "session_type": "normal",
		"resume_gateway_url": s.gatewayURL() + resumePath, "shard": ses.shard, "private_channels": []any{},
		"application": map[string]any{"id": s.application, "flags": 0}, "_trace": []string{"fake"},
	})
	for _, g := range s.guilds {
		if ses.covers(g.ID) && ses.intents&intentGuilds != 0 {
			s.deliverTo(ses, "GUILD_CREATE", g.asJSON())
		}
	}
	s.touch()
}

// covers reports whether a guild belongs to the session's shard; nothing belongs
// to shard 0.
func (ses *session) covers(guildID string) bool {
	if guildID == "" {
		return ses.shard[0] == 0
	}
	id, err := strconv.ParseUint(guildID, 10, 64)
	return err == nil && int64(id>>22)%ses.shard[1] == ses.shard[0]
}

// resumeData is the data of a Resume.
type resumeData struct {
	Token   string `json:"token"`
	Session string `json:"session_id"`
	Seq     *int64 `json:"seq"`
}

// resume goes on with a session: what was missed in order, then RESUMED.
func (s *Server) resume(c *conn, raw json.RawMessage) {
	var d resumeData
	if err := json.Unmarshal(raw, &d); err != nil || d.Seq == nil {
		s.refuseFrame(c, closeDecode, "Error while decoding payload.")
		return
	}
	s.ledger.add("resume")
	if c.plain {
		s.ledger.add("plain resume")
	}
	ses := s.resumable(d.Session)
	switch {
	case c.session != nil:
		s.refuseFrame(c, closeIdentified, "Already authenticated.")
	case !s.isToken(d.Token):
		s.hangUp(c, closeBadToken, "Authentication failed.")
	case s.scripted(c):
	case ses == nil:
		c.send(opInvalid, false)
	case *d.Seq > ses.seq:
		ses.ended = true
		s.hangUp(c, closeBadSeq, "Invalid seq.")
	default:
		s.attach(c, ses)
		ses.replay(*d.Seq)
		s.deliverTo(ses, "RESUMED", map[string]any{"_trace": []string{"fake"}})
		s.touch()
	}
}

// resumable is the session with that id if it can still be gone on with.
func (s *Server) resumable(id string) *session {
	for _, ses := range s.gateway.sessions {
		away := ses.conn == nil && s.Now().Sub(ses.left) > resumeTime
		if ses.id == id && !ses.ended && !away {
			return ses
		}
	}
	return nil
}

// replay sends what came after seq.
func (ses *session) replay(seq int64) {
	for _, e := range ses.log {
		if e.seq > seq {
			ses.conn.sendEvent(e)
		}
	}
}

// deliverTo sends an event in a session, or keeps it for a Resume.
func (s *Server) deliverTo(ses *session, name string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		s.t.Errorf("discordtest: event %s: %v", name, err)
		return
	}
	ses.seq++
	e := logged{seq: ses.seq, name: name, data: raw}
	if len(ses.log) >= maxReplay {
		ses.log = ses.log[maxReplay/2:]
	}
	ses.log = append(ses.log, e)
	if ses.conn != nil {
		ses.conn.sendEvent(e)
	}
}
