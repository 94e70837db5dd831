package index

import (
	"testing"

	"mentor/knowledge"
)

func TestCoveredIsTheShareOfAQuestionThatAClassHas(t *testing.T) {
	x := builtin()
	of := func(question, id string) float64 {
		words := x.speller.repair(normalize(question))
		fillStems(words)
		vec, _ := x.vocab.vector(words)
		for class, e := range x.entries {
			if e.ID == id {
				return x.covered(vec, class)
			}
		}
		t.Fatalf("no entry %q", id)
		return 0
	}
	if own := of(knowledge.Builtin().Entry("lang-go").Ask[0], "lang-go"); own < 0.9 {
		t.Errorf("of its own phrasing an entry covers %.2f", own)
	}
	if part, other := of("is go good for games or robots", "lang-go"), of("is go good for games or robots", "salary"); part < 0.1 || part > 0.95 || other >= part {
		t.Errorf("of a question that is half about it an entry covers %.2f, another one %.2f", part, other)
	}
}
