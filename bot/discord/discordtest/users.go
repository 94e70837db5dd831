package discordtest

import (
	"slices"
	"strings"
)

// Say posts a message of the user and returns it.
func (u *User) Say(ch *Channel, text string) Message { return u.post(ch, text, "") }

// Reply posts a message that answers another.
func (u *User) Reply(to Message, text string) Message {
	u.s.mu.Lock()
	ch := u.s.channels[to.ChannelID]
	u.s.mu.Unlock()
	if ch == nil {
		u.s.t.Fatalf("discordtest: %s replies to message %s, whose channel %s does not exist", u.Name, to.ID, to.ChannelID)
	}
	return u.post(ch, text, to.ID)
}

// DM posts a message into the user's direct chat with the bot.
func (u *User) DM(text string) Message { return u.post(u.DMChannel(), text, "") }

// post posts a message. Whoever writes to a bot whose message they answer
// mentions it, as Discord's client does.
func (u *User) post(ch *Channel, text, replyTo string) Message {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.newMessage(ch, u)
	m.Content, m.ReplyTo = text, replyTo
	for _, hit := range mention.FindAllStringSubmatch(text, -1) {
		if hit[1] != "&" && s.users[hit[2]] != nil && !slices.Contains(m.mentions, hit[2]) {
			m.mentions = append(m.mentions, hit[2])
		}
	}
	if to := ch.byID[replyTo]; to != nil {
		m.kind = typeReply
		if !slices.Contains(m.mentions, to.AuthorID) {
			m.mentions = append(m.mentions, to.AuthorID)
		}
	}
	u.acted(ch)
	ch.heard()
	s.append(ch, m)
	s.dispatchMessage("MESSAGE_CREATE", ch, m)
	return m.snapshot()
}

// Edit changes a message of the user.
func (u *User) Edit(m Message, text string) Message {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[m.ChannelID]
	if ch == nil || ch.byID[m.ID] == nil || m.AuthorID != u.ID {
		s.t.Fatalf("discordtest: %s cannot edit message %s", u.Name, m.ID)
	}
	own := ch.byID[m.ID]
	own.Content, own.Edited = text, true
	s.touch()
	s.dispatchMessage("MESSAGE_UPDATE", ch, own)
	return own.snapshot()
}

// Delete deletes a message of the user.
func (u *User) Delete(m Message) {
	u.s.mu.Lock()
	ch := u.s.channels[m.ChannelID]
	u.s.mu.Unlock()
	if ch != nil {
		ch.DeleteMessage(m.ID)
	}
}

// acted notes that the user has done something in the channel: what they wait for
// comes after it.
func (u *User) acted(ch *Channel) {
	if n := len(ch.messages); n > 0 {
		u.read[ch.ID] = ch.messages[n-1].ID
	}
}

// An Interaction is a command, a press or a submission of a user.
type Interaction struct {
	ID string

	s    *Server
	i    *interaction
	user *User
}

// Token is the interaction's token, for tests that are the bot themselves.
func (in *Interaction) Token() string { return in.i.token }

// An Arg is what a user has filled into an option of a command.
type Arg struct {
	Name  string
	Value any
}

// Opt fills an option. The value is a string, a whole number, a float or a bool;
// for a user, channel or role its id.
func Opt(name string, value any) Arg { return Arg{Name: name, Value: value} }

// Slash uses a slash command. A subcommand is named after its command, as in
// "streak show". It fails the test if the bot has not registered the command, or
// an option does not exist or is missing.
func (u *User) Slash(ch *Channel, name string, args ...Arg) *Interaction {
	u.s.t.Helper()
	i, err := u.command(kindCommand, ch, name, "", args)
	if err != "" {
		u.s.t.Fatalf("discordtest: /%s by %s in %v: %s", name, u.Name, ch, err)
	}
	return i
}

// Type types into the option focused of a slash command, which asks the bot for
// choices.
func (u *User) Type(ch *Channel, name, focused, text string, args ...Arg) *Interaction {
	u.s.t.Helper()
	i, err := u.command(kindAutocomplete, ch, name, focused, append(slices.Clone(args), Opt(focused, text)))
	if err != "" {
		u.s.t.Fatalf("discordtest: /%s by %s in %v: %s", name, u.Name, ch, err)
	}
	return i
}

// command makes the interaction of a slash command; the string says why not.
func (u *User) command(kind int, ch *Channel, name, focused string, args []Arg) (*Interaction, string) {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.Fields(name)
	cmd := s.usable(ch, CommandSlash, path[0])
	if cmd == nil {
		return nil, "no such command is offered here; registered are " + strings.Join(s.commandNames(ch), ", ")
	}
	f := filler{args: args, focused: focused, partial: kind == kindAutocomplete}
	options, fault := f.fill(cmd.Options, path[1:])
	if fault != "" {
		return nil, fault
	}
	i := s.newInteraction(kind, u, ch, "/"+name)
	i.command, i.focused = cmd, focused
	u.acted(ch)
	data := map[string]any{"id": cmd.ID, "name": cmd.Name, "type": cmd.Type}
	if len(options) > 0 {
		data["options"] = options
	}
	s.deliver(i, data)
	return &Interaction{ID: i.id, s: s, i: i, user: u}, ""
}

// commandNames is the slash commands that the channel offers.
func (s *Server) commandNames(ch *Channel) []string {
	var names []string
	sets := []*commandSet{s.commands}
	if ch.guild != nil {
		sets = append(sets, ch.guild.commands)
	}
	for _, cs := range sets {
		for _, c := range cs.list {
			names = append(names, "/"+c.Name)
		}
	}
	if len(names) == 0 {
		return []string{"none"}
	}
	return names
}

// MessageCommand uses a command of a message's context menu.
func (u *User) MessageCommand(m Message, name string) *Interaction {
	s := u.s
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[m.ChannelID]
	cmd := s.usable(ch, CommandMessage, name)
	if cmd == nil {
		s.t.Fatalf("discordtest: no message command %q is offered in %v", name, ch)
	}
	i := s.newInteraction(kindCommand, u, ch, "message command "+name)
	i.command = cmd
	u.acted(ch)
	s.deliver(i, map[string]any{
		"id": cmd.ID, "name": cmd.Name, "type": cmd.Type, "target_id": m.ID,
		"resolved": map[string]any{"messages": map[string]any{m.ID: s.messageJSON(ch, ch.byID[m.ID])}},
	})
	return &Interaction{ID: i.id, s: s, i: i, user: u}
}

// Click presses a button of a message as it is now. It fails the test if the
// message is gone, is not the user's to see, or has no such button.
func (u *User) Click(m Message, customID string) *Interaction {
	u.s.t.Helper()
	return u.use(m, customID, map[string]any{}, Button)
}

// Select chooses values in a menu of a message.
func (u *User) Select(m Message, customID string, values ...string) *Interaction {
	u.s.t.Helper()
	return u.use(m, customID, map[string]any{"values": emptyIfNil(values)},
		StringSelect, UserSelect, RoleSelect, MentionableSelect, ChannelSelect)
}

// use uses a component of one of the types.
func (u *User) use(m Message, customID string, data map[string]any, types ...int) *Interaction {
	s := u.s
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[m.ChannelID]
	now := ch.byID[m.ID]
	if now == nil || now.deleted || !u.canSee(now) {
		s.t.Fatalf("discordtest: %s cannot see message %s", u.Name, m.ID)
	}
	c, ok := findComponent(now.Components, customID)
	if !ok || !slices.Contains(types, c.Type) || c.Disabled {
		s.t.Fatalf("discordtest: %s cannot use %q; the message is\n%s", u.Name, customID, s.render(now))
	}
	if fault := c.rejects(data["values"]); fault != "" {
		s.t.Fatalf("discordtest: %s cannot choose in %q: %s", u.Name, customID, fault)
	}
	i := s.newInteraction(kindComponent, u, ch, "component "+customID)
	i.message = now
	u.acted(ch)
	data["custom_id"], data["component_type"], data["id"] = customID, c.Type, c.ID
	s.deliver(i, data)
	return &Interaction{ID: i.id, s: s, i: i, user: u}
}

// rejects says why a menu does not let one choose the values; empty if it does.
func (c *Component) rejects(values any) string {
	chosen, isMenu := values.([]string)
	if !isMenu {
		return ""
	}
	low, high := 1, 1
	if c.MinValues != nil {
		low = *c.MinValues
	}
	if c.MaxValues != nil {
		high = *c.MaxValues
	}
	if len(chosen) < low || len(chosen) > high {
		return "the number of values is not within min_values and max_values"
	}
	for _, v := range chosen {
		if c.Type == StringSelect && !slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == v }) {
			return "there is no option " + v
		}
	}
	return ""
}

// SubmitModal submits the modal that an interaction was answered with, with texts
// by custom id.
func (u *User) SubmitModal(from *Interaction, values map[string]string) *Interaction {
	s := u.s
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	modal := from.i.modal
	if modal == nil {
		s.t.Fatalf("discordtest: %s has no modal to submit; wait for it with WaitModal", u.Name)
	}
	if fault := modal.rejects(values); fault != "" {
		s.t.Fatalf("discordtest: modal %q cannot be submitted: %s", modal.CustomID, fault)
	}
	i := s.newInteraction(kindModal, u, from.i.ch, "modal "+modal.CustomID)
	i.message = from.i.message
	u.acted(i.ch)
	s.deliver(i, map[string]any{"custom_id": modal.CustomID, "components": modal.submitted(values)})
	return &Interaction{ID: i.id, s: s, i: i, user: u}
}

// Sees is what the user sees in the channel, oldest first: nobody else's
// ephemeral messages.
func (u *User) Sees(ch *Channel) []Message {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	return ch.visible(u.canSee)
}

func (u *User) canSee(m *Message) bool { return !m.Ephemeral() || m.SeenBy == u.ID }
