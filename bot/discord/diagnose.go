package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Finding is one thing that was looked at, and for what is not as it should be,
// the cure.
type Finding struct {
	What   string // "token", "application", …
	OK     bool
	Detail string // what was found
	Cure   string // empty when OK
}

func fine(what, format string, args ...any) Finding {
	return Finding{What: what, OK: true, Detail: fmt.Sprintf(format, args...)}
}

func ill(what, cure, format string, args ...any) Finding {
	return Finding{What: what, Cure: cure, Detail: fmt.Sprintf(format, args...)}
}

// A doctor looks a bot's account over. It changes nothing.
type doctor struct {
	rest  *rest
	wants bool // the message content intent
	me    user
	app   application
	date  time.Time // by Discord's clock, at the instant below
	at    time.Time
}

type application struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Flags     int    `json:"flags"`
	Public    bool   `json:"bot_public"`
	CodeGrant bool   `json:"bot_require_code_grant"`
	Endpoint  string `json:"interactions_endpoint_url"`
}

// Flags of an application: the content of messages is switched on, for a large
// application or a small one (Discord's application documents, August 2026).
const flagsContent = 1<<18 | 1<<19

// Diagnose checks the token, the application's switches, the commands, how many
// new sessions are left, the clock, and what the bot may do in each of the
// channels. It needs no mentor, changes nothing and takes some seconds at most.
// After a token that is not taken, there is nothing more to look at.
func Diagnose(ctx context.Context, c Config, channels ...string) []Finding {
	api, err := newRest(c)
	if err != nil {
		return []Finding{ill("settings", "see the message", "%v", err)}
	}
	d := &doctor{rest: api, wants: c.ReadMessages}
	api.observe = d.clock
	out := []Finding{d.token(ctx)}
	if !out[0].OK {
		return out
	}
	out = append(out, d.application(ctx)...)
	if d.app.ID != "" {
		out = append(out, d.commands(ctx))
	}
	out = append(out, d.gateway(ctx), d.skew())
	for _, id := range channels {
		out = append(out, d.channel(ctx, id))
	}
	return out
}

// clock notes Discord's time from an answer.
func (d *doctor) clock(h http.Header) {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		d.date, d.at = t, time.Now()
	}
}

func (d *doctor) token(ctx context.Context) Finding {
	err := d.rest.do(ctx, call{method: http.MethodGet, path: "/users/@me"}, &d.me)
	if api, ok := errors.AsType[*apiError](err); ok && api.Status == http.StatusUnauthorized {
		return ill("token", "make a new token in the developer portal, page Bot, and put it in DISCORD_TOKEN", "Discord does not take it")
	}
	if err != nil {
		return ill("token", "check that this machine reaches Discord, and DISCORD_API_URL if it is set", "Discord cannot be asked: %v", err)
	}
	return fine("token", "it is that of %s", d.me.Username)
}

func (d *doctor) application(ctx context.Context) []Finding {
	if err := d.rest.do(ctx, call{method: http.MethodGet, path: "/applications/@me"}, &d.app); err != nil {
		return []Finding{ill("application", "try again in a minute", "Discord does not tell: %v", err)}
	}
	out := []Finding{fine("application", "%s (%s); invite it with %s", d.app.Name, d.app.ID, Invite(d.app.ID))}
	if d.app.Endpoint != "" {
		out = append(out, ill("application", "empty Interactions Endpoint URL in the developer portal, page General Information",
			"commands and buttons go to %s and never reach this program", d.app.Endpoint))
	}
	if d.app.CodeGrant {
		out = append(out, ill("application", "switch off Requires OAuth2 Code Grant in the developer portal, page Bot", "the invite link asks for a code that nobody has"))
	}
	switch on := d.app.Flags&flagsContent != 0; {
	case d.wants && !on:
		out = append(out, ill("intents", "switch on Message Content Intent in the developer portal, page Bot, or run without reading messages", "reading messages is wanted and not allowed"))
	case !d.wants && on:
		out = append(out, ill("intents", "switch off Message Content Intent in the developer portal, page Bot: it is not used", "the bot may read all messages and does not need to"))
	default:
		out = append(out, fine("intents", "as they are wanted"))
	}
	return out
}

func (d *doctor) commands(ctx context.Context) Finding {
	same, err := commandsMatch(ctx, d.rest, "/applications/"+d.app.ID+"/commands")
	switch {
	case err != nil:
		return ill("commands", "try again in a minute", "Discord does not tell: %v", err)
	case !same:
		return ill("commands", "start the mentor: it registers them", "those registered are not those of this version")
	}
	return fine("commands", "%d are registered", len(commands()))
}

// fewStarts is when an operator should ask why the bot connects so often.
const fewStarts = 100

func (d *doctor) gateway(ctx context.Context) Finding {
	var g gatewayLimits
	if err := d.rest.do(ctx, call{method: http.MethodGet, path: "/gateway/bot"}, &g); err != nil {
		return ill("gateway", "try again in a minute", "Discord does not tell: %v", err)
	}
	if g.Limit.Total > 0 && g.Limit.Remaining < fewStarts {
		reset := (time.Duration(g.Limit.ResetAfter) * time.Millisecond).Round(time.Minute)
		return ill("gateway", "look in the log for why it connects so often; let all its processes use one store", "%d of %d new sessions are left for %v", g.Limit.Remaining, g.Limit.Total, reset)
	}
	return fine("gateway", "%d of %d new sessions of the day are left; shards recommended: %d", g.Limit.Remaining, g.Limit.Total, g.Shards)
}

// maxSkew is how far the clock may be off: a day ends by this machine's.
const maxSkew = 5 * time.Second

func (d *doctor) skew() Finding {
	if d.date.IsZero() {
		return fine("clock", "Discord does not tell the time")
	}
	if off := d.at.Sub(d.date).Round(time.Second); off.Abs() > maxSkew {
		return ill("clock", "set this machine's clock, for example with a time service", "it is %v off Discord's", off)
	}
	return fine("clock", "it agrees with Discord's")
}

// A scope is a channel as far as permissions are about it.
type scope struct {
	channel
	GuildID    string      `json:"guild_id"`
	Name       string      `json:"name"`
	Overwrites []overwrite `json:"permission_overwrites"`
}

type overwrite struct {
	ID    string `json:"id"` // of a role or a member
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

// names are the permissions by the names that server settings show.
var names = []struct {
	bit  int64
	name string
}{
	{1 << 10, "View Channel"},
	{1 << 11, "Send Messages"},
	{1 << 15, "Attach Files"},
	{1 << 16, "Read Message History"},
	{1 << 35, "Create Public Threads"},
	{1 << 38, "Send Messages in Threads"},
}

func (d *doctor) channel(ctx context.Context, id string) Finding {
	what := "channel " + id
	var c scope
	if err := d.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + id}, &c); err != nil {
		if refusedWith(err, codeUnknownChannel) {
			return ill(what, "take its setting away with /setup default, or do nothing", "it does not exist any more")
		}
		return ill(what, "give the bot View Channel there", "it cannot be seen: %v", err)
	}
	if c.Name != "" {
		what = "channel #" + c.Name
	}
	may, err := d.may(ctx, c)
	if err != nil {
		return ill(what, "try again in a minute", "Discord does not tell what the bot may do: %v", err)
	}
	var missing []string
	for _, n := range names {
		if !has(may, n.bit) {
			missing = append(missing, n.name)
		}
	}
	if len(missing) > 0 {
		return ill(what, "give the bot's role these in the channel's settings, or invite it anew", "the bot lacks %s", strings.Join(missing, ", "))
	}
	return fine(what, "the bot may do there all that it needs")
}

// may is what the bot may do in a channel: its roles' permissions, changed by the
// channel's for everybody, for its roles, and for itself, in this order
// (Discord's page on permissions, August 2026).
func (d *doctor) may(ctx context.Context, c scope) (int64, error) {
	var g guild
	if err := d.rest.do(ctx, call{method: http.MethodGet, path: "/guilds/" + c.GuildID}, &g); err != nil {
		return 0, err
	}
	var m member
	if err := d.rest.do(ctx, call{method: http.MethodGet, path: "/guilds/" + c.GuildID + "/members/" + d.me.ID}, &m); err != nil {
		return 0, err
	}
	return allowed(g, m.Roles, d.me.ID, c.Overwrites), nil
}

func allowed(g guild, roles []string, me string, overwrites []overwrite) int64 {
	var p int64
	for _, r := range g.Roles {
		if r.ID == g.ID || slices.Contains(roles, r.ID) {
			p |= permissionsIn(r.Permissions)
		}
	}
	if g.OwnerID == me || p&permAdministrator != 0 {
		return permAdministrator
	}
	var allow, deny int64
	for _, o := range overwrites {
		if o.ID == g.ID {
			p = p&^permissionsIn(o.Deny) | permissionsIn(o.Allow)
		}
		if slices.Contains(roles, o.ID) && o.ID != g.ID {
			allow, deny = allow|permissionsIn(o.Allow), deny|permissionsIn(o.Deny)
		}
	}
	p = p&^deny | allow
	for _, o := range overwrites {
		if o.ID == me {
			p = p&^permissionsIn(o.Deny) | permissionsIn(o.Allow)
		}
	}
	return p
}
