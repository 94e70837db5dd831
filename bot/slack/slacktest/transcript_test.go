package slacktest_test

import (
	"testing"

	"mentor/bot/slack/slacktest"
)

func TestTranscript(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	s.AllowPing(alice)
	question := alice.SayMarkup(general, "<@"+s.Team().BotUser+"> is <https://go.dev|Go> in <#"+general.ID+"> &lt;fast&gt;?")
	plain := func(text string) object { return object{"type": "plain_text", "text": text} }
	call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": "Go", "thread_ts": question.TS, "blocks": blocks(
		object{"type": "header", "text": plain("Go")},
		object{"type": "section", "text": object{"type": "mrkdwn", "text": "Hi <@" + alice.ID + ">, *yes*\n• fast"}, "accessory": object{"type": "image", "image_url": "https://example.org/a", "alt_text": "a gopher"}},
		table(2, 2, 1),
		object{"type": "context", "elements": []any{plain("a survey"), plain("94 %")}},
		object{"type": "divider"},
		actions(buttonOf(plain("More")), object{"type": "static_select", "placeholder": plain("Related"), "options": optionsOf(1)}, choice("overflow", optionsOf(1))),
	)}))
	want := `alice: @Mentor is Go in #general <fast>?
    Mentor: Go
      ==
      Hi @alice, *yes*
      • fast
      (image: a gopher)
      x | x
      x | x
      a survey · 94 %
      ────
      [More] [Related ▾] [⋯]
`
	if got := s.Transcript(general); got != want {
		t.Errorf("Transcript = %s, want %s", got, want)
	}
}
