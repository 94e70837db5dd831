package discordtest

import (
	"slices"
	"time"
)

// Types of commands.
const (
	CommandSlash   = 1
	CommandUser    = 2
	CommandMessage = 3
)

// Types of options.
const (
	OptionSubcommand = 1
	OptionGroup      = 2
	OptionString     = 3
	OptionInteger    = 4
	OptionBoolean    = 5
	OptionUser       = 6
	OptionChannel    = 7
	OptionNumber     = 10
	optionAttachment = 11
)

// A Command is a command as the bot registered it.
type Command struct {
	ID                       string            `json:"id"`
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
	Contexts                 []int             `json:"contexts,omitempty"`
	IntegrationTypes         []int             `json:"integration_types,omitempty"`
	DMPermission             *bool             `json:"dm_permission,omitempty"`
	NSFW                     bool              `json:"nsfw"`
	MemberPermissions        any               `json:"default_member_permissions"`

	ApplicationID string `json:"application_id"`
	GuildID       string `json:"guild_id,omitempty"`
	Version       string `json:"version"`
}

// A CommandOption is one thing a command asks for, or a subcommand.
type CommandOption struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	Choices                  []Choice          `json:"choices,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
	MinLength                *int              `json:"min_length,omitempty"`
	MaxLength                *int              `json:"max_length,omitempty"`
	MinValue                 *float64          `json:"min_value,omitempty"`
	MaxValue                 *float64          `json:"max_value,omitempty"`
}

// A Choice is a choice of an option, or one that autocomplete offers.
type Choice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             any               `json:"value"`
}

// A commandSet is the commands of one scope: global, or a guild.
type commandSet struct {
	list    []*Command
	creates []time.Time
}

func newCommandSet() *commandSet { return &commandSet{} }

// find is the command that the test's match says, or nil.
func (cs *commandSet) find(match func(*Command) bool) *Command {
	if i := slices.IndexFunc(cs.list, match); i >= 0 {
		return cs.list[i]
	}
	return nil
}

// named is the command of that type and name, or nil.
func (cs *commandSet) named(kind int, name string) *Command {
	return cs.find(func(c *Command) bool { return c.Type == kind && c.Name == name })
}

// mayCreate counts n creates and reports whether they are within the day's 200.
func (cs *commandSet) mayCreate(n int, now time.Time) bool {
	cs.creates = within(cs.creates, 24*time.Hour, now)
	if len(cs.creates)+n > maxCreatesPerDay {
		return false
	}
	for range n {
		cs.creates = append(cs.creates, now)
	}
	return true
}

// Commands is the bot's global commands.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands.copies()
}

// Commands is the bot's commands in this guild alone.
func (g *Guild) Commands() []Command {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.commands.copies()
}

func (cs *commandSet) copies() []Command {
	out := make([]Command, len(cs.list))
	for i, c := range cs.list {
		out[i] = *c
	}
	return out
}

// usable is the command of that type and name that a user in the channel is
// offered, or nil. A guild's own command comes before a global one.
func (s *Server) usable(ch *Channel, kind int, name string) *Command {
	if ch.guild != nil {
		if c := ch.guild.commands.named(kind, name); c != nil {
			return c
		}
	}
	c := s.commands.named(kind, name)
	foreign := ch.guild != nil && ch.guild.foreign
	if c == nil || !c.offeredIn(ch) || foreign && !slices.Contains(c.IntegrationTypes, 1) {
		return nil
	}
	return c
}

// offeredIn reports whether a global command's contexts include the channel: 0 is
// a guild, 1 the bot's direct chats.
func (c *Command) offeredIn(ch *Channel) bool {
	if ch.kind == channelDM && c.Contexts == nil {
		return c.DMPermission == nil || *c.DMPermission
	}
	context := 0
	if ch.kind == channelDM {
		context = 1
	}
	return c.Contexts == nil || slices.Contains(c.Contexts, context)
}
