package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"runtime/debug"
	"slices"
	"time"

	"mentor/bot"
)

// take looks at an envelope and says what to acknowledge it with, at once: all
// that takes time becomes a job. It reports false when there is too much to do,
// so that Slack brings the event again later.
func (b *Bot) take(e envelope) (answer any, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			b.log.Error("an envelope from Slack made the program panic", "type", e.Type, "panic", p, "stack", string(debug.Stack()))
			answer, ok = nil, true // it would do so again
		}
	}()
	switch e.Type {
	case "events_api":
		return nil, b.event(e)
	case "slash_commands":
		return nil, b.command(e)
	case "interactive":
		return b.interaction(e)
	}
	b.log.Warn("Slack sent an envelope of an unknown type", "type", e.Type)
	return nil, true
}

// eventPayload is what is read of an event. Its blocks are not: a block of a kind
// not known yet must not make a message unreadable.
type eventPayload struct {
	Team           string          `json:"team_id"`
	Authorizations []authorization `json:"authorizations"`
	Event          event           `json:"event"`
}

type authorization struct {
	Team string `json:"team_id"`
}

type event struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	RawUser     json.RawMessage `json:"user"` // an id; in user_change the whole person
	BotID       string          `json:"bot_id"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts"`
	Channel     string          `json:"channel"`
	ChannelType string          `json:"channel_type"`
	ParentUser  string          `json:"parent_user_id"`
	Tab         string          `json:"tab"`
	Tokens      struct {
		Bot []string `json:"bot"`
	} `json:"tokens"`
}

// user is the id of who the event is of; "" for nobody.
func (e event) user() string {
	var id string
	if json.Unmarshal(e.RawUser, &id) == nil {
		return id
	}
	var whole struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(e.RawUser, &whole) == nil {
		return whole.ID
	}
	return ""
}

// event takes an event of the Events API. A retry is an event like all others:
// the first try may have been lost.
func (b *Bot) event(e envelope) bool {
	var p eventPayload
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		b.log.Error("an event from Slack cannot be read", "err", err)
		return true
	}
	w := b.workspaceOf(p)
	if w == nil {
		b.log.Warn("an event of a workspace without a token in SLACK_BOT_TOKEN", "team", p.Team)
		return true
	}
	ev := p.Event
	switch ev.Type {
	case "app_mention", "message":
		if !ev.isWords() || ev.user() == w.user {
			return true
		}
		came := time.Now()
		return b.crew.add(w.id+ev.user(), func(ctx context.Context) { b.message(ctx, w, ev, came) })
	case "app_home_opened":
		if ev.Tab != "home" {
			return true
		}
		return b.crew.add(w.id+ev.user(), func(ctx context.Context) { b.publishHome(ctx, w, ev.user(), nil) })
	case "user_change":
		w.people.forget(ev.user())
	case "app_uninstalled":
		w.uninstalled()
	case "tokens_revoked":
		if slices.Contains(ev.Tokens.Bot, w.user) {
			w.uninstalled()
		}
	}
	return true
}

// uninstalled ends the work for a workspace that took the app away.
func (w *workspace) uninstalled() {
	if !w.lost.Swap(true) {
		w.onLoss(w, refusedFor(w.token, "account_inactive"))
	}
}

// workspaceOf is the workspace that an event came to the bot in; in a channel
// that is shared between workspaces not always that of the event.
func (b *Bot) workspaceOf(p eventPayload) *workspace {
	for _, a := range p.Authorizations {
		if w := b.teams[a.Team]; w != nil {
			return w
		}
	}
	return b.teams[p.Team]
}

// isWords reports whether an event is a message that a person wrote just now, and
// no edit, deletion, or post of a program.
func (e event) isWords() bool {
	return e.BotID == "" && e.user() != "" && e.user() != "USLACKBOT" && slices.Contains([]string{"", "thread_broadcast", "file_share"}, e.Subtype)
}

// message answers a message, which came at that instant, if it was meant for the
// mentor.
func (b *Bot) message(ctx context.Context, w *workspace, e event, came time.Time) {
	direct := e.ChannelType == "im"
	text, mentioned := said(e.Text, w.user)
	to := bot.Aside
	t := target{user: e.user(), came: came, channel: e.Channel, thread: cmp.Or(e.ThreadTS, e.TS), opens: e.ThreadTS == ""}
	switch {
	case direct:
		to, t.direct, t.thread, t.opens = bot.Direct, true, e.ThreadTS, false
	case mentioned || e.Type == "app_mention":
		to = bot.Mention
	case e.ThreadTS != "" && (e.ParentUser == w.user || w.inThread(ctx, e.Channel, e.ThreadTS)):
		to = bot.InThread
	}
	q := bot.Question{
		Text: text, Place: place(e.Channel, t.thread), Channel: e.Channel, Group: group(w.id),
		Event: messageEvent(w.id, e.Channel, e.TS), At: timeOf(e.TS, b.now()),
	}
	if direct {
		q.Channel, q.Group = "", ""
	}
	b.answer(ctx, w, q, to, t)
}

// answer asks the mentor and shows what it says.
func (b *Bot) answer(ctx context.Context, w *workspace, q bot.Question, to bot.Address, t target) {
	var who person
	if to != bot.Aside { // what is said to nobody is not worth a call each
		who = w.person(ctx, t.user)
	}
	q.Person, q.Name, q.Zone, q.Admin = account(w.id, t.user), who.name, who.zone, who.admin
	turn := bot.Turn{Came: t.came, Asked: time.Now()}
	r, ok, err := b.mentor.Hear(ctx, q, to)
	turn.Said = time.Now()
	if err != nil {
		turn.Broke = true
		b.log.Error("the mentor failed a question", "err", err)
		r, ok = bot.Reply{Kind: bot.Unavailable, Text: "Something went wrong on my side, and I could not look that up. Please try again in a minute.", Private: true}, to != bot.Aside
	}
	if !ok {
		return
	}
	t.words, t.name = q.Text, who.name
	err = b.show(ctx, w, t, r)
	turn.Sent, turn.Reply, turn.Lost = time.Now(), r, err != nil
	b.observe(turn)
	if err != nil {
		w.log.Error("a reply was not sent", "err", clean(err), "cure", sendCures[codeOf(err)])
	}
}

// sendCures are what an operator can do about Slack's refusals of a reply
// (docs.slack.dev/reference/methods/chat.postMessage, November 2026).
var sendCures = map[string]string{
	"messages_tab_disabled": "switch the messages tab on under App Home, Show Tabs, and let users send messages from it",
	"missing_scope":         "`mentor doctor` names the scope; add it under OAuth & Permissions and install the app again",
	"not_in_channel":        "invite the mentor to the channel",
	"is_archived":           "none: the channel is archived",
}
