package knowledge_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mentor/knowledge"
)

// ours is an entry of a layer with the given front matter after its id.
func ours(id, front string) string {
	return "---\nid: " + id + "\n" + front + "reviewed: 2026-11\n---\nOurs.\n"
}

func TestALayerAddsReplacesHidesAndExtends(t *testing.T) {
	below := knowledge.Builtin()
	taken := below.Entry("lang-go").Ask[0]
	g, err := below.Lay(folder(map[string]string{
		"own/our-club.md":         ours("our-club", "title: Our club?\nask: [where is the club, \""+taken+"\"]\nsee: [lang-go]\n"),
		"languages/lang-php.md":   ours("lang-php", "title: PHP here?\nask: [php in our club]\n"),
		"languages/lang-ruby.md":  "---\nid: lang-ruby\nhide: true\n---\n",
		"languages/lang-rust.md":  "---\nid: lang-rust\nextend: true\nask: [the crab thing]\n---\n",
		"languages/.lang-java.md": "no entry",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(g.Entries()); n != len(below.Entries()) || g.Entry("our-club").Short != "Ours." || g.Entry("lang-php").Short != "Ours." {
		t.Errorf("the guide has %d entries, want as many as below: one more and one less, with ours in them", n)
	}
	if g.Entry("lang-ruby") != nil || below.Entry("lang-ruby") == nil {
		t.Error("lang-ruby is not hidden, or hidden below too")
	}
	rust := g.Entry("lang-rust").Ask
	if len(rust) != len(below.Entry("lang-rust").Ask)+1 || rust[len(rust)-1] != "the crab thing" {
		t.Errorf("lang-rust has %d phrasings, the last %q", len(rust), rust[len(rust)-1])
	}
	if g.Entry("lang-go").Ask[0] == taken {
		t.Errorf("the phrasing %q leads to two entries", taken)
	}
}

func TestABrokenLayerNamesFileAndCure(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"hides nothing", "---\nid: x\nhide: true\n---\n", `guide entry a/x.md:3: it hides "x", which is no entry of the guide below it; name an id that`},
		{"extends nothing", "---\nid: x\nextend: true\nask: [y]\n---\n", `it extends "x", which is no entry`},
		{"hides with text", "---\nid: x\nhide: true\n---\nText.\n", "a file that hides an entry has more than its id; remove the rest"},
		{"extends with text", "---\nid: x\nextend: true\nask: [y]\n---\nText.\n", "has a text of its own; keep `id:` and `ask:` only"},
		{"extends by nothing", "---\nid: x\nextend: true\n---\n", "no phrasings to extend the entry by; list them"},
		{"hides perhaps", "---\nid: x\nhide: perhaps\n---\n", "hide cannot be read; it must be true or false"},
		{"no title", "---\nid: x\n---\nText.\n", "no title; write"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := knowledge.Builtin().Lay(folder(map[string]string{"a/x.md": c.file})); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Lay = %v, want an error with %q", err, c.want)
			}
		})
	}
	if _, err := knowledge.Load(folder(map[string]string{"a/lang-go.md": "---\nid: lang-go\nhide: true\n---\n"})); err == nil || !strings.Contains(err.Error(), "no entry of the guide below it") {
		t.Errorf("Load of a file that hides = %v, want an error", err)
	}
}

// TestWhatIsWrittenReadsBackEqual, whatever a mentor typed.
func TestWhatIsWrittenReadsBackEqual(t *testing.T) {
	line := rapid.StringMatching(`[A-Za-z0-9"'\\:#{}\[\],&*!|>%@é☕-]{1,12}( [A-Za-z0-9"'\\:#{}\[\],&*!|>%@é☕-]{1,12}){0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		e := &knowledge.Entry{
			ID: "our-entry", Section: "taught", Title: line.Draw(t, "title"), Ask: rapid.SliceOfN(line, 1, 4).Draw(t, "ask"),
			See: []string{"lang-go"}, Reviewed: "2026-11", Short: line.Draw(t, "short"), More: rapid.SampledFrom([]string{"", "- one\n- two"}).Draw(t, "more"),
			Taught:  rapid.Bool().Draw(t, "taught"),
			Sources: []knowledge.Source{{Title: line.Draw(t, "source"), URL: "https://example.org/?a=b#c", Date: "2026"}},
		}
		g, err := knowledge.Load(folder(map[string]string{"taught/our-entry.md": string(knowledge.Write(e))}))
		if err != nil {
			t.Fatalf("Load of\n%s: %v", knowledge.Write(e), err)
		}
		if diff := cmp.Diff(e, g.Entry(e.ID)); diff != "" {
			t.Fatalf("written and read (-want +got):\n%s", diff)
		}
	})
}

func TestATaughtEntryPassesTheCheck(t *testing.T) {
	e := &knowledge.Entry{
		ID: "our-club", Title: "Our club?", Ask: []string{"where is the club"}, See: []string{"lang-go"}, Reviewed: "2026-11", Taught: true,
		Short: "In room 204. It costs $5.",
	}
	files := map[string]string{"taught/our-club.md": string(knowledge.Write(e)), "taught/lang-go.md": string(knowledge.WriteExtension("lang-go", []string{"the gopher: what is it?"}))}
	problems, err := knowledge.CheckLayer(folder(files), knowledge.Builtin(), today)
	if err != nil || len(problems) > 0 {
		t.Errorf("CheckLayer = %q, %v, want no problems", problems.Lines(), err)
	}
}
