package discord

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"mentor/bot"
)

// onEvent takes an event of the gateway. It runs where the connection is read, so
// it only decodes and hands over.
func (b *Bot) onEvent(e *discordgo.Event) {
	defer func() {
		if p := recover(); p != nil {
			b.log.Error("an event panicked", "event", e.Type, "panic", p)
		}
	}()
	switch e.Type {
	case "MESSAGE_CREATE":
		if m, ok := decoded[message](b, e); ok {
			b.onMessage(m)
		}
	case "INTERACTION_CREATE":
		if i, ok := decoded[interaction](b, e); ok {
			b.onInteraction(i)
		}
	case "READY":
		if r, ok := decoded[ready](b, e); ok {
			b.onReady(r)
		}
	default:
		b.onPlace(e)
	}
}

// decoded reads an event's data. What cannot be read is left alone.
func decoded[T any](b *Bot, e *discordgo.Event) (T, bool) {
	var v T
	if err := json.Unmarshal(e.RawData, &v); err != nil {
		b.log.Warn("an event cannot be read", "event", e.Type, "err", err)
		return v, false
	}
	return v, true
}

func (b *Bot) onReady(r ready) {
	if r.User.ID != "" {
		b.me.Store(r.User.ID)
	}
	if r.Application.ID != "" {
		b.app.Store(r.Application.ID)
	}
	b.places.expect(r.Guilds)
	b.ready.Do(func() { close(b.isReady) })
}

// onPlace takes events about servers and channels.
func (b *Bot) onPlace(e *discordgo.Event) {
	switch e.Type {
	case "GUILD_CREATE":
		if g, ok := decoded[guild](b, e); ok && g.ID != "" && !g.Unavailable && b.places.learn(g) {
			b.welcomeSoon(g)
		}
	case "GUILD_UPDATE":
		if g, ok := decoded[guild](b, e); ok && g.ID != "" {
			b.places.learn(g)
		}
	case "GUILD_DELETE":
		if g, ok := decoded[guild](b, e); ok && !g.Unavailable {
			b.places.leave(g.ID)
		}
	case "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE":
		type change struct {
			GuildID string `json:"guild_id"`
			Role    role   `json:"role"`
		}
		if c, ok := decoded[change](b, e); ok {
			b.places.role(c.GuildID, c.Role)
		}
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE":
		type change struct {
			channel
			GuildID string `json:"guild_id"`
		}
		if c, ok := decoded[change](b, e); ok && c.GuildID != "" {
			b.places.put(c.GuildID, c.channel)
			if b.places.owed(c.GuildID) {
				b.welcomeSoon(guild{ID: c.GuildID})
			}
		}
	case "CHANNEL_DELETE", "THREAD_DELETE":
		if c, ok := decoded[channel](b, e); ok {
			b.places.drop(c.ID)
		}
	}
}

// onMessage hands a message over that may be for the mentor: not those of bots,
// nor of the system, nor those whose words are withheld because they are not.
func (b *Bot) onMessage(m message) {
	switch {
	case m.ID == "" || m.Author == nil || m.Author.ID == "" || m.Author.Bot || m.WebhookID != "":
		return
	case m.Type != messageDefault && m.Type != messageReply:
		return
	case m.Content == "" && !b.isMentioned(m):
		return
	case !b.seen.first(m.ID):
		return
	}
	came := time.Now()
	b.work.do(m.ChannelID+" "+m.Author.ID, func(ctx context.Context) { b.hear(ctx, m, came) })
}

func (b *Bot) isMentioned(m message) bool {
	me := b.id()
	for _, u := range m.Mentions {
		if u.ID == me {
			return true
		}
	}
	return strings.Contains(m.Content, "<@"+me+">") || strings.Contains(m.Content, "<@!"+me+">")
}

var anyMention = regexp.MustCompile(`<@!?(\d+)>`)

// wordsIn is what a message says, without the mention of the bot.
func (b *Bot) wordsIn(m message) string {
	me := b.id()
	text := anyMention.ReplaceAllStringFunc(m.Content, func(hit string) string {
		if anyMention.FindStringSubmatch(hit)[1] == me {
			return " "
		}
		return hit
	})
	if text = strings.TrimSpace(text); text == "" && b.isMentioned(m) {
		return "help"
	}
	return strings.TrimLeft(text, " ,:")
}

// hear asks the mentor about a message, which came at that instant, and sends
// what it says.
func (b *Bot) hear(ctx context.Context, m message, came time.Time) {
	ctx, cancel := context.WithTimeout(ctx, b.pace.answer)
	defer cancel()
	at, ok := timeOf(m.ID)
	if !ok {
		return
	}
	c := b.place(ctx, m.GuildID, m.ChannelID)
	q := bot.Question{
		Text: b.wordsIn(m), Person: accountOf(m.Author.ID), Name: nameOf(m.Author, m.Member), Place: m.ChannelID,
		Group: groupOf(m.GuildID), Event: eventOf(m.ID), At: at,
	}
	if m.GuildID != "" {
		q.Channel = channelOf(m.ChannelID, c)
		q.Admin = b.isAdmin(m)
		q.Roles = rolesOf(m.Member)
		if !c.isThread() {
			q.Thread = m.ID // a thread has the id of the message it begins with
		}
	}
	turn := bot.Turn{Came: came, Asked: time.Now()}
	reply, heard, err := b.mentor.Hear(ctx, q, b.address(m, c))
	if err != nil {
		b.log.Error("a question broke", "err", err)
		reply, heard, turn.Broke = broken, true, true
	}
	if !heard {
		return
	}
	turn.Said, turn.Reply = time.Now(), reply
	turn.Lost = b.answer(ctx, m, c, reply) != nil
	turn.Sent = time.Now()
	b.observe(turn)
}

// broken is what is said when there is no answer for a reason that is the
// mentor's.
var broken = bot.Reply{Kind: bot.Unavailable, Text: "Something went wrong on my side, so I have no answer just now. Please ask again in a minute."}

// channelOf is the channel that a place is or belongs to.
func channelOf(id string, c channel) string {
	if c.isThread() && c.ParentID != "" {
		return c.ParentID
	}
	return id
}

func (b *Bot) isAdmin(m message) bool {
	if m.Member == nil {
		return false
	}
	return has(permissionsIn(m.Member.Permissions)|b.places.may(m.GuildID, m.Author.ID, m.Member.Roles), permManageGuild)
}

// rolesOf are the ids of a member's roles; nil for nobody.
func rolesOf(m *member) []string {
	if m == nil {
		return nil
	}
	return m.Roles
}

// address is how the message was meant.
func (b *Bot) address(m message, c channel) bot.Address {
	switch {
	case m.GuildID == "":
		return bot.Direct
	case b.isMentioned(m):
		return bot.Mention
	case c.isThread() && c.OwnerID == b.id():
		return bot.InThread
	}
	return bot.Aside
}
