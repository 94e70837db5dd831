package slacktest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Transcript is what people see in a channel, as text: author and words,
// replies under their message, buttons as [Label], and a note on what only one
// person sees. Mentions show names, links their label.
func (s *Server) Transcript(ch *Channel) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transcript(ch)
}

func (s *Server) transcript(ch *Channel) string {
	var b strings.Builder
	under := make(map[string]bool)
	for _, m := range ch.messages {
		under[m.TS] = true
	}
	for _, m := range ch.messages {
		if m.ThreadTS != "" && m.ThreadTS != m.TS && under[m.ThreadTS] {
			continue // shown below its parent
		}
		s.writeMessage(&b, m, "")
		for _, reply := range ch.messages {
			if reply.ThreadTS == m.TS && reply != m {
				s.writeMessage(&b, reply, "    ")
			}
		}
	}
	return b.String()
}

func (s *Server) writeMessage(b *strings.Builder, m *Message, indent string) {
	if m.deleted {
		return
	}
	team := m.Channel.Team
	note := ""
	if p := team.person(m.Only); p != nil {
		note = "(only " + p.Name + " sees this) "
	}
	lines := strings.Split(s.shown(m), "\n")
	b.WriteString(indent + note + s.nameOf(team, m.User) + ": " + lines[0] + "\n")
	for _, l := range lines[1:] {
		b.WriteString(strings.TrimRight(indent+"  "+l, " ") + "\n")
	}
	for _, f := range m.Files {
		b.WriteString(indent + "  (file: " + f + ")\n")
	}
}

// shown is what a message shows: its blocks, or its text when it has none.
func (s *Server) shown(m *Message) string {
	switch {
	case len(m.Blocks) > 0:
		return s.showBlocks(m.Channel.Team, m.Blocks)
	case m.markdown != "":
		return m.markdown
	}
	return s.plain(m.Channel.Team, m.Text)
}

// showBlocks draws blocks as text, one below the other.
func (s *Server) showBlocks(t *Team, blocks []any) string {
	var parts []string
	for _, b := range blocks {
		if block, ok := b.(obj); ok {
			parts = append(parts, s.showBlock(t, block))
		}
	}
	return strings.Join(parts, "\n")
}

func (s *Server) showBlock(t *Team, b obj) string {
	switch member(b, "type") {
	case "divider":
		return "────"
	case "header":
		return s.textOf(t, b["text"]) + "\n" + strings.Repeat("=", min(40, len([]rune(s.textOf(t, b["text"])))))
	case "context":
		return s.showAll(t, list(b, "elements"), " · ")
	case "actions":
		return s.showAll(t, list(b, "elements"), " ")
	case "image":
		return s.showElement(t, b)
	case "markdown":
		return member(b, "text")
	case "table":
		return showTable(b)
	case "rich_text":
		return flatten(b)
	case "input":
		return s.textOf(t, b["label"]) + ": " + s.showElement(t, object(b, "element"))
	}
	return s.showSection(t, b)
}

func (s *Server) showSection(t *Team, b obj) string {
	var parts []string
	if b["text"] != nil {
		parts = append(parts, s.textOf(t, b["text"]))
	}
	for _, f := range list(b, "fields") {
		parts = append(parts, s.textOf(t, f))
	}
	if accessory := object(b, "accessory"); accessory != nil {
		parts = append(parts, s.showElement(t, accessory))
	}
	return strings.Join(parts, "\n")
}

func (s *Server) showAll(t *Team, elements []any, between string) string {
	var parts []string
	for _, e := range elements {
		if o, ok := e.(obj); ok {
			parts = append(parts, s.showElement(t, o))
		}
	}
	return strings.Join(parts, between)
}

// showElement draws a button as [Label], a choice as [Placeholder ▾], a field
// for text as [____].
func (s *Server) showElement(t *Team, e obj) string {
	switch kind := member(e, "type"); {
	case kind == "mrkdwn" || kind == "plain_text":
		return s.textOf(t, e)
	case kind == "image":
		return "(image: " + member(e, "alt_text") + ")"
	case kind == "button":
		return "[" + s.textOf(t, e["text"]) + "]"
	case kind == "overflow":
		return "[⋯]"
	case strings.HasSuffix(kind, "_input"):
		return "[____]"
	case kind == "checkboxes" || kind == "radio_buttons":
		return s.showOptions(t, list(e, "options"))
	}
	return "[" + s.textOf(t, e["placeholder"]) + " ▾]"
}

func (s *Server) showOptions(t *Team, options []any) string {
	var parts []string
	for _, o := range options {
		if o, ok := o.(obj); ok {
			parts = append(parts, "( ) "+s.textOf(t, o["text"]))
		}
	}
	return strings.Join(parts, "  ")
}

func showTable(b obj) string {
	rows := list(b, "rows")
	lines := make([]string, len(rows))
	for n, r := range rows {
		cells, _ := r.([]any)
		row := make([]string, len(cells))
		for i, c := range cells {
			row[i] = flatten(c)
		}
		lines[n] = strings.Join(row, " | ")
	}
	return strings.Join(lines, "\n")
}

// flatten is the text inside a rich text or a cell.
func flatten(v any) string {
	switch v := v.(type) {
	case []any:
		var b strings.Builder
		for _, e := range v {
			b.WriteString(flatten(e))
		}
		return b.String()
	case obj:
		if text, ok := v["text"].(string); ok {
			return text
		}
		if value, ok := v["value"]; ok {
			return fmt.Sprint(value)
		}
		return flatten(v["elements"])
	}
	return ""
}

// textOf is what a text object shows; "" for what is none.
func (s *Server) textOf(t *Team, v any) string {
	o, _ := v.(obj)
	if member(o, "type") == "mrkdwn" {
		return s.plain(t, member(o, "text"))
	}
	return member(o, "text")
}

var token = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

// plain is a text with its tokens shown as people see them, and unescaped.
func (s *Server) plain(t *Team, text string) string {
	text = token.ReplaceAllStringFunc(text, func(match string) string {
		parts := token.FindStringSubmatch(match)
		return s.showToken(t, parts[1], parts[2])
	})
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}

func (s *Server) showToken(t *Team, target, label string) string {
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + s.nameOf(t, target[1:])
	case strings.HasPrefix(target, "#") && t.channel(target[1:]) != nil:
		return "#" + t.channel(target[1:]).Name
	case label != "":
		return label
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:]
	}
	return target
}

func (s *Server) nameOf(t *Team, user string) string {
	if p := t.person(user); p != nil {
		return p.Name
	}
	return user
}

// sprintJSON is a value as JSON on one line.
func sprintJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
