package index

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/knowledge"
)

// withEntry is the built-in guide with one more entry, learnt.
func withEntry(tb testing.TB, e *knowledge.Entry) *Index {
	tb.Helper()
	guide, err := knowledge.New(append(slices.Clone(knowledge.Builtin().Entries()), e))
	if err != nil {
		tb.Fatal(err)
	}
	x, err := Build(guide)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := x.Close(); err != nil {
			tb.Error(err)
		}
	})
	return x
}

// TestReplay: an entry about something new passes, one that draws the questions
// of others is refused, with a question by name.
func TestReplay(t *testing.T) {
	golden := Golden(knowledge.Builtin())
	club := withEntry(t, &knowledge.Entry{
		ID: "our-club", Title: "Where does our club meet?", Short: "In room 204 of the community college.",
		Ask: []string{"where does the club meet", "which room is the club in", "club evening address"},
	})
	c, err := Compare(t.Context(), builtin(), club, golden)
	if err != nil || c.Refusal() != nil {
		t.Errorf("an entry about something new: %+v, %v, %v; want it to pass", c, c.Refusal(), err)
	}
	t.Logf("one more entry: %d of %d changed, %d lost, right first %d before, %d after", len(c.Changes), c.Questions, c.Lost, c.RightBefore, c.RightAfter)

	drawn := make([]string, 0, 60)
	for _, q := range golden[:60] {
		drawn = append(drawn, q.Question)
	}
	greedy := withEntry(t, &knowledge.Entry{ID: "everything", Title: "Everything?", Ask: drawn, Short: "Buy our course."})
	c, err = Compare(t.Context(), builtin(), greedy, golden)
	if err != nil {
		t.Fatal(err)
	}
	if refusal := c.Refusal(); refusal == nil || !strings.Contains(refusal.Error(), "everything, was answer") || !c.Changes[0].Lost {
		t.Errorf("an entry that draws the questions of others: %v, want it refused with a question", refusal)
	}
}

func TestReplayLeavesHiddenTopicsOut(t *testing.T) {
	one, err := knowledge.New([]*knowledge.Entry{{ID: "lang-go", Title: "Go?", Ask: []string{"is go good"}, Short: "Yes."}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := BuildPlain(one)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	c, err := Compare(t.Context(), builtin(), x, []Labelled{{"is go good", []string{"lang-go"}}, {"is php good", []string{"lang-php"}}})
	if err != nil || c.Questions != 1 || c.Hidden != 1 {
		t.Errorf("Compare = %+v, %v, want one question asked and one left out", c, err)
	}
}

func TestReplayOfLessons(t *testing.T) {
	taught := hackathon()
	c, err := Compare(t.Context(), builtin().With(taught), builtin().With(taught), Taught(taught))
	if err != nil || c.Questions != 4 || c.RightAfter != 4 || len(c.Changes) != 0 {
		t.Errorf("Compare = %+v, %v, want the lessons' 4 questions right", c, err)
	}
	both := c.And(Comparison{Questions: 1, Lost: 1, Changes: []Change{{Question: "q", Before: "answer a", After: "answer b", Lost: true}}})
	if both.Questions != 5 || both.Refusal() == nil {
		t.Errorf("And = %+v, %v, want 5 questions and a refusal", both, both.Refusal())
	}
}

// load asks l 200 questions a second, as many at once as there come, until done is closed.
// It returns how long each took from when it was due.
func load(tb testing.TB, l *Live, done <-chan struct{}) []time.Duration {
	tb.Helper()
	questions := heldApart(tb)
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	defer wg.Wait()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-done:
			wg.Wait()
			return took
		case due := <-tick.C:
			wg.Go(func() {
				f, err := l.Find(tb.Context(), questions[i%len(questions)].Question)
				if err != nil || len(f.Matches) == 0 {
					tb.Errorf("Find(%q) while the guide is replaced = %v, %v", questions[i%len(questions)].Question, f, err)
				}
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(due))
			})
		}
	}
}

// reload learns the guide beside l, replays the golden questions and swaps.
func reload(tb testing.TB, l *Live) {
	tb.Helper()
	next, err := BuildBeside(knowledge.Builtin())
	if err != nil {
		tb.Error(err)
		return
	}
	c, err := Compare(tb.Context(), l, next, Golden(next.Guide()))
	if err != nil || len(c.Changes) > 0 {
		tb.Errorf("Compare of a guide with itself = %+v, %v, want no change", c, err)
	}
	if err := l.Swap(next); err != nil {
		tb.Error(err)
	}
}

// TestReloadUnderLoad drops no question of 200 a second while the guide is
// replaced. The bound on the slowest is generous, for slow and busy machines;
// BenchmarkReloadUnderLoad has the figure.
func TestReloadUnderLoad(t *testing.T) {
	long(t)
	slowest, n := reloadUnderLoad(t)
	t.Logf("%d questions, the slowest took %v", n, slowest)
	if n == 0 || slowest > 2*time.Second {
		t.Errorf("of %d questions the slowest took %v, want at most 2 s", n, slowest)
	}
}

func BenchmarkReloadUnderLoad(b *testing.B) {
	var worst time.Duration
	for b.Loop() {
		slowest, _ := reloadUnderLoad(b)
		worst = max(worst, slowest)
	}
	b.ReportMetric(float64(worst.Microseconds())/1000, "slowest-ms")
}

func reloadUnderLoad(tb testing.TB) (slowest time.Duration, n int) {
	tb.Helper()
	first, err := Build(knowledge.Builtin())
	if err != nil {
		tb.Fatal(err)
	}
	l, done := NewLive(first), make(chan struct{})
	go func() {
		defer close(done)
		reload(tb, l)
	}()
	took := load(tb, l, done)
	if err := l.Close(); err != nil {
		tb.Error(err)
	}
	return slices.Max(append(took, 0)), len(took)
}
