package terminal_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mentor/bot"
	"mentor/bot/terminal"
)

// drawn is Markdown as a terminal shows it.
func drawn(source string, width int, plain bool) string {
	return strings.Trim(terminal.Render(bot.Reply{Kind: bot.Help, Text: source}, 0, width, plain), "\n")
}

func TestMarkdownPlain(t *testing.T) {
	const source = "### Why *it* is so\n\nA line with `code`,  \na [link](https://example.org/a) & <https://example.org/b>\nthat goes on \\*here\\* &amp; ends.\n\n" +
		"- one\n- two is so long that it goes on below\n  1. nested\n  2. again\n\n" +
		"| What | Months |\n|---|---:|\n| SQL and what is next to it | 2 |\n| `git` | 10 |\n\n```sql\nSELECT 1\n  FROM t;\n```\n\n> said\n"
	const want = `Why it is so

A line with ` + "`code`" + `,
a link https://example.org/a &
https://example.org/b that goes
on *here* & ends.

• one
• two is so long that it goes on
  below
  1. nested
  2. again

 What                  | Months
-----------------------|--------
 SQL and what is next  |      2
 to it                 |
 ` + "`git`" + `                 |     10

  SELECT 1
    FROM t;

| said`
	if diff := cmp.Diff(want, drawn(source, 32, true)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMarkdownColoured(t *testing.T) {
	got := drawn("**Strong *both* `code`** [x](https://e.org)", 80, false)
	want := "\x1b[1mStrong\x1b[0m \x1b[1;3mboth\x1b[0m \x1b[36mcode\x1b[0m x \x1b[34;4mhttps://e.org\x1b[0m"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestMarkdownOfAnything: whatever is drawn, no sign steers the terminal, and only
// what cannot be broken is wider than asked for.
func TestMarkdownOfAnything(t *testing.T) {
	part := rapid.SampledFrom([]string{
		"word ", "\x1b[2J", "&#27;[2J", "&#x9b;", "\n", "\n\n", "- ", "1. ", "| a | b |\n|---|---|\n| 1 | 2 |\n", "`", "```\n", "> ", "**", "*", "[x](y)", "<b>", "# ", "\t", "世界 ", "\\", "    ",
	})
	rapid.Check(t, func(t *rapid.T) {
		source := strings.Join(rapid.SliceOfN(part, 0, 30).Draw(t, "parts"), "")
		got := drawn(source, 40, true)
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); i >= 0 {
			t.Errorf("%q is drawn as %q, with a control sign at %d", source, got, i)
		}
		drawn(source, 1, false)
	})
}
