package bottest

import (
	"errors"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"mentor/bot"
)

// wrote is a change of a paper to text.
func wrote(text string) func(string) (string, error) {
	return func(string) (string, error) { return text, nil }
}

func (t *tester) paper(shelf, key, text string) {
	t.Helper()
	got, err := t.store.UpdatePaper(t.ctx, shelf, key, wrote(text))
	t.must(err)
	if got != text {
		t.Errorf("UpdatePaper = %q, want %q", got, text)
	}
}

func (t *tester) wantPapers(shelf string, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for n, err := range t.store.Papers(t.ctx, shelf) {
		t.must(err)
		if _, twice := got[n.Key]; twice {
			t.Errorf("paper %q is listed twice", n.Key)
		}
		got[n.Key] = n.Text
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Papers(%q) (-want +got)\n%s", shelf, diff)
	}
}

func papersKept(t *tester) {
	t.wantPapers("inbox d:1", map[string]string{})
	t.paper("inbox d:1", "a", "one")
	t.paper("inbox d:1", "b \x00\"*", "zwei 😀\n\x00")
	t.paper("inbox d:11", "a", "another group's")
	t.paper("inbox s:T 1:*", "", "of no key")
	t.paper("inbox d:1", "a", "two")
	want := map[string]string{"a": "two", "b \x00\"*": "zwei 😀\n\x00"}
	t.wantPapers("inbox d:1", want)
	t.reopen()
	t.wantPapers("inbox d:1", want)
	t.wantPapers("inbox d:11", map[string]string{"a": "another group's"})
	t.wantPapers("inbox s:T 1:*", map[string]string{"": "of no key"})
	t.wantPapers("inbox", map[string]string{})
}

func papersGone(t *tester) {
	before := t.in.Dump()
	t.paper("s", "a", "")
	if t.in.Dump() != before {
		t.Error("nothing was written in place of nothing")
	}
	t.paper("s", "a", "text")
	t.paper("s", "a", "")
	t.wantPapers("s", map[string]string{})
	for shelf, err := range t.store.Shelves(t.ctx) {
		t.Errorf("there is a shelf %q, %v, want none without papers", shelf, err)
	}
}

func papersRefused(t *tester) {
	t.paper("s", "a", "text")
	before, refusal := t.in.Dump(), errors.New("not yours to change")
	_, err := t.store.UpdatePaper(t.ctx, "s", "a", func(text string) (string, error) {
		if text != "text" {
			t.Errorf("the text is %q", text)
		}
		return "other", refusal
	})
	if err != refusal { //nolint:errorlint // the contract is that it comes as it is
		t.Errorf("UpdatePaper has the error %v, want change's own, as it is", err)
	}
	if _, err := t.store.UpdatePaper(t.ctx, "s", "a", wrote(strings.Repeat("x", bot.MaxPaper+1))); err == nil {
		t.Error("a paper that is too long was taken")
	}
	t.paper("s", "a", "text")
	if t.in.Dump() != before {
		t.Error("what was refused or the same wrote something")
	}
}

func papersAtOnce(t *tester) {
	atOnce(func(int) {
		_, err := t.store.UpdatePaper(t.ctx, "s", "count", func(text string) (string, error) {
			n, _ := strconv.Atoi("0" + text)
			return strconv.Itoa(n + 1), nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.wantPapers("s", map[string]string{"count": strconv.Itoa(crowd)})
}

func shelvesListed(t *tester) {
	want := map[string]bool{"inbox d:1": true, "taught d:1": true, "s:T 1:*": true}
	for shelf := range want {
		t.paper(shelf, "a", "x")
		t.paper(shelf, "b", "y")
	}
	got := map[string]bool{}
	for shelf, err := range t.store.Shelves(t.ctx) {
		t.must(err)
		if got[shelf] {
			t.Errorf("shelf %q is listed twice", shelf)
		}
		got[shelf] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Shelves (-want +got)\n%s", diff)
	}
}
