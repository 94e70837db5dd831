package discord

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mentor/bot"
	"mentor/bot/discord/discordtest"
	"mentor/knowledge"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestFormatTables(t *testing.T) {
	narrow := "Before.\n\n| Step | Weeks |\n|---|---:|\n| **SQL** | 4 |\n| [Go](https://go.dev) | 10 |\n\nAfter."
	want := "Before.\n\n```\nStep  Weeks\n───────────\nSQL   4\nGo    10\n```\n\nAfter."
	if diff := cmp.Diff(want, format(narrow)); diff != "" {
		t.Errorf("a narrow table (-want +got):\n%s", diff)
	}
	wide := "| Skill | What you do with it |\n|---|---|\n| **Language** | write the logic: Python, Java, Go |\n| APIs | let others \\| talk to you |"
	want = "- **Language**: write the logic: Python, Java, Go\n- **APIs**: let others | talk to you"
	if diff := cmp.Diff(want, format(wide)); diff != "" {
		t.Errorf("a wide table (-want +got):\n%s", diff)
	}
}

func TestFormatJoinsLines(t *testing.T) {
	got := format("One\ntwo.\n\n- first\n  goes on\n- second\n\n### Heading\nText  \nbroken on purpose")
	want := "One two.\n\n- first goes on\n- second\n\n### Heading\nText  \nbroken on purpose"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("format (-want +got):\n%s", diff)
	}
}

func TestFormatLeavesCodeAlone(t *testing.T) {
	code := "```sql\n| a | b |\n|---|---|\n-- @everyone <@1>\n```"
	if got := format(code); got != code {
		t.Errorf("format = %q, want it as it was", got)
	}
}

func TestFormatMentionsNobody(t *testing.T) {
	for _, s := range []string{"@everyone", "@here", "<@123>", "<@!123>", "<@&123>", "<#123>"} {
		if got := format("Hello " + s + "."); strings.Contains(got, s) {
			t.Errorf("format keeps %q: %q", s, got)
		}
	}
}

func TestSplitLaws(t *testing.T) {
	piece := rapid.SampledFrom([]string{"word ", "längeres Wort ", "🙂", "\n", "\n\n", "```go\n", "x := 1\n", "\n```\n", strings.Repeat("a", 70)})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 80).Draw(t, "pieces"), "")
		limit := rapid.IntRange(40, 200).Draw(t, "limit")
		for _, part := range split(text, limit) {
			if n := utf8.RuneCountInString(part); n > limit || n == 0 {
				t.Errorf("a part of %d characters, the limit is %d: %q", n, limit, part)
			}
		}
	})
}

// TestSplitLongAnswer is 9,000 characters with emoji and code.
func TestSplitLongAnswer(t *testing.T) {
	code := "```go\n" + strings.Repeat("fmt.Println(\"🙂\")\n", 40) + "```"
	text := strings.Repeat("A paragraph with 🙂 in it, and then some words. ", 60) + "\n\n" + code + "\n\n" + strings.Repeat("More words here. ", 330)
	if utf8.RuneCountInString(text) < 9_000 {
		t.Fatal("the text is too short to try anything")
	}
	words := func(s string) string { return strings.Join(strings.Fields(s), "") }
	parts := split(text, 2_000)
	if got := words(strings.Join(parts, "")); got != words(text) {
		t.Error("the parts do not add up to the text")
	}
	for i, p := range parts {
		if strings.Count(p, "```")%2 != 0 {
			t.Errorf("part %d has half a code block: %q", i, shorten(p, 80))
		}
	}
}

func TestIDsRoundTrip(t *testing.T) {
	id, ok := sayID("/more lang-python")
	if p, read := parsePress(id, nil); !ok || !read || p != (press{say: "/more lang-python"}) {
		t.Errorf("parsePress(%q) = %+v, %v", id, p, read)
	}
	if p, read := parsePress(dismissID("123456789012345678"), nil); !read || p.dismiss != "123456789012345678" {
		t.Errorf("a dismissal = %+v, %v", p, read)
	}
	if p, read := parsePress(pickID, []string{"/open roadmap"}); !read || p.say != "/open roadmap" {
		t.Errorf("a menu = %+v, %v", p, read)
	}
	for _, bad := range []string{"", "say:", "dismiss:me", "old-version", pickID} {
		if p, read := parsePress(bad, nil); read {
			t.Errorf("parsePress(%q) = %+v, want it refused", bad, p)
		}
	}
	if _, ok := sayID(strings.Repeat("a", maxID)); ok {
		t.Error("an id longer than Discord takes was made")
	}
	if n := len(nonceOf("18446744073709551615", 99)); n > 25 {
		t.Errorf("a nonce has %d characters, Discord takes 25", n)
	}
}

// TestEveryChoiceFitsAButton is that no entry's id is too long to be pressed.
func TestEveryChoiceFitsAButton(t *testing.T) {
	for _, e := range knowledge.Builtin().Entries() {
		for _, words := range []string{wordsOf(bot.Choice{Topic: e.ID}), "/more " + e.ID, "/good " + e.ID, "/bad " + e.ID} {
			if _, ok := sayID(words); !ok {
				t.Errorf("%q does not fit a button", words)
			}
		}
	}
}

// golden entries are of each kind: with a table, with code, short, long.
var golden = []string{"lang-python", "roadmap", "what-is-api", "ai-replace", "rest-vs-graphql", "salary", "docker-kubernetes", "what-backend-developers-do", "python-vs-javascript", "about-mentor"}

func TestGoldenReplies(t *testing.T) {
	guide := knowledge.Builtin()
	for _, id := range golden {
		e := guide.Entry(id)
		if e == nil {
			t.Errorf("the guide has no entry %q; name another", id)
			continue
		}
		goldenReply(t, guide, e)
	}
}

func goldenReply(t *testing.T, guide *knowledge.Guide, e *knowledge.Entry) {
	t.Helper()
	r := bot.Reply{Kind: bot.Answer, Topic: e.ID, Title: e.Title, Confidence: 0.93, Text: e.Short, Sources: e.Sources, HasMore: e.More != ""}
	for _, near := range guide.Related(e) {
		r.Related = append(r.Related, bot.Choice{Topic: near.ID, Title: near.Title})
	}
	short := drawn(t, r, look{asker: "123456789012345678"})
	r.Text, r.HasMore = e.More, false
	got := short + "\n════ More ════\n\n" + drawn(t, r, look{})
	name := filepath.Join("testdata", "replies", e.ID+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; write it with go test ./bot/discord -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), write it anew with -update:\n%s", name, diff)
	}
}

// drawn is a reply as the fake shows it.
func drawn(t *testing.T, r bot.Reply, l look) string {
	t.Helper()
	posts, err := render(r, l)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range posts {
		raw, err := json.Marshal(p.components)
		if err != nil {
			t.Fatal(err)
		}
		var shown []discordtest.Component
		if err := json.Unmarshal(raw, &shown); err != nil {
			t.Fatal(err)
		}
		for _, c := range shown {
			b.WriteString(plainly(c, "") + "\n")
		}
	}
	return b.String()
}

// plainly is a component as text: a frame behind a bar, a button in brackets.
func plainly(c discordtest.Component, mark string) string {
	var lines []string
	switch c.Type {
	case discordtest.Container:
		mark = "┃ "
	case discordtest.ActionRow:
		row := make([]string, 0, len(c.Components))
		for _, b := range c.Components {
			label := b.Label
			if b.Emoji != nil {
				label = b.Emoji.Name
			}
			row = append(row, "["+label+"]")
		}
		return strings.Join(row, " ")
	}
	if c.Content != "" {
		return strings.TrimRight(mark+strings.ReplaceAll(c.Content, "\n", "\n"+mark), " ")
	}
	for _, inner := range c.Components {
		lines = append(lines, plainly(inner, mark))
	}
	return strings.Join(lines, "\n")
}
