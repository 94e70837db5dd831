package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Team is a workspace the app is installed in.
type Team struct {
	ID, Name, Domain string
	BotToken         string // xoxb-…, good for this workspace only
	BotUser          string // the bot's user id
	BotID            string // the bot's own id, as messages carry it

	s        *Server
	people   []*Person
	channels []*Channel
}

// A Person is a member of a workspace, the bot included.
type Person struct {
	ID, Name string
	Team     *Team

	s       *Server
	bot     bool
	admin   bool
	deleted bool
	away    bool
	tz      string
	errors  []string           // what Slack told this person of failed actions
	modals  []*view            // the open ones, the top one last
	home    *view              // the app's Home tab; nil until published
	offers  map[string][]Offer // what external selects last offered, by action_id
}

// A Channel is a conversation. Its messages have each their own time stamp.
type Channel struct {
	ID, Name string
	Team     *Team

	kind     kindOfChannel
	archived bool
	members  []string
	lastTS   int64
	messages []*Message
}

type kindOfChannel int

const (
	public kindOfChannel = iota
	private
	direct
)

// eventType is the channel_type that events carry.
func (k kindOfChannel) eventType() string { return [...]string{"channel", "group", "im"}[k] }

// family begins the names of the scopes and events for this kind of channel.
func (k kindOfChannel) family() string { return [...]string{"channels", "groups", "im"}[k] }

// A Message as a person sees it. What [Server] hands out is a copy.
type Message struct {
	Channel  *Channel
	TS       string
	ThreadTS string // the parent's TS, for a reply in a thread
	User     string // id of its author
	Text     string // as Slack keeps it: escaped, mentions as tokens
	Blocks   []any  // decoded JSON
	Only     string // id of the one person who sees it, "" for all
	Edited   bool
	Files    []string

	markdown  string // markdown_text
	botID     string
	clientID  string
	subtype   string // thread_broadcast or file_share
	deleted   bool
	reactions []string
}

// A file is on its way to being shared.
type file struct {
	id, name, title, token string
	size                   int
	uploaded, shared       bool
	content                []byte
}

// Team is the first workspace.
func (s *Server) Team() *Team {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.teams[0]
}

// AddTeam makes another workspace and installs the app there.
func (s *Server) AddTeam(name string) *Team {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.nextID()
	t := &Team{ID: fmt.Sprintf("T%04d", n), Name: name, Domain: strings.ToLower(name), s: s}
	bot := t.addPerson(s.manifest.Features.Bot.Name)
	bot.bot = true
	t.BotUser, t.BotID = bot.ID, fmt.Sprintf("B%04d", n)
	t.BotToken = fmt.Sprintf("xoxb-%s-1", t.ID)
	s.tokens[t.BotToken] = &tokenState{kind: botToken, team: t}
	s.teams = append(s.teams, t)
	return t
}

// Person is the member of the first workspace with that name, made when there
// is none: a person in Berlin who is in every public channel.
func (s *Server) Person(name string) *Person { return s.Team().Person(name) }

// Person is the member with that name, made when there is none.
func (t *Team) Person(name string) *Person {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	for _, p := range t.people {
		if p.Name == name {
			return p
		}
	}
	p := t.addPerson(name)
	for _, c := range t.channels {
		if c.kind == public {
			c.members = append(c.members, p.ID)
		}
	}
	return p
}

func (t *Team) addPerson(name string) *Person {
	p := &Person{
		ID: fmt.Sprintf("U%04d%s", t.s.nextID(), idLetters(name)), Name: name, Team: t, s: t.s, tz: "Europe/Berlin", offers: make(map[string][]Offer),
	}
	t.people = append(t.people, p)
	return p
}

// idLetters is a name as it may stand in an id.
func idLetters(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(name))
}

// A ChannelOption changes how a channel is made.
type ChannelOption func(*Channel)

// Private makes a private channel.
func Private(c *Channel) { c.kind = private }

// Archived makes an archived channel.
func Archived(c *Channel) { c.archived = true }

// Members makes a channel with only these people, and the bot, in it.
func Members(people ...*Person) ChannelOption {
	return func(c *Channel) {
		c.members = []string{c.Team.BotUser}
		for _, p := range people {
			c.members = append(c.members, p.ID)
		}
	}
}

// WithoutBot makes a channel the bot was not invited to.
func WithoutBot(c *Channel) {
	c.members = slices.DeleteFunc(c.members, func(id string) bool { return id == c.Team.BotUser })
}

// Channel is the channel of the first workspace with that name, made when there
// is none: public, with everybody and the bot in it.
func (s *Server) Channel(name string, opts ...ChannelOption) *Channel {
	return s.Team().Channel(name, opts...)
}

// Channel is the channel with that name, made when there is none.
func (t *Team) Channel(name string, opts ...ChannelOption) *Channel {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	for _, c := range t.channels {
		if c.Name == name && c.kind != direct {
			return c
		}
	}
	c := &Channel{ID: fmt.Sprintf("C%04d%s", t.s.nextID(), idLetters(name)), Name: name, Team: t}
	for _, p := range t.people {
		c.members = append(c.members, p.ID)
	}
	for _, opt := range opts {
		opt(c)
	}
	t.channels = append(t.channels, c)
	return c
}

// direct is the conversation of a person with the bot, made when there is none.
// The caller holds s.mu.
func (t *Team) direct(p *Person) *Channel {
	for _, c := range t.channels {
		if c.kind == direct && slices.Contains(c.members, p.ID) {
			return c
		}
	}
	c := &Channel{ID: fmt.Sprintf("D%04d%s", t.s.nextID(), idLetters(p.Name)), Name: p.Name, Team: t, kind: direct, members: []string{p.ID, t.BotUser}}
	t.channels = append(t.channels, c)
	return c
}

func (t *Team) person(id string) *Person {
	for _, p := range t.people {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func (t *Team) channel(id string) *Channel {
	for _, c := range t.channels {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (c *Channel) has(user string) bool { return slices.Contains(c.members, user) }

// message is the one with that time stamp that is still there.
func (c *Channel) message(ts string) *Message {
	for _, m := range c.messages {
		if m.TS == ts && !m.deleted {
			return m
		}
	}
	return nil
}

// add puts a message at the end, with a time stamp of its own.
func (c *Channel) add(m *Message, now time.Time) *Message {
	micros := max(now.UnixMicro(), c.lastTS+1)
	c.lastTS = micros
	m.Channel = c
	m.TS = fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
	c.messages = append(tail(c.messages, c.Team.s.memory), m)
	return m
}

// clone is a copy that shares nothing with m.
func (m *Message) clone() *Message {
	c := *m
	c.Blocks, c.Files, c.reactions = cloneJSON(m.Blocks), slices.Clone(m.Files), slices.Clone(m.reactions)
	return &c
}

// json is the message as the API shows it.
func (m *Message) json() obj {
	out := obj{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": m.Channel.Team.ID}
	set := func(key string, value any, when bool) {
		if when {
			out[key] = value
		}
	}
	set("thread_ts", m.ThreadTS, m.ThreadTS != "")
	set("bot_id", m.botID, m.botID != "")
	set("client_msg_id", m.clientID, m.clientID != "")
	set("blocks", cloneJSON(m.Blocks), len(m.Blocks) > 0)
	set("edited", obj{"user": m.User, "ts": m.TS}, m.Edited)
	set("subtype", m.subtype, m.subtype != "")
	set("files", m.filesJSON(), len(m.Files) > 0)
	return out
}

func (m *Message) filesJSON() []any {
	out := make([]any, len(m.Files))
	for i, name := range m.Files {
		out[i] = obj{"id": fmt.Sprintf("F%d", i), "name": name, "title": name, "user": m.User}
	}
	return out
}

// json is the person as users.info shows it.
func (p *Person) json() obj {
	out := obj{
		"id": p.ID, "team_id": p.Team.ID, "name": strings.ToLower(p.Name), "deleted": p.deleted, "real_name": p.Name, "is_bot": p.bot,
		"updated": 1, "profile": obj{"real_name": p.Name, "display_name": p.Name, "team": p.Team.ID},
	}
	if p.deleted {
		return out // Slack leaves the zone out for those who are gone
	}
	out["tz"], out["is_admin"] = p.tz, p.admin
	if zone, err := time.LoadLocation(p.tz); err == nil {
		label, offset := p.s.clock.now().In(zone).Zone()
		out["tz_label"], out["tz_offset"] = label, offset
	}
	return out
}

// json is the channel as conversations.info shows it.
func (c *Channel) json() obj {
	if c.kind == direct {
		return obj{"id": c.ID, "is_im": true, "user": c.members[0], "is_archived": c.archived, "created": 1, "is_open": true}
	}
	return obj{
		"id": c.ID, "name": c.Name, "is_channel": c.kind == public, "is_group": c.kind == private, "is_private": c.kind == private,
		"is_archived": c.archived, "is_member": c.has(c.Team.BotUser), "num_members": len(c.members), "created": 1, "creator": c.Team.BotUser,
	}
}

// cloneJSON is a deep copy of decoded JSON.
func cloneJSON[T any](v T) T {
	var out T
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		panic(fmt.Sprintf("slacktest: %v", err)) // it came out of a decoder
	}
	return out
}

// member reads a member of a JSON object as a string; "" when it is something else.
func member(o obj, key string) string {
	s, _ := o[key].(string)
	return s
}

// object reads a member of a JSON object as an object; nil when it is something else.
func object(o obj, key string) obj {
	v, _ := o[key].(obj)
	return v
}

// list reads a member of a JSON object as a list; nil when it is something else.
func list(o obj, key string) []any {
	v, _ := o[key].([]any)
	return v
}

// without is o less some members.
func without(o obj, keys ...string) obj {
	out := maps.Clone(o)
	for _, k := range keys {
		delete(out, k)
	}
	return out
}
