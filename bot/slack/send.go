package slack

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// maxTries is how often a call is made that Slack fails, at growing distances.
const maxTries = 5

// A verdict says whether a call whose answer was lost may be made again.
type verdict int

const (
	unknown verdict = iota // it may have been done: not again
	again                  // it was not done, or doing it twice harms nobody
	done                   // it was done
)

// A check finds out about a call whose answer was lost.
type check func(context.Context) verdict

// harmless is for calls that may be made twice, never for those that may not and
// leave no trace to look for.
func harmless(context.Context) verdict { return again }
func never(context.Context) verdict    { return unknown }

// call makes a call to Slack, again when Slack is busy or failing. Of the same
// lane, it waits together with the others when Slack says how long.
func (w *workspace) call(ctx context.Context, lane string, look check, f func(context.Context) error) error {
	for try := 1; ; {
		if err := w.pace.wait(ctx, lane); err != nil {
			return err
		}
		err := f(ctx)
		if err == nil {
			return nil
		}
		if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
			w.pace.block(lane, max(limited.RetryAfter, gap))
			continue // surely not done, and ctx bounds it
		}
		if ctx.Err() != nil || !passing(err) || try == maxTries {
			w.noteLoss(err)
			return err
		}
		if sleep(ctx, backOff(try)) != nil {
			return err
		}
		if !unsent(err) {
			switch look(ctx) {
			case done:
				return nil
			case unknown:
				return err
			}
		}
		try++
	}
}

// passing reports whether an error may be over in a moment: one of Slack's
// servers or of the way there.
func passing(err error) bool {
	if code := codeOf(err); code != "" { // docs.slack.dev/reference/methods/chat.postMessage, November 2026
		return code == "internal_error" || code == "fatal_error" || code == "service_unavailable" || code == "request_timeout"
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return status.Code >= http.StatusInternalServerError
	}
	return true
}

// unsent reports whether a call surely did not reach Slack.
func unsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// A pace holds the calls of a lane back when Slack said to wait, and lets them go
// one after the other then.
type pace struct {
	mu    sync.Mutex
	lanes map[string]*laneState
	held  func(time.Duration) // unless nil, is told of every wait
}

type laneState struct {
	blocked time.Time // until then no call
	slot    time.Time // of the next call
}

// gap is between two calls of a lane that was held back: chat.postMessage takes
// one a second and channel (docs.slack.dev/apis/web-api/rate-limits, November 2026).
const gap = time.Second

func (p *pace) block(lane string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lanes == nil {
		p.lanes = map[string]*laneState{}
	}
	s := p.lanes[lane]
	if s == nil {
		s = &laneState{}
		p.lanes[lane] = s
	}
	if until := time.Now().Add(d); until.After(s.blocked) {
		s.blocked = until
	}
}

// wait returns when it is the caller's turn.
func (p *pace) wait(ctx context.Context, lane string) error {
	for {
		d := p.turn(lane)
		if d == 0 {
			return ctx.Err()
		}
		if p.held != nil {
			p.held(d)
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
		if !p.isBlocked(lane) {
			return nil
		}
	}
}

// turn takes the next slot and returns how long to wait for it.
func (p *pace) turn(lane string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.lanes[lane]
	if s == nil {
		return 0
	}
	now := time.Now()
	at := s.slot
	if s.blocked.After(at) {
		at = s.blocked
	}
	if !at.After(now) {
		delete(p.lanes, lane) // nobody waits any more
		return 0
	}
	s.slot = at.Add(gap)
	return at.Sub(now)
}

func (p *pace) isBlocked(lane string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.lanes[lane]
	return s != nil && s.blocked.After(time.Now())
}

// options are what posting m takes. Nothing unfurls.
func (m message) options() []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.text, false), slack.MsgOptionBlocks(m.blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

// post posts m for all in the channel to see, in a thread unless thread is "". It
// is posted once, even when Slack's answer is lost: a mark in its blocks is
// looked for before it is posted again. Where the history cannot be read, it is
// not posted again.
func (w *workspace) post(ctx context.Context, channel, thread string, m message) error {
	id := "m." + rand.Text()
	mark(m.blocks, id)
	options := m.options()
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	since := w.now().Add(-time.Minute)
	posted := func(ctx context.Context) verdict { return w.posted(ctx, channel, thread, id, since) }
	return w.call(ctx, "chat.postMessage "+channel, posted, func(ctx context.Context) error {
		_, _, err := w.api.PostMessageContext(ctx, channel, options...)
		return err //nolint:wrapcheck // call looks into it
	})
}

// mark gives one of the blocks an id to find the message by.
func mark(blocks []slack.Block, id string) {
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.SectionBlock:
			b.BlockID = id
			return
		case *slack.TableBlock:
			b.BlockID = id
			return
		}
	}
}

// posted looks for a message with a mark.
func (w *workspace) posted(ctx context.Context, channel, thread, id string, since time.Time) verdict {
	messages, err := w.recent(ctx, channel, thread, since)
	if err != nil {
		w.log.Warn("cannot see whether a message was posted", "err", clean(err))
		return unknown
	}
	for _, m := range messages {
		for _, b := range m.Blocks.BlockSet {
			if b.ID() == id {
				return done
			}
		}
	}
	return again
}

// recent reads the last messages of a channel or a thread.
func (w *workspace) recent(ctx context.Context, channel, thread string, since time.Time) ([]slack.Message, error) {
	const most = 200
	oldest := strconv.FormatInt(since.Unix(), 10) + ".000000"
	var messages []slack.Message
	err := w.call(ctx, "conversations.history", harmless, func(ctx context.Context) error {
		if thread != "" {
			var err error
			messages, _, _, err = w.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{ChannelID: channel, Timestamp: thread, Oldest: oldest, Limit: most})
			return err //nolint:wrapcheck // call looks into it
		}
		h, err := w.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: channel, Oldest: oldest, Limit: most})
		if err == nil {
			messages = h.Messages
		}
		return err //nolint:wrapcheck // call looks into it
	})
	return messages, err
}

// whisper posts m for one person's eyes. It leaves no trace to look for, so it is
// not sent again when Slack's answer is lost.
func (w *workspace) whisper(ctx context.Context, channel, thread, user string, m message) error {
	options := m.options()
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	return w.call(ctx, "chat.postEphemeral "+channel, never, func(ctx context.Context) error {
		_, err := w.api.PostEphemeralContext(ctx, channel, user, options...)
		return err //nolint:wrapcheck // call looks into it
	})
}

// respond answers a command or a click at the address that came with it, for one
// person's eyes or for the channel's. Such an address takes 5 answers in 30
// minutes (docs.slack.dev/interactivity/handling-user-interaction, November 2026).
func (w *workspace) respond(ctx context.Context, url, thread string, forAll bool, m message) error {
	kind := slack.ResponseTypeEphemeral
	if forAll {
		kind = slack.ResponseTypeInChannel
	}
	answer := &slack.WebhookMessage{
		Text: m.text, Blocks: &slack.Blocks{BlockSet: m.blocks}, ThreadTimestamp: thread, ResponseType: kind,
		UnfurlLinks: new(false), UnfurlMedia: new(false),
	}
	return w.call(ctx, "response_url", never, func(ctx context.Context) error {
		return slack.PostWebhookCustomHTTPContext(ctx, url, w.http, answer)
	})
}
