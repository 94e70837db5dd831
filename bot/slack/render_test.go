package slack

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"mentor/bot"
	"mentor/bot/slack/slacktest"
	"mentor/knowledge"
)

var update = flag.Bool("update", false, "write the golden files anew")

var builtin = sync.OnceValues(func() (*knowledge.Guide, error) { return knowledge.Load(knowledge.FS()) })

// guide is the built-in guide.
func guide(tb testing.TB) *knowledge.Guide {
	tb.Helper()
	g, err := builtin()
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// repliesTo are the two replies that an entry gives.
func repliesTo(g *knowledge.Guide, e *knowledge.Entry) []bot.Reply {
	r := bot.Reply{Kind: bot.Answer, Topic: e.ID, Title: e.Title, Confidence: 0.93, Text: e.Short, Sources: e.Sources, HasMore: e.More != ""}
	for _, other := range g.Related(e) {
		if len(r.Related) < 3 {
			r.Related = append(r.Related, bot.Choice{Topic: other.ID, Title: other.Title})
		}
	}
	if e.More == "" {
		return []bot.Reply{r}
	}
	more := r
	more.Text, more.HasMore = e.More, false
	return []bot.Reply{r, more}
}

// TestEveryReplyOfTheGuide posts all of them to a Slack that refuses what Slack
// refuses and notes Markdown that would show.
func TestEveryReplyOfTheGuide(t *testing.T) {
	t.Parallel()
	s := slacktest.New(t, slacktest.Rate("chat.postMessage", 1e6, 1e6))
	api := slack.New(s.BotToken(), slack.OptionAPIURL(s.APIURL()))
	channel := s.Channel("general")
	g := guide(t)
	posts := 0
	for _, e := range g.Entries() {
		for _, r := range repliesTo(g, e) {
			for _, m := range render(r, look{share: openWords(e.ID)}) {
				posts++
				if _, _, err := api.PostMessageContext(t.Context(), channel.ID, m.options()...); err != nil {
					t.Errorf("entry %s: %v", e.ID, err)
				}
			}
		}
	}
	t.Logf("%d entries, %d posts", len(g.Entries()), posts)
}

func TestGoldenBlocks(t *testing.T) {
	g := guide(t)
	for _, id := range []string{
		"skills-overview", "roadmap", "about-mentor", "which-language-to-learn", "lang-python", "learn-sql", "what-is-api", "soft-skills", "which-field", "step-6-more-skills",
	} {
		e := g.Entry(id)
		if e == nil {
			t.Fatalf("the guide has no entry %s", id)
		}
		var shown []any
		for _, r := range repliesTo(g, e) {
			for _, m := range render(r, look{}) {
				shown = append(shown, map[string]any{"text": m.text, "blocks": m.blocks})
			}
		}
		got, err := json.MarshalIndent(shown, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, id+".json", append(got, '\n'))
	}
}

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; go test ./bot/slack -update writes it anew):\n%s", name, diff)
	}
}
