package index

import "testing"

func TestNearestOffTopicMessage(t *testing.T) {
	x := builtin()
	nearest := func(message string) float64 {
		words := x.speller.repair(normalize(message))
		fillStems(words)
		vec, _ := x.vocab.vector(words)
		return x.nearestOffTopic(vec)
	}
	for _, message := range offTopic()[:50] {
		if near := nearest(message); near < 0.35 { // the rest of each is pairs of words, which are left out
			t.Errorf("%q comes as near as %.2f to itself", message, near)
		}
	}
	if near := nearest("which backend language should i learn first"); near > 0.35 {
		t.Errorf("a question to the guide comes as near as %.2f to an off-topic message", near)
	}
	alone, err := BuildPlain(x.Guide())
	if err != nil {
		t.Fatal(err)
	}
	defer alone.Close()
	words := normalize("how are you")
	fillStems(words)
	if vec, _ := alone.vocab.vector(words); alone.nearestOffTopic(vec) != 0 {
		t.Error("an index without off-topic messages comes near to one")
	}
}
