// Package discord is the mentor in Discord: it keeps a connection, turns messages,
// commands and buttons into questions for package bot, and draws what comes back
// as Discord shows it best.
//
// It decides nothing that package bot decides, asks for no privileged right
// unless told to, notifies nobody, and says nothing unasked but one welcome in a
// new server. It trusts discordgo with the gateway's protocol only; staying
// connected, limits, tries and time-outs are its own.
package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"mentor/bot"
)

// DefaultAPI is where Discord is.
const DefaultAPI = "https://discord.com"

// A Mentor is what the adapter asks. [bot.Mentor] is one.
type Mentor interface {
	Hear(ctx context.Context, q bot.Question, to bot.Address) (bot.Reply, bool, error)
	Welcome(ctx context.Context, group string) (bot.Reply, bool)
	Suggest(ctx context.Context, typed string, n int) []bot.Choice
	SuggestZones(typed string, n int) []string
}

// A Config is what a bot needs. Token and Mentor are required.
type Config struct {
	Token  string // from the developer portal, page Bot
	APIURL string // of a stand-in for Discord; empty for Discord itself
	Mentor Mentor
	Log    *slog.Logger // nil for none
	// ReadMessages asks for the privileged intent of message content, which has to
	// be switched on in the portal: then questions that mention nobody are heard,
	// in the mentor's threads and in channels set to `all`.
	ReadMessages bool
	HTTP         *http.Client // nil for the default
	// Leases deal the shards of the bot out among the processes on one store; nil for
	// a process that has them all to itself. Shards is how many there are, if no other
	// process has said so before; 0 for as many as Discord recommends.
	Leases bot.Leases
	Shards int
	// Observe, unless nil, is told of every message that was heard, when its reply is
	// out. It must not wait.
	Observe func(bot.Turn)
}

// A Bot is the mentor's account in Discord.
type Bot struct {
	mentor  Mentor
	log     *slog.Logger
	rest    *rest
	intents discordgo.Intent
	work    *work
	places  *places
	seen    seen
	pace    pace
	leases  bot.Leases
	shards  int
	turns   turns
	observe func(bot.Turn)

	me      atomic.Value  // string: the bot's user id, from before the gateway opens
	app     atomic.Value  // string: the application's id, from READY on
	isReady chan struct{} // closed at the first READY
	ready   sync.Once
	failed  chan error // what ends the run; holds one
}

var _ bot.Platform = (*Bot)(nil)

// New checks a configuration and returns a bot that is not yet connected. The
// error names the cure.
func New(c Config) (*Bot, error) {
	api, err := newRest(c)
	if err != nil {
		return nil, err
	}
	if c.Mentor == nil {
		return nil, errors.New("discord: a bot without a mentor has nothing to say")
	}
	b := &Bot{
		mentor: c.Mentor, log: logOf(c), rest: api, pace: defaultPace, places: newPlaces(), observe: c.Observe, leases: c.Leases, shards: c.Shards,
		intents: discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages,
		failed:  make(chan error, 1), isReady: make(chan struct{}),
	}
	if c.ReadMessages {
		b.intents |= discordgo.IntentMessageContent
	}
	b.me.Store("")
	b.app.Store("")
	if b.observe == nil {
		b.observe = func(bot.Turn) {}
	}
	b.work = newWork(b.log)
	b.rest.denied = func() { b.fail(errToken) }
	return b, nil
}

func logOf(c Config) *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Log
}

// newRest is the REST side of a configuration.
func newRest(c Config) (*rest, error) {
	token := strings.TrimPrefix(strings.TrimSpace(c.Token), "Bot ")
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return nil, errors.New("DISCORD_TOKEN is empty or has spaces in it; copy the bot's token from the developer portal, page Bot")
	}
	base := strings.TrimSuffix(c.APIURL, "/")
	if base == "" {
		base = DefaultAPI
	}
	if u, err := url.Parse(base); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("DISCORD_API_URL %q is no address; write http://host:port, or unset it for Discord itself", c.APIURL)
	}
	client := c.HTTP
	if client == nil {
		client = &http.Client{Transport: newTransport()}
	}
	return &rest{
		base: base, token: token, client: client, log: logOf(c), limits: newLimits(), pause: firstPause,
		agent: "DiscordBot (https://github.com/bwmarrin/discordgo, v" + discordgo.VERSION + ")",
	}, nil
}

// newTransport keeps enough connections for a crowd that presses one button.
func newTransport() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport // somebody has replaced it: theirs, then
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}

// errToken is the end of a run whose token Discord does not take.
var errToken = errors.New("discord does not take the token; make a new one in the developer portal, page Bot, and put it in DISCORD_TOKEN")

// fail ends the run with err, if nothing has before.
func (b *Bot) fail(err error) {
	select {
	case b.failed <- err:
	default:
	}
}

// drainTime is how long answers in hand have after the end of a run.
const drainTime = 6 * time.Second

// Run connects and answers until ctx ends, which is no error: answers in hand go
// out first, for some seconds. Otherwise it comes back only when going on is no
// use, with an error that names the cure. It may be called once.
func (b *Bot) Run(ctx context.Context) error {
	defer b.work.drain(drainTime)
	var beside sync.WaitGroup
	defer beside.Wait()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := b.learnName(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	beside.Go(func() {
		select {
		case <-b.isReady:
			b.registerCommands(ctx)
		case <-ctx.Done():
		}
	})
	beside.Go(func() {
		select {
		case err := <-b.failed:
			cancel(&failure{err})
		case <-ctx.Done():
		}
	})
	err := b.runShards(ctx)
	if failed, ok := errors.AsType[*failure](context.Cause(ctx)); ok && err == nil {
		err = failed.error
	}
	return err
}

// A failure is the cause of a run that ended because going on was no use.
type failure struct{ error }

// learnName asks Discord who the bot is, which is also the test of its token. It
// waits for a Discord that cannot be reached.
func (b *Bot) learnName(ctx context.Context) error {
	for try := 0; ctx.Err() == nil; try++ {
		var me user
		err := b.rest.do(ctx, call{method: http.MethodGet, path: "/users/@me"}, &me)
		if api, ok := errors.AsType[*apiError](err); ok && api.Status == http.StatusUnauthorized {
			return errToken
		}
		if err == nil && me.ID != "" {
			b.me.Store(me.ID)
			b.log.Info("discord knows the bot", "name", me.Username, "id", me.ID)
			return nil
		}
		if ctx.Err() == nil {
			b.log.Warn("discord cannot be reached; trying again", "err", err)
			pause(ctx, b.pace.backoff(try))
		}
	}
	return nil
}

// Connection is how the bot stands with Discord.
func (b *Bot) Connection() bot.Connection { return b.rest.line.Connection(b.work.inHand()) }

func (b *Bot) id() string          { return text(b.me.Load()) }
func (b *Bot) application() string { return text(b.app.Load()) }

// text is a value that is known to be a string.
func text(v any) string {
	s, ok := v.(string)
	if !ok {
		return ""
	}
	return s
}
