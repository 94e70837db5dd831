package bot

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
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
	for text, want := range map[string]string{"i17": "i17", "17": "i17", "#17": "i17", "I017": "i17", "": "", "i0": "", "-3": "", "i17x": "", "99999999999": "", "roadmap": ""} {
		if got, ok := itemID(text); got != want || ok != (want != "") {
			t.Errorf("itemID(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
	it, err := parseItem("i3", `{"words":[{"text":"x","at":"2026-11-24T12:00:00Z"}],"count":2}`)
	if err != nil || it.ID != "i3" || it.text() != "x" || it.Count != 2 {
		t.Errorf("parseItem = %+v, %v", it, err)
	}
}

// TestWaitingAreToldOnce: of two who take them, one gets them.
func TestWaitingAreToldOnce(t *testing.T) {
	m := New(nil, WithStore(&shelves{}))
	u := unanswered{group: "d:1", text: "how do taxes work", why: whyPassed, waiting: "l1", at: testNoon}
	m.inbox.add(u, u)
	m.writeInboxes(t.Context(), false)
	if it, err := m.inboxItem(t.Context(), "d:1", "1"); err != nil || it.Count != 1 || len(it.Waiting) != 1 {
		t.Fatalf("inboxItem = %+v, %v", it, err)
	}
	waiting, err := m.takeWaiting(t.Context(), "d:1", "i1")
	if err != nil || len(waiting) != 1 || waiting[0] != "l1" {
		t.Errorf("takeWaiting = %v, %v, want l1", waiting, err)
	}
	if again, err := m.takeWaiting(t.Context(), "d:1", "i1"); err != nil || len(again) != 0 {
		t.Errorf("takeWaiting once more = %v, %v, want nobody", again, err)
	}
	if _, err := m.takeWaiting(t.Context(), "d:1", "i2"); err == nil {
		t.Error("takeWaiting of no item has no error")
	}
}

// TestWriteFailsAndGoesOn: what the store did not take waits on.
func TestWriteFailsAndGoesOn(t *testing.T) {
	store := &shelves{broken: true}
	m := New(nil, WithStore(store))
	m.inbox.add(unanswered{group: "d:1", text: "how do taxes work", at: testNoon})
	m.writeInboxes(t.Context(), false)
	store.broken = false
	m.writeInboxes(t.Context(), false)
	if it, err := m.inboxItem(t.Context(), "d:1", "1"); err != nil || it.Count != 1 {
		t.Errorf("inboxItem = %+v, %v, want the question of before", it, err)
	}
}

func TestQueueIsBounded(t *testing.T) {
	var q inboxQueue
	for range maxQueued + 7 {
		q.add(unanswered{group: "d:1"})
	}
	for range maxOffers + 3 {
		q.offered(offer{asking: unanswered{group: "d:1", at: testNoon}})
	}
	byGroup, lost := q.take(testNoon, true)
	if len(byGroup["d:1"]) != maxQueued+maxOffers || lost != 10 {
		t.Errorf("%d are taken and %d lost, want %d and 10", len(byGroup["d:1"]), lost, maxQueued+maxOffers)
	}
}

func TestFitWords(t *testing.T) {
	long := "begin " + strings.Repeat("ä ", 30_000) + " which one?"
	for text, want := range map[string]string{
		"<@123> hi <#4> <!channel> <:smile:5> <a:x:6> there\n\x00\u202e": "hi there", "a < b > c": "a < b > c", "": "",
	} {
		if got := fitWords(text); got != want {
			t.Errorf("fitWords(%q) = %q, want %q", text, got, want)
		}
	}
	got := fitWords(long)
	if n := utf8.RuneCountInString(got); n > maxItemText || !strings.HasPrefix(got, "begin ") || !strings.HasSuffix(got, "which one?") || !utf8.ValidString(got) {
		t.Errorf("a long story is kept as %d characters: %q", n, got)
	}
}

// shelves is a store of papers alone.
type shelves struct {
	Store

	papers map[string]string
	broken bool
}

func (s *shelves) UpdatePaper(_ context.Context, shelf, key string, change func(string) (string, error)) (string, error) {
	if s.broken {
		return "", errors.New("the store is away")
	}
	text, err := change(s.papers[shelf+"\x00"+key])
	if err != nil {
		return "", err
	}
	if s.papers == nil {
		s.papers = map[string]string{}
	}
	s.papers[shelf+"\x00"+key] = text
	return text, nil
}

func (s *shelves) Lease(context.Context, string, string, time.Duration) (bool, error) {
	return true, nil
}

func (s *shelves) GiveBack(context.Context, string, string) error { return nil }

func (s *shelves) Papers(_ context.Context, shelf string) iter.Seq2[Paper, error] {
	return func(yield func(Paper, error) bool) {
		for at, text := range s.papers {
			if key, ok := strings.CutPrefix(at, shelf+"\x00"); ok && text != "" && !yield(Paper{key, text}, nil) {
				return
			}
		}
	}
}
