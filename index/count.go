package index

import "slices"

// newVocabulary numbers the features of phrasings and of pieces of answers, and
// returns their vectors. Parts of words and near pairs that stand in one text only
// are left out; pieces of answers have neither.
func newVocabulary(phrasings, answers [][]word) (v *vocabulary, ofPhrasings, ofAnswers []vector) {
	c := newCounter(wordsIn(phrasings) + wordsIn(answers))
	vectors := make([]vector, 0, len(phrasings)+len(answers))
	for _, words := range phrasings {
		vectors = append(vectors, c.count(words, true))
	}
	for _, words := range answers {
		vectors = append(vectors, c.count(words, false))
	}
	v, kept := c.vocabulary()
	parallel(len(vectors), func() func(int) {
		d := damper{}
		return func(t int) {
			vec := slices.DeleteFunc(vectors[t], func(f feature) bool { return kept[f.id] < 0 })
			for i := range vec {
				vec[i].id = kept[vec[i].id]
			}
			vectors[t] = v.weigh(vec, d)
		}
	})
	return v, vectors[:len(phrasings)], vectors[len(phrasings):]
}

// A counter numbers features as they come and counts the texts they stand in.
type counter struct {
	ids     *numbering // of keys
	words   map[string]*wordCount
	counted []counted // by number
	texts   int32
	all     vector // the features of all texts, one text behind the other
}

// counted is a feature that has a number.
type counted struct {
	df       int32 // how many texts it stands in
	lastText int32 // the latest of them, counted from 1
	place    int32 // there, in all
	kind     byte
}

// A wordCount is what a word has wherever it stands, so that it is worked out
// once: there are fifteen times as many words in the guide as different ones.
type wordCount struct {
	features, parts []feature
}

// newCounter returns a counter with room for so many words. A word of the guide
// has 10 features in its text, of which 1.5 are met first (November 2026).
func newCounter(words int) *counter {
	return &counter{
		ids: newNumbering(words * 3 / 2), counted: make([]counted, 0, words*3/2), all: make(vector, 0, words*10),
		words: map[string]*wordCount{},
	}
}

func wordsIn(texts [][]word) (n int) {
	for _, words := range texts {
		n += len(words)
	}
	return n
}

// count returns the features of the next text, each once and not yet weighed.
// Without detail it leaves out pairs and parts of words. What it returns lies
// behind the text before in memory: training reads all of them a hundred times in
// this order, which takes a third less time so (November 2026).
func (c *counter) count(words []word, detail bool) vector {
	c.texts++
	begin := len(c.all)
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
	return slices.Clip(c.all[begin:])
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
	id, isNew := c.ids.number(key)
	if isNew {
		c.counted = append(c.counted, counted{kind: kind})
	}
	return id
}

// add adds a feature to the text that is being counted.
func (c *counter) add(id int32, weight float32) {
	f := &c.counted[id]
	if f.lastText == c.texts {
		c.all[f.place].weight += weight
		return
	}
	f.df++
	f.lastText, f.place = c.texts, int32(len(c.all))
	c.all = append(c.all, feature{id, weight})
}

// isPair reports whether f is a pair of words.
func (f counted) isPair() bool { return f.kind == kindPair || f.kind == kindNear }

// isKept reports whether f is a feature of the vocabulary.
func (f counted) isKept() bool {
	return f.df > 1 || f.df == 1 && f.kind != kindGram && f.kind != kindNear
}

// vocabulary returns the features that are kept, renumbered, pairs last. kept
// holds the new numbers, -1 for what is dropped.
func (c *counter) vocabulary() (v *vocabulary, kept []int32) {
	order := c.order()
	kept = slices.Repeat([]int32{-1}, len(c.counted))
	v = &vocabulary{rarity: make([]float32, len(order))}
	keys, numbers := make([]uint64, len(order)), make([]int32, len(order))
	byDF := make([]float32, c.texts+1) // as far as worked out; no rarity is 0
	for n, id := range order {
		f := c.counted[id]
		kept[id] = int32(n)
		keys[n], numbers[n] = c.ids.keys[id], int32(n)
		if byDF[f.df] == 0 {
			byDF[f.df] = rarity(int(c.texts), int(f.df))
		}
		v.rarity[n] = byDF[f.df]
		if !f.isPair() {
			v.pairsFrom = int32(n) + 1
		}
	}
	v.ids = newKeyTable(keys, numbers)
	return v, kept
}

// order returns the features that are kept: pairs last, and before that those first
// that stand in many texts. What is met often then lies close together in memory
// when the weights are learnt, which takes a twentieth less time (November 2026).
func (c *counter) order() []int32 {
	places := make([]uint64, 0, len(c.counted)) // sorted as plain numbers
	for id, f := range c.counted {
		if !f.isKept() {
			continue
		}
		place := uint64(c.texts-f.df)<<32 | uint64(id)
		if f.isPair() {
			place |= 1 << 63
		}
		places = append(places, place)
	}
	slices.Sort(places)
	order := make([]int32, len(places))
	for i, place := range places {
		order[i] = int32(uint32(place))
	}
	return order
}
