package discordtest

import (
	"slices"
	"time"
)

// Bits of permissions, from the documentation's table.
const (
	PermAddReactions     = 1 << 6
	PermViewChannel      = 1 << 10
	PermSendMessages     = 1 << 11
	PermManageMessages   = 1 << 13
	PermEmbedLinks       = 1 << 14
	PermAttachFiles      = 1 << 15
	PermReadHistory      = 1 << 16
	PermMentionEveryone  = 1 << 17
	PermCreateThreads    = 1 << 35
	PermSendInThreads    = 1 << 38
	PermPinMessages      = 1 << 51
	permsInDirectChat    = PermAddReactions | PermViewChannel | PermSendMessages | PermEmbedLinks | PermAttachFiles | PermReadHistory
	permissionsOfInvite  = PermViewChannel | PermSendMessages | PermEmbedLinks | PermReadHistory | PermSendInThreads
	permissionsOfMembers = permissionsOfInvite | PermAddReactions | PermAttachFiles | PermCreateThreads
)

// Types of channels.
const (
	channelText   = 0
	channelDM     = 1
	channelThread = 11
)

// A Guild is a server with the bot in it.
type Guild struct {
	ID     string
	Name   string
	Locale string

	s        *Server
	channels []*Channel
	members  []*Member
	roles    []*Role
	commands *commandSet
	made     time.Time
	foreign  bool // the bot is not in it
}

// A Member is a user in a guild.
type Member struct {
	User        *User
	Permissions int64

	roles  []string
	joined time.Time
}

// A Role is a role that can be mentioned.
type Role struct {
	ID          string
	Name        string
	Mentionable bool
}

// A Channel is a text channel, a thread or a direct chat.
type Channel struct {
	ID   string
	Name string

	s           *Server
	guild       *Guild // nil for a direct chat
	kind        int
	parent      *Channel // of a thread
	with        *User    // of a direct chat
	permissions int64    // of the bot
	deleted     bool
	locked      bool
	archived    bool
	autoArchive int64
	messages    []*Message
	byID        map[string]*Message
	credit      int                 // inputs that nothing was sent for yet; see duplicates.go
	sends       map[string]sentOnce // by nonce
	bodies      map[string][]sentBody
}

// A User is a person whom the test moves.
type User struct {
	ID     string
	Name   string
	Locale string

	s         *Server
	dmsClosed bool
	dm        *Channel
	read      map[string]string // per channel, the id of the last message that a wait has returned
}

// AddGuild adds a guild with the bot in it. A connected bot is told.
func (s *Server) AddGuild(name string) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addGuild(s.newID(), name)
}

func (s *Server) addGuild(id, name string) *Guild {
	g := &Guild{ID: id, Name: name, Locale: "en-US", s: s, commands: newCommandSet(), made: s.Now()}
	g.roles = []*Role{{ID: g.ID, Name: "@everyone"}}
	g.members = []*Member{{User: s.bot, Permissions: s.permissions, joined: s.Now()}}
	s.guilds = append(s.guilds, g)
	s.dispatch(event{name: "GUILD_CREATE", intent: intentGuilds, guild: g.ID, data: g.asJSON()})
	return g
}

// AddForeignGuild adds a guild without the bot, where people use the commands
// that they have installed for themselves. The bot hears nothing of it but
// interactions, and sees none of its channels.
func (s *Server) AddForeignGuild(name string) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Guild{ID: s.newID(), Name: name, Locale: "en-US", s: s, commands: newCommandSet(), made: s.Now(), foreign: true}
}

// Remove takes the bot out of the guild.
func (g *Guild) Remove() {
	s := g.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guilds = slices.DeleteFunc(s.guilds, func(o *Guild) bool { return o == g })
	for _, c := range g.channels {
		c.deleted = true
	}
	s.dispatch(event{name: "GUILD_DELETE", intent: intentGuilds, guild: g.ID, data: map[string]any{"id": g.ID}})
}

// SetLocale sets the guild's language.
func (g *Guild) SetLocale(locale string) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.Locale = locale
}

// AddChannel adds a text channel in which the bot has the permissions it was
// invited with.
func (g *Guild) AddChannel(name string) *Channel {
	s := g.s
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.newChannel(channelText, name)
	c.guild = g
	g.channels = append(g.channels, c)
	if g.foreign {
		return c
	}
	c.permissions = s.permissions
	s.dispatch(event{name: "CHANNEL_CREATE", intent: intentGuilds, guild: g.ID, data: c.asJSON()})
	return c
}

// AddRole adds a role that can be mentioned if mentionable is set.
func (g *Guild) AddRole(name string, mentionable bool) *Role {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	r := &Role{ID: g.s.newID(), Name: name, Mentionable: mentionable}
	g.roles = append(g.roles, r)
	return r
}

// AddUser adds a new user who is a member.
func (g *Guild) AddUser(name string) *User {
	u := g.s.AddUser(name)
	g.Join(u)
	return u
}

// Join makes a user a member.
func (g *Guild) Join(u *User) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if g.member(u.ID) == nil {
		g.members = append(g.members, &Member{User: u, Permissions: permissionsOfMembers, joined: g.s.Now()})
	}
}

// Grant lets a member do more than members may. Interactions of theirs say so.
func (g *Guild) Grant(u *User, permissions int64) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if m := g.member(u.ID); m != nil {
		m.Permissions |= permissions
	}
}

// Give gives a member a role.
func (g *Guild) Give(u *User, r *Role) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if m := g.member(u.ID); m != nil {
		m.roles = append(m.roles, r.ID)
	}
}

// Leave takes a user out of the guild.
func (g *Guild) Leave(u *User) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.members = slices.DeleteFunc(g.members, func(m *Member) bool { return m.User == u })
}

// AddUser adds a user who is a member of nothing.
func (s *Server) AddUser(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &User{ID: s.newID(), Name: name, Locale: "en-US", s: s, read: map[string]string{}}
	s.users[u.ID] = u
	return u
}

// CloseDMs makes the user refuse direct messages from the bot from now on.
func (u *User) CloseDMs() { u.setDMs(true) }

// OpenDMs makes the user accept direct messages again.
func (u *User) OpenDMs() { u.setDMs(false) }

func (u *User) setDMs(closed bool) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.dmsClosed = closed
}

// SetLocale sets the language of the user's client, such as "fr" or "pt-BR".
func (u *User) SetLocale(locale string) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.Locale = locale
}

// Mention is what one types to mention the user.
func (u *User) Mention() string { return "<@" + u.ID + ">" }

// DMChannel is the user's direct chat with the bot; it is made if need be.
func (u *User) DMChannel() *Channel {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	return u.s.directChat(u)
}

// AddThread adds a thread below a text channel.
func (c *Channel) AddThread(name string) *Channel {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.newThread(c, c.s.newID(), name, 1440)
}

// Permit sets what the bot may do in the channel, and in the threads below it.
func (c *Channel) Permit(permissions int64) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.permissions = permissions
}

// Permitted is what the bot may do in the channel.
func (c *Channel) Permitted() int64 {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.may()
}

// Lock locks and archives a thread.
func (c *Channel) Lock() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.locked, c.archived = true, true
}

// Delete deletes the channel.
func (c *Channel) Delete() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.deleted = true
	if c.guild != nil {
		c.s.dispatch(event{name: "CHANNEL_DELETE", intent: intentGuilds, guild: c.guild.ID, data: c.asJSON()})
	}
}

// DeleteMessage deletes a message of anybody's, as a moderator does.
func (c *Channel) DeleteMessage(id string) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if m := c.byID[id]; m != nil {
		c.s.deleteMessage(c, m)
	}
}

// Channel is the channel, thread or direct chat with that id, such as one that the
// bot has made; nil if there is none.
func (s *Server) Channel(id string) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channels[id]
}

// Threads is the threads below a channel, oldest first.
func (c *Channel) Threads() []*Channel {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	var out []*Channel
	if c.guild == nil {
		return nil
	}
	for _, o := range c.guild.channels {
		if o.parent == c && !o.deleted {
			out = append(out, o)
		}
	}
	return out
}

// Messages is every message of the channel, oldest first, ephemeral ones too.
func (c *Channel) Messages() []Message {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.visible(func(*Message) bool { return true })
}

// visible is copies of the channel's living messages that pass the filter.
func (c *Channel) visible(keep func(*Message) bool) []Message {
	var out []Message
	for _, m := range c.messages {
		if !m.deleted && keep(m) {
			out = append(out, m.snapshot())
		}
	}
	return out
}

// newID is a new snowflake. The world must be locked, as for all below.
func (s *Server) newID() string { return s.ids.next(s.Now()) }

func (s *Server) newChannel(kind int, name string) *Channel {
	c := &Channel{
		ID: s.newID(), Name: name, s: s, kind: kind,
		byID: map[string]*Message{}, sends: map[string]sentOnce{}, bodies: map[string][]sentBody{},
	}
	s.channels[c.ID] = c
	return c
}

// newThread adds a thread with the id, which is its first message's if it was
// started from one.
func (s *Server) newThread(parent *Channel, id, name string, autoArchive int64) *Channel {
	c := s.newChannel(channelThread, name)
	delete(s.channels, c.ID)
	c.ID, c.parent, c.guild, c.autoArchive = id, parent, parent.guild, autoArchive
	s.channels[id] = c
	if c.guild != nil {
		c.guild.channels = append(c.guild.channels, c)
		s.dispatch(event{name: "THREAD_CREATE", intent: intentGuilds, guild: c.guild.ID, data: c.asJSON()})
	}
	return c
}

// directChat is the user's direct chat with the bot.
func (s *Server) directChat(u *User) *Channel {
	if u.dm == nil {
		u.dm = s.newChannel(channelDM, u.Name)
		u.dm.with, u.dm.permissions = u, permsInDirectChat
	}
	return u.dm
}

// may is what the bot may do in the channel: a thread has its parent's
// permissions.
func (c *Channel) may() int64 {
	if c.parent != nil {
		return c.parent.may()
	}
	return c.permissions
}

// can reports whether the bot has the permission in the channel.
func (c *Channel) can(permission int64) bool { return c.may()&permission == permission }

// guildID is the id of the channel's guild, or empty for a direct chat.
func (c *Channel) guildID() string {
	if c.guild == nil {
		return ""
	}
	return c.guild.ID
}

// member is the member with that user's id, or nil.
func (g *Guild) member(userID string) *Member {
	for _, m := range g.members {
		if m.User.ID == userID {
			return m
		}
	}
	return nil
}

// role is the role with that id, or nil.
func (g *Guild) role(id string) *Role {
	for _, r := range g.roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// guild is the guild with that id, or nil.
func (s *Server) guild(id string) *Guild {
	for _, g := range s.guilds {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// sharesGuild reports whether the bot meets the user anywhere.
func (s *Server) sharesGuild(u *User) bool {
	return slices.ContainsFunc(s.guilds, func(g *Guild) bool { return g.member(u.ID) != nil })
}

// String names the channel as people see it.
func (c *Channel) String() string {
	if c.kind == channelDM {
		return "direct chat with " + c.with.Name
	}
	return "#" + c.Name
}
