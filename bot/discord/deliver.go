package discord

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/bwmarrin/discordgo"

	"mentor/bot"
)

var _ bot.Sender = (*Bot)(nil)

// Idempotent is true: Discord returns the first message to a second one with the
// same nonce for a few minutes (its message resource, August 2026).
func (b *Bot) Idempotent() bool { return true }

// Send delivers a reminder: as a direct message, or into a channel, where it
// names the person and notifies nobody else. What a group is told comes into its
// channel without a sound.
func (b *Bot) Send(ctx context.Context, d bot.Delivery) error {
	if d.To == "" {
		return b.sendGroup(ctx, d)
	}
	user := strings.TrimPrefix(string(d.To), "d:")
	if !isSnowflake(user) {
		return bot.ErrGone
	}
	posts := b.draw(d.Reply, look{})
	channelID := d.Place
	if channelID == "" {
		id, err := b.openDirect(ctx, user)
		if err != nil {
			return fate(err)
		}
		channelID = id
	} else {
		posts[0] = posts[0].naming(user)
	}
	return fate(b.post(ctx, channelID, "", d.Key, posts))
}

func (b *Bot) sendGroup(ctx context.Context, d bot.Delivery) error {
	if !isSnowflake(d.Place) {
		return bot.ErrGone
	}
	posts := b.draw(d.Reply, look{})
	for i := range posts {
		posts[i].silent = true
	}
	return fate(b.post(ctx, d.Place, "", d.Key, posts))
}

// openDirect is the id of the direct channel with a user.
func (b *Bot) openDirect(ctx context.Context, user string) (string, error) {
	var direct channel
	err := b.rest.do(ctx, call{
		method: http.MethodPost, path: "/users/@me/channels", bucket: "direct", body: map[string]string{"recipient_id": user},
	}, &direct)
	return direct.ID, err
}

// naming is p with the user named above it: the one mention that notifies.
func (p post) naming(user string) post {
	p.named = user
	p.components = append([]discordgo.MessageComponent{discordgo.TextDisplay{Content: "<@" + user + ">"}}, p.components...)
	return p
}

// fate says what an error means for a reminder, as bot.Sender wants it told.
func fate(err error) error {
	if err == nil {
		return nil
	}
	if refusedWith(err, codeClosed, codeNoSharedServer, codeUnknownUser, codeUnknownChannel, codeUnknownGuild, codeNoAccess, codeNoPermission, codeThreadLocked) {
		return errors.Join(bot.ErrGone, err)
	}
	if api, ok := errors.AsType[*apiError](err); ok && api.Status == http.StatusTooManyRequests {
		return &bot.LaterError{Err: err}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return &bot.LaterError{Err: err}
	}
	return err
}
