package discord

import (
	"context"
	"net/http"
	"slices"
	"sync"
)

// places is what is known of servers and their channels: which threads belong to
// which channel and whose they are, and what roles may do. It is learnt from the
// events of the GUILDS intent.
type places struct {
	mu       sync.Mutex
	guilds   map[string]*knownGuild
	channels map[string]channel
	guildOf  map[string]string // of channels
}

type knownGuild struct {
	owner    string
	roles    map[string]int64
	channels []string
	owed     bool // a welcome, which there was no channel for
}

// maxChannels bounds the channels that are remembered. One takes about 200 bytes.
const maxChannels = 200_000

func newPlaces() *places {
	return &places{guilds: map[string]*knownGuild{}, channels: map[string]channel{}, guildOf: map[string]string{}}
}

// expect notes the guilds that READY names, and reports nothing: what comes of
// them is no news.
func (p *places) expect(ids []guild) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, g := range ids {
		if p.guilds[g.ID] == nil {
			p.guilds[g.ID] = &knownGuild{}
		}
	}
}

// learn takes a guild's description and reports whether the guild is new.
func (p *places) learn(g guild) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.guilds[g.ID]
	isNew := known == nil
	if isNew {
		known = &knownGuild{}
		p.guilds[g.ID] = known
	}
	if g.OwnerID != "" {
		known.owner = g.OwnerID
	}
	if g.Roles != nil {
		known.roles = map[string]int64{}
	}
	for _, r := range g.Roles {
		known.roles[r.ID] = permissionsIn(r.Permissions)
	}
	for _, c := range slices.Concat(g.Channels, g.Threads) {
		p.add(g.ID, c)
	}
	return isNew
}

// role notes a role that was made or changed.
func (p *places) role(guildID string, r role) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g := p.guilds[guildID]; g != nil && g.roles != nil {
		g.roles[r.ID] = permissionsIn(r.Permissions)
	}
}

// owe notes that a guild is to be welcomed when it has a channel.
func (p *places) owe(guildID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g := p.guilds[guildID]; g != nil {
		g.owed = true
	}
}

// owed reports whether a guild is still to be welcomed, and takes it as done.
func (p *places) owed(guildID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.guilds[guildID]
	if g == nil || !g.owed {
		return false
	}
	g.owed = false
	return true
}

// leave forgets a guild that the bot is no longer in.
func (p *places) leave(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g := p.guilds[id]; g != nil {
		for _, c := range g.channels {
			delete(p.channels, c)
			delete(p.guildOf, c)
		}
	}
	delete(p.guilds, id)
}

// put notes a channel or thread.
func (p *places) put(guildID string, c channel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.add(guildID, c)
}

func (p *places) add(guildID string, c channel) {
	if c.ID == "" || len(p.channels) >= maxChannels {
		return
	}
	if _, known := p.channels[c.ID]; !known {
		if g := p.guilds[guildID]; g != nil {
			g.channels = append(g.channels, c.ID)
		}
	}
	p.channels[c.ID], p.guildOf[c.ID] = c, guildID
}

// drop forgets a channel or thread.
func (p *places) drop(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g := p.guilds[p.guildOf[id]]; g != nil {
		g.channels = slices.DeleteFunc(g.channels, func(c string) bool { return c == id })
	}
	delete(p.channels, id)
	delete(p.guildOf, id)
}

// may is what a member of a guild may do by owning it or by roles.
func (p *places) may(guildID, userID string, roles []string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.guilds[guildID]
	if g == nil {
		return 0
	}
	if g.owner == userID {
		return permAdministrator
	}
	permissions := g.roles[guildID] // of @everyone
	for _, r := range roles {
		permissions |= g.roles[r]
	}
	return permissions
}

func (p *places) known(id string) (channel, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.channels[id]
	return c, ok
}

// textChannels are the guild's channels that one can write in, the topmost first.
func (p *places) textChannels(guildID string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.guilds[guildID]
	if g == nil {
		return nil
	}
	var found []channel
	for _, id := range g.channels {
		if c := p.channels[id]; c.Type == channelText || c.Type == channelNews {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b channel) int { return a.Position - b.Position })
	out := make([]string, len(found))
	for i, c := range found {
		out[i] = c.ID
	}
	return out
}

// place is the channel or thread of that id. One that no event has told of is
// asked for once; when Discord does not tell, it is taken for a plain channel.
func (b *Bot) place(ctx context.Context, guildID, id string) channel {
	if c, ok := b.places.known(id); ok || guildID == "" {
		return c
	}
	var c channel
	if err := b.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + id, bucket: "channel " + id}, &c); err != nil || c.ID == "" {
		b.log.Debug("a channel is not known", "channel", id, "err", err)
		c = channel{ID: id}
	}
	b.places.put(guildID, c)
	return c
}
