package index

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mentor/knowledge"
)

// Bounds of what one group may teach.
const (
	MaxLessons   = 500 // lessons that are looked at; those behind them are left out
	MaxPhrasings = 50  // phrasings of one lesson
)

// Lessons are what one group taught, made searchable beside an index: its
// phrasings as vectors of the same kind as the index's own, with the words that
// only the group uses numbered anew. Nothing is learnt again.
type lessons struct {
	base    *Index
	guide   *knowledge.Guide
	leads   []string // by lesson, the id of its entry
	speller *speller // of the words in the lessons

	ids       map[uint64]int32 // features of the lessons
	rarity    []float32        // by feature
	phrasings *table           // a column a phrasing
	lessonOf  []int            // by phrasing
	means     *table           // a column a lesson
	stems     *table           // a column a lesson: the stems and ideas of all it says, each with the weight 1
	exact     map[string]int   // lessons by the words of their phrasings
}

// With returns x as a group has it, which does not have to be closed.
func (x *Index) With(taught []knowledge.Lesson) knowledge.Library {
	if len(taught) == 0 {
		return x
	}
	return x.teach(taught)
}

// teach makes lessons searchable. The order of the work is that of build.
func (x *Index) teach(taught []knowledge.Lesson) *lessons {
	taught = taught[:min(len(taught), MaxLessons)]
	t := &lessons{base: x, guide: x.guide.With(taught), ids: map[uint64]int32{}, exact: map[string]int{}}
	var phrasings, texts [][]word
	for _, l := range taught {
		if t.guide.Entry(l.Leads()) == nil {
			continue
		}
		asks, text := l.Ask, ""
		if l.Entry != nil {
			asks, text = slices.Concat([]string{l.Entry.Title}, l.Entry.Ask, l.Ask), l.Entry.Short
		}
		for _, ask := range asks[:min(len(asks), MaxPhrasings)] {
			phrasings, t.lessonOf = append(phrasings, normalize(ask)), append(t.lessonOf, len(t.leads))
		}
		texts = append(texts, normalize(text))
		t.leads = append(t.leads, l.Leads())
	}
	t.speller = newSpeller(nil, slices.Concat(phrasings, texts))
	t.number(phrasings, texts)
	return t
}

// number turns the words of phrasings and of each lesson's text into features,
// and keeps both as tables.
func (t *lessons) number(phrasings, texts [][]word) {
	vectors := make([]vector, len(phrasings))
	for i, words := range phrasings {
		t.exact[joined(words)] = t.lessonOf[i]
		fillStems(words)
		vectors[i] = t.learn(words)
	}
	pieces, pieceOf := pieces(texts)
	answers := make([]vector, len(pieces))
	for i, words := range pieces {
		fillStems(words)
		answers[i] = t.learn(words)
	}
	columns := make([]column, len(vectors))
	for i, vec := range vectors {
		columns[i] = columnOf(vec)
	}
	t.phrasings = newTable(columns, len(t.rarity))
	t.stems = newTable(t.said(slices.Concat(phrasings, pieces), slices.Concat(t.lessonOf, pieceOf)), len(t.rarity))
	t.means = newTable(classMeans(vectors, t.lessonOf, answers, pieceOf, len(t.leads), len(t.rarity)), len(t.rarity))
}

// said returns the stems and ideas of each lesson.
func (t *lessons) said(texts [][]word, of []int) []column {
	sets := make([]map[int32]bool, len(t.leads))
	columns := make([]column, len(t.leads))
	for i, words := range texts {
		lesson := of[i]
		if sets[lesson] == nil {
			sets[lesson] = map[int32]bool{}
		}
		for _, w := range words {
			wordFeatures(w, func(kind byte, key uint64, _ float32) {
				if id := t.ids[key]; kind != kindWord && !sets[lesson][id] {
					sets[lesson][id] = true
					columns[lesson] = append(columns[lesson], featureWeight{id, inGrains(1)})
				}
			})
		}
	}
	return columns
}

func joined(words []word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.text)
		b.WriteByte(' ')
	}
	return b.String()
}

func columnOf(vec vector) column {
	c := make(column, len(vec))
	for i, f := range vec {
		c[i] = featureWeight{f.id, inGrains(f.weight)}
	}
	return c
}

// learn returns words as features of the lessons, numbering those not met yet.
func (t *lessons) learn(words []word) vector {
	single(words, func(_ byte, key uint64, _ float32) {
		if _, ok := t.ids[key]; !ok {
			t.ids[key] = int32(len(t.rarity))
			r, _ := t.base.vocab.rarityOf(key)
			t.rarity = append(t.rarity, r)
		}
	})
	vec, _ := t.vector(words)
	return vec
}

// single calls yield for the features of words but their pairs: so little text
// says nothing of which words go together.
func single(words []word, yield func(kind byte, key uint64, weight float32)) {
	for _, w := range words {
		wordFeatures(w, yield)
		partFeatures(w, yield)
	}
}

// rarityOf returns how rare a feature is, and whether the guide has it; one that
// it does not have is as rare as can be.
func (v *vocabulary) rarityOf(key uint64) (r float32, has bool) {
	if id, ok := v.ids.first(key); ok {
		return v.rarity[id], true
	}
	return rarity(len(v.rarity), 0), false
}

// vector returns words as features of the lessons. Those that no lesson has are
// left out, but count in the length, which is below 1 then. known is the share
// of the words' rarity that the guide or a lesson knows, 0 to 1.
func (t *lessons) vector(words []word) (vec vector, known float64) {
	var strange vector
	var strangeRarity []float32
	numbers := map[uint64]int32{}
	var all, hit float64
	single(words, func(kind byte, key uint64, weight float32) {
		r, guides := t.base.vocab.rarityOf(key)
		id, ours := t.ids[key]
		if ours {
			vec = append(vec, feature{id, weight})
		} else {
			n, met := numbers[key]
			if !met {
				n = int32(len(strangeRarity))
				numbers[key], strangeRarity = n, append(strangeRarity, r)
			}
			strange = append(strange, feature{n, weight})
		}
		if kind == kindWord {
			all += float64(r)
			hit += float64(r) * count(ours || guides)
		}
	})
	if all > 0 {
		known = hit / all
	}
	vec, strange = merge(vec), merge(strange)
	d := damper{}
	vec.scale(vec.dampen(t.rarity, d) + strange.dampen(strangeRarity, d))
	return vec, known
}

// Guide returns the guide with the lessons laid over it.
func (t *lessons) Guide() *knowledge.Guide { return t.guide }

// With returns the index with other lessons.
func (t *lessons) With(taught []knowledge.Lesson) knowledge.Library { return t.base.With(taught) }

// Find looks a question up in the guide and in the lessons.
func (t *lessons) Find(ctx context.Context, question string) (knowledge.Finding, error) {
	return t.find(ctx, question, nil)
}

// find is Find with the votes that may move the guide's entries.
func (t *lessons) find(ctx context.Context, question string, votes sways) (knowledge.Finding, error) {
	raw := normalize(question)
	ranked, ev, err := t.base.weighWords(ctx, t.base.speller.repair(raw))
	if err != nil {
		return knowledge.Finding{}, fmt.Errorf("find an answer: %w", err)
	}
	f := votes.move(t.base.finding(ranked, ev), ranked)
	for i, m := range f.Matches {
		f.Matches[i].Entry = t.guide.Entry(m.Entry.ID)
	}
	lesson, sure := t.judge(raw, ranked, ev)
	if lesson < 0 {
		return f, nil
	}
	return t.lay(f, t.guide.Entry(t.leads[lesson]), sure), nil
}
