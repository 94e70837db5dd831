package slacktest

import (
	"fmt"
	"slices"
	"strings"
)

// Say writes a message as a person types it: Slack escapes & < >.
func (p *Person) Say(ch *Channel, text string) Message {
	p.s.t.Helper()
	return p.write(ch, Message{Text: escape(text)})
}

// Mention writes a message that begins with a mention of the bot.
func (p *Person) Mention(ch *Channel, text string) Message {
	p.s.t.Helper()
	return p.write(ch, Message{Text: p.mention(text)})
}

// SayMarkup writes a message in Slack's own form: escaped, with tokens such as
// <#C1|general> or <https://example.org|a link>.
func (p *Person) SayMarkup(ch *Channel, text string) Message {
	p.s.t.Helper()
	return p.write(ch, Message{Text: text})
}

// DM writes to the bot directly.
func (p *Person) DM(text string) Message {
	p.s.t.Helper()
	return p.write(p.Direct(), Message{Text: escape(text)})
}

// Direct is the person's conversation with the bot.
func (p *Person) Direct() *Channel {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.Team.direct(p)
}

// A Thread is a person writing replies under one message.
type Thread struct {
	p      *Person
	parent string
}

// InThread lets a person write under the message with that time stamp.
func (p *Person) InThread(ts string) Thread { return Thread{p, ts} }

// Say writes a reply.
func (t Thread) Say(ch *Channel, text string) Message {
	t.p.s.t.Helper()
	return t.p.write(ch, Message{Text: escape(text), ThreadTS: t.parent})
}

// Mention writes a reply that begins with a mention of the bot.
func (t Thread) Mention(ch *Channel, text string) Message {
	t.p.s.t.Helper()
	return t.p.write(ch, Message{Text: t.p.mention(text), ThreadTS: t.parent})
}

// DM writes a reply in the conversation with the bot.
func (t Thread) DM(text string) Message {
	t.p.s.t.Helper()
	return t.p.write(t.p.Direct(), Message{Text: escape(text), ThreadTS: t.parent})
}

// Broadcast writes a reply and shows it in the channel as well.
func (t Thread) Broadcast(ch *Channel, text string) Message {
	t.p.s.t.Helper()
	return t.p.write(ch, Message{Text: escape(text), ThreadTS: t.parent, subtype: "thread_broadcast"})
}

// Share writes a message with a file; only the file's name is there.
func (p *Person) Share(ch *Channel, text, file string) Message {
	p.s.t.Helper()
	return p.write(ch, Message{Text: escape(text), Files: []string{file}, subtype: "file_share"})
}

// mention is a text that begins with a mention of the bot.
func (p *Person) mention(text string) string { return "<@" + p.Team.BotUser + "> " + escape(text) }

func (p *Person) write(ch *Channel, m Message) Message {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	home := p.s.manifest.Features.Home
	switch {
	case p.deleted:
		p.s.t.Fatalf("slacktest: %s has left the workspace and cannot write", p.Name)
	case ch.archived || !ch.has(p.ID):
		p.s.t.Fatalf("slacktest: %s cannot write in %s: it is archived or %s is not in it", p.Name, ch.Name, p.Name)
	case ch.kind == direct && (!home.MessagesTab || home.ReadOnly):
		p.s.t.Fatalf("slacktest: %s cannot write to the bot: switch on messages_tab_enabled in the app manifest, and messages_tab_read_only_enabled off", p.Name)
	case m.ThreadTS != "" && ch.message(m.ThreadTS) == nil:
		p.s.t.Fatalf("slacktest: no message %s in %s to reply to", m.ThreadTS, ch.Name)
	}
	m.User, m.clientID = p.ID, fmt.Sprintf("client-%d", p.s.nextID())
	written := ch.add(&m, p.s.clock.now())
	p.s.recordAct(ch, m.ThreadTS, m.TS)
	p.s.emitMessage(written)
	p.s.happened()
	return *written.clone()
}

// Edit changes a message of the person's own.
func (p *Person) Edit(m Message, text string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if own := m.Channel.message(m.TS); own != nil {
		p.s.rewrite(own, draft{text: escape(text)}, false)
	}
}

// Delete deletes a message of the person's own.
func (p *Person) Delete(m Message) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if own := m.Channel.message(m.TS); own != nil {
		p.s.remove(own)
	}
}

// SetTZ moves a person to another time zone, by its IANA name.
func (p *Person) SetTZ(zone string) { p.change(func() { p.tz = zone }) }

// Quit deactivates a person's account.
func (p *Person) Quit() { p.change(func() { p.deleted = true }) }

// SetAdmin lets a person manage the workspace, or not.
func (p *Person) SetAdmin(yes bool) { p.change(func() { p.admin = yes }) }

func (p *Person) change(f func()) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	f()
	p.s.emit(p.Team, "user_change", obj{"type": "user_change", "user": p.json(), "cache_ts": p.s.clock.now().Unix()})
	p.s.happened()
}

// GoAway makes a person inactive: ephemeral messages do not reach them.
func (p *Person) GoAway() { p.setAway(true) }

// ComeBack makes a person active again.
func (p *Person) ComeBack() { p.setAway(false) }

func (p *Person) setAway(away bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.away = away
}

// Invite brings the bot into a channel.
func (p *Person) Invite(ch *Channel) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if !ch.has(ch.Team.BotUser) {
		p.s.join(ch, ch.Team.BotUser, p.ID)
	}
}

// Kick takes the bot out of a channel.
func (p *Person) Kick(ch *Channel) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch.members = slices.DeleteFunc(ch.members, func(id string) bool { return id == ch.Team.BotUser })
}

// Join puts the person into a channel.
func (p *Person) Join(ch *Channel) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if !ch.has(p.ID) {
		p.s.join(ch, p.ID, "")
	}
}

// Archive closes a channel for good.
func (p *Person) Archive(ch *Channel) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch.archived = true
}

// OpenHome opens the app's Home tab.
func (p *Person) OpenHome() {
	p.s.t.Helper()
	if !p.s.manifest.Features.Home.HomeTab {
		p.s.t.Fatal("slacktest: the app has no Home tab: switch on home_tab_enabled in the app manifest")
	}
	p.open("home")
}

// OpenMessages opens the conversation with the bot.
func (p *Person) OpenMessages() { p.open("messages") }

func (p *Person) open(tab string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	event := obj{"type": "app_home_opened", "user": p.ID, "channel": p.Team.direct(p).ID, "tab": tab}
	if tab == "home" && p.home != nil {
		event["view"] = p.home.json()
	}
	p.s.emit(p.Team, "app_home_opened", event)
}

// Sees are the messages of a channel as the person sees them, oldest first;
// none in a private channel they are not in.
func (p *Person) Sees(ch *Channel) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	var out []Message
	for _, m := range ch.messages {
		if p.sees(m) {
			out = append(out, *m.clone())
		}
	}
	return out
}

// sees reports whether a message is there for the person. The caller holds s.mu.
func (p *Person) sees(m *Message) bool {
	return !m.deleted && (m.Only == "" || m.Only == p.ID) && (m.Channel.kind == public || m.Channel.has(p.ID))
}

// Errors are what Slack told the person when an action of theirs failed.
func (p *Person) Errors() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.errors)
}

// escape is what Slack does to text that somebody types.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// mentions reports whether a text mentions a user.
func mentions(text, user string) bool {
	return strings.Contains(text, "<@"+user+">") || strings.Contains(text, "<@"+user+"|")
}
