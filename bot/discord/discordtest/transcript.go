package discordtest

import (
	"fmt"
	"strings"
)

// A TranscriptOption chooses what a transcript shows.
type TranscriptOption func(*transcriptView)

type transcriptView struct{ user *User }

// For shows what the user sees: nobody else's ephemeral messages.
func For(u *User) TranscriptOption { return func(v *transcriptView) { v.user = u } }

// Transcript is the channel as text, as people see it: who said what, embeds and
// components in order, buttons as [Label], ephemeral messages marked. It has no
// ids and no times, so that it is the same in every run.
func (s *Server) Transcript(channelID string, opts ...TranscriptOption) string {
	var view transcriptView
	for _, o := range opts {
		o(&view)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channelID]
	if ch == nil {
		return ""
	}
	var b strings.Builder
	for _, m := range ch.messages {
		if !m.deleted && (view.user == nil || view.user.canSee(m)) {
			b.WriteString(s.render(m))
		}
	}
	return b.String()
}

// render is one message as text.
func (s *Server) render(m *Message) string {
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, strings.Split(fmt.Sprintf(format, args...), "\n")...)
	}
	if m.Loading() {
		add("(is thinking…)")
	}
	if m.Content != "" {
		add("%s", s.readable(m.Content))
	}
	for _, e := range m.Embeds {
		add("%s", indent(s.renderEmbed(e), "| "))
	}
	for _, c := range m.Components {
		add("%s", s.renderComponent(c))
	}
	for _, a := range m.Attachments {
		add("(file %s, %d bytes)", a.Filename, a.Size)
	}
	if len(m.Reactions) > 0 {
		add("(%s)", strings.Join(m.Reactions, " "))
	}
	name := m.Author
	if m.FromBot {
		name += " [bot]"
	}
	if m.Ephemeral() {
		name += fmt.Sprintf(" (only %s sees this)", s.user(m.SeenBy).Name)
	}
	if m.Edited && !m.FromBot {
		name += " (edited)"
	}
	return name + "\n" + indent(strings.Join(lines, "\n"), "  ") + "\n"
}

// readable shows mentions as names.
func (s *Server) readable(text string) string {
	return mention.ReplaceAllStringFunc(text, func(hit string) string {
		parts := mention.FindStringSubmatch(hit)
		if parts[1] == "&" {
			return hit
		}
		return "@" + s.user(parts[2]).Name
	})
}

func (s *Server) renderEmbed(e Embed) string {
	var lines []string
	add := func(text string) {
		if text != "" {
			lines = append(lines, s.readable(text))
		}
	}
	if e.Author != nil {
		add(e.Author.Name)
	}
	if e.Title != "" {
		add("**" + e.Title + "**")
	}
	add(e.Description)
	for _, f := range e.Fields {
		add(f.Name + ": " + f.Value)
	}
	for _, picture := range []*Media{e.Image, e.Thumbnail} {
		if picture != nil {
			add("(picture " + picture.URL + ")")
		}
	}
	if e.Footer != nil {
		add("— " + e.Footer.Text)
	}
	return strings.Join(lines, "\n")
}

// renderComponent is a component as text: a row on one line, a container behind a
// bar.
func (s *Server) renderComponent(c Component) string {
	switch c.Type {
	case ActionRow:
		return strings.Join(s.renderAll(c.Components), " ")
	case Button:
		return renderButton(c)
	case TextDisplay:
		return s.readable(c.Content)
	case Section:
		text := strings.Join(s.renderAll(c.Components), "\n")
		if c.Accessory != nil {
			text += "  " + s.renderComponent(*c.Accessory)
		}
		return text
	case Container:
		return indent(strings.Join(s.renderAll(c.Components), "\n"), "┃ ")
	case Separator:
		return "────"
	case MediaGallery:
		var pictures []string
		for _, item := range c.Items {
			pictures = append(pictures, "(picture "+item.Media.URL+")")
		}
		return strings.Join(pictures, " ")
	case Thumbnail:
		return "(picture " + mediaURL(c.Media) + ")"
	case FileComponent:
		return "(file " + mediaURL(c.File) + ")"
	case TextInput:
		return "[" + c.Label + ": ____]"
	case Label:
		return c.Label
	}
	return renderMenu(c)
}

func (s *Server) renderAll(list []Component) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = s.renderComponent(c)
	}
	return out
}

func renderButton(c Component) string {
	label := c.Label
	if c.Emoji != nil {
		label = strings.TrimSpace(c.Emoji.Name + " " + label)
	}
	if c.URL != "" {
		label += " ↗"
	}
	if c.Disabled {
		return "(" + label + ")"
	}
	return "[" + label + "]"
}

func renderMenu(c Component) string {
	names := make([]string, len(c.Options))
	for i, o := range c.Options {
		names[i] = o.Label
		if o.Default {
			names[i] = "*" + o.Label
		}
	}
	return fmt.Sprintf("[%s ▾ %s]", c.Placeholder, strings.Join(names, " · "))
}

func mediaURL(m *Media) string {
	if m == nil {
		return ""
	}
	return m.URL
}
