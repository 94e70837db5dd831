package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// A replyURL is a response_url: the bot may answer a command or a click there.
type replyURL struct {
	person  *Person
	channel *Channel
	message *Message // the one clicked on; nil for a command
	thread  string
	until   time.Time
	used    int
}

// How long and how often a response_url works
// (docs.slack.dev/interactivity/handling-user-interaction, November 2026).
const (
	replyLife = 30 * time.Minute
	replyUses = 5
)

// newReplyURL makes a response_url. The caller holds s.mu.
func (s *Server) newReplyURL(p *Person, ch *Channel, m *Message) string {
	id := fmt.Sprintf("R%04d", s.nextID())
	r := &replyURL{person: p, channel: ch, message: m, until: s.clock.now().Add(replyLife)}
	if m != nil {
		r.thread = m.ThreadTS
	}
	s.replies[id] = r
	return s.http.URL + "/respond/" + id
}

func (s *Server) serveReplyURL(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	args := make(obj)
	badJSON := json.Unmarshal(body, &args) != nil
	s.mu.Lock()
	f := s.faults.take("response_url")
	s.mu.Unlock()
	if f != nil && f.delay > 0 {
		s.clock.sleep(r.Context(), f.delay)
	}
	s.mu.Lock()
	status, answer := s.respond(r.PathValue("id"), args, badJSON, f)
	s.ledger.requests = append(tail(s.ledger.requests, s.memory), Request{At: s.clock.now(), Method: "response_url", Args: args, Status: status, Answer: answer, Fault: f.name()})
	s.happened()
	s.mu.Unlock()
	if f != nil && f.reset {
		reset(w)
		return
	}
	if f != nil && f.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.after))
	}
	writeJSON(w, status, answer)
}

// respond carries out a post to a response_url. The caller holds s.mu.
func (s *Server) respond(id string, args obj, badJSON bool, f *fault) (int, obj) {
	if f != nil && f.instead {
		return f.status, fail(f.code).json()
	}
	u := s.replies[id]
	switch {
	case u == nil:
		return http.StatusNotFound, fail("invalid_url").json()
	case s.clock.now().After(u.until):
		s.violate(SpentURL, "response_url used after 30 minutes")
		return http.StatusNotFound, fail("expired_url").json()
	case u.used >= replyUses:
		s.violate(SpentURL, "response_url used more than 5 times")
		return http.StatusNotFound, fail("used_url").json()
	}
	u.used++
	bad := fail("invalid_payload")
	if !badJSON {
		bad = s.reply(u, args)
	}
	if bad != nil {
		s.violate(Rejected, "response_url: "+bad.code+" "+fmt.Sprint(bad.messages))
		return http.StatusBadRequest, bad.json()
	}
	if f != nil && f.status > 0 {
		return f.status, obj{"ok": true}
	}
	return http.StatusOK, obj{"ok": true}
}

// reply puts an answer where its response_url belongs: a new message, or in the
// place of the one clicked on.
func (s *Server) reply(u *replyURL, args obj) *failure {
	c := &call{method: "response_url", args: args, team: u.person.Team}
	if c.truth("delete_original", false) {
		if u.message != nil {
			s.remove(u.message)
		}
		return nil
	}
	d, f := c.draft(false)
	if f != nil {
		return f
	}
	s.lintDraft(c.method, d)
	if c.truth("replace_original", false) && u.message != nil {
		s.rewrite(u.message, d, true)
		return nil
	}
	only := u.person.ID
	if c.str("response_type") == "in_channel" {
		only = ""
	}
	thread := c.str("thread_ts")
	if thread == "" {
		thread = u.thread
	}
	s.post(u.channel, d, thread, only)
	return nil
}
