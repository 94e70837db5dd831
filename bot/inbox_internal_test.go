package bot

import (
	"errors"
	"testing"
	"time"
)

var testNoon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestItemIsClosedOnce(t *testing.T) {
	it := item{ID: "i1"}.askedAgain(unanswered{text: "how do taxes work", at: testNoon})
	it, err := it.closed(itemScope, "d:1", testNoon)
	if err != nil || it.open() {
		t.Fatalf("closed = %+v, %v", it, err)
	}
	if _, err := it.closed(itemScope, "d:1", testNoon.Add(time.Minute)); err != nil {
		t.Errorf("the same once more: %v, want no change", err)
	}
	if _, err := it.closed(itemTaught, "d:2", testNoon); !errors.Is(err, ErrTaken) {
		t.Errorf("by another: %v, want ErrTaken", err)
	}
}

func TestItemIsAskedAgain(t *testing.T) {
	it := item{ID: "i1"}
	for i, text := range []string{"a b", "c d", "e f", "a b", "g h"} {
		it = it.askedAgain(unanswered{text: text, why: whyNone, at: testNoon.Add(time.Duration(i) * time.Hour), waiting: "l1"})
	}
	if it.Count != 5 || it.None != 5 || len(it.Words) != maxItemWords || it.text() != "g h" || it.Words[1].Text != "a b" || len(it.Waiting) != 1 {
		t.Errorf("after five askings: %+v", it)
	}
	taught, _ := it.closed(itemTaught, "d:1", testNoon)
	if soon := taught.askedAgain(unanswered{text: "x", at: testNoon.Add(time.Hour)}); soon.open() {
		t.Error("asked an hour after it was taught, it is open again; want it left to who teaches")
	}
	if next := taught.askedAgain(unanswered{text: "x", at: testNoon.Add(25 * time.Hour)}); !next.open() {
		t.Error("asked a day after it was taught, it is not open again")
	}
	scope, _ := it.closed(itemScope, "d:1", testNoon)
	if next := scope.askedAgain(unanswered{text: "x", at: testNoon.Add(25 * time.Hour)}); next.open() {
		t.Error("out of scope and asked again, it is open")
	}
}

func TestItemIDs(t *testing.T) {
	for text, want := range map[string]string{"i17": "i17", "17": "i17", "#17": "i17", " I017 ": "i17", "": "", "i0": "", "-3": "", "i17x": "", "99999999999": "", "roadmap": ""} {
		if got, ok := itemID(text); got != want || ok != (want != "") {
			t.Errorf("itemID(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
	it, err := parseItem("i3", `{"words":[{"text":"x","at":"2026-11-24T12:00:00Z"}],"count":2}`)
	if err != nil || it.ID != "i3" || it.text() != "x" || it.Count != 2 {
		t.Errorf("parseItem = %+v, %v", it, err)
	}
}
