package slacktest

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A method of the Web API.
type method struct {
	run    func(*Server, *call) (obj, *failure) // called with s.mu held
	scope  string                               // needed always; "" when none, or when run looks itself
	tier   int                                  // 1 to 4; 0 for a rate of its own
	json   bool                                 // takes a JSON body as well as a form
	token  kindOfToken
	shapes bool // arguments are checked by limits: a refusal of them is the bot's fault
}

// A call of a method.
type call struct {
	method string
	token  string
	team   *Team
	args   obj  // of a form all are strings; see str, truth and decoded
	json   bool // came as JSON
}

// A failure is an answer with ok false.
type failure struct {
	code             string
	messages         []string // response_metadata.messages
	needed, provided string
}

func fail(code string, messages ...string) *failure {
	return &failure{code: code, messages: messages}
}

func (f *failure) json() obj {
	out := obj{"ok": false, "error": f.code}
	if len(f.messages) > 0 {
		out["response_metadata"] = obj{"messages": f.messages}
	}
	if f.needed != "" {
		out["needed"], out["provided"] = f.needed, f.provided
	}
	return out
}

type kindOfToken int

const (
	botToken kindOfToken = iota
	appToken
)

// tokenState is what Slack knows of a token; trouble is the error it gives.
type tokenState struct {
	kind    kindOfToken
	team    *Team
	trouble string
}

// str reads an argument as text; "" when it is not given, a list or an object.
func (c *call) str(key string) string {
	switch v := c.args[key].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// truth reads a Boolean; what is not given is def.
func (c *call) truth(key string, def bool) bool {
	switch c.str(key) {
	case "":
		return def
	case "true", "1":
		return true
	}
	return false
}

// decoded reads an argument that is JSON: as it is in a JSON body, in a string
// in a form. It reports false when it cannot be read.
func (c *call) decoded(key string) (any, bool) {
	text, ok := c.args[key].(string)
	if !ok {
		return c.args[key], true
	}
	if text == "" {
		return nil, true
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, false
	}
	return v, true
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	c, bad := readCall(w, r)
	s.mu.Lock()
	f := s.faults.take(c.method)
	s.mu.Unlock()
	if f != nil && f.delay > 0 {
		s.clock.sleep(r.Context(), f.delay)
	}
	s.mu.Lock()
	status, answer, after := s.answer(c, bad, f)
	s.ledger.requests = append(tail(s.ledger.requests, s.memory), Request{
		At: s.clock.now(), Method: c.method, Token: c.token, Args: c.args, Status: status, Answer: answer, Fault: f.name(),
	})
	s.happened()
	s.mu.Unlock()
	if f != nil && f.reset {
		reset(w)
		return
	}
	if status >= http.StatusInternalServerError {
		http.Error(w, "<html><body>Slack is unavailable</body></html>", status)
		return
	}
	if after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(after))
	}
	if c.team != nil {
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.manifest.OAuth.Scopes.Bot, ","))
	}
	writeJSON(w, status, answer)
}

// answer decides a call. after is for Retry-After, in seconds. The caller holds s.mu.
func (s *Server) answer(c *call, bad *failure, f *fault) (status int, answer obj, after int) {
	m, known := s.methods[c.method]
	limit := s.rateOf(c.method, m.tier)
	s.checkPatience(c, limit)
	if f != nil && f.instead {
		if f.after > 0 {
			s.ledger.limited++
			s.limits.bucket(limitKey(c), limit, s.clock.now()).tell(s.clock.now(), time.Duration(float64(f.after)*s.clock.speed*float64(time.Second)))
		}
		return f.status, fail(f.code).json(), f.after
	}
	if !known {
		s.violate(UnknownMethod, c.method)
		return http.StatusOK, obj{"ok": false, "error": "unknown_method", "req_method": c.method}, 0
	}
	if bad == nil {
		bad = s.authorize(c, m)
	}
	if bad == nil && c.json && !m.json {
		c.args = obj{} // Slack overlooks a JSON body here
	}
	if bad == nil {
		if after = s.spend(c, limit); after > 0 {
			s.ledger.limited++
			return http.StatusTooManyRequests, fail("ratelimited").json(), after
		}
		answer, bad = m.run(s, c)
	}
	if bad != nil {
		s.blame(c, m, bad)
		answer = bad.json()
	} else {
		answer = merged(answer, obj{"ok": true})
	}
	if f != nil && f.status > 0 {
		return f.status, answer, 0 // done, but the bot is told otherwise
	}
	return http.StatusOK, answer, 0
}

// blame writes down a refusal that a good bot would not have got.
func (s *Server) blame(c *call, m method, f *failure) {
	detail := c.method + ": " + f.code
	if len(f.messages) > 0 {
		detail += " " + strings.Join(f.messages, "; ")
	}
	switch f.code {
	case "missing_scope":
		s.violate(MissingScope, detail+": needs "+f.needed)
	case "invalid_auth", "not_authed", "not_allowed_token_type":
		s.violate(BadToken, detail)
	case "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id":
		s.violate(SpentTrigger, detail)
	case "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_blocks_too_long", "msg_too_long", "no_text", "view_too_large",
		"markdown_text_conflict", "invalid_form_data", "invalid_json", "json_not_object", "invalid_post_type", "bad_timestamp", "duplicate_external_id":
		s.violate(Rejected, detail)
	default:
		if m.shapes && strings.HasPrefix(f.code, "invalid_") {
			s.violate(Rejected, detail)
		}
	}
}

// authorize checks the token and the scope, and finds the workspace.
func (s *Server) authorize(c *call, m method) *failure {
	if c.token == "" {
		return fail("not_authed")
	}
	state, ok := s.tokens[c.token]
	switch {
	case !ok:
		return fail("invalid_auth")
	case state.trouble != "":
		return fail(state.trouble)
	case state.kind != m.token:
		return fail("not_allowed_token_type")
	}
	c.team = state.team
	if m.scope != "" {
		return s.needs(m.scope)
	}
	return nil
}

// needs is the failure for a scope the app was not granted.
func (s *Server) needs(scope string) *failure {
	if s.manifest.granted(scope) {
		return nil
	}
	return &failure{code: "missing_scope", needed: scope, provided: strings.Join(s.manifest.OAuth.Scopes.Bot, ",")}
}

// maxBody is more than any call with blocks or a picture needs.
const maxBody = 8 << 20

// readCall reads the arguments as Slack does: query, form, multipart or JSON;
// with JSON the token is taken from the header only (docs.slack.dev/apis/web-api,
// November 2026).
func readCall(w http.ResponseWriter, r *http.Request) (*call, *failure) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	c := &call{method: r.PathValue("method"), args: make(obj)}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		c.token = bearer
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = "" // a GET, or a POST without a body
	}
	if kind == "application/json" {
		return c, c.readJSON(r.Body)
	}
	if kind != "" && !slices.Contains([]string{"application/x-www-form-urlencoded", "multipart/form-data"}, kind) {
		return c, fail("invalid_post_type")
	}
	if err := r.ParseMultipartForm(maxBody); err != nil && kind == "multipart/form-data" { //nolint:gosec // the body is bounded above
		return c, fail("invalid_form_data")
	}
	c.readForm(r.Form)
	return c, nil
}

func (c *call) readForm(form url.Values) {
	for k, v := range form {
		if k == "token" {
			if c.token == "" {
				c.token = v[0]
			}
			continue
		}
		c.args[k] = v[0]
	}
}

func (c *call) readJSON(body io.Reader) *failure {
	b, err := io.ReadAll(body)
	if err != nil {
		return fail("invalid_json")
	}
	if len(b) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return fail("invalid_json")
	}
	args, ok := v.(obj)
	if !ok {
		return fail("json_not_object")
	}
	c.args, c.json = without(args, "token"), true
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone; its own error says so
}
