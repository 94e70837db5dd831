package slack

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
)

// A workspace is one that the bot is installed in.
type workspace struct {
	id, name string
	user     string // the bot's own user id
	token    string // the name of its token, for messages; never the token
	api      *slack.Client
	http     *http.Client
	log      *slog.Logger
	now      func() time.Time
	pace     pace
	people   people
	threads  threads
	lost     atomic.Bool
	onLoss   func(w *workspace, why error)
}

// workspace asks Slack whose a token is. A Slack that cannot be reached is asked
// again until ctx ends; a refused token is an error with the cure.
func (b *Bot) workspace(ctx context.Context, token, name string) (*workspace, error) {
	w := &workspace{token: name, api: b.client(token), http: b.http, log: b.log, now: b.now, onLoss: b.lost}
	w.threads.since, w.threads.mine.half, w.people.by.half = b.now(), maxThreads/2, maxPeople/2
	w.pace.held = b.line.Held
	for fails := 0; ; fails++ {
		if err := sleep(ctx, backOff(fails)); err != nil {
			return nil, err
		}
		who, err := w.api.AuthTestContext(ctx)
		if err == nil {
			w.id, w.name, w.user = who.TeamID, who.Team, who.UserID
			w.log = b.log.With("workspace", w.name)
			return w, nil
		}
		if no := refused(name, err); no != nil {
			return nil, no
		}
		if ctx.Err() == nil {
			b.log.Warn("Slack cannot be asked whose a token is; trying again", "token", name, "err", clean(err))
		}
	}
}

// noteLoss looks whether an error means that the workspace is gone for the bot.
func (w *workspace) noteLoss(err error) {
	if code := codeOf(err); code == "missing_scope" || code == "not_allowed_token_type" {
		return // one call's affair
	}
	if why := refused(w.token, err); why != nil && !w.lost.Swap(true) {
		w.onLoss(w, why)
	}
}

// lost ends the bot when it has no workspace any more.
func (b *Bot) lost(w *workspace, why error) {
	b.log.Error("a Slack workspace is lost", "workspace", w.name, "err", why)
	for _, other := range b.teams {
		if !other.lost.Load() {
			return
		}
	}
	b.stop(errLost(fmt.Sprintf("%v; no workspace is left", why)))
}
