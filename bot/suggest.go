package bot

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"mentor/bot/streak"
	"mentor/knowledge"
)

// fewestTyped is how many letters it takes before a suggestion looks at them:
// with fewer, what most people ask is the better guess.
const fewestTyped = 3

// Suggest returns at most n entries that somebody who has typed so much may be
// looking for, the likeliest first. For fewer than three letters these are the
// entries shown most often since the program started.
func (m *Mentor) Suggest(ctx context.Context, typed string, n int) []Choice {
	entries := slices.Clone(m.library.Guide().Entries())
	typed = strings.ToLower(strings.TrimSpace(typed))
	if utf8.RuneCountInString(typed) < fewestTyped {
		counts := m.shown.counts()
		slices.SortStableFunc(entries, func(a, b *knowledge.Entry) int { return counts[b.ID] - counts[a.ID] })
		return titles(entries, n)
	}
	near := slices.DeleteFunc(entries, func(e *knowledge.Entry) bool { return startsIn(strings.ToLower(e.Title), typed) < 0 })
	slices.SortStableFunc(near, func(a, b *knowledge.Entry) int {
		return cmp.Compare(startsIn(strings.ToLower(a.Title), typed), startsIn(strings.ToLower(b.Title), typed))
	})
	if f, err := m.library.Find(ctx, typed); err == nil { // a search that broke suggests by title alone
		for _, match := range f.Matches {
			if match.Confidence >= nearby && !slices.Contains(near, match.Entry) {
				near = append(near, match.Entry)
			}
		}
	}
	return titles(near, n)
}

// startsIn is where typed begins a word of text, -1 for nowhere.
func startsIn(text, typed string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], typed)
		if i < 0 {
			return -1
		}
		if i += from; i == 0 || !isPlain(rune(text[i-1])) || text[i-1] == ' ' {
			return i
		}
		from = i + 1
	}
}

func titles(entries []*knowledge.Entry, n int) []Choice {
	out := make([]Choice, 0, n)
	for _, e := range entries[:min(len(entries), n)] {
		out = append(out, Choice{Topic: e.ID, Title: e.Title})
	}
	return out
}

// SuggestZones returns at most n time zones whose name, city or country begins
// with what was typed; for nothing typed, those with most learners.
func (m *Mentor) SuggestZones(typed string, n int) []string {
	want := foldZone(typed)
	if want == "" {
		return slices.Clone(largeZones[:min(len(largeZones), n)])
	}
	var out []string
	add := func(name string) {
		if len(out) < n && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if found := findZones(typed); found.sure != "" {
		add(found.sure)
	}
	for _, z := range streak.Zones() {
		if strings.HasPrefix(foldZone(cityOf(z.Name)), want) || strings.HasPrefix(foldZone(z.Name), want) || strings.HasPrefix(foldZone(z.Country), want) {
			add(z.Name)
		}
	}
	for _, name := range findZones(typed).near {
		add(name)
	}
	return out
}

// A tally counts how often each topic was shown. It says nothing of to whom.
type tally struct {
	mu sync.Mutex
	by map[string]int
}

func (t *tally) add(topic string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[string]int{}
	}
	t.by[topic]++
}

// counts is a copy, so that a sort sees one moment.
func (t *tally) counts() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make(map[string]int, len(t.by))
	maps.Copy(out, t.by)
	return out
}
