package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// supervise keeps a shard's session with the gateway until ctx ends, or an error
// says that it is no use. It resumes what can be resumed, begins anew within the
// budget otherwise, and waits longer after each attempt that fails.
func (b *Bot) supervise(ctx context.Context, s shard) error {
	budget := &budget{pace: b.pace}
	var l *link
	defer func() {
		if l != nil {
			unwatchLog(l)
		}
	}()
	for try := 0; ctx.Err() == nil; {
		if l == nil || l.isSpent() {
			next, err := b.begin(ctx, s, budget, l)
			if ctx.Err() != nil {
				break
			}
			if err != nil {
				return err
			}
			l = next
		}
		lived, err := b.live(ctx, s, l)
		if ctx.Err() != nil {
			break
		}
		if final := fatal(err); final != nil {
			return final
		}
		try = b.pace.failed(try, lived)
		b.log.Warn("the connection to discord is over; connecting again", "shard", s.number, "err", err, "resumes", !l.isSpent(), "lived", lived.Round(time.Millisecond))
		if try > 1 || lived == 0 { // the first time at once: it is nobody's fault
			pause(ctx, b.pace.backoff(max(0, try-2)))
		}
	}
	return nil
}

// begin makes a link for a new session as soon as one may begin.
func (b *Bot) begin(ctx context.Context, s shard, budget *budget, old *link) (*link, error) {
	if old != nil {
		unwatchLog(old)
		old.cut()
	}
	atOnce, err := b.waitForStarts(ctx)
	if err != nil {
		return nil, err
	}
	if err := budget.wait(ctx); err != nil {
		return nil, err
	}
	if err := b.waitForTurn(ctx, s.number%atOnce); err != nil {
		return nil, err
	}
	g := &gatewayFinder{rest: b.rest}
	l, err := newLink(b.rest.token, s, b.intents, b.rest.agent, &http.Client{Transport: g, Timeout: callTime}, b.onEvent)
	if err != nil {
		return nil, fmt.Errorf("prepare a session: %w", err)
	}
	g.link = l
	return l, nil
}

// fewestStarts is how many new sessions of the day are kept back: past the last
// one Discord resets the token (its gateway document, August 2026).
const fewestStarts = 12

// waitForStarts waits while few of the day's new sessions are left. When Discord
// does not say how many are, it goes on. It returns how many may begin at once.
func (b *Bot) waitForStarts(ctx context.Context) (atOnce int, _ error) {
	for {
		g, err := b.gatewayLimits(ctx)
		if err != nil || g.Limit.Remaining > fewestStarts || g.Limit.Total == 0 {
			return max(1, g.Limit.AtOnce), ctx.Err()
		}
		wait := time.Duration(g.Limit.ResetAfter)*time.Millisecond + time.Second
		b.log.Error("almost no new sessions are left for today; waiting until there are, so that the token is not reset", "left", g.Limit.Remaining, "wait", wait)
		if err := sleep(ctx, wait); err != nil {
			return 0, err
		}
	}
}

// gatewayLimits is what Discord says of new sessions.
type gatewayLimits struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Limit  struct {
		Total      int   `json:"total"`
		Remaining  int   `json:"remaining"`
		ResetAfter int64 `json:"reset_after"` // milliseconds
		AtOnce     int   `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

func (b *Bot) gatewayLimits(ctx context.Context) (gatewayLimits, error) {
	var g gatewayLimits
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err := b.rest.do(ctx, call{method: http.MethodGet, path: "/gateway/bot"}, &g)
	return g, err
}

// live opens l and stays until its connection ends; it returns how long that
// lived and why it ended.
func (b *Bot) live(ctx context.Context, s shard, l *link) (time.Duration, error) {
	down, err := l.open(ctx, b.pace.open)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	b.rest.line.Opened()
	defer b.rest.line.Closed()
	b.log.Info("connected to discord", "shard", s.number, "of", s.of)
	watch := time.NewTicker(max(b.pace.silence/8, time.Millisecond))
	defer watch.Stop()
	dog := watchdog{longest: b.pace.silence, last: began}
	var over <-chan time.Time // when discordgo has had its time to notice a cut
	for {
		select {
		case <-ctx.Done():
			l.close(b.pace.closing)
			return time.Since(began), ctx.Err()
		case <-down:
			err := l.reason()
			l.cut()
			return time.Since(began), err
		case <-over:
			l.spend()
			return time.Since(began), errSilent
		case <-watch.C:
			if over == nil && dog.barks(l.lastAck(), time.Now()) {
				l.note(errSilent)
				l.cut()
				over = time.After(graceTime)
			}
		}
	}
}

// graceTime is how long discordgo takes to notice that its connection is cut: a
// second, and some.
const graceTime = 5 * time.Second

// A watchdog tells a connection on which heartbeats are not answered.
type watchdog struct {
	longest time.Duration
	last    time.Time
}

// barks takes when a heartbeat was last answered.
func (w *watchdog) barks(ack, now time.Time) bool {
	if ack.After(w.last) {
		w.last = ack
	}
	return now.Sub(w.last) > w.longest
}

// A gatewayFinder carries discordgo's one request, for the gateway's address, by
// way of the bot's own REST side, so that it goes where DISCORD_API_URL says. For
// a session that can be resumed it answers with the address that READY named.
type gatewayFinder struct {
	rest *rest
	link *link
}

// RoundTrip implements http.RoundTripper.
func (g *gatewayFinder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet || !strings.HasSuffix(req.URL.Path, "/gateway") {
		return nil, errors.New("discordgo is to send no request but for the gateway's address")
	}
	var answer struct {
		URL string `json:"url"`
	}
	if answer.URL = g.link.address(); answer.URL == "" {
		if err := g.rest.do(req.Context(), call{method: http.MethodGet, path: "/gateway"}, &answer); err != nil {
			return nil, err
		}
	}
	answer.URL = watchLog(strings.TrimSuffix(answer.URL, "/"), g.link)
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: req,
	}, nil
}
