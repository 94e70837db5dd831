package discord

import (
	"context"
	"net/http"
	"strings"

	"github.com/bwmarrin/discordgo"

	"mentor/bot"
)

// Codes with which Discord refuses to let somebody be written to, for good
// (its table of August 2026).
const (
	codeUnknownChannel  = 10003
	codeUnknownMessage  = 10008
	codeUnknownUser     = 10013
	codeAnswered        = 40060 // an interaction that has its first answer
	codeUnknownAnswer   = 10062 // an interaction that is over
	codeNoAccess        = 50001
	codeClosed          = 50007 // direct messages
	codeNoPermission    = 50013
	codeArchived        = 50083 // a thread
	codeHasThread       = 160004
	codeNoHistory       = 160002 // so that nothing can be replied to
	codeThreadLocked    = 160005
	codeNoSharedServer  = 50278
	codeUnknownGuild    = 10004
	codeBadRequest      = 50035
	codeNotInThisKind   = 50024
	codeTooManyThreads  = 160006
	codeNotOverThreads  = 40067
	archiveAfterMinutes = 1440
)

// A body is a message as Discord takes it.
type body struct {
	Components      []discordgo.MessageComponent `json:"components,omitempty"`
	Flags           int                          `json:"flags,omitempty"`
	AllowedMentions mentions                     `json:"allowed_mentions"`
	Nonce           string                       `json:"nonce,omitempty"`
	EnforceNonce    bool                         `json:"enforce_nonce,omitempty"`
	Reference       *reference                   `json:"message_reference,omitempty"`
	Attachments     []attachment                 `json:"attachments,omitempty"`
}

// mentions lets nobody be notified: without it, every mention in a text does, and
// every reply.
type mentions struct {
	Parse       []string `json:"parse"`
	Users       []string `json:"users,omitempty"` // the one person who must be named
	RepliedUser bool     `json:"replied_user"`
}

type reference struct {
	MessageID  string `json:"message_id"`
	FailIfGone bool   `json:"fail_if_not_exists"`
}

type attachment struct {
	ID          int    `json:"id"`
	Name        string `json:"filename"`
	Description string `json:"description,omitempty"`
}

const (
	flagEphemeral = 1 << 6
	flagSilent    = 1 << 12
	flagV2        = 1 << 15
)

// bodyOf is a post as a message.
func bodyOf(p post, ephemeral bool) body {
	b := body{Components: p.components, Flags: flagV2, AllowedMentions: mentions{Parse: []string{}}}
	if p.named != "" {
		b.AllowedMentions.Users = []string{p.named}
	}
	if ephemeral {
		b.Flags |= flagEphemeral
	}
	if p.silent {
		b.Flags |= flagSilent
	}
	for i, f := range p.files {
		b.Attachments = append(b.Attachments, attachment{i, f.name, f.alt})
	}
	return b
}

// draw renders a reply. A picture that cannot be drawn is left out.
func (b *Bot) draw(r bot.Reply, l look) []post {
	posts, err := render(r, l)
	if err != nil {
		b.log.Error("a picture cannot be drawn", "err", err)
	}
	return posts
}

// answer sends the reply to a message where it belongs: to the asker alone, into
// a thread of its own, or below the message. Its error is logged.
func (b *Bot) answer(ctx context.Context, m message, c channel, r bot.Reply) (err error) {
	switch {
	case m.GuildID == "":
		err = b.post(ctx, m.ChannelID, "", m.ID, b.draw(r, look{}))
	case r.Private:
		err = b.whisper(ctx, m, r)
	case r.OwnThread && !c.isThread():
		err = b.inThread(ctx, m, r)
	default:
		err = b.post(ctx, m.ChannelID, m.ID, m.ID, b.draw(r, look{asker: m.Author.ID}))
	}
	if err != nil {
		b.logSend("an answer could not be sent", err)
	}
	return err
}

// logSend logs an error of sending: at a lower level when it is how things are in
// that place, and nothing that the operator has to mend.
func (b *Bot) logSend(text string, err error) {
	if refusedWith(err, codeUnknownChannel, codeUnknownGuild, codeUnknownMessage, codeUnknownUser, codeNoAccess, codeNoPermission,
		codeClosed, codeNoSharedServer, codeArchived, codeThreadLocked, codeUnknownAnswer) {
		b.log.Info(text, "err", err)
		return
	}
	b.log.Error(text, "err", err)
}

// post sends posts into a channel one after the other, the first as a reply
// unless to is empty. However often it runs for one event, by whatever process,
// Discord keeps one message of each: they have the same nonce.
func (b *Bot) post(ctx context.Context, channelID, to, event string, posts []post) error {
	for i, p := range posts {
		reply := ""
		if i == 0 {
			reply = to
		}
		if err := b.postOne(ctx, channelID, reply, nonceOf(event, i), p); err != nil {
			return err
		}
	}
	return nil
}

// postOne sends one post. Where files or replies are not allowed, it goes without.
func (b *Bot) postOne(ctx context.Context, channelID, to, nonce string, p post) error {
	send := func(p post, to string) error {
		m := bodyOf(p, false)
		m.Nonce, m.EnforceNonce = nonce, true
		if to != "" {
			m.Reference = &reference{MessageID: to}
		}
		return b.rest.do(ctx, call{
			method: http.MethodPost, path: "/channels/" + channelID + "/messages", bucket: "messages " + channelID, body: m, files: p.files,
		}, nil)
	}
	err := send(p, to)
	if to != "" && refusedWith(err, codeNoHistory) {
		to = ""
		err = send(p, to)
	}
	if len(p.files) > 0 && refusedWith(err, codeNoPermission) {
		err = send(p.withoutFiles(), to)
	}
	return err
}

// hintDirect is said in public when something cannot be said in private; it says
// nothing of what it is.
const hintDirect = "That is for your eyes only, and I cannot write you a direct message. Use the command of that name, such as `/streak`: only you see what it shows."

// whisper sends a reply to the asker of a message alone.
func (b *Bot) whisper(ctx context.Context, m message, r bot.Reply) error {
	direct, err := b.openDirect(ctx, m.Author.ID)
	if err == nil {
		err = b.post(ctx, direct, "", m.ID, b.draw(r, look{}))
	}
	if refusedWith(err, codeClosed, codeNoSharedServer) {
		hint := bot.Reply{Kind: bot.Help, Text: hintDirect}
		return b.post(ctx, m.ChannelID, m.ID, m.ID, b.draw(hint, look{asker: m.Author.ID}))
	}
	return err
}

// hintThread tells how to go on in a thread, where Discord keeps from the mentor
// what does not mention it.
const hintThread = "To go on here, reply to a message of mine or mention me."

// maxThreadName is the longest name of a thread (Discord's OpenAPI file, July
// 2026).
const maxThreadName = 100

// inThread answers a message in a thread of its own, or as a reply where it may
// not open one.
func (b *Bot) inThread(ctx context.Context, m message, r bot.Reply) error {
	name := r.Title
	if name == "" {
		name = "A question of " + nameOf(m.Author, m.Member)
	}
	var thread channel
	err := b.rest.do(ctx, call{
		method: http.MethodPost, path: "/channels/" + m.ChannelID + "/messages/" + m.ID + "/threads", bucket: "threads " + m.ChannelID,
		body: map[string]any{"name": shorten(strings.TrimSpace(name), maxThreadName), "auto_archive_duration": archiveAfterMinutes},
	}, &thread)
	switch {
	case refusedWith(err, codeHasThread):
		thread.ID = m.ID // a thread has the id of the message it began with
	case refusedWith(err, codeNoPermission, codeNoAccess, codeNotInThisKind, codeTooManyThreads, codeNotOverThreads):
		b.log.Info("no thread can be opened, so the answer is a reply", "err", err)
		return b.post(ctx, m.ChannelID, m.ID, m.ID, b.draw(r, look{asker: m.Author.ID}))
	case err != nil:
		return err
	}
	l := look{asker: m.Author.ID}
	if b.intents&discordgo.IntentMessageContent == 0 {
		l.hint = hintThread
	}
	return b.post(ctx, thread.ID, "", m.ID, b.draw(r, l))
}
