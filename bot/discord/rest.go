package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mentor/bot"
)

const (
	// apiPath is below Discord's address, and below that of a stand-in.
	apiPath = "/api/v9"
	// callTime is how long one try of a request takes at most.
	callTime = 10 * time.Second
	// maxTries bounds how often one request is tried.
	maxTries = 6
	// firstPause is the wait after the first failure; it doubles with each.
	firstPause = 250 * time.Millisecond
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 8 << 20
)

// A rest sends requests to Discord's REST interface: with a context that bounds
// the waiting too, one pause for all when Discord asks for one, and tries that
// cannot do a thing twice. It never logs a header.
type rest struct {
	base   string // without a slash at its end
	token  string
	agent  string
	client *http.Client
	log    *slog.Logger
	limits *limits
	pause  time.Duration // after the first failure
	line   bot.Line      // counts the gateway's connections, and the waits of requests
	// denied is called when Discord does not take the token any more.
	denied func()
	// observe, unless nil, is given the headers of each answer.
	observe func(http.Header)
}

// A call is one request.
type call struct {
	method, path string
	bucket       string // requests with the same are limited together; empty for those that have a limit of their own
	body         any    // as JSON; nil for none
	files        []file // sent along
	open         bool   // by the token in the path: no other, and no part in the global limit
	once         bool   // not to be tried again once it may have arrived
}

// An apiError is an answer of Discord's that refuses a request.
type apiError struct {
	Status  int    `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
	detail  string
}

func (e *apiError) Error() string {
	return fmt.Sprintf("discord answers %d, code %d: %s%s", e.Status, e.Code, e.Message, e.detail)
}

// refusedWith reports whether err is an answer with one of the codes.
func refusedWith(err error, codes ...int) bool {
	api, ok := errors.AsType[*apiError](err)
	if !ok {
		return false
	}
	return slices.Contains(codes, api.Code)
}

// do sends a call and decodes the answer into out, unless that is nil. It tries
// again after rate limits, after errors on Discord's side and after broken
// connections, as long as ctx lasts and the call may be repeated.
func (r *rest) do(ctx context.Context, c call, out any) error {
	body, contentType, err := encode(c)
	if err != nil {
		return fmt.Errorf("%s %s: %w", c.method, route(c.path), err)
	}
	for try := 1; ; try++ {
		answer, err := r.try(ctx, c, body, contentType)
		if err == nil {
			return decode(answer, out)
		}
		wait, again := r.retry(c, err, try)
		if !again {
			return fmt.Errorf("%s %s: %w", c.method, route(c.path), err)
		}
		if _, limited := errors.AsType[*errLimited](err); limited {
			r.line.Held(wait)
		}
		if err := sleep(ctx, wait); err != nil {
			return fmt.Errorf("%s %s: %w", c.method, route(c.path), err)
		}
	}
}

func decode(answer []byte, out any) error {
	if out == nil || len(answer) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read discord's answer: %w", err)
	}
	return nil
}

// errLimited is a 429 with the time to wait.
type errLimited struct{ wait time.Duration }

func (e *errLimited) Error() string { return fmt.Sprintf("rate limited for %v", e.wait) }

// retry says whether a call is to be tried again after err, and when. A rate
// limit is an answer that nothing was done.
func (r *rest) retry(c call, err error, try int) (time.Duration, bool) {
	pause := r.pause << (try - 1)
	pause += time.Duration(rand.Int64N(int64(pause) + 1))
	if limited, ok := errors.AsType[*errLimited](err); ok {
		if c.bucket != "" {
			return 0, try < 2*maxTries // the limits know how long
		}
		return limited.wait, try < 2*maxTries && limited.wait < longestPause
	}
	if api, ok := errors.AsType[*apiError](err); ok {
		return pause, api.Status >= 500 && !c.once && try < maxTries
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, errPaused) {
		return 0, false
	}
	return pause, !c.once && try < maxTries
}

// try sends a call once.
func (r *rest) try(ctx context.Context, c call, body []byte, contentType string) ([]byte, error) {
	began := time.Now()
	done, held, err := r.limits.enter(ctx, c)
	if held {
		r.line.Held(time.Since(began))
	}
	if err != nil {
		return nil, err
	}
	var headers http.Header
	defer func() { done(headers) }()
	callCtx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	resp, err := r.send(callCtx, c, body, contentType)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	if resp.StatusCode < 500 { // what fails on the way says nothing of limits
		headers = resp.Header
	}
	if r.observe != nil {
		r.observe(resp.Header)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if closeErr := resp.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode < 300 {
		return answer, nil
	}
	return nil, r.refusal(c, resp, answer)
}

// send makes the request. An error names the path without the tokens in it.
func (r *rest) send(ctx context.Context, c call, body []byte, contentType string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, c.method, r.base+apiPath+c.path, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the address of Discord's interface is not valid; see DISCORD_API_URL")
	}
	if !c.open {
		req.Header.Set("Authorization", "Bot "+r.token)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("User-Agent", r.agent)
	resp, err := r.client.Do(req)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // its text has the whole address, which may hold an interaction's token
		}
		return nil, fmt.Errorf("reach discord: %w", err)
	}
	return resp, nil
}

// refusal is the error of an answer that is not a success.
func (r *rest) refusal(c call, resp *http.Response, answer []byte) error {
	if resp.StatusCode == http.StatusTooManyRequests {
		return r.limits.tooMany(c, resp.Header, answer)
	}
	e := &apiError{Status: resp.StatusCode}
	if err := json.Unmarshal(answer, e); err != nil {
		e.Message = http.StatusText(resp.StatusCode) // a page of a proxy on the way
	}
	var detail struct {
		Errors json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(answer, &detail); err == nil && len(detail.Errors) > 0 {
		e.detail = " " + shorten(string(detail.Errors), 500)
	}
	if e.Status == http.StatusUnauthorized && !c.open && r.denied != nil {
		r.denied()
	}
	return e
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pause is sleep for those who look at ctx themselves.
func pause(ctx context.Context, d time.Duration) {
	_ = sleep(ctx, d) // it fails only when ctx ends
}

// route is a path with ids and tokens left out, for errors and logs.
func route(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if isSnowflake(p) {
			parts[i] = "{id}"
		} else if len(p) > 40 {
			parts[i] = "{token}"
		}
	}
	return strings.Join(parts, "/")
}

// seconds reads a header's number of seconds.
func seconds(s string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1e6 {
		return 0, false
	}
	return time.Duration(f * float64(time.Second)), true
}
