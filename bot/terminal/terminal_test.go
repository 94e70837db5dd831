package terminal_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"mentor/bot"
	"mentor/bot/terminal"
	"mentor/knowledge"
)

var answer = bot.Reply{
	Kind: bot.Answer, Topic: "python", Title: "Python?", Confidence: 0.94, HasMore: true,
	Text:    "**Python** reads like English; see [the tour](https://example.org/tour).\n\n| a | b |\n|---|---|\n| 1 | 2 |",
	Sources: []knowledge.Source{{Title: "A survey", URL: "https://example.org", Date: "2025-07"}},
	Related: []bot.Choice{{Topic: "java", Title: "Java?"}},
}

func TestRenderPlain(t *testing.T) {
	got := terminal.Render(answer, 1200*time.Microsecond, 84, true)
	for _, want := range []string{"Python reads like English", "https://example.org/tour", "Source: A survey (2025-07)", "1 Java?", "sure (94 %) · 1.2 ms · `more` for the rest"} {
		if !strings.Contains(got, want) {
			t.Errorf("Render = %q, want it to contain %q", got, want)
		}
	}
	if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) || strings.Contains(got, "**") {
		t.Errorf("Render = %q, want no escape sequence and no Markdown", got)
	}
}

func TestRenderPlainKeepsTheMarksOfCommands(t *testing.T) {
	r := bot.Reply{Kind: bot.Help, Text: "`topics` lists what it covers."}
	if got, want := terminal.Render(r, 0, 84, true), "\n`topics` lists what it covers.\n\n"; got != want {
		t.Errorf("Render = %q, want %q", got, want)
	}
}

func TestRenderColoured(t *testing.T) {
	if got := terminal.Render(answer, 0, 84, false); !strings.Contains(got, "\x1b[") {
		t.Errorf("Render = %q, want colours", got)
	}
}

func TestRenderFitsTheWidth(t *testing.T) {
	long := bot.Reply{Kind: bot.None, Text: strings.Repeat("word ", 100)}
	for l := range strings.Lines(terminal.Render(long, 0, 40, true)) {
		if len(strings.TrimSpace(l)) > 40 {
			t.Errorf("line %q is longer than 40", l)
		}
	}
}

// chat runs a chat over in and returns what it printed.
func chat(t *testing.T, in io.Reader, handle func(context.Context, bot.Question) (bot.Reply, error)) (string, error) {
	t.Helper()
	var out strings.Builder
	c := terminal.Chat{In: in, Out: &out, Handle: handle, Person: "ada", Notice: "Welcome.", Plain: true, Now: time.Now}
	err := c.Run(t.Context())
	return out.String(), err
}

func TestLinesAreATranscript(t *testing.T) {
	var asked []bot.Question
	got, err := chat(t, strings.NewReader("one\r\n\ntwo\x1b[2J"), func(_ context.Context, q bot.Question) (bot.Reply, error) {
		asked = append(asked, q)
		return bot.Reply{Kind: bot.Help, Text: "Reply to " + string(q.Person) + "."}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 || asked[0].Text != "one" || asked[0].At.IsZero() {
		t.Errorf("asked %+v, want one and two", asked)
	}
	if want := "Welcome.\n\n> one\n\nReply to t:ada.\n\n> two\uFFFD[2J\n\nReply to t:ada.\n\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestAnErrorEndsTheChat(t *testing.T) {
	broken := errors.New("broken")
	_, err := chat(t, strings.NewReader("one\n"), func(context.Context, bot.Question) (bot.Reply, error) { return bot.Reply{}, broken })
	if !errors.Is(err, broken) {
		t.Errorf("Run = %v, want %v", err, broken)
	}
}

func TestCancellingEndsABlockedChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, typed := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			c := terminal.Chat{In: in, Out: io.Discard, Now: time.Now}
			done <- c.Run(ctx)
		}()
		synctest.Wait() // the chat waits for a line
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil after cancelling", err)
		}
		if err := typed.Close(); err != nil { // frees the reader
			t.Error(err)
		}
	})
}
