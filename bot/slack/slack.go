// Package slack is the mentor in Slack: it is mentioned, written to, commanded
// and clicked on, and has a home tab, over Socket Mode, in one or more workspaces.
//
// It turns events into questions, calls the mentor, and shows what comes back in
// Slack's own look. What is answered, to whom, and only once, is decided in
// package bot. It keeps nothing: a button that is pressed after a restart works
// because its value says everything.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot"
)

var _ bot.Platform = (*Bot)(nil)

// A Mentor is asked for every reply.
type Mentor interface {
	// Hear decides whether a message is to be answered, and answers it once.
	Hear(ctx context.Context, q bot.Question, to bot.Address) (bot.Reply, bool, error)
	// Handle answers what the home tab is made of, as often as it is opened.
	Handle(ctx context.Context, q bot.Question) (bot.Reply, error)
}

// A Suggester returns at most n entries for somebody who has typed so much.
type Suggester func(ctx context.Context, typed string, n int) []bot.Choice

// A Config is what a Bot needs. AppToken, BotTokens and Mentor must be set.
//
// One app serves any number of workspaces with one app token and a bot token of
// each. Slack brings an event to one of the app's connections, whichever, so all
// copies of the program need all bot tokens. A copy holds two of the app's ten
// connections, and one when there are more than five copies.
type Config struct {
	AppToken  string   // xapp-…, opens Socket Mode for the app
	BotTokens []string // xoxb-…, one for each workspace
	APIURL    string   // where the Web API is; empty for Slack's own
	Mentor    Mentor
	Suggest   Suggester        // nil offers nothing in the form
	Log       *slog.Logger     // nil for none
	Clock     func() time.Time // nil for the machine's
	Leases    bot.Leases       // share the connections out among the processes on one store; nil for a process that has them all
	Observe   func(bot.Turn)   // unless nil, is told of every message that was heard, when its reply is out; it must not wait
}

// A Bot is the mentor in the workspaces of its tokens. Run it once.
type Bot struct {
	mentor  Mentor
	suggest Suggester
	log     *slog.Logger
	now     func() time.Time
	http    *http.Client
	app     *slack.Client
	tokens  []string
	apiURL  string
	teams   map[string]*workspace // by id; fixed once Run has identified them
	joined  chan struct{}         // closed when it has
	crew    *crew
	sockets *sockets
	leases  bot.Leases
	appID   string
	stop    context.CancelCauseFunc
	line    bot.Line // counts connections, and the waits of calls
	observe func(bot.Turn)
}

// callTime bounds one call to Slack. The client of slack-go alone would wait for
// ever (measured with v0.35.0).
const callTime = 10 * time.Second

// New makes a bot and looks at its tokens, without asking Slack. The error names
// the setting to change.
func New(c Config) (*Bot, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	b := &Bot{
		mentor: c.Mentor, suggest: c.Suggest, log: c.Log, now: c.Clock, http: httpClient(), tokens: c.BotTokens, apiURL: apiURL(c.APIURL), leases: c.Leases, appID: appID(c.AppToken),
		teams: map[string]*workspace{}, joined: make(chan struct{}), observe: c.Observe,
	}
	if b.observe == nil {
		b.observe = func(bot.Turn) {}
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.now == nil {
		b.now = time.Now
	}
	if b.suggest == nil {
		b.suggest = func(context.Context, string, int) []bot.Choice { return nil }
	}
	b.app = b.client("", slack.OptionAppLevelToken(c.AppToken))
	b.crew = newCrew(b.log)
	b.sockets = newSockets(b.app, b.take, b.log)
	b.sockets.count = &b.line
	return b, nil
}

// Connection is how the bot stands with Slack.
func (b *Bot) Connection() bot.Connection { return b.line.Connection(b.crew.inHand()) }

// httpClient has a time-out and connections enough for all workers.
func httpClient() *http.Client {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return &http.Client{Timeout: callTime}
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = maxAtOnce
	return &http.Client{Timeout: callTime, Transport: t}
}

func (b *Bot) client(token string, options ...slack.Option) *slack.Client {
	return slack.New(token, append(options, slack.OptionAPIURL(b.apiURL), slack.OptionHTTPClient(b.http))...)
}

// apiURL is the address of the Web API, which must end in a slash.
func apiURL(url string) string {
	if url == "" {
		return slack.APIURL
	}
	return strings.TrimSuffix(url, "/") + "/"
}

// check looks at the tokens' shapes.
func (c Config) check() error {
	switch {
	case c.Mentor == nil:
		return errors.New("slack: no mentor was given")
	case strings.HasPrefix(c.AppToken, "xoxb-"):
		return errors.New("slack: SLACK_APP_TOKEN holds a bot token; put the one that begins with xapp- there, and this one into SLACK_BOT_TOKEN")
	case !strings.HasPrefix(c.AppToken, "xapp-"):
		return errors.New("slack: SLACK_APP_TOKEN must begin with xapp-; make one under Basic Information, App-Level Tokens, with the scope connections:write")
	case len(c.BotTokens) == 0:
		return errors.New("slack: SLACK_BOT_TOKEN is empty; take the token that begins with xoxb- from Install App")
	}
	for i, t := range c.BotTokens {
		switch {
		case strings.HasPrefix(t, "xapp-"):
			return fmt.Errorf("slack: %s holds an app token; put the one that begins with xoxb- there, and this one into SLACK_APP_TOKEN", tokenName(i, len(c.BotTokens)))
		case !strings.HasPrefix(t, "xoxb-"):
			return fmt.Errorf("slack: %s must begin with xoxb-; take it from Install App, Bot User OAuth Token", tokenName(i, len(c.BotTokens)))
		}
	}
	return nil
}

// tokenName is how messages name a bot token without showing it.
func tokenName(i, n int) string {
	if n == 1 {
		return "SLACK_BOT_TOKEN"
	}
	return fmt.Sprintf("SLACK_BOT_TOKEN (number %d of %d)", i+1, n)
}

// lastWords is how long the replies in hand may take after the end was asked for.
const lastWords = 7 * time.Second

// Run answers until ctx ends, which is no error. It returns an error that names
// the cure when a token is wrong or revoked.
func (b *Bot) Run(ctx context.Context) error {
	ctx, b.stop = context.WithCancelCause(ctx)
	defer b.stop(nil)
	if err := b.identify(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	err := b.runLines(ctx)
	b.crew.finish(lastWords)
	b.http.CloseIdleConnections()
	if lost := errLost(""); err == nil && errors.As(context.Cause(ctx), &lost) {
		err = lost
	}
	return err
}

// identify asks Slack whose the bot tokens are, until it answers. A token that is
// refused ends the bot only when no other is left.
func (b *Bot) identify(ctx context.Context) error {
	var lost errLost
	for i, token := range b.tokens {
		name := tokenName(i, len(b.tokens))
		w, err := b.workspace(ctx, token, name)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // ended by the caller
		case errors.As(err, &lost):
			b.log.Error("a Slack workspace is left out", "err", err)
			continue
		case err != nil:
			return err
		}
		if other := b.teams[w.id]; other != nil {
			return fmt.Errorf("slack: %s and %s are both for the workspace %s; keep one of them", other.token, name, w.name)
		}
		b.teams[w.id] = w
		b.log.Info("in a Slack workspace", "workspace", w.name, "team", w.id)
	}
	if len(b.teams) == 0 {
		return lost
	}
	close(b.joined)
	return nil
}
