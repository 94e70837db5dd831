package discord_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"mentor/bot"
	"mentor/bot/discord"
)

// slowSecret is a mentor that takes its time to say something private.
type slowSecret struct{ discord.Mentor }

func (slowSecret) Hear(ctx context.Context, _ bot.Question, _ bot.Address) (bot.Reply, bool, error) {
	select {
	case <-time.After(200 * time.Millisecond):
	case <-ctx.Done():
	}
	return bot.Reply{Kind: bot.Help, Text: "A secret.", Private: true}, true, nil
}

// silent is a mentor that says the same to everybody, and keeps nothing; and a
// Discord that takes every first answer and keeps nothing either.
type silent struct {
	discord.Mentor
	number   atomic.Int64
	answered chan struct{}
}

func (*silent) Hear(context.Context, bot.Question, bot.Address) (bot.Reply, bool, error) {
	return bot.Reply{Kind: bot.Help, Text: "Yes."}, true, nil
}

func (*silent) Welcome(context.Context, string) (bot.Reply, bool) { return bot.Reply{}, false }

func (s *silent) next() int64 { return s.number.Add(1) & (1<<22 - 1) }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// counting answers callbacks itself and passes on the rest.
func (s *silent) counting(to http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, "/callback") {
			return to.RoundTrip(r)
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		s.answered <- struct{}{}
		return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})
}

// filer is a mentor whose public replies come with a file.
type filer struct{ discord.Mentor }

func (filer) Hear(context.Context, bot.Question, bot.Address) (bot.Reply, bool, error) {
	return bot.Reply{Kind: bot.Help, Text: "With a file.", File: &bot.File{Name: "a.json", Data: []byte("{}")}}, true, nil
}
