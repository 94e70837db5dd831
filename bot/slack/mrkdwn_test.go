package slack

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMrkdwn(t *testing.T) {
	for markdown, want := range map[string]string{
		"**bold** and *light* and `co<de`":         "*bold* and _light_ and `co&lt;de`",
		"__bold__ and _light_":                     "*bold* and _light_",
		"***both***":                               "*_both_*",
		"*light with **bold** inside*":             "_light with *bold* inside_",
		"[a *b* | c](https://x.org/a_(b)?q=1&r=2)": "<https://x.org/a_(b)?q=1&amp;r=2|a b / c>",
		"<https://x.org> a & b < c":                "<https://x.org> a &amp; b &lt; c",
		"[evil](javascript:alert)":                 "evil",
		"<!channel> <@U123>":                       "&lt;!channel&gt; &lt;@U123&gt;",
		`\*\*no\*\* \[a\]\(b\)`:                    "*\u200b*\u200bno*\u200b*\u200b [\u200ba]\u200b(b)",
		"snake_case_word 2 * 3 * 4":                "snake_case_word 2 * 3 * 4",
		"**un**do":                                 "*un*\u200bdo",
		"a **`x`** b":                              "a *`x`* b",
		"`**not bold**` ``a`b``":                   "`**not bold**` `a'b`",
		"**open":                                   "**open",
	} {
		if got := mrkdwn(markdown); got != want {
			t.Errorf("mrkdwn(%q) = %q, want %q", markdown, got, want)
		}
	}
}

func TestParts(t *testing.T) {
	const markdown = "### A **heading** & more\nA paragraph\non two lines.\n\n- one\n  goes on\n- two\n  - deeper\n1. first\n2) second\n\n```go\nif a < b {}\n```\n| A | B | C |\n|---|:-:|---|\n| **x** | y \\| z | |\n| u | v | w |\nend"
	want := []string{
		"*A heading &amp; more*",
		"A paragraph on two lines.",
		"• one goes on\n• two\n    ◦ deeper\n1. first\n2. second",
		"```\nif a &lt; b {}\n```",
		"• *x*: B: y | z\n• *u*: B: v; C: w",
		"end",
	}
	read := parts(markdown)
	got := make([]string, 0, len(read))
	for _, p := range read {
		got = append(got, p.text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

var tokenLike = regexp.MustCompile(`<[!@#]`)

func TestNoTextNotifiesAnybody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab <>!@#|&;*_`~[](){}\\\n-|:1. https://x"))).Draw(t, "text")
		for _, p := range parts(text) {
			if tokenLike.MatchString(p.text) {
				t.Fatalf("parts(%q) = %q, which Slack reads as a mention", text, p.text)
			}
		}
	})
}

func TestPiecesKeepEverythingWithinTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aé <>&.\n "))).Draw(t, "text")
		escaped := escape(text)
		var all strings.Builder
		for _, p := range pieces(escaped, 20) {
			if utf8.RuneCountInString(p) > 20 || !utf8.ValidString(p) {
				t.Fatalf("piece %q of %q is longer than 20", p, escaped)
			}
			all.WriteString(p)
		}
		if strip(all.String()) != strip(escaped) {
			t.Fatalf("pieces of %q lose something: %q", escaped, all.String())
		}
	})
}

func strip(s string) string { return strings.Join(strings.Fields(s), "") }
