package bottest

import (
	"fmt"
	"slices"
	"time"

	"mentor/bot"
)

// listed is how often Learners yields each id.
func (t *tester) listed() map[bot.ID]int {
	t.Helper()
	out := map[bot.ID]int{}
	for l, err := range t.store.Learners(t.ctx) {
		t.must(err)
		out[l.ID]++
	}
	return out
}

// wantOnly checks that the store has these learners and no others.
func (t *tester) wantOnly(ids ...bot.ID) {
	t.Helper()
	got := t.listed()
	for _, id := range ids {
		if got[id] != 1 {
			t.Errorf("Learners yields %q %d times, want once", id, got[id])
		}
	}
	if len(got) != len(ids) {
		t.Errorf("Learners yields %d learners, want %d", len(got), len(ids))
	}
}

// populate puts n learners in, from many callers, and returns their ids.
func (t *tester) populate(n int) []bot.ID {
	t.Helper()
	ids := make([]bot.ID, n)
	atOnce(func(i int) {
		for j := i; j < n; j += crowd {
			l := member("g", noon(time.November, j%30+1))
			ids[j] = l.ID
			if err := t.store.Put(t.ctx, l); err != nil {
				t.Error(err)
			}
		}
	})
	return ids
}

func learnersNone(t *tester) {
	t.wantOnly()
	t.keep("key", "value", time.Hour)
	t.wantOnly()
}

func learnersOnce(t *tester) {
	ids := t.populate(700)
	t.wantOnly(ids...)
	l := full()
	t.put(l)
	for got, err := range t.store.Learners(t.ctx) {
		t.must(err)
		if got.ID == l.ID {
			t.wantSame(l, got) // whole
		}
	}
	t.reopen()
	t.wantOnly(append(ids, l.ID)...)
}

// learnersWhileWriting writes from inside the loop too: it must not wait for the
// loop's end.
func learnersWhileWriting(t *tester) {
	ids := t.populate(700)
	got := map[bot.ID]int{}
	n := 0
	for l, err := range t.store.Learners(t.ctx) {
		t.must(err)
		got[l.ID]++
		if n++; n%20 != 0 {
			continue
		}
		t.update(ids[(n*37)%len(ids)], func(l *bot.Learner) { l.Name = fmt.Sprint("Name ", n) })
		if n < 700 {
			t.resolve(bot.Account(fmt.Sprint("d:late", n)))
		}
	}
	for _, id := range ids {
		if got[id] != 1 {
			t.Errorf("%q was yielded %d times, want once", id, got[id])
		}
	}
	for id, times := range got {
		if times != 1 {
			t.Errorf("%q was yielded %d times, want once", id, times)
		}
	}
}

func learnersStop(t *tester) {
	ids := t.populate(30)
	n := 0
	for l, err := range t.store.Learners(t.ctx) {
		t.must(err)
		if !slices.Contains(ids, l.ID) {
			t.Errorf("%q is nobody", l.ID)
		}
		if n++; n == 3 {
			break
		}
	}
	t.resolve("d:1") // the store goes on
}
