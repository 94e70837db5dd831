package index

import "slices"

// newVocabulary numbers the features of phrasings and of pieces of answers, and
// returns their vectors. Parts of words and near pairs that stand in one text only
// are left out; pieces of answers have neither.
func newVocabulary(phrasings, answers [][]word) (v *vocabulary, ofPhrasings, ofAnswers []vector) {
	c := newCounter()
	vectors := make([]vector, 0, len(phrasings)+len(answers))
	for _, words := range phrasings {
		vectors = append(vectors, c.count(words, true))
	}
	for _, words := range answers {
		vectors = append(vectors, c.count(words, false))
	}
	v, kept := c.vocabulary()
	parallel(len(vectors), func() func(int) {
		return func(t int) {
			vec := slices.DeleteFunc(vectors[t], func(f feature) bool { return kept[f.id] < 0 })
			for i := range vec {
				vec[i].id = kept[vec[i].id]
			}
			v.weigh(vec)
			vectors[t] = vec
		}
	})
	vectors = together(vectors)
	return v, vectors[:len(phrasings)], vectors[len(phrasings):]
}

// together returns vectors laid one behind the other in memory. They are read a
// hundred times in this order: that takes a third less time so (measured on the
// guide, November 2026).
func together(vectors []vector) []vector {
	all := slices.Concat(vectors...)
	out := make([]vector, len(vectors))
	for i, vec := range vectors {
		out[i], all = all[:len(vec):len(vec)], all[len(vec):]
	}
	return out
}

// A counter numbers features as they come and counts the texts they stand in.
type counter struct {
	ids     map[uint64]int32 // by key
	words   map[string]*wordCount
	counted []counted // by number
	texts   int32
	vec     vector // of the text that is being counted
}

// counted is a feature that has a number.
type counted struct {
	key      uint64
	df       int32 // how many texts it stands in
	lastText int32 // the latest of them, counted from 1
	place    int32 // in the vector of that text
	kind     byte
}

// A wordCount is what a word has wherever it stands, so that it is worked out
// once: there are fifteen times as many words in the guide as different ones.
type wordCount struct {
	features, parts []feature
}

func newCounter() *counter {
	return &counter{ids: map[uint64]int32{}, words: map[string]*wordCount{}}
}

// count returns the features of the next text, each once and not yet weighed.
// Without detail it leaves out pairs and parts of words.
func (c *counter) count(words []word, detail bool) vector {
	c.texts++
	c.vec = c.vec[:0]
	addPair := func(kind byte, key uint64, weight float32) { c.add(c.number(kind, key), weight) }
	for i, w := range words {
		own := c.word(w)
		for _, f := range own.features {
			c.add(f.id, f.weight*w.weight)
		}
		if !detail {
			continue
		}
		for _, f := range own.parts {
			c.add(f.id, f.weight*w.weight)
		}
		pairFeatures(words, i, addPair)
	}
	return slices.Clone(c.vec)
}

// word returns the features of w, by the weight they have in a word of weight 1.
func (c *counter) word(w word) *wordCount {
	if known, ok := c.words[w.text]; ok {
		return known
	}
	own := &wordCount{}
	w.weight = 1
	wordFeatures(w, func(kind byte, key uint64, weight float32) {
		own.features = append(own.features, feature{c.number(kind, key), weight})
	})
	partFeatures(w, func(kind byte, key uint64, weight float32) {
		own.parts = append(own.parts, feature{c.number(kind, key), weight})
	})
	c.words[w.text] = own
	return own
}

// number returns the number of a feature, a new one when it is met first.
func (c *counter) number(kind byte, key uint64) int32 {
	id, ok := c.ids[key]
	if !ok {
		id = int32(len(c.counted))
		c.ids[key] = id
		c.counted = append(c.counted, counted{key: key, kind: kind})
	}
	return id
}

// add adds a feature to the text that is being counted.
func (c *counter) add(id int32, weight float32) {
	f := &c.counted[id]
	if f.lastText == c.texts {
		c.vec[f.place].weight += weight
		return
	}
	f.df++
	f.lastText, f.place = c.texts, int32(len(c.vec))
	c.vec = append(c.vec, feature{id, weight})
}

// vocabulary returns the features that are kept, renumbered, pairs last. kept
// holds the new numbers, -1 for what is dropped.
func (c *counter) vocabulary() (v *vocabulary, kept []int32) {
	kept = make([]int32, len(c.counted))
	var n int32
	number := func(pairs bool) {
		for id, f := range c.counted {
			switch {
			case pairs != (f.kind == kindPair || f.kind == kindNear):
			case f.df == 0 || f.df == 1 && (f.kind == kindGram || f.kind == kindNear):
				kept[id] = -1
			default:
				kept[id] = n
				n++
			}
		}
	}
	number(false)
	pairsFrom := n
	number(true)
	v = &vocabulary{ids: make(map[uint64]int32, n), pairsFrom: pairsFrom, rarity: make([]float32, n)}
	byDF := make([]float32, c.texts+1) // as far as worked out; no rarity is 0
	for id, f := range c.counted {
		if kept[id] < 0 {
			continue
		}
		if byDF[f.df] == 0 {
			byDF[f.df] = rarity(int(c.texts), int(f.df))
		}
		v.ids[f.key], v.rarity[kept[id]] = kept[id], byDF[f.df]
	}
	return v, kept
}
