package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot"
)

var _ bot.Sender = (*Bot)(nil)

// Idempotent is false: Slack has no key that makes a second post the first one.
func (b *Bot) Idempotent() bool { return false }

// elsewhere is when to try again what belongs to a workspace that this process
// has not joined: another one may have.
const elsewhere = time.Minute

// goneCodes end a destination for good (docs.slack.dev/reference/methods/chat.postMessage
// and conversations.open, November 2026).
var goneCodes = []string{
	"channel_not_found", "not_in_channel", "is_archived", "messages_tab_disabled", "account_inactive", "user_disabled", "user_not_found",
	"users_not_found", "cannot_dm_bot", "restricted_action", "restricted_action_read_only_channel",
}

// Send delivers a reminder: into the person's direct channel, or into a channel,
// where it names the person and notifies nobody else. What a group is told comes
// into its channel and names nobody.
func (b *Bot) Send(ctx context.Context, d bot.Delivery) error {
	if d.To == "" {
		return b.sendGroup(ctx, d)
	}
	ids := d.To.Parts()
	if len(ids) != 2 {
		return bot.ErrGone
	}
	w, err := b.joinedTeam(ctx, ids[0])
	if err != nil {
		return err
	}
	t := target{user: ids[1], channel: d.Place}
	if t.channel == "" {
		channel, err := w.directChannel(ctx, t)
		if err != nil {
			return fate(err)
		}
		t.channel, t.direct = channel, true
	}
	messages := render(d.Reply, look{})
	if !t.direct {
		messages[0] = messages[0].naming(t.user)
	}
	for _, m := range messages {
		if err := w.post(ctx, t.channel, "", m); err != nil {
			return fate(err)
		}
	}
	return nil
}

// joinedTeam is a workspace, once this process has joined those it has tokens for.
func (b *Bot) joinedTeam(ctx context.Context, team string) (*workspace, error) {
	select {
	case <-b.joined:
	case <-ctx.Done():
		return nil, &bot.LaterError{Err: ctx.Err()}
	}
	w := b.teams[team]
	if w == nil {
		return nil, &bot.LaterError{After: elsewhere, Err: fmt.Errorf("workspace %s is not joined", team)}
	}
	return w, nil
}

// sendGroup posts what a group is told, and the picture that goes with it. Once its
// first message is there, the whole is not sent again: better a part that is missing
// than one that comes twice.
func (b *Bot) sendGroup(ctx context.Context, d bot.Delivery) error {
	w, err := b.joinedTeam(ctx, teamOf(d.Group))
	if err != nil {
		return err
	}
	for i, m := range render(d.Reply, look{}) {
		switch err := w.post(ctx, d.Place, "", m); {
		case err != nil && i == 0:
			return fate(err)
		case err != nil:
			w.log.Warn("the rest of what a group is told could not be sent", "channel", d.Place, "err", clean(err))
			return nil
		}
	}
	if err := w.attachDays(ctx, target{channel: d.Place}, d.Reply.Days); err != nil {
		w.log.Warn("a picture could not be sent", "channel", d.Place, "err", clean(err))
	}
	return nil
}

// naming is m with the user named above it: the one mention that notifies.
func (m message) naming(user string) message {
	name := "<@" + user + ">"
	m.text = name + " " + m.text
	m.blocks = append([]slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, name, false, false), nil, nil)}, m.blocks...)
	return m
}

// fate says what an error means for a reminder, as bot.Sender wants it told.
func fate(err error) error {
	if slices.Contains(goneCodes, codeOf(err)) {
		return errors.Join(bot.ErrGone, err)
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &bot.LaterError{After: limited.RetryAfter, Err: err}
	}
	if unsent(err) {
		return &bot.LaterError{Err: err}
	}
	return err
}
