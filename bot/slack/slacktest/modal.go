package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A View is a modal or a Home tab as a person sees it.
type View struct {
	ID, Type, Title, CallbackID, PrivateMetadata string
	Blocks                                       []any  // decoded JSON, ids filled in
	Text                                         string // what it shows, as in a transcript

	v *view
}

func (v View) shown() ([]any, func(*Person) obj, bool) {
	open := v.v.owner.home == v.v || slices.Contains(v.v.owner.modals, v.v)
	return list(v.v.content, "blocks"), func(*Person) obj {
		return obj{"container": obj{"type": "view", "view_id": v.v.id}, "view": v.v.json()}
	}, open
}

// seen is a view as a person sees it. The caller holds s.mu.
func (s *Server) seen(v *view) View {
	blocks := cloneJSON(list(v.content, "blocks"))
	return View{
		ID: v.id, Type: member(v.content, "type"), Title: member(object(v.content, "title"), "text"), CallbackID: member(v.content, "callback_id"),
		PrivateMetadata: member(v.content, "private_metadata"), Blocks: blocks, Text: s.showBlocks(v.team, blocks), v: v,
	}
}

// WaitModal waits until the person's top modal has that title.
func (p *Person) WaitModal(title string) View {
	p.s.t.Helper()
	var found View
	p.s.wait(p.Name+" to see the modal “"+title+"”", func() bool {
		if len(p.modals) == 0 {
			return false
		}
		found = p.s.seen(p.modals[len(p.modals)-1])
		return found.Title == title
	})
	return found
}

// Modals is the number of modals the person has open, one above the other.
func (p *Person) Modals() int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return len(p.modals)
}

// WaitHome waits until the person's Home tab shows a text.
func (p *Person) WaitHome(text string) View {
	p.s.t.Helper()
	var found View
	p.s.wait(p.Name+" to see “"+text+"” in the Home tab", func() bool {
		if p.home == nil {
			return false
		}
		found = p.s.seen(p.home)
		return strings.Contains(found.Text, text)
	})
	return found
}

// A Submission is what came of submitting a modal.
type Submission struct {
	Failed bool              // the bot did not acknowledge in time, or wrongly
	Errors map[string]string // by block_id, shown beside the fields
	Closed bool              // no modal is open any more
}

// Submit fills in a modal, by action_id, and submits it. Options are named by
// value or label, several separated by commas; what an external select offers,
// by value. What is not named keeps what it showed.
func (p *Person) Submit(on View, values map[string]string) Submission {
	p.s.t.Helper()
	p.interactive()
	var out Submission
	p.submit(on, values, &out).Wait()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	out.Closed = len(p.modals) == 0
	return out
}

func (p *Person) submit(on View, values map[string]string, out *Submission) *Act {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	v := on.v
	if len(p.modals) == 0 || p.modals[len(p.modals)-1] != v {
		p.s.t.Fatalf("slacktest: the modal %q is not the one %s sees", on.Title, p.Name)
	}
	shown := merged(v.json(), obj{"state": obj{"values": p.fill(v, values)}})
	payload := merged(p.interaction("view_submission"), obj{"view": shown, "response_urls": []any{}})
	out.Failed = true
	return p.act("interactive", "view_submission "+on.CallbackID, payload, true, func(ack json.RawMessage) {
		out.Failed = !p.s.submitted(v, ack, out)
	})
}

// fill is the state of a modal's fields. It fails the test where Slack would
// not let the person submit.
func (p *Person) fill(v *view, values map[string]string) obj {
	p.s.t.Helper()
	state, used := make(obj), 0
	for _, b := range list(v.content, "blocks") {
		block, _ := b.(obj)
		for _, e := range elementsOf(block) {
			value, given := values[member(e, "action_id")]
			if given {
				used++
			}
			filled := p.fillOne(e, value, given)
			if filled == nil && member(block, "type") == "input" && block["optional"] != true {
				p.s.t.Fatalf("slacktest: Slack does not let %s submit: %s is empty", p.Name, member(e, "action_id"))
			}
			if member(e, "type") != "button" {
				at, _ := state[member(block, "block_id")].(obj)
				state[member(block, "block_id")] = merged(at, obj{member(e, "action_id"): merged(obj{"type": e["type"]}, filled)})
			}
		}
	}
	if used != len(values) {
		p.s.t.Fatalf("slacktest: the modal has not all of the fields %v", values)
	}
	return state
}

// fillOne is the state of one field; nil when it is empty.
func (p *Person) fillOne(e obj, value string, given bool) obj {
	p.s.t.Helper()
	if !given {
		for shown, state := range map[string]string{"initial_value": "value", "initial_option": "selected_option", "initial_options": "selected_options", "initial_date": "selected_date", "initial_time": "selected_time"} {
			if v, ok := e[shown]; ok {
				return obj{state: v}
			}
		}
		return nil
	}
	if most, ok := e["max_length"].(float64); ok && len([]rune(value)) > int(most) {
		p.s.t.Fatalf("slacktest: Slack lets %s type at most %v characters into %s", p.Name, most, member(e, "action_id"))
	}
	filled, err := p.chosen(e, value)
	if err != nil {
		p.s.t.Fatalf("slacktest: %v", err)
	}
	return filled
}

// submitted carries out what the acknowledgement of a submission says, and
// reports false when Slack cannot. The caller holds s.mu.
func (s *Server) submitted(v *view, ack json.RawMessage, out *Submission) bool {
	var answer obj
	if len(ack) > 0 && json.Unmarshal(ack, &answer) != nil {
		return s.badSubmission(v.owner, "the acknowledgement is no object")
	}
	p := v.owner
	switch action := member(answer, "response_action"); action {
	case "":
		s.closeModals(p, max(0, len(p.modals)-1))
	case "clear":
		s.closeModals(p, 0)
	case "errors":
		out.Errors = make(map[string]string)
		return s.fieldErrors(v, object(answer, "errors"), out)
	case "update", "push":
		return s.replaceModal(v, action, object(answer, "view"))
	default:
		return s.badSubmission(p, "unknown response_action "+action)
	}
	return true
}

// fieldErrors takes messages for fields, whose keys must be ids of input blocks.
func (s *Server) fieldErrors(v *view, errs obj, out *Submission) bool {
	for id, text := range errs {
		known := slices.ContainsFunc(list(v.content, "blocks"), func(b any) bool {
			block, _ := b.(obj)
			return member(block, "type") == "input" && member(block, "block_id") == id
		})
		if !known {
			return s.badSubmission(v.owner, "errors for "+id+", which is no input block of this modal")
		}
		out.Errors[id], _ = text.(string)
	}
	if len(errs) == 0 {
		return s.badSubmission(v.owner, "response_action errors without errors")
	}
	return true
}

func (s *Server) replaceModal(v *view, action string, content obj) bool {
	if f := checkView(content, "modal"); f != nil {
		return s.badSubmission(v.owner, fmt.Sprintf("%s %v", f.code, f.messages))
	}
	s.lintTexts("view_submission", textsOf(content), false)
	if action == "update" {
		s.rewriteView(v, content)
		return true
	}
	if len(v.owner.modals) >= maxModals {
		return s.badSubmission(v.owner, "push_limit_reached")
	}
	next, f := s.newView(v.owner, content)
	if f != nil {
		return s.badSubmission(v.owner, f.code)
	}
	s.stack(v.owner, next)
	return true
}

// badSubmission records an answer to a submission that Slack cannot use.
func (s *Server) badSubmission(p *Person, why string) bool {
	s.violate(Rejected, "answer to view_submission: "+why)
	p.trouble("We had some trouble connecting. Try again?")
	return false
}

// Close closes the person's top modal; the bot hears of it when it asked to.
func (p *Person) Close(on View) {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if len(p.modals) == 0 || p.modals[len(p.modals)-1] != on.v {
		p.s.t.Fatalf("slacktest: the modal %q is not the one %s sees", on.Title, p.Name)
	}
	p.s.closeModals(p, len(p.modals)-1)
	if on.v.content["notify_on_close"] == true {
		p.act("interactive", "view_closed", merged(p.interaction("view_closed"), obj{"view": on.v.json(), "is_cleared": false}), false, nil)
	}
}
