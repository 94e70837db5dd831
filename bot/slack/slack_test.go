package slack

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/slack/slacktest"
	"mentor/knowledge"
)

// A shelf is the built-in guide with a search over a few words.
type shelf struct{ guide *knowledge.Guide }

func (s shelf) Guide() *knowledge.Guide { return s.guide }

func (s shelf) With(lessons []knowledge.Lesson) bot.Library {
	return taughtShelf{s, s.guide.With(lessons)}
}

// A taughtShelf answers a question that is a lesson's phrasing with the lesson,
// and others as the shelf does.
type taughtShelf struct {
	shelf
	taught *knowledge.Guide
}

func (s taughtShelf) Guide() *knowledge.Guide { return s.taught }

func (s taughtShelf) Find(ctx context.Context, question string) (knowledge.Finding, error) {
	for _, e := range s.taught.Entries() {
		if slices.Contains(e.Ask, question) && e != s.guide.Entry(e.ID) {
			return knowledge.Finding{Outcome: knowledge.Answer, Matches: []knowledge.Match{{Entry: e, Confidence: 0.97}}}, nil
		}
	}
	return s.shelf.Find(ctx, question)
}

func (s shelf) Find(_ context.Context, question string) (knowledge.Finding, error) {
	var f knowledge.Finding
	for word, id := range map[string]string{"language": "which-language-to-learn", "sql": "learn-sql", "skills": "skills-overview"} {
		if strings.Contains(strings.ToLower(question), word) {
			f.Matches = append(f.Matches, knowledge.Match{Entry: s.guide.Entry(id), Confidence: 0.97})
		}
	}
	switch len(f.Matches) {
	case 0:
	case 1:
		f.Outcome = knowledge.Answer
	default:
		f.Outcome = knowledge.Choices
	}
	return f, nil
}

// newMentor is a mentor with the built-in guide and a store of its own.
func newMentor(tb testing.TB) *bot.Mentor {
	tb.Helper()
	store, err := boltstore.Open(filepath.Join(tb.TempDir(), "mentor.db"), boltstore.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return bot.New(shelf{guide(tb)}, bot.WithStore(store))
}

// newSlack is a Slack in which the app was made from the manifest.
func newSlack(t *testing.T, options ...slacktest.Option) *slacktest.Server {
	t.Helper()
	return slacktest.New(t, append([]slacktest.Option{
		slacktest.Manifest(Manifest()), slacktest.Patience(10 * time.Second), slacktest.Rate("chat.postMessage", 6e5, 1e4),
	}, options...)...)
}

// A running is a bot at work in a test.
type running struct {
	*Bot

	cancel context.CancelFunc
	ended  chan error
	logged *logBuffer
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs a bot until the test's end. change may be nil.
func start(t *testing.T, s *slacktest.Server, m Mentor, change func(*Config, *Bot)) *running {
	t.Helper()
	logged := &logBuffer{}
	c := Config{
		AppToken: s.AppToken(), BotTokens: []string{s.BotToken()}, APIURL: s.APIURL(), Mentor: m,
		Log: slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if whole, ok := m.(*bot.Mentor); ok {
		c.Suggest = whole.Suggest
	}
	if change != nil {
		change(&c, nil)
	}
	b, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&c, b)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{Bot: b, cancel: cancel, ended: make(chan error, 1), logged: logged}
	go func() { r.ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		if err := r.end(t); err != nil {
			t.Errorf("Run = %v, want it to end without an error", err)
		}
		for _, secret := range []string{"xoxb-", "xapp-", "ticket-", "/respond/"} {
			if strings.Contains(logged.String(), secret) {
				t.Errorf("the log holds %q:\n%s", secret, logged)
			}
		}
		if t.Failed() {
			t.Logf("log:\n%s", logged)
		}
	})
	return r
}

// end stops the bot, once.
func (r *running) end(t *testing.T) error {
	t.Helper()
	r.cancel()
	select {
	case err := <-r.ended:
		r.ended <- nil
		return err
	case <-time.After(15 * time.Second):
		t.Fatal("Run did not end")
		return nil
	}
}

// begin is a Slack and a bot with a real mentor in it.
func begin(t *testing.T) (*slacktest.Server, *running) {
	t.Helper()
	s := newSlack(t)
	b := start(t, s, newMentor(t), nil)
	s.WaitConnected(lines)
	return s, b
}

func newSlackLog() *slog.Logger { return slog.New(slog.DiscardHandler) }
