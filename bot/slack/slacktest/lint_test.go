package slacktest_test

import (
	"maps"
	"strings"
	"testing"

	"mentor/bot/slack/slacktest"
)

func TestLint(t *testing.T) {
	for _, c := range []struct {
		name string
		args object
		want slacktest.Kind // "" for none
	}{
		{"clean", object{"text": "*bold* <https://example.org|a link> &amp; `a*b` > no"}, slacktest.Unescaped},
		{"really clean", object{"text": "*bold* <https://example.org|a link> &amp; more\n> quoted\n• <#C1|general> <!date^1^{date}|x>"}, ""},
		{"double stars", object{"text": "**bold**"}, slacktest.MarkdownResidue},
		{"Markdown link", object{"text": "[a](https://example.org)"}, slacktest.MarkdownResidue},
		{"heading", object{"text": "hello\n## More"}, slacktest.MarkdownResidue},
		{"table", object{"text": "| a | b |\n| --- | --- |\n| 1 | 2 |"}, slacktest.MarkdownResidue},
		{"stars in code", object{"text": "use `a**b` or ```\n# a comment\n2 ** 3```"}, ""},
		{"number sign", object{"text": "the C# language, #1"}, ""},
		{"stars in a block", object{"text": "bold", "blocks": blocks(object{"type": "section", "text": object{"type": "mrkdwn", "text": "**bold**"}})}, slacktest.MarkdownResidue},
		{"stars on a button", object{"text": "bold", "blocks": blocks(actions(buttonOf(object{"type": "plain_text", "text": "**bold**"})))}, slacktest.MarkdownResidue},
		{"stars in a markdown block", object{"text": "bold", "blocks": blocks(object{"type": "markdown", "text": "# A\n**bold** & <b>"})}, ""},
		{"blocks alone", object{"blocks": blocks(sectionOf(1))}, slacktest.NoText},
		{"long", object{"text": strings.Repeat("x", 4001)}, slacktest.LongText},
		{"not so long", object{"text": strings.Repeat("x", 4000)}, ""},
		{"channel", object{"text": "<!channel> hello"}, slacktest.Ping},
		{"here", object{"text": "<!here|here> hello"}, slacktest.Ping},
		{"everyone in a block", object{"text": "hello", "blocks": blocks(object{"type": "section", "text": object{"type": "mrkdwn", "text": "<!everyone>"}})}, slacktest.Ping},
		{"group", object{"text": "<!subteam^S123> hello"}, slacktest.Ping},
		{"person", object{"text": "<@U123ABC> hello"}, slacktest.Ping},
		{"person in plain text", object{"text": "hello", "blocks": blocks(object{"type": "section", "text": object{"type": "plain_text", "text": "<@U123ABC>"}})}, ""},
		{"link_names", object{"text": "@alice", "link_names": true}, slacktest.Ping},
		{"ampersand", object{"text": "R&D"}, slacktest.Unescaped},
		{"less than", object{"text": "a < b"}, slacktest.Unescaped},
		{"a tag", object{"text": "the <b> tag"}, slacktest.Unescaped},
		{"escaped", object{"text": "R&amp;D &lt;b&gt;"}, ""},
		{"in a field", object{"text": "a", "blocks": blocks(object{"type": "section", "fields": []any{object{"type": "mrkdwn", "text": "R&D"}}})}, slacktest.Unescaped},
		{"unfurling links", object{"text": "a", "unfurl_links": true}, slacktest.Unfurl},
		{"unfurling media", object{"text": "a", "unfurl_media": nil}, slacktest.Unfurl},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := slacktest.New(t)
			args := quiet(object{"channel": s.Channel("general").ID})
			maps.Copy(args, c.args)
			if c.want != "" {
				s.Allow(c.want, 1)
			}
			if got := call(t, s, "chat.postMessage", args); code(got) != "" {
				t.Fatalf("%v, want ok: Slack lets it pass", got)
			}
			if got := s.Ledger().Violations(c.want); c.want != "" && len(got) != 1 {
				t.Errorf("violations = %v, want one %s", got, c.want)
			}
		})
	}
}

func TestAllowedPingIsCounted(t *testing.T) {
	s := slacktest.New(t)
	alice, bob := s.Person("alice"), s.Person("bob")
	s.AllowPing(alice)
	s.Allow(slacktest.Ping, 1)
	text := "<@" + alice.ID + "> and <@" + bob.ID + ">"
	call(t, s, "chat.postMessage", quiet(object{"channel": s.Channel("general").ID, "text": text, "blocks": blocks(object{"type": "section", "text": object{"type": "mrkdwn", "text": text}})}))
	if got := s.Ledger().Pings(); len(got) != 2 {
		t.Errorf("Pings = %v, want each person once", got)
	}
	if got := s.Ledger().Violations(""); len(got) != 1 || !strings.Contains(got[0].Detail, bob.ID) {
		t.Errorf("Violations = %v, want bob's only", got)
	}
}

func TestViolationsFailTheTest(t *testing.T) {
	r := &recorder{TB: t}
	s := slacktest.New(r)
	s.Allow(slacktest.MarkdownResidue, 1)
	for _, text := range []string{"**one**", "**two**", "**three**"} {
		call(t, s, "chat.postMessage", quiet(object{"channel": s.Channel("general").ID, "text": text}))
	}
	if got := r.finish(); strings.Contains(got, "one") || !strings.Contains(got, "markdown residue: chat.postMessage: ** is shown as it is: **two**\n") || !strings.Contains(got, "three") {
		t.Errorf("errors = %q, want the two over the allowance", got)
	}
}
