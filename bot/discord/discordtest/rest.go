package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// maxRequest is the most a request may hold.
const maxRequest = 25 << 20

// A call is one REST request on its way through the server.
type call struct {
	s      *Server
	req    *http.Request
	route  *route
	params map[string]string
	query  url.Values
	raw    []byte
	form   *form
	files  []upload
	fault  *Fault // what the test has scripted for it
	began  time.Time
}

// An answer is what a handler gives back. The zero status is 200.
type answer struct {
	status int
	body   any
}

// body is the decoded body.
func (c *call) body() field { return c.form.top() }

// ServeHTTP answers REST requests below /api and gateway connections.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" || r.URL.Path == "" || strings.HasPrefix(r.URL.Path, resumePath) {
		s.serveGateway(w, r)
		return
	}
	c := &call{s: s, req: r, query: r.URL.Query(), form: newForm(nil), began: time.Now()}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		return // the client has gone away: nobody to answer
	}
	c.raw = raw
	s.answer(w, c)
}

// answer answers a request whose body was read.
func (s *Server) answer(w http.ResponseWriter, c *call) {
	if s.limits.banned(s.Now()) {
		s.writeBan(w, c)
		return
	}
	refusal := s.admit(w, c)
	if refusal == nil && c.fault != nil && !c.fault.AfterEffect {
		s.misbehave(w, c)
		return
	}
	if refusal != nil {
		s.write(w, c, answer{status: refusal.status, body: refusal.body()}, refusal)
		return
	}
	a, refusal := s.handle(c)
	if refusal != nil {
		a = answer{status: refusal.status, body: refusal.body()}
	}
	if c.fault.fails() {
		s.misbehave(w, c)
		return
	}
	if c.fault != nil {
		s.delay(c, c.fault.Delay)
	}
	s.write(w, c, a, refusal)
}

// admit checks everything about a request before its handler may see it.
func (s *Server) admit(w http.ResponseWriter, c *call) *apiError {
	if err := s.findRoute(c); err != nil {
		return err
	}
	if err := s.authorize(c); err != nil {
		return err
	}
	if err := checkHeaders(c); err != nil {
		return err
	}
	if err := s.limits.take(c, w.Header(), s.Now()); err != nil {
		return err
	}
	c.fault = s.faults.next(c.route.String())
	if err := checkParams(c); err != nil {
		return err
	}
	return decodeBody(c)
}

// handle runs the handler with the world locked.
func (s *Server) handle(c *call) (answer, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := c.route.handler(s, c)
	s.touch()
	return a, err
}

// authorize checks the token, except where the path holds one.
func (s *Server) authorize(c *call) *apiError {
	s.mu.Lock()
	revoked := s.revoked
	s.mu.Unlock()
	if c.route.open {
		return nil
	}
	if c.req.Header.Get("Authorization") != "Bot "+s.token || revoked {
		return refuse(http.StatusUnauthorized, codeGeneral, "401: Unauthorized")
	}
	return nil
}

// userAgent is the form that the reference asks for.
var userAgent = regexp.MustCompile(`^DiscordBot \([^ ,]+, [^ )]+\)`)

// checkHeaders checks who asks and what the body claims to be.
func checkHeaders(c *call) *apiError {
	h := c.req.Header
	if !userAgent.MatchString(h.Get("User-Agent")) {
		return violation(http.StatusForbidden, codeBlockedByCloudflare, "internal network error")
	}
	kind := h.Get("Content-Type")
	if len(c.raw) == 0 {
		if kind != "" {
			return badContentType("no body with a Content-Type")
		}
		return nil
	}
	if len(c.raw) > maxRequest {
		return refuse(http.StatusRequestEntityTooLarge, codeTooLarge, "Request entity too large")
	}
	if !strings.HasPrefix(kind, "application/json") && !strings.HasPrefix(kind, "multipart/form-data") {
		return badContentType(kind)
	}
	return nil
}

func badContentType(got string) *apiError {
	f := newForm(nil)
	f.top().fail("CONTENT_TYPE_INVALID",
		"Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}, got %q.", got)
	return f.err()
}

// checkParams checks that ids in the path are snowflakes. That the code is
// NUMBER_TYPE_COERCE is remembered.
func checkParams(c *call) *apiError {
	f := newForm(nil)
	for name, v := range c.params {
		switch name {
		case "token", "emoji", "which":
		default:
			f.top().under(name+"_id", v).snowflake()
		}
	}
	return f.err()
}

// decodeBody reads JSON or a multipart form into the call.
func decodeBody(c *call) *apiError {
	if len(c.raw) == 0 {
		if c.route.needsBody {
			c.form = newForm(map[string]any{})
		}
		return nil
	}
	raw := c.raw
	if kind := c.req.Header.Get("Content-Type"); strings.HasPrefix(kind, "multipart/form-data") {
		var err *apiError
		if raw, c.files, err = readMultipart(kind, c.raw); err != nil {
			return err
		}
	}
	root, err := decodeJSON(raw)
	if err != nil {
		return refuse(http.StatusBadRequest, codeInvalidJSON, "The request body contains invalid JSON.")
	}
	c.form = newForm(root)
	return nil
}

// decodeJSON reads one JSON value and nothing after it.
func decodeJSON(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return v, nil
}

// write sends an answer and enters it in the ledger.
func (s *Server) write(w http.ResponseWriter, c *call, a answer, refusal *apiError) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	var text []byte
	if a.body != nil {
		text = []byte(compact(a.body))
		w.Header().Set("Content-Type", "application/json")
	}
	s.enter(c, a.status, text, refusal)
	w.WriteHeader(a.status)
	if _, err := w.Write(text); err != nil && len(text) > 0 {
		return // the client has gone away, which the ledger need not know
	}
}

// enter writes a request and its answer into the ledger, and counts what Discord
// counts.
func (s *Server) enter(c *call, status int, text []byte, refusal *apiError) {
	r := Request{
		At: s.Now(), Method: c.req.Method, Path: c.req.URL.RequestURI(), Body: string(c.raw),
		Status: status, Answer: string(text), Took: time.Since(c.began),
	}
	if c.route != nil {
		r.Route = c.route.String()
	}
	if refusal != nil {
		r.Code = refusal.code
	}
	shared := refusal != nil && refusal.retry != nil && refusal.retry.scope == scopeShared
	invalid := status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests && !shared
	r.invalid = invalid
	s.ledger.note(func() {
		s.ledger.requests = append(tail(s.ledger.requests, s.ledger.keep), r)
		if invalid {
			s.ledger.counts["invalid"]++
		}
	})
	if invalid && s.limits.noteInvalid(s.Now()) {
		s.violate("the address is banned: too many answers 401, 403 or 429 within ten minutes")
	}
	if refusal != nil && refusal.isViolation() {
		s.violate("%s %s -> %d %s (sent: %s)", r.Method, r.Path, status, shorten(r.Answer, 400), shorten(r.Body, 200))
	}
}
