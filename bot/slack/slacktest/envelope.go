package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

const (
	ackWithin = 3 * time.Second // docs.slack.dev/apis/events-api/using-socket-mode, November 2026
	maxAck    = 20_000          // bytes; a frame of that size or more is dropped; slack-go's socketmode client
)

// retryAfter is how long after a missed acknowledgement an event comes again
// (docs.slack.dev/apis/events-api, November 2026).
var retryAfter = [...]time.Duration{0, time.Minute, 5 * time.Minute}

// An envelope is a thing to be delivered over Socket Mode.
type envelope struct {
	kind     string // events_api, slash_commands, interactive
	what     string
	payload  obj
	takes    bool // accepts_response_payload
	attempt  int
	record   *Envelope // of the latest sending
	done     bool      // acknowledged
	heard    bool      // came to a connection that could have answered
	answered func(payload json.RawMessage, ok bool)
}

// emit delivers an event if the app asked for that kind. The caller holds s.mu.
func (s *Server) emit(t *Team, subscription string, event obj) {
	if !s.manifest.subscribed(subscription) {
		return
	}
	now := s.clock.now()
	if _, ok := event["event_ts"]; !ok {
		event["event_ts"] = fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
	}
	s.deliver(&envelope{kind: "events_api", what: subscription, payload: obj{
		"token": "verification", "team_id": t.ID, "api_app_id": appID, "event": event, "type": "event_callback",
		"event_id": fmt.Sprintf("Ev%06d", s.nextID()), "event_time": now.Unix(), "is_ext_shared_channel": false,
		"authorizations": []any{obj{"enterprise_id": nil, "team_id": t.ID, "user_id": t.BotUser, "is_bot": true, "is_enterprise_install": false}},
	}})
}

// emitMessage tells the bot of a new message, its own ones too: as a message,
// and in a channel as a mention when it is one.
func (s *Server) emitMessage(m *Message) {
	ch := m.Channel
	if !ch.has(ch.Team.BotUser) {
		return
	}
	event := merged(m.json(), obj{"channel": ch.ID, "event_ts": m.TS})
	if ch.kind != direct && mentions(m.Text, ch.Team.BotUser) && m.User != ch.Team.BotUser {
		s.emit(ch.Team, "app_mention", merged(event, obj{"type": "app_mention"}))
	}
	s.emit(ch.Team, "message."+ch.kind.family(), merged(event, obj{"channel_type": ch.kind.eventType()}))
}

// emitChange tells the bot of a message changed or deleted.
func (s *Server) emitChange(m *Message, event obj) {
	ch := m.Channel
	if !ch.has(ch.Team.BotUser) {
		return
	}
	now := s.clock.now()
	ts := fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
	s.emit(ch.Team, "message."+ch.kind.family(), merged(event, obj{
		"type": "message", "hidden": true, "channel": ch.ID, "channel_type": ch.kind.eventType(), "ts": ts, "event_ts": ts,
	}))
}

// deliver sends an envelope to one of the connections, and looks after it: an
// event that is not acknowledged in time comes again. The caller holds s.mu.
func (s *Server) deliver(e *envelope) {
	id := fmt.Sprintf("envelope-%d", s.nextID())
	e.record = &Envelope{ID: id, Type: e.kind, What: e.what, Attempt: e.attempt, SentAt: s.clock.now()}
	s.forgetEnvelopes()
	s.ledger.add(e.record)
	s.sockets.sent[id], s.sockets.waiting[id] = e, e.record
	c := s.turn()
	if c != nil {
		e.record.Socket = c.number
		s.send(c, e)
	}
	record := e.record
	if c == nil {
		s.clock.after(0, func() { s.overdue(e, record) })
		return
	}
	s.clock.after(ackWithin, func() { s.overdue(e, record) })
}

// send writes an envelope to a connection, twice when the test asked for it.
func (s *Server) send(c *socket, e *envelope) {
	frame := obj{"envelope_id": e.record.ID, "type": e.kind, "payload": e.payload, "accepts_response_payload": e.takes}
	if e.kind == "events_api" {
		frame["retry_attempt"], frame["retry_reason"] = e.attempt, ""
		if e.attempt > 0 {
			frame["retry_reason"] = "timeout"
		}
	}
	c.send(frame)
	if s.sockets.doubles > 0 {
		s.sockets.doubles--
		c.send(frame)
	}
}

// turn is the connection that gets the next envelope; nil when none is open.
func (s *Server) turn() *socket {
	if len(s.sockets.open) == 0 {
		return nil
	}
	s.sockets.next++
	return s.sockets.open[s.sockets.next%len(s.sockets.open)]
}

// overdue looks at an envelope when its time is up.
func (s *Server) overdue(e *envelope, record *Envelope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sockets.waiting, record.ID)
	if record.Acked || s.closed {
		return
	}
	defer s.happened()
	if record.Socket != 0 && s.hearing(record.Socket) {
		e.heard = true
		s.violate(LateAck, fmt.Sprintf("%s %s (attempt %d) was not acknowledged within %v", e.kind, e.what, e.attempt, ackWithin))
	}
	if e.kind != "events_api" {
		if e.answered != nil {
			e.answered(nil, false)
		}
		return
	}
	if e.done { // by an acknowledgement of another sending
		return
	}
	if e.attempt == len(retryAfter) {
		s.ledger.lost = append(s.ledger.lost, e.what)
		if e.heard {
			s.violate(LostEvent, e.what+" was given up after the last retry")
		}
		return
	}
	wait := retryAfter[e.attempt]
	s.clock.after(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !e.done && !s.closed {
			e.attempt++
			s.deliver(e)
		}
	})
}

// hearing reports whether a connection is open and not deaf: only there can a
// bot be blamed for being late.
func (s *Server) hearing(number int) bool {
	return slices.ContainsFunc(s.sockets.open, func(c *socket) bool { return c.number == number && !c.deaf })
}

// acknowledge takes a frame of the bot's. The caller holds s.mu.
func (s *Server) acknowledge(frame []byte) {
	defer s.happened()
	var ack struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if len(frame) >= maxAck {
		s.violate(LargeAck, fmt.Sprintf("%d bytes; Slack drops frames of %d and more", len(frame), maxAck))
		return
	}
	if err := json.Unmarshal(frame, &ack); err != nil {
		s.violate(StrangeAck, "not JSON: "+short(string(frame)))
		return
	}
	e, ok := s.sockets.sent[ack.ID]
	if !ok {
		s.violate(StrangeAck, "no envelope "+ack.ID)
		return
	}
	s.settle(e, ack.ID, ack.Payload)
}

// settle marks an envelope acknowledged and uses the payload of the answer.
func (s *Server) settle(e *envelope, id string, payload json.RawMessage) {
	record := s.ledger.byID[id]
	if record.Acked {
		return // a double has its acknowledgement too
	}
	delete(s.sockets.waiting, id)
	record.Acked, record.Ack, record.Latency = true, payload, s.clock.now().Sub(record.SentAt)
	record.Late = record.Latency > ackWithin
	e.done = true
	given := len(payload) > 0 && string(payload) != "null"
	if given && !e.takes {
		s.violate(StrangeAck, e.kind+" "+e.what+" takes no payload")
	}
	if e.answered != nil && !record.Late {
		e.answered(payload, true)
	}
}

// RepeatEnvelopes sends each of the next n envelopes twice, with the same id
// and retry_attempt 0, as Slack does now and then (slackapi/bolt-js#2487).
func (s *Server) RepeatEnvelopes(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.doubles = n
}

// letAcksArrive waits a moment of real time for acknowledgements under way.
func (s *Server) letAcksArrive() {
	const grace = 250 * time.Millisecond // many times what a prompt bot takes on a busy machine
	deadline := time.Now().Add(grace)
	for {
		s.mu.Lock()
		waiting := !s.closed && s.underWay()
		changed := s.changed
		s.mu.Unlock()
		left := time.Until(deadline)
		if !waiting || left <= 0 {
			return
		}
		select {
		case <-changed:
		case <-time.After(left):
		}
	}
}

// underWay reports whether an envelope waits for an acknowledgement that can
// still come in time. The caller holds s.mu.
func (s *Server) underWay() bool {
	now := s.clock.now()
	for _, r := range s.sockets.waiting {
		if r.Socket != 0 && s.hearing(r.Socket) && now.Sub(r.SentAt) < ackWithin {
			return true
		}
	}
	return false
}
