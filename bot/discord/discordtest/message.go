package discordtest

import (
	"slices"
	"time"
)

// Bits of a message's flags.
const (
	FlagSuppressEmbeds        = 1 << 2
	FlagEphemeral             = 1 << 6
	FlagLoading               = 1 << 7
	FlagSuppressNotifications = 1 << 12
	FlagComponentsV2          = 1 << 15
)

// Types of messages that the fake makes.
const (
	typeDefault     = 0
	typeThreadMade  = 18
	typeReply       = 19
	typeSlashAnswer = 20
	typeMenuAnswer  = 23
)

// A Message is a message as it was when it was read; it does not change with the
// original.
type Message struct {
	ID          string
	ChannelID   string
	GuildID     string // empty in a direct chat
	AuthorID    string
	Author      string // the name shown
	FromBot     bool   // by the bot under test
	Content     string
	Embeds      []Embed
	Components  []Component
	Attachments []Attachment
	Flags       int
	ReplyTo     string // the id of the message it answers, or empty
	Reactions   []string
	At          time.Time
	Edited      bool
	SeenBy      string // the one user who sees an ephemeral message; empty for everyone
	Nonce       string

	kind        int
	everyone    bool     // pinged
	mentions    []string // ids of people
	roles       []string // ids of roles
	interaction string   // the interaction it answers
	deleted     bool
	oldEdits    []time.Time // edits later than an hour after it was sent
}

// Ephemeral reports whether only one person sees the message.
func (m *Message) Ephemeral() bool { return m.Flags&FlagEphemeral != 0 }

// Loading reports whether the message still reads "is thinking…".
func (m *Message) Loading() bool { return m.Flags&FlagLoading != 0 }

// isV2 reports whether the message is made of the newer components alone.
func (m *Message) isV2() bool { return m.Flags&FlagComponentsV2 != 0 }

// snapshot is a copy that shares nothing that changes.
func (m *Message) snapshot() Message {
	c := *m
	c.Reactions = slices.Clone(m.Reactions)
	return c
}

// An Embed is a framed card in a message.
type Embed struct {
	Type        string       `json:"type,omitempty"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Color       int          `json:"color,omitempty"`
	Footer      *EmbedText   `json:"footer,omitempty"`
	Author      *EmbedText   `json:"author,omitempty"`
	Image       *Media       `json:"image,omitempty"`
	Thumbnail   *Media       `json:"thumbnail,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
}

// An EmbedText is the footer, which has a text, or the author, who has a name.
type EmbedText struct {
	Text    string `json:"text,omitempty"`
	Name    string `json:"name,omitempty"`
	URL     string `json:"url,omitempty"`
	IconURL string `json:"icon_url,omitempty"`
}

// An EmbedField is a heading and a text.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// Media is a picture or file by address; attachment://name is one that came
// with the message.
type Media struct {
	URL string `json:"url"`
}

// An Attachment is a file that came with a message.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`

	// Data is what was uploaded.
	Data []byte `json:"-"`
}

// Types of components, from the component reference.
const (
	ActionRow         = 1
	Button            = 2
	StringSelect      = 3
	TextInput         = 4
	UserSelect        = 5
	RoleSelect        = 6
	MentionableSelect = 7
	ChannelSelect     = 8
	Section           = 9
	TextDisplay       = 10
	Thumbnail         = 11
	MediaGallery      = 12
	FileComponent     = 13
	Separator         = 14
	Container         = 17
	Label             = 18
)

// styleLink is the style of a button that opens an address; stylePremium of one
// that opens a shop.
const (
	styleLink    = 5
	stylePremium = 6
)

// A Component is any component: which fields mean something depends on its type.
type Component struct {
	Type        int            `json:"type"`
	ID          int            `json:"id,omitempty"`
	CustomID    string         `json:"custom_id,omitempty"`
	Style       int            `json:"style,omitempty"`
	Label       string         `json:"label,omitempty"`
	Description string         `json:"description,omitempty"`
	Emoji       *Emoji         `json:"emoji,omitempty"`
	URL         string         `json:"url,omitempty"`
	SKU         string         `json:"sku_id,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	MinValues   *int           `json:"min_values,omitempty"`
	MaxValues   *int           `json:"max_values,omitempty"`
	MinLength   *int           `json:"min_length,omitempty"`
	MaxLength   *int           `json:"max_length,omitempty"`
	Required    *bool          `json:"required,omitempty"`
	Value       string         `json:"value,omitempty"`
	Options     []SelectOption `json:"options,omitempty"`
	Content     string         `json:"content,omitempty"`
	Media       *Media         `json:"media,omitempty"`
	File        *Media         `json:"file,omitempty"`
	Items       []GalleryItem  `json:"items,omitempty"`
	Divider     *bool          `json:"divider,omitempty"`
	Spacing     int            `json:"spacing,omitempty"`
	AccentColor *int           `json:"accent_color,omitempty"`
	Spoiler     bool           `json:"spoiler,omitempty"`
	Components  []Component    `json:"components,omitempty"`
	Accessory   *Component     `json:"accessory,omitempty"`
	Component   *Component     `json:"component,omitempty"` // of a label
}

// An Emoji is a Unicode emoji by name, or a server's own by id.
type Emoji struct {
	ID       string `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Animated bool   `json:"animated,omitempty"`
}

// A SelectOption is one choice of a menu.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Emoji       *Emoji `json:"emoji,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// A GalleryItem is one picture of a gallery.
type GalleryItem struct {
	Media       Media  `json:"media"`
	Description string `json:"description,omitempty"`
	Spoiler     bool   `json:"spoiler,omitempty"`
}

// walk calls f for each component of a tree, parents first, until f returns false.
func walk(components []Component, f func(*Component) bool) bool {
	for i := range components {
		c := &components[i]
		if !f(c) || !walk(c.Components, f) {
			return false
		}
		for _, one := range []*Component{c.Accessory, c.Component} {
			if one != nil && (!f(one) || !walk(one.Components, f)) {
				return false
			}
		}
	}
	return true
}

// Find is the component with that custom id.
func (m *Message) Find(customID string) (Component, bool) {
	return findComponent(m.Components, customID)
}

// findComponent is the component of a tree with that custom id.
func findComponent(components []Component, customID string) (Component, bool) {
	var found *Component
	walk(components, func(c *Component) bool {
		if c.CustomID == customID {
			found = c
		}
		return found == nil
	})
	if found == nil {
		return Component{}, false
	}
	return *found, true
}

// Buttons is the custom ids of the message's buttons that can be pressed, as a
// reader meets them.
func (m *Message) Buttons() []string {
	var ids []string
	walk(m.Components, func(c *Component) bool {
		if c.Type == Button && c.CustomID != "" && !c.Disabled {
			ids = append(ids, c.CustomID)
		}
		return true
	})
	return ids
}
