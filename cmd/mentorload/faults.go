package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"mentor/bot/discord/discordtest"
	"mentor/bot/slack/slacktest"
)

// faultWindow is how long after a fault the time to a reply is not judged. What
// comes of a reply is judged always.
const faultWindow = 2 * time.Second

// A window is a time in which a fault made itself felt.
type window struct {
	fault    string
	from, to time.Time
}

// A fault is one thing that goes wrong. It returns when it is mended.
type fault struct {
	name string
	do   func(ctx context.Context) error
}

const (
	sendDiscord  = "POST /channels/{channel}/messages"
	replyDiscord = "POST /interactions/{interaction}/{token}/callback"
	sendSlack    = "chat.postMessage"
	several      = 5 // calls that one fault meets
	openTime     = time.Second
)

// faults are all kinds, in the order in which they come round.
func (w *world) faults(redis *server) []fault {
	now := func(f func()) func(context.Context) error {
		return func(context.Context) error { f(); return nil }
	}
	d := func(f discordtest.Fault) func(context.Context) error {
		f.Times = several
		return func(ctx context.Context) error {
			w.discord.Fail(f)
			sleep(ctx, openTime)
			w.discord.ClearFaults()
			return nil
		}
	}
	s := func(f slacktest.Fault) func(context.Context) error {
		return func(ctx context.Context) error {
			for range several {
				w.slack.Fail(sendSlack, f)
			}
			sleep(ctx, openTime)
			w.slack.ClearFaults()
			return nil
		}
	}
	list := []fault{
		{"Discord's connection breaks", now(w.discord.DropConnections)},
		{"Discord answers 500 to replies", d(discordtest.Fault{Route: replyDiscord, Status: http.StatusInternalServerError})},
		{"Slack answers 503", s(slacktest.Unavailable(http.StatusServiceUnavailable))},
		{"Discord answers 429 to messages", d(discordtest.Fault{Route: sendDiscord, Status: http.StatusTooManyRequests, RetryAfter: 300 * time.Millisecond})},
		{"Slack answers 429", s(slacktest.RateLimited(1))},
		{"Slack's connections break", now(w.slack.DropConnections)},
		{"Discord delivers all twice", w.twiceOnDiscord},
		{"Slack delivers all twice", now(func() { w.slack.RepeatEnvelopes(many) })},
		{"Discord takes messages and answers 502", d(discordtest.Fault{Route: sendDiscord, Status: http.StatusBadGateway, AfterEffect: true})},
		{"Slack takes messages and answers 500", s(slacktest.DoneButUnavailable(http.StatusInternalServerError))},
		{"Discord asks to reconnect", now(w.discord.Reconnect)},
		{"Slack asks for new connections", now(w.slack.Refresh)},
		{"Discord takes replies and resets the connection", d(discordtest.Fault{Route: replyDiscord, Reset: true, AfterEffect: true})},
	}
	if redis == nil {
		return list
	}
	dies := fault{"Redis dies and comes back", func(ctx context.Context) error {
		if err := redis.kill(); err != nil {
			return err
		}
		sleep(ctx, openTime)
		return redis.start(ctx)
	}}
	return append(append(append([]fault{dies}, list[:6]...), dies), list[6:]...)
}

// many is how many envelopes come twice, one after the other.
const many = 200

func (w *world) twiceOnDiscord(ctx context.Context) error {
	w.discord.Copies(2)
	sleep(ctx, openTime)
	w.discord.Copies(1)
	return nil
}

// lastFault is how long before the end of a run the last fault comes, so that
// people are answered as ever when it ends.
const lastFault = 5 * time.Second

// breakThings makes a fault come every so often until the end, and returns when
// they made themselves felt.
func (w *world) breakThings(ctx context.Context, every time.Duration, until time.Time, redis *server, progress io.Writer) ([]window, error) {
	var felt []window
	list := w.faults(redis)
	for i := 0; ; i++ {
		if !sleep(ctx, every) || time.Now().After(until.Add(-lastFault)) {
			return felt, nil
		}
		f, from := list[i%len(list)], time.Now()
		fmt.Fprintf(progress, "%s  %s\n", from.Format(time.TimeOnly), f.name)
		if err := guarded(func() error { return f.do(ctx) }); err != nil {
			return felt, fmt.Errorf("%s: %w", f.name, err)
		}
		felt = append(felt, window{f.name, from, time.Now()})
	}
}

// disturbed reports whether somebody who asked at that instant met a fault: just
// before it, while it lasted, or within faultWindow after it.
func disturbed(felt []window, at time.Time) bool {
	for _, w := range felt {
		if at.After(w.from.Add(-justBefore)) && at.Before(w.to.Add(faultWindow)) {
			return true
		}
	}
	return false
}

// lastOf is the last fault that came before an instant; the zero window for none.
func lastOf(felt []window, at time.Time) (last window) {
	for _, w := range felt {
		if w.from.Before(at.Add(justBefore)) {
			last = w
		}
	}
	return last
}

// justBefore is how long a question may be under way when a fault meets it: the
// bar for the slowest of a hundred.
const justBefore = 250 * time.Millisecond
