package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"mentor/bot/terminal"
)

// silent is the log of who reports otherwise.
var silent = slog.New(slog.DiscardHandler)

// serverLog writes text on a terminal and JSON elsewhere, if not told otherwise.
// Every line that could hold a secret is made without it where it is made; ids of
// people are hashed here, and what is said again and again is said once a minute.
func serverLog(p process, c config) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.logLevel}
	var h slog.Handler = slog.NewJSONHandler(p.stderr, options)
	if c.logFormat == "text" || c.logFormat == "" && terminal.IsTerminal(p.stderr) {
		h = slog.NewTextHandler(p.stderr, options)
	}
	if !c.logIDs {
		h = veiled{h, newVeil(c.discordToken, strings.Join(c.slackBots, " "))}
	}
	return slog.New(sparing{Handler: h, said: new(said), now: time.Now})
}

// sayAgain is how long a warning or an error that was logged is not logged again.
const sayAgain = time.Minute

// maxSaid bounds how many messages are remembered.
const maxSaid = 1000

// said is which messages were logged when, and how often they were left out since.
type said struct {
	mu sync.Mutex
	by map[string]saying
}

type saying struct {
	at  time.Time
	out int
}

// may reports whether to log what was said now, and how often it was left out.
func (s *said) may(what string, now time.Time) (left int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil || len(s.by) >= maxSaid {
		s.by = map[string]saying{}
	}
	last, known := s.by[what]
	if known && now.Sub(last.at).Abs() < sayAgain {
		last.out++
		s.by[what] = last
		return 0, false
	}
	s.by[what] = saying{at: now}
	return last.out, true
}

// A sparing handler logs each warning and error at most once a minute, and says how
// often it was left out before. Two are the same when they have the same message and
// came by the same logger, whatever their attributes.
type sparing struct {
	slog.Handler
	said *said
	now  func() time.Time
	path string // of the logger: what it was made with
}

// Handle implements slog.Handler.
func (s sparing) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return s.Handler.Handle(ctx, r)
	}
	left, ok := s.said.may(s.path+r.Message, s.now())
	if !ok {
		return nil
	}
	if left > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("left_out", left))
	}
	return s.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (s sparing) WithAttrs(attrs []slog.Attr) slog.Handler {
	s.Handler = s.Handler.WithAttrs(attrs)
	s.path += fmt.Sprint(attrs, " ")
	return s
}

// WithGroup implements slog.Handler.
func (s sparing) WithGroup(name string) slog.Handler {
	s.Handler = s.Handler.WithGroup(name)
	s.path += name + "."
	return s
}

// ids are what names a person or where they are: accounts as the store has them,
// learners, and the platforms' own ids.
var ids = regexp.MustCompile(`\b[dst]:[\w%.~-]+(?::[\w%.~-]+)*|\blearner [a-z2-7]{16}\b|\b\d{17,20}\b|\b[UWCDGT][A-Z0-9]{8,12}\b`)

// A veil hides ids so that those of one installation can still be told apart: by a
// keyed hash, which nobody without its tokens can reckon back.
type veil struct{ key []byte }

// newVeil is the veil of an installation with these secrets; without any, of this run.
func newVeil(secrets ...string) veil {
	secrets = slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
	if len(secrets) == 0 {
		secrets = []string{rand.Text()}
	}
	key := sha256.Sum256([]byte("mentor's log\x00" + strings.Join(secrets, "\x00")))
	return veil{key[:]}
}

// hide is text with every id in it hashed.
func (v veil) hide(text string) string {
	return ids.ReplaceAllStringFunc(text, func(id string) string {
		if name, ok := strings.CutPrefix(id, "learner "); ok {
			return "learner " + v.hash(name)
		}
		return v.hash(id)
	})
}

// hash is "#" and 10 hexadecimal digits.
func (v veil) hash(id string) string {
	mac := hmac.New(sha256.New, v.key)
	mac.Write([]byte(id))
	return "#" + hex.EncodeToString(mac.Sum(nil)[:5])
}

// A veiled handler logs with ids hashed.
type veiled struct {
	slog.Handler
	veil veil
}

// Handle implements slog.Handler.
func (h veiled) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, h.veil.hide(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, out)
}

// WithAttrs implements slog.Handler.
func (h veiled) WithAttrs(attrs []slog.Attr) slog.Handler {
	hidden := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		hidden[i] = h.attr(a)
	}
	h.Handler = h.Handler.WithAttrs(hidden)
	return h
}

// WithGroup implements slog.Handler.
func (h veiled) WithGroup(name string) slog.Handler {
	h.Handler = h.Handler.WithGroup(name)
	return h
}

// attr is a with ids hashed: in texts and errors, and all of what is a learner's id
// by its name.
func (h veiled) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindInt64, slog.KindTime, slog.KindUint64:
		return a
	case slog.KindGroup:
		inner := make([]slog.Attr, 0, len(v.Group()))
		for _, b := range v.Group() {
			inner = append(inner, h.attr(b))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(inner...)}
	}
	if a.Key == "learner" {
		return slog.String(a.Key, h.veil.hash(v.String()))
	}
	return slog.String(a.Key, h.veil.hide(fmt.Sprint(v.Any())))
}
