package index

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mentor/knowledge"
)

var update = flag.Bool("update", false, "write the golden file anew")

// builtin is the index of the built-in guide, built once.
var builtin = sync.OnceValue(func() *Index {
	x, err := Build(knowledge.Builtin())
	if err != nil {
		panic(err)
	}
	return x
})

func find(tb testing.TB, x *Index, question string) knowledge.Finding {
	tb.Helper()
	f, err := x.Find(context.Background(), question)
	if err != nil {
		tb.Fatalf("Find(%q): %v", question, err)
	}
	return f
}

func heldApart(tb testing.TB) []Labelled {
	tb.Helper()
	f, err := os.Open("testdata/questions.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	questions, err := ReadLabelled(f, f.Name())
	if err != nil {
		tb.Fatal(err)
	}
	return questions
}

// TestRanks holds what the index does with every held-apart question, so that a
// change to the guide or to the index shows its effect as a diff.
func TestRanks(t *testing.T) {
	const golden = "testdata/ranks.golden"
	var b strings.Builder
	for _, q := range heldApart(t) {
		f := find(t, builtin(), q.Question)
		rank := "-"
		if i := slices.IndexFunc(f.Matches, func(m knowledge.Match) bool { return slices.Contains(q.Topics, m.Entry.ID) }); i >= 0 {
			rank = strconv.Itoa(i + 1)
		}
		got := ""
		if len(f.Matches) > 0 {
			got = f.Matches[0].Entry.ID
		}
		fmt.Fprintf(&b, "%s %-7s %-28s %s\n", rank, f.Outcome, got, q.Question)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("ranks changed; if for the better, run `go test ./index -update` (-want +got):\n%s", diff)
	}
}

// TestHeldApartQuestionsAreNoPhrasings guards the measure.
func TestHeldApartQuestionsAreNoPhrasings(t *testing.T) {
	phrasings := map[string]string{}
	for _, e := range knowledge.Builtin().Entries() {
		for _, a := range e.Ask {
			phrasings[strings.ToLower(a)] = e.ID
		}
	}
	for _, q := range heldApart(t) {
		if id, ok := phrasings[strings.ToLower(q.Question)]; ok {
			t.Errorf("the held-apart question %q is a phrasing of %s", q.Question, id)
		}
		for _, topic := range q.Topics {
			if knowledge.Builtin().Entry(topic) == nil {
				t.Errorf("the held-apart question %q names the topic %q, which is no entry", q.Question, topic)
			}
		}
	}
}

// TestBuildsAreAlike builds the guide again and expects the same findings, to
// the last bit.
func TestBuildsAreAlike(t *testing.T) {
	again, err := Build(knowledge.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for _, q := range heldApart(t) {
		if diff := cmp.Diff(find(t, builtin(), q.Question), find(t, again, q.Question)); diff != "" {
			t.Fatalf("Find(%q) differs between two builds (-first +second):\n%s", q.Question, diff)
		}
	}
}

func TestFindNothing(t *testing.T) {
	for _, question := range []string{"", " ", "?!", "👍", "```go\nfunc main() {}\n```", "https://example.org/backend", "<@112233445566778899>", "今天天气怎么样", "\xff\xfe"} {
		if f := find(t, builtin(), question); f.Outcome != knowledge.None {
			t.Errorf("Find(%q) = %v, want none", question, f.Outcome)
		}
	}
}

func TestConfidenceIsAProbability(t *testing.T) {
	for _, q := range heldApart(t) {
		f := find(t, builtin(), q.Question)
		for i, m := range f.Matches {
			if m.Confidence < 0 || m.Confidence > 1 || i > 0 && m.Confidence > f.Matches[i-1].Confidence {
				t.Errorf("Find(%q) has the confidences %v, want falling ones from 0 to 1", q.Question, f.Matches)
			}
		}
	}
}

// TestSmallGuides builds guides that leave the index little to learn from.
func TestSmallGuides(t *testing.T) {
	entry := func(id, ask string) *knowledge.Entry {
		return &knowledge.Entry{ID: id, Title: id, Ask: []string{ask}, Short: ask}
	}
	for _, entries := range [][]*knowledge.Entry{
		{entry("a", "where do the cats sleep")},
		{entry("a", "where do the cats sleep"), entry("b", "what do dogs eat")},
		{entry("a", "?!"), entry("b", "what do dogs eat")},
	} {
		guide, err := knowledge.New(entries)
		if err != nil {
			t.Fatal(err)
		}
		x, err := BuildPlain(guide)
		if err != nil {
			t.Fatal(err)
		}
		if f := find(t, x, "what do cats eat, where do they sleep"); len(f.Matches) != len(entries) {
			t.Errorf("Find in a guide of %d entries found %d", len(entries), len(f.Matches))
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestLiveSwapsWithoutDroppingAQuestion(t *testing.T) {
	small, err := knowledge.New([]*knowledge.Entry{{ID: "cats", Title: "Cats", Ask: []string{"where do cats sleep"}, Short: "On you."}})
	if err != nil {
		t.Fatal(err)
	}
	build := func() *Index {
		x, err := BuildPlain(small)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	live := NewLive(build())
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if f, err := live.Find(context.Background(), "where do cats sleep"); err != nil || len(f.Matches) != 1 {
					t.Errorf("Find while swapping = %v, %v, want one match", f, err)
					return
				}
			}
		})
	}
	for range 20 {
		if err := live.Swap(build()); err != nil {
			t.Errorf("Swap: %v", err)
		}
	}
	stop()
	wg.Wait()
	if err := live.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// TestLongMessages: a message is at most 40,000 characters long, and the index
// must not take noticeably longer for it. The bound is generous, for slow and
// busy machines; BenchmarkFindLong has the figure.
func TestLongMessages(t *testing.T) {
	for _, long := range []string{
		strings.Repeat("which language is easiest for a beginner? ", 1000),
		strings.Repeat("a", 40_000), strings.Repeat("à\u0301", 10_000), strings.Repeat("<@1", 13_000), strings.Repeat("```", 13_000),
		strings.Repeat("http://", 5_700), strings.Repeat("be ", 13_000), strings.Repeat(". ", 20_000),
	} {
		start := time.Now()
		find(t, builtin(), long)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("Find(%.20q…) took %v", long, took)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{"which language is easiest", "be dev??", "c++ vs c# vs .net", "\xff", "``` <@ www.", "🐍 or ☕"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, question string) {
		found := find(t, builtin(), question)
		if found.Outcome != knowledge.None && len(found.Matches) == 0 {
			t.Errorf("Find(%q) = %v without a match", question, found.Outcome)
		}
	})
}

func ExampleBuild() {
	x, err := Build(knowledge.Builtin())
	if err != nil {
		panic(err)
	}
	defer x.Close()
	f, err := x.Find(context.Background(), "which backend language is easiest?")
	if err != nil {
		panic(err)
	}
	fmt.Println(f.Outcome, f.Matches[0].Entry.ID)
	// Output: answer easiest-language
}
