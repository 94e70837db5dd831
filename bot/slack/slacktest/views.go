package slacktest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// A view is a modal that was opened, or a Home tab.
type view struct {
	id, root, previous string
	external           string
	hash               int
	content            obj // as the bot sent it, ids filled in
	owner              *Person
	team               *Team
}

// A trigger lets the bot open one modal for the person who gave it.
type trigger struct {
	person *Person
	until  time.Time
	used   bool
}

const (
	triggerLife = 3 * time.Second // docs.slack.dev/reference/methods/views.open, November 2026
	maxViewSize = 250_000         // bytes of JSON; same page
	maxModals   = 3               // views in a stack; docs.slack.dev/surfaces/modals, November 2026
)

// newTrigger is a fresh trigger_id. The caller holds s.mu.
func (s *Server) newTrigger(p *Person) string {
	id := fmt.Sprintf("%d.%d.trigger", s.nextID(), s.clock.now().UnixMilli())
	s.triggers[id] = &trigger{person: p, until: s.clock.now().Add(triggerLife)}
	return id
}

// pull uses a trigger up.
func (s *Server) pull(c *call) (*Person, *failure) {
	t, ok := s.triggers[c.str("trigger_id")]
	switch {
	case !ok || t.person.Team != c.team:
		return nil, fail("invalid_trigger_id")
	case s.clock.now().After(t.until):
		return nil, fail("expired_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	}
	t.used = true
	return t.person, nil
}

// view reads and checks the argument view.
func (c *call) view(kind string) (obj, *failure) {
	raw, ok := c.decoded("view")
	v, isObject := raw.(obj)
	if !ok || !isObject {
		return nil, fail("invalid_arguments", "[ERROR] missing required field: view")
	}
	return v, checkView(v, kind)
}

// checkView returns Slack's refusal of a view, or nil.
func checkView(v obj, kind string) *failure {
	if b, err := json.Marshal(v); err != nil || len(b) > maxViewSize {
		return fail("view_too_large")
	}
	where := inModal
	if kind == "home" {
		where = inHome
	}
	c := newChecker(where)
	if got := member(v, "type"); got != kind {
		c.errorf("/view/type", "must be %s [input: %s]", kind, got)
	}
	c.blocks("/view/blocks", list(v, "blocks"))
	if len(list(v, "blocks")) == 0 && kind == "modal" {
		c.errorf("/view/blocks", "must have at least 1 item")
	}
	c.length("/view/private_metadata", member(v, "private_metadata"), maxMetadata)
	c.length("/view/callback_id", member(v, "callback_id"), maxID)
	c.length("/view/external_id", member(v, "external_id"), maxID)
	if kind == "modal" {
		c.modal(v)
	}
	if len(c.errs) > 0 {
		return fail("invalid_arguments", c.errs...)
	}
	return nil
}

// modal checks what only a modal has.
func (c *checker) modal(v obj) {
	c.textObject("/view/title", v["title"], plainText, maxViewTitle)
	for _, key := range []string{"submit", "close"} {
		if t, ok := v[key]; ok {
			c.textObject("/view/"+key, t, plainText, maxViewTitle)
		}
	}
	if c.inputs > 0 && v["submit"] == nil {
		c.errorf("/view/submit", "missing required field: a modal with input blocks needs submit")
	}
}

func openView(s *Server, c *call) (obj, *failure) { return s.showModal(c, false) }
func pushView(s *Server, c *call) (obj, *failure) { return s.showModal(c, true) }

// showModal opens a modal, or puts one on those a person has open.
func (s *Server) showModal(c *call, push bool) (obj, *failure) {
	content, f := c.view("modal")
	if f != nil {
		return nil, f
	}
	p, f := s.pull(c)
	if f != nil {
		return nil, f
	}
	if push && len(p.modals) >= maxModals {
		return nil, fail("push_limit_reached")
	}
	v, f := s.newView(p, content)
	if f != nil {
		return nil, f
	}
	if !push {
		s.closeModals(p, 0)
	}
	s.stack(p, v)
	s.lintTexts(c.method, textsOf(v.content), false)
	s.happened()
	return obj{"view": v.json()}, nil
}

// closeModals closes the modals of a person above the lowest keep. What is
// closed cannot be updated, and its external_id is free again.
func (s *Server) closeModals(p *Person, keep int) {
	for len(p.modals) > keep {
		last := len(p.modals) - 1
		delete(s.views, p.modals[last].id)
		p.modals = p.modals[:last]
	}
	s.happened()
}

// stack puts a view on those a person has open.
func (s *Server) stack(p *Person, v *view) {
	v.root = v.id
	if open := p.modals; len(open) > 0 {
		top := open[len(open)-1]
		v.previous, v.root = top.id, top.root
	}
	p.modals = append(p.modals, v)
}

func (s *Server) newView(p *Person, content obj) (*view, *failure) {
	external := member(content, "external_id")
	for _, other := range s.views {
		if external != "" && other.external == external && other.team == p.Team {
			return nil, fail("duplicate_external_id")
		}
	}
	v := &view{id: fmt.Sprintf("V%04d", s.nextID()), external: external, content: s.fillView(content), owner: p, team: p.Team, hash: s.nextID()}
	s.views[v.id] = v
	return v, nil
}

func (s *Server) fillView(content obj) obj {
	return merged(content, obj{"blocks": s.withIDs(list(content, "blocks"))})
}

func updateView(s *Server, c *call) (obj, *failure) {
	content, f := c.view("modal")
	if f != nil {
		return nil, f
	}
	var found *view
	for _, v := range s.views {
		if v.team == c.team && (v.id == c.str("view_id") || v.external != "" && v.external == c.str("external_id")) {
			found = v
		}
	}
	if found == nil || found == found.owner.home {
		return nil, fail("not_found")
	}
	if h := c.str("hash"); h != "" && h != strconv.Itoa(found.hash) {
		return nil, fail("hash_conflict")
	}
	s.rewriteView(found, content)
	s.lintTexts(c.method, textsOf(found.content), false)
	return obj{"view": found.json()}, nil
}

func (s *Server) rewriteView(v *view, content obj) {
	v.content, v.hash = s.fillView(content), s.nextID()
	s.happened()
}

func publishView(s *Server, c *call) (obj, *failure) {
	content, f := c.view("home")
	if f != nil {
		return nil, f
	}
	if !s.manifest.Features.Home.HomeTab {
		return nil, fail("not_enabled")
	}
	p := c.team.person(c.str("user_id"))
	if p == nil || p.deleted {
		return nil, fail("invalid_arguments", "[ERROR] no such user [json-pointer:/user_id]")
	}
	if old := p.home; old != nil {
		if h := c.str("hash"); h != "" && h != strconv.Itoa(old.hash) {
			return nil, fail("hash_conflict")
		}
		delete(s.views, old.id)
	}
	v, f := s.newView(p, content)
	if f != nil {
		return nil, f
	}
	v.root, p.home = v.id, v
	s.lintTexts(c.method, textsOf(v.content), false)
	s.happened()
	return obj{"view": v.json()}, nil
}

// json is the view as Slack shows it to the bot.
func (v *view) json() obj {
	out := merged(cloneJSON(v.content), obj{
		"id": v.id, "team_id": v.team.ID, "hash": strconv.Itoa(v.hash), "root_view_id": v.root, "app_id": appID, "bot_id": v.team.BotID,
		"app_installed_team_id": v.team.ID, "state": obj{"values": obj{}},
	})
	if v.previous != "" {
		out["previous_view_id"] = v.previous
	}
	return out
}

// withIDs is a copy of blocks in which each block and element has an id, as
// Slack gives them to those that came without.
func (s *Server) withIDs(blocks []any) []any {
	out := cloneJSON(blocks)
	for _, b := range out {
		block, ok := b.(obj)
		if !ok {
			continue
		}
		if member(block, "block_id") == "" || member(block, "type") == "markdown" { // a markdown block's id is not kept
			block["block_id"] = fmt.Sprintf("b%d", s.nextID())
		}
		for _, e := range elementsOf(block) {
			if member(e, "action_id") == "" {
				e["action_id"] = fmt.Sprintf("a%d", s.nextID())
			}
		}
	}
	return out
}

// elementsOf are the elements of a block a person can use.
func elementsOf(block obj) []obj {
	candidates := []any{block["accessory"], block["element"]}
	if member(block, "type") == "actions" {
		candidates = append(candidates, list(block, "elements")...)
	}
	var out []obj
	for _, c := range candidates {
		if e, ok := c.(obj); ok && member(e, "type") != "image" {
			out = append(out, e)
		}
	}
	return out
}
