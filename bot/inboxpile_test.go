package bot

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// many are n askings: every pair of likeness.tsv, about as many subjects as the
// group could think of, each some times in other words and with slips.
func many(tb testing.TB, n int) []unanswered {
	tb.Helper()
	subjects := pairs(tb)
	out := make([]unanswered, n)
	for i := range out {
		p := subjects[i%len(subjects)]
		text := p.a
		if i%3 == 0 {
			text = p.b
		}
		if round := i / len(subjects); round > 0 {
			text = fmt.Sprintf("%s version%d", text, round%7*1000)
		}
		out[i] = unanswered{group: "d:1", text: text, at: testNoon.Add(time.Duration(i) * time.Second)}
	}
	return out
}

// TestTenThousandQuestions: grouped in less than a second, and never more of them
// in memory than a group may have.
func TestTenThousandQuestions(t *testing.T) {
	asked := many(t, 10_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var p *pile
	took := time.Hour
	for range 3 { // the best of them: other tests run at the same time
		start := time.Now()
		p = newPile(nil, 0)
		for _, u := range asked {
			if _, ok := p.add(u); !ok {
				t.Fatalf("%q says nothing", u.text)
			}
		}
		took = min(took, time.Since(start))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	count := 0
	for _, it := range p.items {
		count += it.Count
	}
	t.Logf("%d askings as %d items in %v, %d kB", len(asked), len(p.items), took, kept/1024)
	if took > 10*time.Second*slowness { // BenchmarkTenThousandQuestions has the figure
		t.Errorf("it took %v: the time grows with the square of the askings", took)
	}
	if len(p.items) > maxItems || kept > 8<<20 {
		t.Errorf("%d items in %d bytes, want at most %d and 8 MiB", len(p.items), kept, maxItems)
	}
	if stems := len(p.byStem); stems > maxItems*maxItemWords*20 || len(p.changed) > maxItems {
		t.Errorf("the index has %d stems and %d changes: what went is still in it", stems, len(p.changed))
	}
	runtime.KeepAlive(p)
	runtime.KeepAlive(asked)
}

func BenchmarkTenThousandQuestions(b *testing.B) {
	asked := many(b, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		p := newPile(nil, 0)
		for _, u := range asked {
			p.add(u)
		}
	}
}

// TestPileFindsWhatALookAtAllWouldFind holds the index against the plain way.
func TestPileFindsWhatALookAtAllWouldFind(t *testing.T) {
	p := newPile(nil, 0)
	for _, u := range many(t, 800) {
		g, want := gistOf(u.text), 0.0
		for _, gists := range p.gists {
			for _, other := range gists {
				want = max(want, likeness(g, other))
			}
		}
		before := p.next
		p.add(u)
		if joined := p.next == before; joined != (want >= alike) {
			t.Errorf("%q joined an item: %v, though the nearest is %.2f like it", u.text, joined, want)
		}
	}
}

func TestPileCountsOneQuestionOnce(t *testing.T) {
	p := newPile(nil, 41)
	for _, text := range []string{"how do taxes work for freelancers", "How do TAXES work for a freelancer?", "how do taxs work for freelancers", "taxes freelancers"} {
		p.add(unanswered{text: text, at: testNoon})
	}
	if len(p.items) != 1 || p.items["i42"].Count != 4 {
		t.Errorf("four wordings of one question are %d items, want i42 with four askings", len(p.items))
	}
	for _, text := range []string{"why?", "???", "", "what is it"} {
		if id, ok := p.add(unanswered{text: text, at: testNoon}); ok {
			t.Errorf("%q became %s, want nothing of what says nothing", text, id)
		}
	}
}

func TestLeastAskedMakesRoom(t *testing.T) {
	p := newPile(nil, 0)
	subject := func(i int) string {
		return strings.Repeat(string(rune('a'+i/26)), 3) + strings.Repeat(string(rune('a'+i%26)), 3)
	}
	for i := range maxItems {
		p.add(unanswered{text: subject(i), at: testNoon.Add(time.Duration(i) * time.Minute)})
	}
	p.add(unanswered{text: subject(0), at: testNoon.Add(time.Hour)})
	p.add(unanswered{text: "something else entirely", at: testNoon.Add(24 * time.Hour)})
	if len(p.items) != maxItems || len(p.gone) != 1 || p.gone[0] != "i2" {
		t.Errorf("%d items, %v gone, want i2 alone: the oldest that was asked once", len(p.items), p.gone)
	}
	if p.like(gistOf(subject(0))) != "i1" || p.like(gistOf("something else entirely")) == "" || p.like(gistOf(subject(1))) != "" {
		t.Error("what was asked twice, or just now, is not found, or what made room is")
	}
}
