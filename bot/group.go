package bot

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"
)

// A Mode says when the mentor speaks in a channel.
type Mode string

// The modes. The zero Mode is the group's, and for a group ModeMention.
const (
	ModeOff     Mode = "off"     // never; commands for one's own eyes go on
	ModeMention Mode = "mention" // when it is mentioned or replied to, as a reply
	ModeThread  Mode = "thread"  // when it is mentioned, in a thread of the question's own
	ModeAll     Mode = "all"     // as in ModeMention, and to questions of which it is very sure
)

// A Group is what the admins of a server or workspace have set. The zero value
// is what holds until they do.
type Group struct {
	Mode     Mode            `json:"mode,omitempty"`     // of channels without one of their own
	Channels map[string]Mode `json:"channels,omitempty"` // by the platform's channel id
	Welcomed bool            `json:"welcomed,omitempty"` // the one welcome message was sent

	MentorRole    string    `json:"mentorRole,omitempty"`    // the platform's id of the role whose members are mentors
	MentorChannel string    `json:"mentorChannel,omitempty"` // where questions for the mentors are posted
	Mentors       []Account `json:"mentors,omitempty"`       // who else is one, in the order they were named
}

// ModeOf is the mode that holds in a channel.
func (g Group) ModeOf(channel string) Mode {
	for _, m := range []Mode{g.Channels[channel], g.Mode} {
		if m != "" {
			return m
		}
	}
	return ModeMention
}

// groupTime is how long a group's settings are taken from memory: an admin on
// another process's side waits at most so long to see a change.
const groupTime = 10 * time.Second

// maxGroups bounds how many groups' settings are in memory.
const maxGroups = 10_000

// groups remembers settings for a moment, so that a message that is not for the
// mentor costs no look at the store.
type groups struct {
	mu sync.Mutex
	by map[string]knownGroup
}

type knownGroup struct {
	group Group
	until time.Time
}

func (g *groups) get(id string, now time.Time) (Group, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k, ok := g.by[id]
	return k.group, ok && now.Before(k.until)
}

func (g *groups) put(id string, group Group, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.by) >= maxGroups || g.by == nil {
		g.by = map[string]knownGroup{}
	}
	g.by[id] = knownGroup{group, now.Add(groupTime)}
}

// group returns the settings of q's group. What cannot be read is as nobody set it.
func (m *Mentor) group(ctx context.Context, q Question) Group {
	if m.store == nil || q.Group == "" {
		return Group{}
	}
	if g, ok := m.groups.get(q.Group, q.At); ok {
		return g
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	g, err := m.store.Group(ctx, q.Group)
	if err != nil {
		m.log.Error("read a group's settings", "err", err)
	}
	m.groups.put(q.Group, g, q.At) // unreadable ones too: not each message is to wait
	return g
}

const setupText = "`setup thread` answers in threads, `setup mention` as replies, `setup all` also unasked when I am very sure, `setup off` not at all: each for the channel you say it in. " +
	"`setup everywhere thread` is for all channels without a setting of their own, `setup default` takes this channel's away. " +
	"`daily 18:00 Berlin` brings a daily message to a channel, `digest monday 9:00` the week in figures. `setup mentors` is about who answers what I cannot."

// setup shows or changes the group's settings; admins only.
func (m *Mentor) setup(ctx context.Context, q Question, r request) (Reply, error) {
	switch {
	case q.Group == "":
		return Reply{}, refuse("settings belong to a group. Say `setup` in one of its channels.")
	case !q.Admin:
		return Reply{}, refuse("only those who may manage this group can change how I behave in it. Please ask one of them.")
	}
	if words := strings.Fields(r.rest); len(words) > 0 && strings.EqualFold(words[0], "mentors") {
		return m.setupMentors(ctx, q, words[1:])
	}
	words := strings.Fields(strings.ToLower(r.rest))
	everywhere := len(words) > 0 && words[0] == "everywhere"
	if everywhere {
		words = words[1:]
	}
	if len(words) == 0 && !everywhere {
		g, err := m.store.Group(ctx, q.Group)
		if err != nil {
			return Reply{}, fmt.Errorf("read a group's settings: %w", err)
		}
		return setting("In this channel: **%s**. In channels without a setting of their own: **%s**. %s", g.ModeOf(q.Channel), g.ModeOf(""), setupText), nil
	}
	mode, ok := modes[strings.Join(words, " ")]
	if !ok || everywhere && mode == "" {
		return Reply{}, refuse("I do not know the setting %q. %s", plainWords(r.rest), setupText)
	}
	g, err := m.store.UpdateGroup(ctx, q.Group, func(g *Group) error {
		g.set(q.Channel, everywhere, mode)
		return nil
	})
	if err != nil {
		return Reply{}, fmt.Errorf("change a group's settings: %w", err)
	}
	m.groups.put(q.Group, g, q.At)
	where := "this channel"
	if everywhere {
		where = "all channels without a setting of their own"
	}
	reply := setting("Set. In %s: **%s**.", where, g.ModeOf(map[bool]string{false: q.Channel}[everywhere]))
	if mode == ModeAll {
		reply.Text += " To hear what is not addressed to me, I need the right to read messages; `mentor doctor` says whether I have it."
	}
	return reply, nil
}

// modes are the words of setup; the zero Mode takes a channel's own away.
var modes = map[string]Mode{
	"off": ModeOff, "mention": ModeMention, "mentions": ModeMention, "thread": ModeThread, "threads": ModeThread, "all": ModeAll, "default": "",
}

func (g *Group) set(channel string, everywhere bool, mode Mode) {
	if everywhere {
		g.Mode = mode
		return
	}
	channels := map[string]Mode{}
	maps.Copy(channels, g.Channels)
	delete(channels, channel)
	if mode != "" {
		channels[channel] = mode
	}
	g.Channels = channels
}

func setupWords(s string) bool {
	words := strings.TrimPrefix(strings.ToLower(s), "everywhere ")
	_, ok := modes[words]
	return ok || words == "mentors" || strings.HasPrefix(words, "mentors ") && !strings.HasSuffix(words, "?")
}
