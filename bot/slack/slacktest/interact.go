package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Surface is a place with buttons and fields: a [Message] or a [View].
type Surface interface {
	// shown finds the blocks as they are now, and says how a payload names the
	// place. It reports false when the place is gone. s.mu is held.
	shown() (blocks []any, names func(p *Person) obj, ok bool)
}

func (m Message) shown() ([]any, func(*Person) obj, bool) {
	now := m.Channel.message(m.TS)
	if now == nil {
		return nil, nil, false
	}
	return now.Blocks, func(p *Person) obj {
		container := obj{"type": "message", "message_ts": now.TS, "channel_id": now.Channel.ID, "is_ephemeral": now.Only != ""}
		if now.ThreadTS != "" {
			container["thread_ts"] = now.ThreadTS
		}
		out := obj{
			"container": container, "channel": obj{"id": now.Channel.ID, "name": channelName(now.Channel)}, "state": obj{"values": obj{}},
			"response_url": p.s.newReplyURL(p, now.Channel, now),
		}
		if now.Only == "" {
			out["message"] = now.json() // Slack does not show the app an ephemeral message again
		}
		p.s.recordAct(now.Channel, now.ThreadTS, now.TS)
		return out
	}, true
}

// Click presses the button with that action_id, or with that label.
func (p *Person) Click(on Surface, button string) *Act {
	p.s.t.Helper()
	return p.use(on, button, func(e obj) (obj, error) {
		if member(e, "type") != "button" {
			return nil, fmt.Errorf("%s is a %s, not a button", button, member(e, "type"))
		}
		return obj{"text": e["text"], "value": member(e, "value")}, nil
	})
}

// Select chooses a value: of a select or a group of radio buttons by the
// option's value or label, of a date or time picker as it is, of a users or
// channels select by the id.
func (p *Person) Select(on Surface, actionID, value string) *Act {
	p.s.t.Helper()
	return p.use(on, actionID, func(e obj) (obj, error) { return p.chosen(e, value) })
}

// use sends block_actions for one element.
func (p *Person) use(on Surface, id string, action func(element obj) (obj, error)) *Act {
	p.s.t.Helper()
	p.interactive()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	block, e, names := p.find(on, id)
	done, err := action(e)
	if err != nil {
		p.s.t.Fatalf("slacktest: %v", err)
	}
	done = merged(done, obj{"type": e["type"], "action_id": e["action_id"], "block_id": block["block_id"], "action_ts": p.s.actionTS()})
	payload := merged(merged(p.interaction("block_actions"), names(p)), obj{"actions": []any{done}})
	return p.act("interactive", "block_actions "+member(e, "action_id"), payload, false, nil)
}

// find looks an element up on a surface, by its action_id or a button's label.
func (p *Person) find(on Surface, id string) (block, element obj, names func(*Person) obj) {
	p.s.t.Helper()
	blocks, names, ok := on.shown()
	if !ok {
		p.s.t.Fatalf("slacktest: what %s wants to use %q on is gone", p.Name, id)
	}
	var there []string
	for _, b := range blocks {
		block, _ := b.(obj)
		for _, e := range elementsOf(block) {
			label := member(object(e, "text"), "text")
			if member(e, "action_id") == id || label == id {
				return block, e, names
			}
			there = append(there, strings.TrimSpace(member(e, "action_id")+" "+label))
		}
	}
	p.s.t.Fatalf("slacktest: %s finds no %q; there is: %s", p.Name, id, strings.Join(there, ", "))
	return nil, nil, nil
}

// chosen is the state of an element once a value was chosen or typed. An
// external select takes what it last offered to the person, if it offered any.
func (p *Person) chosen(e obj, value string) (obj, error) {
	offers := p.offers[member(e, "action_id")]
	if member(e, "type") != "external_select" || len(offers) == 0 {
		return chosen(e, value)
	}
	for _, o := range offers {
		if o.Value == value || o.Label == value {
			return obj{"selected_option": obj{"text": obj{"type": "plain_text", "text": o.Label}, "value": o.Value}}, nil
		}
	}
	return nil, fmt.Errorf("%s did not offer %q but %v", member(e, "action_id"), value, offers)
}

func chosen(e obj, value string) (obj, error) {
	kind := member(e, "type")
	switch kind {
	case "static_select", "overflow", "radio_buttons":
		o, err := optionOf(e, value)
		return obj{"selected_option": o}, err
	case "external_select":
		return obj{"selected_option": obj{"text": obj{"type": "plain_text", "text": value}, "value": value}}, nil
	case "checkboxes", "multi_static_select":
		return chosenMany(e, value)
	case "users_select":
		return obj{"selected_user": value}, nil
	case "conversations_select":
		return obj{"selected_conversation": value}, nil
	case "channels_select":
		return obj{"selected_channel": value}, nil
	case "datepicker":
		return obj{"selected_date": value}, nil
	case "timepicker":
		return obj{"selected_time": value}, nil
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		return obj{"value": value}, nil
	}
	return nil, fmt.Errorf("slacktest does not know how a person uses a %s", kind)
}

// chosenMany takes several values, separated by commas; none for "".
func chosenMany(e obj, values string) (obj, error) {
	picked := []any{}
	for v := range strings.SplitSeq(values, ",") {
		if v == "" {
			continue
		}
		o, err := optionOf(e, v)
		if err != nil {
			return nil, err
		}
		picked = append(picked, o)
	}
	return obj{"selected_options": picked}, nil
}

func optionOf(e obj, value string) (obj, error) {
	all := list(e, "options")
	for _, g := range list(e, "option_groups") {
		group, _ := g.(obj)
		all = append(slices.Clone(all), list(group, "options")...)
	}
	var there []string
	for _, o := range all {
		o, _ := o.(obj)
		label := member(object(o, "text"), "text")
		if member(o, "value") == value || label == value {
			return o, nil
		}
		there = append(there, label)
	}
	return nil, fmt.Errorf("%s has no option %q; it has: %s", member(e, "action_id"), value, strings.Join(there, ", "))
}

// An Offer is an option that an external select shows.
type Offer struct{ Label, Value, Group string }

// Suggest types into an external select and returns what it then offers.
func (p *Person) Suggest(on Surface, actionID, typed string) []Offer {
	p.s.t.Helper()
	p.interactive()
	a := p.query(on, actionID, typed)
	if !a.Wait() {
		return nil
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	offers, f := readOffers(a.payload)
	if f != nil {
		p.s.violate(Rejected, fmt.Sprintf("answer to block_suggestion: %v", f.messages))
		p.trouble("the options could not be loaded")
	}
	p.offers[actionID] = offers
	return offers
}

// query sends block_suggestion. Slack asks only once as many characters were
// typed as min_query_length says, three without it.
func (p *Person) query(on Surface, actionID, typed string) *Act {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	block, e, names := p.find(on, actionID)
	least := 3
	if n, ok := e["min_query_length"].(float64); ok {
		least = int(n)
	}
	switch {
	case !strings.HasSuffix(member(e, "type"), "external_select"):
		p.s.t.Fatalf("slacktest: %s is a %s; only an external select asks for options", actionID, member(e, "type"))
	case len([]rune(typed)) < least:
		p.s.t.Fatalf("slacktest: Slack asks for options only from %d characters on; type more or set min_query_length", least)
	}
	payload := merged(merged(p.interaction("block_suggestion"), without(names(p), "response_url")), obj{
		"action_id": e["action_id"], "block_id": block["block_id"], "value": typed,
	})
	delete(payload, "trigger_id")
	return p.act("interactive", "block_suggestion "+actionID, payload, true, nil)
}

// readOffers reads and checks the options in an acknowledgement.
func readOffers(ack json.RawMessage) ([]Offer, *failure) {
	var answer obj
	if err := json.Unmarshal(ack, &answer); err != nil {
		return nil, fail("invalid_options", "no options in the acknowledgement")
	}
	c := newChecker(inModal)
	var out []Offer
	read := func(path, group string, options []any) {
		if len(options) > maxOptions {
			c.errorf(path, "no more than %d items allowed [input: %d]", maxOptions, len(options))
		}
		for i, v := range options {
			c.option(fmt.Sprintf("%s/%d", path, i), v, plainText)
			o, _ := v.(obj)
			out = append(out, Offer{member(object(o, "text"), "text"), member(o, "value"), group})
		}
	}
	read("/options", "", list(answer, "options"))
	for i, v := range list(answer, "option_groups") {
		g, _ := v.(obj)
		c.textObject(fmt.Sprintf("/option_groups/%d/label", i), g["label"], plainText, maxOptionText)
		read(fmt.Sprintf("/option_groups/%d/options", i), member(object(g, "label"), "text"), list(g, "options"))
	}
	if len(c.errs) > 0 {
		return nil, fail("invalid_options", c.errs...)
	}
	return out, nil
}
