package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"mentor/bot"
	"mentor/bot/discord/discordtest"
	"mentor/bot/slack"
	"mentor/bot/slack/slacktest"
)

const (
	shortMemory     = 50 // messages a channel keeps, and entries of the platforms' ledgers
	guildChannels   = 2
	teamChannels    = 10 // Slack takes one message a second in each
	mentionEvery    = 20 // of the questions on Discord one in so many is a mention; the others are commands, which have no limit
	slackShare      = 5  // one reminder in so many is on Slack
	manyPerMinute   = 1e9
	connectPatience = time.Minute
)

// A world is the groups and people on both platforms.
type world struct {
	stage   *stage
	book    *book
	discord *discordtest.Server
	slack   *slacktest.Server
	guilds  []guild
	teams   []team
	direct  map[string]string // accounts by the channel in which they are written to
	members int               // people on Discord
	staff   int               // people on Slack
}

type guild struct {
	*discordtest.Guild
	channels []*discordtest.Channel
}

type team struct {
	*slacktest.Team
	channels []*slacktest.Channel
}

// A speaker is a person in one group.
type speaker interface {
	account() bot.Account
	// say says something to the mentor, as a mention or a command; the n-th thing
	// of its kind that anybody says.
	say(k kind, text string, e *exchange, n int)
	// writable makes the chat in which the mentor writes to the person.
	writable()
}

// newWorld makes the platforms, with their real limits or with none.
func newWorld(groups int, limits bool) *world {
	st := &stage{}
	w := &world{stage: st, book: newBook(), direct: map[string]string{}}
	d := []discordtest.Option{
		discordtest.WithMemory(shortMemory), discordtest.WithDMLimit(1 << 30), discordtest.WithBanAfter(10_000),
		discordtest.WithSessionStarts(1<<20, 1<<10), discordtest.WithPatience(connectPatience),
	}
	s := []slacktest.Option{
		slacktest.Manifest(slack.Manifest()), slacktest.Memory(shortMemory), slacktest.Patience(connectPatience), slacktest.PingEvery(10 * time.Second),
	}
	if !limits {
		d = append(d, discordtest.WithoutRateLimits())
		s = append(s, slacktest.Rate("chat.postMessage", manyPerMinute, 1<<30), slacktest.Rate("users.info", manyPerMinute, 1<<30))
	}
	w.discord, w.slack = discordtest.New(st, d...), slacktest.New(st, s...)
	w.discord.Allow(discordtest.Identifies, 1<<30) // counted against another limit where faults make new sessions
	w.discord.Allow(discordtest.Invalid, 1<<30)
	for i := range groups / 2 {
		w.addGroups(i)
	}
	w.discord.OnPost(w.discordPosted)
	w.slack.OnPost(w.slackPosted)
	return w
}

// addGroups adds the i-th group on both platforms.
func (w *world) addGroups(i int) {
	g := guild{Guild: w.discord.AddGuild(fmt.Sprint("Learners ", i))}
	for c := range guildChannels {
		g.channels = append(g.channels, g.AddChannel(fmt.Sprint("study-", c)))
	}
	t := team{Team: w.slack.Team()}
	if i > 0 {
		t.Team = w.slack.AddTeam(fmt.Sprint("study", i))
	}
	for c := range teamChannels {
		t.channels = append(t.channels, t.Channel(fmt.Sprint("study-", c)))
	}
	w.guilds, w.teams = append(w.guilds, g), append(w.teams, t)
}

// env is the mentor's environment for this world, as tokens and addresses.
func (w *world) env() []string {
	tokens := make([]string, len(w.teams))
	for i, t := range w.teams {
		tokens[i] = t.BotToken
	}
	return []string{
		"DISCORD_TOKEN=" + w.discord.Token(), "DISCORD_API_URL=" + w.discord.URL(), "SLACK_APP_TOKEN=" + w.slack.AppToken(),
		"SLACK_BOT_TOKEN=" + strings.Join(tokens, ","), "SLACK_API_URL=" + w.slack.APIURL(),
	}
}

// waitConnected waits until the mentor is on both platforms and has its commands.
func (w *world) waitConnected(ctx context.Context) error {
	return guarded(func() error {
		w.discord.WaitConnected(ctx)
		w.discord.WaitCommand(ctx, "ask")
		w.slack.WaitConnected(2) // two: one is left while the other is renewed
		return nil
	})
}

// person adds somebody to the next group of a platform.
func (w *world) person(onSlack bool) speaker {
	if !onSlack {
		g := w.guilds[w.members%len(w.guilds)]
		m := &member{w: w, user: g.AddUser(fmt.Sprint("member", w.members)), channel: g.channels[w.members/len(w.guilds)%len(g.channels)]}
		w.members++
		return m
	}
	t := w.teams[w.staff%len(w.teams)]
	c := &colleague{w: w, person: t.Person(fmt.Sprint("colleague", w.staff)), channels: t.channels, first: w.staff / len(w.teams)}
	w.staff++
	return c
}

// A member is a person on Discord.
type member struct {
	w       *world
	user    *discordtest.User
	channel *discordtest.Channel
}

func (m *member) account() bot.Account { return bot.NewAccount("d", m.user.ID) }

func (m *member) writable() { m.w.direct[m.user.DMChannel().ID] = string(m.account()) }

func (m *member) say(k kind, text string, e *exchange, n int) {
	e.at = time.Now()
	switch {
	case k == checkIn:
		e.how = "by command on Discord"
		m.w.book.asked(m.user.Slash(m.channel, "checkin").ID, "", e)
	case n/2%mentionEvery == 0: // every other one is on Slack
		e.how = "by mention on Discord"
		m.w.book.asked(m.user.Say(m.channel, m.w.discord.Mention()+" "+text).ID, "", e)
	default:
		e.how = "by command on Discord"
		m.w.book.asked(m.user.Slash(m.channel, "ask", discordtest.Opt("question", text)).ID, "", e)
	}
}

// discordPosted looks what a message of the mentor's belongs to.
func (w *world) discordPosted(m discordtest.Message) {
	if key := cmp.Or(m.Interaction(), m.ReplyTo); key != "" {
		w.book.replied(key, textOf(m))
	} else if account, ok := w.direct[m.ChannelID]; ok {
		w.book.reminded(account)
	}
}

// textOf is what a message on Discord says, in whatever part of it.
func textOf(m discordtest.Message) string {
	var b strings.Builder
	b.WriteString(m.Content)
	var add func([]discordtest.Component)
	add = func(list []discordtest.Component) {
		for _, c := range list {
			b.WriteString(c.Content)
			add(c.Components)
		}
	}
	add(m.Components)
	return b.String()
}

// A colleague is a person on Slack.
type colleague struct {
	w        *world
	person   *slacktest.Person
	channels []*slacktest.Channel
	first    int
}

func (c *colleague) account() bot.Account {
	return bot.NewAccount("s", c.person.Team.ID, c.person.ID)
}

func (c *colleague) writable() { c.w.direct[c.person.Direct().ID] = string(c.account()) }

func (c *colleague) say(k kind, text string, e *exchange, n int) {
	if k == checkIn {
		text = "checkin"
	}
	ch := c.place(n)
	e.at, e.how = time.Now(), "by mention on Slack"
	m := c.person.Mention(ch, text)
	c.w.book.asked(ch.ID+m.TS, ch.ID+c.person.ID, e)
}

// place is where the n-th thing is said: in the team's channels in turn.
func (c *colleague) place(n int) *slacktest.Channel {
	return c.channels[(c.first+n)%len(c.channels)]
}

// slackPosted looks what a message of the mentor's belongs to.
func (w *world) slackPosted(m slacktest.Message) {
	if account, ok := w.direct[m.Channel.ID]; ok {
		w.book.reminded(account)
	} else if m.Only != "" {
		w.book.whispered(m.Channel.ID+m.Only, m.Text)
	} else if m.ThreadTS != "" {
		w.book.replied(m.Channel.ID+m.ThreadTS, m.Text)
	}
}
