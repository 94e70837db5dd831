package index

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mentor/knowledge"
)

// ownLessons reads testdata/lessons.tsv: what a group could teach that no guide
// has, and questions for it that were not taught. Its lines are
// id<TAB>title, short, ask or asked<TAB>text.
func ownLessons(tb testing.TB) (taught []knowledge.Lesson, asked []Labelled) {
	tb.Helper()
	data, err := os.ReadFile("testdata/lessons.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if f[1] == "title" {
			taught = append(taught, knowledge.Lesson{Entry: &knowledge.Entry{ID: f[0], Title: f[2]}})
			continue
		}
		switch e := taught[len(taught)-1].Entry; f[1] {
		case "short":
			e.Short = f[2]
		case "ask":
			e.Ask = append(e.Ask, f[2])
		case "asked":
			asked = append(asked, Labelled{f[2], []string{f[0]}})
		}
	}
	return taught, asked
}

// manyLessons are n lessons, each with its own words.
func manyLessons(n int) []knowledge.Lesson {
	out := make([]knowledge.Lesson, 0, n)
	entries := knowledge.Builtin().Entries()
	for i := range n {
		e := *entries[i%len(entries)]
		from := i / len(entries) * 4
		e.ID, e.Ask = "taught-"+e.ID+strings.Repeat("-x", i/len(entries)), e.Ask[from:from+4]
		out = append(out, knowledge.Lesson{Entry: &e})
	}
	return out
}

// TestQuestionsLikeTaughtOnes holds how well a group's lessons are found by
// questions that were not taught, and that they leave the guide's alone.
// Measured in November 2026: of 80 questions 70 answered right and one wrong, by the
// guide; of 330 off-topic messages four are met otherwise.
func TestQuestionsLikeTaughtOnes(t *testing.T) {
	taught, asked := ownLessons(t)
	x := builtin().teach(taught)
	report, err := Evaluate(t.Context(), x.Find, asked, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("of %d questions: right first %.3f, answered %.3f, wrong %.3f", report.Questions, report.RightFirst, report.Answered, report.Wrong)
	if report.Answered-report.Wrong < 0.85 || report.Wrong > 0.02 {
		t.Errorf("answered right %.3f, wrong %.3f, want at least 0.85 and at most 0.02; misses: %v", report.Answered-report.Wrong, report.Wrong, report.Misses)
	}
	if changed := changes(t, x, heldApart(t)); len(changed) > 3 {
		t.Errorf("the lessons change %d of the guide's answers: %q", len(changed), changed)
	}
	if changed := changes(t, x, offTopicApart(t)); len(changed) > 4 {
		t.Errorf("the lessons change what is made of %d off-topic messages: %q", len(changed), changed)
	}
}

func offTopicApart(t *testing.T) []Labelled {
	t.Helper()
	f, err := os.Open("testdata/offtopic.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	messages, err := ReadOutOfScope(f, f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

// changes returns the questions that the lessons give another outcome or another
// answer than the guide alone.
func changes(t *testing.T, x *lessons, questions []Labelled) []string {
	t.Helper()
	var changed []string
	for _, q := range questions {
		before := find(t, x.base, q.Question)
		after, err := x.Find(t.Context(), q.Question)
		if err != nil {
			t.Fatal(err)
		}
		if before.Outcome != after.Outcome || before.Outcome == knowledge.Answer && before.Matches[0].Entry.ID != after.Matches[0].Entry.ID {
			changed = append(changed, q.Question)
		}
	}
	return changed
}

// TestTopicsTaughtAsLessons takes an eighth of the topics out of the guide and
// teaches them with at most five phrasings each, another choice than the gate
// has learnt from. Their neighbours in the guide must go on being found. Over all
// eighths, in November 2026, right first fell from 89.9 to 89.5 %.
func TestTopicsTaughtAsLessons(t *testing.T) {
	tr, err := newTrial(knowledge.Builtin(), 3, 77)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.base.Close()
	var ours, guides []Labelled
	for _, q := range heldApart(t) {
		if tr.covers(q) {
			ours = append(ours, q)
		} else {
			guides = append(guides, q)
		}
	}
	rate := func(ask Asker, questions []Labelled) float64 {
		report, err := Evaluate(t.Context(), ask, questions, nil)
		if err != nil {
			t.Fatal(err)
		}
		return report.RightFirst
	}
	before, after := rate(tr.base.Find, ours), rate(tr.Find, ours)
	t.Logf("about the lessons: right first %.3f without them, %.3f with them", before, after)
	if after < before+0.05 {
		t.Errorf("right first of the questions about lessons is %.3f with them, %.3f without: they are of no use", after, before)
	}
	before, after = rate(tr.base.Find, guides), rate(tr.Find, guides)
	t.Logf("about the guide: right first %.3f without them, %.3f with them", before, after)
	if after < before-0.01 {
		t.Errorf("right first of the guide's questions falls from %.3f to %.3f with lessons", before, after)
	}
}

func TestTaughtGateIsWhatFitWrites(t *testing.T) {
	if g := taughtGate(); g.AnswerAt <= 0.5 || g.AnswerAt >= exactly || g.ChoicesAt > g.AnswerAt || !bytes.HasPrefix(taughtJSON, []byte("{\n\t\"right\"")) {
		t.Errorf("taught.json = %.200s, want the output of fit-taught", taughtJSON)
	}
}

func TestLessonsAreBounded(t *testing.T) {
	taught := manyLessons(MaxLessons + 20)
	x := builtin().teach(taught)
	if len(x.leads) != MaxLessons {
		t.Errorf("of %d lessons %d are looked at, want %d", len(taught), len(x.leads), MaxLessons)
	}
	if x := builtin().teach([]knowledge.Lesson{{Topic: "gone", Ask: []string{"what is gone"}}, {Entry: &knowledge.Entry{ID: "?", Title: "?!", Ask: []string{"👍"}}}}); len(x.leads) != 1 {
		t.Errorf("lessons for %v, want that for a topic that is no more left out", x.leads)
	} else if f := changes(t, x, []Labelled{{Question: "👍"}, {Question: "what is gone"}}); len(f) != 0 {
		t.Errorf("a lesson without a word answers %q", f)
	}
}

// BenchmarkWith lays 100 lessons over the guide.
func BenchmarkWith(b *testing.B) {
	x, taught := builtin(), manyLessons(100)
	b.ReportAllocs()
	for b.Loop() {
		x.With(taught)
	}
}

// BenchmarkFindWithLessons is BenchmarkFind with 500 lessons laid over the guide.
func BenchmarkFindWithLessons(b *testing.B) {
	x, questions := builtin().With(manyLessons(500)), heldApart(b)
	var took []time.Duration
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		if _, err := x.Find(b.Context(), questions[i%len(questions)].Question); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
