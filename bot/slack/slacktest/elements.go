package slacktest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A place is where an element stands.
type place int

const (
	asAction place = iota
	asAccessory
	asInput
)

// An elementCheck checks the elements of one type.
type elementCheck struct {
	allowed [3]bool // in actions, as a section's accessory, in an input block
	run     func(c *checker, path string, e obj)
}

// elementChecks are the elements a bot of this kind may send, with where each
// may stand (docs.slack.dev/reference/block-kit/block-elements, November 2026).
func elementChecks() map[string]elementCheck {
	everywhere, buttons, inputs := [3]bool{true, true, true}, [3]bool{true, true, false}, [3]bool{false, false, true}
	return map[string]elementCheck{
		"button":                     {buttons, (*checker).button},
		"overflow":                   {buttons, (*checker).overflow},
		"image":                      {[3]bool{false, true, false}, (*checker).image},
		"static_select":              {everywhere, (*checker).staticSelect},
		"external_select":            {everywhere, (*checker).externalSelect},
		"multi_static_select":        {[3]bool{false, true, true}, (*checker).staticSelect},
		"multi_external_select":      {[3]bool{false, true, true}, (*checker).externalSelect},
		"users_select":               {everywhere, (*checker).placeholder},
		"conversations_select":       {everywhere, (*checker).placeholder},
		"channels_select":            {everywhere, (*checker).placeholder},
		"multi_users_select":         {[3]bool{false, true, true}, (*checker).placeholder},
		"multi_conversations_select": {[3]bool{false, true, true}, (*checker).placeholder},
		"multi_channels_select":      {[3]bool{false, true, true}, (*checker).placeholder},
		"checkboxes":                 {everywhere, (*checker).choiceOptions},
		"radio_buttons":              {everywhere, (*checker).choiceOptions},
		"datepicker":                 {everywhere, (*checker).placeholder},
		"timepicker":                 {everywhere, (*checker).placeholder},
		"plain_text_input":           {inputs, (*checker).textInput},
		"email_text_input":           {inputs, (*checker).placeholder},
		"url_text_input":             {inputs, (*checker).placeholder},
		"number_input":               {inputs, (*checker).placeholder},
	}
}

func (c *checker) element(path string, v any, where place) {
	e, ok := v.(obj)
	if !ok {
		c.errorf(path, "must be an element")
		return
	}
	kind := member(e, "type")
	check, known := elementChecks()[kind]
	switch {
	case !known:
		c.errorf(path+"/type", "unsupported type: %s", kind)
		return
	case !check.allowed[where]:
		c.errorf(path+"/type", "unsupported type in this block: %s", kind)
		return
	}
	c.unique(path+"/action_id", e, "action_id", c.actions)
	if e["focus_on_load"] == true {
		c.focus++
	}
	if confirm, ok := e["confirm"]; ok {
		c.confirm(path+"/confirm", confirm)
	}
	check.run(c, path, e)
}

func (c *checker) button(path string, e obj) {
	c.textObject(path+"/text", e["text"], plainText, maxButtonText)
	c.length(path+"/value", member(e, "value"), maxButtonValue)
	c.length(path+"/url", member(e, "url"), maxURL)
	c.length(path+"/accessibility_label", member(e, "accessibility_label"), maxButtonText)
	if style, ok := e["style"]; ok && !slices.Contains([]any{"primary", "danger"}, style) {
		c.errorf(path+"/style", "must be primary or danger [input: %v]", style)
	}
	if link := member(e, "url"); link != "" && !strings.Contains(link, ":") {
		c.errorf(path+"/url", "must be a valid URL [input: %s]", link)
	}
}

func (c *checker) overflow(path string, e obj) {
	c.options(path+"/options", list(e, "options"), maxOverflow, plainText)
}

func (c *checker) choiceOptions(path string, e obj) {
	c.options(path+"/options", list(e, "options"), maxChoiceOptions, anyText)
	c.initial(path, e, list(e, "options"))
}

func (c *checker) staticSelect(path string, e obj) {
	c.placeholder(path, e)
	groups, grouped := e["option_groups"].([]any)
	if !grouped {
		c.options(path+"/options", list(e, "options"), maxOptions, plainText)
		c.initial(path, e, list(e, "options"))
		return
	}
	var all []any
	if e["options"] != nil {
		c.errorf(path, "options and option_groups must not be given together")
	}
	if len(groups) == 0 || len(groups) > maxOptions {
		c.errorf(path+"/option_groups", "must have from 1 to %d items [input: %d]", maxOptions, len(groups))
	}
	for i, g := range groups {
		at := path + "/option_groups/" + strconv.Itoa(i)
		group, _ := g.(obj)
		c.textObject(at+"/label", group["label"], plainText, maxOptionText)
		c.options(at+"/options", list(group, "options"), maxOptions, plainText)
		all = append(all, list(group, "options")...)
	}
	c.initial(path, e, all)
}

func (c *checker) externalSelect(path string, e obj) {
	c.placeholder(path, e)
	if e["options"] != nil || e["option_groups"] != nil {
		c.errorf(path+"/options", "an external select has no options of its own")
	}
	if initial, ok := e["initial_option"]; ok {
		c.option(path+"/initial_option", initial, plainText)
	}
}

func (c *checker) placeholder(path string, e obj) {
	if p, ok := e["placeholder"]; ok {
		c.textObject(path+"/placeholder", p, plainText, maxPlaceholder)
	}
}

func (c *checker) textInput(path string, e obj) {
	c.placeholder(path, e)
	const longest = 3000 // docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element, November 2026
	most, given := e["max_length"].(float64)
	if given && (most < 1 || most > longest) {
		c.errorf(path+"/max_length", "must be from 1 to %d", longest)
	}
	if least, ok := e["min_length"].(float64); ok && (least > longest || given && least > most) {
		c.errorf(path+"/min_length", "must be no more than max_length and %d", longest)
	}
	if initial := member(e, "initial_value"); given && utf8.RuneCountInString(initial) > int(most) {
		c.errorf(path+"/initial_value", "must be less than %d characters", int(most)+1)
	}
}

func (c *checker) options(path string, options []any, most int, kind kindOfText) {
	if len(options) == 0 || len(options) > most {
		c.errorf(path, "must have from 1 to %d items [input: %d]", most, len(options))
	}
	for i, o := range options {
		c.option(path+"/"+strconv.Itoa(i), o, kind)
	}
}

func (c *checker) option(path string, v any, kind kindOfText) {
	o, ok := v.(obj)
	if !ok {
		c.errorf(path, "must be an option")
		return
	}
	c.textObject(path+"/text", o["text"], kind, maxOptionText)
	c.length(path+"/value", member(o, "value"), maxOptionValue)
	if member(o, "value") == "" {
		c.errorf(path+"/value", "must be more than 0 characters")
	}
	if d, ok := o["description"]; ok {
		c.textObject(path+"/description", d, kind, maxOptionText)
	}
}

// initial checks that what is chosen at first is one of the options.
func (c *checker) initial(path string, e obj, options []any) {
	known := make(map[string]bool)
	for _, o := range options {
		if o, ok := o.(obj); ok {
			known[member(o, "value")] = true
		}
	}
	chosen := list(e, "initial_options")
	if o, ok := e["initial_option"]; ok {
		chosen = append(slices.Clone(chosen), o)
	}
	for _, o := range chosen {
		if o, ok := o.(obj); !ok || !known[member(o, "value")] {
			c.errorf(path+"/initial_option", "must be one of the options")
		}
	}
}

// confirm checks a confirmation dialog.
func (c *checker) confirm(path string, v any) {
	o, ok := v.(obj)
	if !ok {
		c.errorf(path, "must be an object")
		return
	}
	c.textObject(path+"/title", o["title"], plainText, maxConfirmTitle)
	c.textObject(path+"/text", o["text"], anyText, maxConfirmText)
	c.textObject(path+"/confirm", o["confirm"], plainText, maxConfirmButton)
	c.textObject(path+"/deny", o["deny"], plainText, maxConfirmButton)
}
