package discord_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
	"mentor/knowledge"
)

// A shelf finds the entry of the built-in guide of which the question is a
// phrasing, and for "something" a few that are near.
type shelf struct {
	guide *knowledge.Guide
	by    map[string]*knowledge.Entry
	delay time.Duration
}

func newShelf() *shelf { return shelfOf(knowledge.Builtin()) }

func shelfOf(guide *knowledge.Guide) *shelf {
	s := &shelf{guide: guide, by: map[string]*knowledge.Entry{}}
	for _, e := range s.guide.Entries() {
		s.by[fold(e.Title)] = e
		for _, a := range e.Ask {
			s.by[fold(a)] = e
		}
	}
	return s
}

func fold(s string) string { return strings.ToLower(strings.TrimRight(strings.TrimSpace(s), "?!.")) }

func (s *shelf) Guide() *knowledge.Guide { return s.guide }

func (s *shelf) With(lessons []knowledge.Lesson) bot.Library {
	taught := shelfOf(s.guide.With(lessons))
	taught.delay = s.delay
	return taught
}

func (s *shelf) Find(ctx context.Context, question string) (knowledge.Finding, error) {
	if s.delay > 0 {
		select {
		case <-time.After(s.delay):
		case <-ctx.Done():
			return knowledge.Finding{}, ctx.Err()
		}
	}
	if strings.Contains(question, "panic") {
		panic("as asked")
	}
	if e := s.by[fold(question)]; e != nil {
		return knowledge.Finding{Outcome: knowledge.Answer, Matches: []knowledge.Match{{Entry: e, Confidence: 0.97}}}, nil
	}
	if strings.Contains(question, "something") {
		var f knowledge.Finding
		for _, e := range s.guide.Entries()[:3] {
			f.Matches = append(f.Matches, knowledge.Match{Entry: e, Confidence: 0.4})
		}
		f.Outcome = knowledge.Choices
		return f, nil
	}
	return knowledge.Finding{}, nil
}

// python is a question with an answer in the guide.
const python = "Is Python good for back-end work?"

// A rig is a bot at work in a fake Discord.
type rig struct {
	*discordtest.Server
	bot   *discord.Bot
	store *memory
	shelf *shelf
	log   *safeBuffer
	stop  func() error // ends the run and returns its error
}

// A safeBuffer is a log that can be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

var _ io.Writer = (*safeBuffer)(nil)

// prepare makes a rig whose bot does not run yet.
func prepare(t *testing.T, s *discordtest.Server, change ...func(*discord.Config)) *rig {
	t.Helper()
	r := &rig{Server: s, store: newMemory(), shelf: newShelf(), log: &safeBuffer{}}
	c := discord.Config{
		Token: s.Token(), APIURL: s.URL(), Mentor: bot.New(r.shelf, bot.WithStore(r.store)),
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&c)
	}
	b, err := discord.New(c)
	if err != nil {
		t.Fatal(err)
	}
	b.Hurry(20)
	r.bot = b
	return r
}

// run starts the bot; the test's end stops it.
func (r *rig) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.bot.Run(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		if strings.Contains(r.log.String(), r.Token()) {
			t.Error("the token is in the log")
		}
		if t.Failed() {
			t.Logf("the bot's log:\n%s", r.log.String())
		}
	})
}

// start is a rig at work, its commands registered.
func start(t *testing.T, s *discordtest.Server, change ...func(*discord.Config)) *rig {
	t.Helper()
	r := prepare(t, s, change...)
	r.run(t)
	s.WaitConnected(t.Context())
	s.WaitCommand(t.Context(), "ask")
	return r
}

// texts is all that a message says.
func texts(m discordtest.Message) string {
	var b strings.Builder
	b.WriteString(m.Content)
	var walk func([]discordtest.Component)
	walk = func(list []discordtest.Component) {
		for _, c := range list {
			b.WriteString(c.Content + "\n")
			walk(c.Components)
		}
	}
	walk(m.Components)
	return b.String()
}

// button is the id of the button with that label or emoji.
func button(t *testing.T, m discordtest.Message, label string) string {
	t.Helper()
	for _, id := range m.Buttons() {
		if c, ok := m.Find(id); ok && (strings.Contains(c.Label, label) || c.Emoji != nil && c.Emoji.Name == label) {
			return id
		}
	}
	t.Fatalf("no button %q among %v", label, m.Buttons())
	return ""
}

// eventually waits for what nothing tells of.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond) //nolint:forbidigo // see above
	}
}
