package discordtest

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// A filler fills the options of a command as Discord's client does, which lets
// nobody send what the command does not take.
type filler struct {
	args    []Arg
	focused string
	partial bool // autocomplete: required options may be missing
}

// fill is the options of an interaction; the string says what is wrong.
func (f *filler) fill(options []CommandOption, path []string) ([]any, string) {
	if len(path) > 0 {
		o, ok := findOption(options, path[0])
		if !ok || o.Type != OptionSubcommand && o.Type != OptionGroup {
			return nil, "there is no subcommand " + path[0]
		}
		inside, fault := f.fill(o.Options, path[1:])
		return []any{map[string]any{"type": o.Type, "name": o.Name, "options": emptyIfNil(inside)}}, fault
	}
	var out []any
	for _, a := range f.args {
		o, ok := findOption(options, a.Name)
		if !ok {
			return nil, "there is no option " + a.Name
		}
		filled, fault := f.one(o, a)
		if fault != "" {
			return nil, fault
		}
		out = append(out, filled)
	}
	return out, f.missing(options)
}

// one is one filled option.
func (f *filler) one(o CommandOption, a Arg) (map[string]any, string) {
	b := map[string]any{"type": o.Type, "name": o.Name, "value": a.Value}
	if f.partial {
		if o.Name == f.focused {
			b["focused"] = true
		}
		return b, ""
	}
	if !o.takes(a.Value) {
		return nil, fmt.Sprintf("option %s does not take %v", o.Name, a.Value)
	}
	return b, ""
}

// takes reports whether a value is of the option's type, within its bounds, and
// among its choices.
func (o *CommandOption) takes(v any) bool {
	if len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c Choice) bool { return fmt.Sprint(c.Value) == fmt.Sprint(v) }) {
		return false
	}
	switch v := v.(type) {
	case string:
		n := utf8.RuneCountInString(v)
		number := o.Type == OptionInteger || o.Type == OptionNumber || o.Type == OptionBoolean
		return !number && (o.MinLength == nil || n >= *o.MinLength) && (o.MaxLength == nil || n <= *o.MaxLength) && n <= maxOptionLength
	case bool:
		return o.Type == OptionBoolean
	case int:
		return (o.Type == OptionInteger || o.Type == OptionNumber) && o.within(float64(v))
	case float64:
		return o.Type == OptionNumber && o.within(v)
	}
	return false
}

func (o *CommandOption) within(v float64) bool {
	return (o.MinValue == nil || v >= *o.MinValue) && (o.MaxValue == nil || v <= *o.MaxValue)
}

// missing says which required option is not filled.
func (f *filler) missing(options []CommandOption) string {
	for _, o := range options {
		filled := slices.ContainsFunc(f.args, func(a Arg) bool { return a.Name == o.Name })
		if o.Required && !filled && !f.partial {
			return "the required option " + o.Name + " is missing"
		}
		if o.Type == OptionSubcommand || o.Type == OptionGroup {
			return "a subcommand must be named"
		}
	}
	return ""
}

// findOption is the option of that name, looked for in subcommands too.
func findOption(options []CommandOption, name string) (CommandOption, bool) {
	for _, o := range options {
		if o.Name == name {
			return o, true
		}
	}
	for _, o := range options {
		if inside, ok := findOption(o.Options, name); ok {
			return inside, true
		}
	}
	return CommandOption{}, false
}

// rejects says why a modal does not take the texts; empty if it does.
func (m *Modal) rejects(values map[string]string) string {
	fault := ""
	known := map[string]bool{}
	walk(m.Components, func(c *Component) bool {
		if c.CustomID == "" {
			return true
		}
		known[c.CustomID] = true
		text := values[c.CustomID]
		n := utf8.RuneCountInString(text)
		required := c.Required == nil || *c.Required
		switch {
		case required && text == "":
			fault = c.CustomID + " is required"
		case text != "" && c.MinLength != nil && n < *c.MinLength, c.MaxLength != nil && n > *c.MaxLength, n > maxInputText:
			fault = c.CustomID + " is too short or too long"
		}
		return fault == ""
	})
	for id := range values {
		if !known[id] && fault == "" {
			fault = "there is no input " + id
		}
	}
	return fault
}

// submitted is the components of a modal with what was filled in.
func (m *Modal) submitted(values map[string]string) []any {
	out := []any{}
	for _, part := range m.Components {
		switch {
		case part.Type == ActionRow && len(part.Components) > 0:
			out = append(out, map[string]any{"type": ActionRow, "id": part.ID, "components": []any{filled(part.Components[0], values)}})
		case part.Type == Label && part.Component != nil:
			out = append(out, map[string]any{"type": Label, "id": part.ID, "component": filled(*part.Component, values)})
		}
	}
	return out
}

// filled is one component with its text, or the values of a menu.
func filled(c Component, values map[string]string) map[string]any {
	b := map[string]any{"type": c.Type, "id": c.ID, "custom_id": c.CustomID}
	if c.Type == TextInput {
		b["value"] = values[c.CustomID]
	} else {
		b["values"] = []string{values[c.CustomID]}
	}
	return b
}
