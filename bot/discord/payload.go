package discord

import (
	"encoding/json"
	"strconv"
)

// These are Discord's objects as far as the mentor reads them, and no further: a
// field of a new type elsewhere in an event cannot make it unreadable.

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

type member struct {
	User        *user    `json:"user"`
	Nick        string   `json:"nick"`
	Roles       []string `json:"roles"`
	Permissions string   `json:"permissions"` // with interactions only
}

// nameOf is the name that others see.
func nameOf(u *user, m *member) string {
	switch {
	case m != nil && m.Nick != "":
		return m.Nick
	case u == nil:
		return ""
	case u.GlobalName != "":
		return u.GlobalName
	}
	return u.Username
}

// Permissions (Discord's table of August 2026).
const (
	permAdministrator  = 1 << 3
	permManageGuild    = 1 << 5
	permManageMessages = 1 << 13
)

func permissionsIn(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// has reports whether permissions include one; an administrator's include all.
func has(permissions, one int64) bool { return permissions&(one|permAdministrator) != 0 }

type message struct {
	ID        string  `json:"id"`
	ChannelID string  `json:"channel_id"`
	GuildID   string  `json:"guild_id"`
	Type      int     `json:"type"`
	Content   string  `json:"content"`
	Author    *user   `json:"author"`
	Member    *member `json:"member"`
	WebhookID string  `json:"webhook_id"`
	Mentions  []user  `json:"mentions"`
}

// Types of channels: threads have a channel they belong to.
const (
	channelNews      = 5
	newsThread       = 10
	publicThread     = 11
	privateThread    = 12
	channelText      = 0
	messageDefault   = 0
	messageReply     = 19
	contextBotDirect = 1
)

type channel struct {
	ID       string `json:"id"`
	Type     int    `json:"type"`
	ParentID string `json:"parent_id"`
	OwnerID  string `json:"owner_id"` // of a thread: who opened it
	Position int    `json:"position"`
}

func (c channel) isThread() bool {
	return c.Type == newsThread || c.Type == publicThread || c.Type == privateThread
}

type role struct {
	ID          string `json:"id"`
	Permissions string `json:"permissions"`
}

type guild struct {
	ID            string    `json:"id"`
	OwnerID       string    `json:"owner_id"`
	SystemChannel string    `json:"system_channel_id"`
	Unavailable   bool      `json:"unavailable"`
	Roles         []role    `json:"roles"`
	Channels      []channel `json:"channels"`
	Threads       []channel `json:"threads"`
}

type ready struct {
	User        user    `json:"user"`
	Guilds      []guild `json:"guilds"`
	Application struct {
		ID string `json:"id"`
	} `json:"application"`
}

// Types of interactions.
const (
	usedCommand   = 2
	usedComponent = 3
	typing        = 4
	submittedForm = 5
)

type interaction struct {
	ID            string          `json:"id"`
	ApplicationID string          `json:"application_id"`
	Type          int             `json:"type"`
	Token         string          `json:"token"`
	GuildID       string          `json:"guild_id"`
	ChannelID     string          `json:"channel_id"`
	Channel       *channel        `json:"channel"`
	Context       *int            `json:"context"`
	Member        *member         `json:"member"`
	User          *user           `json:"user"`
	Message       *message        `json:"message"`
	Data          interactionData `json:"data"`
}

type interactionData struct {
	Name     string   `json:"name"`
	Type     int      `json:"type"`
	Options  []option `json:"options"`
	CustomID string   `json:"custom_id"`
	Values   []string `json:"values"`
	TargetID string   `json:"target_id"`
	Resolved struct {
		Messages map[string]target `json:"messages"`
	} `json:"resolved"`
	Components []filledIn `json:"components"` // of a form
}

// A target is a message whose menu was used.
type target struct {
	Content          string `json:"content"`
	MessageReference *struct {
		MessageID string `json:"message_id"`
	} `json:"message_reference"`
	ReferencedMessage *struct {
		Content string `json:"content"`
	} `json:"referenced_message"`
}

type option struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []option        `json:"options"`
}

// text is an option's value in words.
func (o option) text() string {
	var s string
	if err := json.Unmarshal(o.Value, &s); err == nil {
		return s
	}
	return string(o.Value) // a number or a bool is written as it is said
}

// caller is who used an interaction: a member in a guild, a user elsewhere.
func (i *interaction) caller() (*user, *member) {
	if i.Member != nil && i.Member.User != nil {
		return i.Member.User, i.Member
	}
	return i.User, nil
}

// isDirect reports whether it was used in the direct chat with the bot, where
// nobody else reads along.
func (i *interaction) isDirect() bool {
	if i.Context != nil {
		return *i.Context == contextBotDirect
	}
	return i.GuildID == ""
}
