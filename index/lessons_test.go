package index

import (
	"testing"

	"mentor/knowledge"
)

// hackathon is what a group taught: an entry, and a phrasing of an entry that
// the guide has.
func hackathon() []knowledge.Lesson {
	return []knowledge.Lesson{
		{Entry: &knowledge.Entry{
			ID: "our-hackathon", Section: "taught", Title: "When is our hackathon?", Short: "On the first Saturday of June, in the town library.",
			Ask: []string{"when is the next hackathon", "where does the club meet for hackathons"},
		}},
		{Topic: "lang-go", Ask: []string{"what about the gopher thing"}},
	}
}

func TestALessonAnswersItsQuestions(t *testing.T) {
	x := builtin().With(hackathon())
	for question, want := range map[string]string{
		"When is our hackathon?":             "our-hackathon",
		"when is the next hackathon":         "our-hackathon",
		"when is the next hackaton?":         "our-hackathon",
		"when and where is the hackathon":    "our-hackathon",
		"what about the gopher thing":        "lang-go",
		"which backend language is easiest?": "easiest-language",
	} {
		f, err := x.Find(t.Context(), question)
		if err != nil || f.Outcome != knowledge.Answer || f.Matches[0].Entry.ID != want {
			t.Errorf("Find(%q) = %v %v, %v, want the answer %s", question, f.Outcome, ids(f), err, want)
		}
	}
	if e := x.Guide().Entry("our-hackathon"); e == nil || builtin().Guide().Entry("our-hackathon") != nil {
		t.Error("the lesson's entry is not in the group's guide, or is in everybody's")
	}
}

func ids(f knowledge.Finding) []string {
	out := make([]string, len(f.Matches))
	for i, m := range f.Matches {
		out[i] = m.Entry.ID
	}
	return out
}

func TestAGroupFollowsWhenTheIndexIsReplaced(t *testing.T) {
	build := func(id string) *Index {
		t.Helper()
		guide, err := knowledge.New([]*knowledge.Entry{{ID: id, Title: "Cats", Ask: []string{"where do cats sleep"}, Short: "On you."}})
		if err != nil {
			t.Fatal(err)
		}
		x, err := BuildPlain(guide)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	live := NewLive(build("cats"))
	g := live.With(hackathon())
	for _, id := range []string{"cats", "felines"} {
		if id != "cats" {
			if err := live.Swap(build(id)); err != nil {
				t.Fatal(err)
			}
		}
		if g.Guide().Entry(id) == nil || g.Guide().Entry("our-hackathon") == nil {
			t.Errorf("after the swap the group's guide lacks %s or the lesson", id)
		}
		if f, err := g.Find(t.Context(), "when is the next hackathon"); err != nil || len(f.Matches) == 0 || f.Matches[0].Entry.ID != "our-hackathon" {
			t.Errorf("Find = %v, %v, want the lesson", ids(f), err)
		}
	}
	if err := live.Close(); err != nil {
		t.Error(err)
	}
}
