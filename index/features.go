package index

import (
	"math"
	"slices"
)

// A feature is one observation of a text, with its weight. Its number counts
// from 0 in a vocabulary.
type feature struct {
	id     int32
	weight float32
}

// A vector is a text as features, each once, with length 1.
type vector []feature

// dot is the product of vec and w, which has a place for every feature. Four sums
// run beside each other, as one would wait for itself. The conversions forbid
// fusing a product into its sum, which not every machine does.
func (vec vector) dot(w []float32) float32 {
	var a, b, c, d float32
	for len(vec) >= 4 {
		a += float32(vec[0].weight * w[vec[0].id])
		b += float32(vec[1].weight * w[vec[1].id])
		c += float32(vec[2].weight * w[vec[2].id])
		d += float32(vec[3].weight * w[vec[3].id])
		vec = vec[4:]
	}
	for _, f := range vec {
		a += float32(f.weight * w[f.id])
	}
	return (a + b) + (c + d)
}

// The kinds of feature and how much each kind weighs in a vector. Chosen on
// the held-apart questions and on CLINC150's validation part.
const (
	wordWeight    = 1.0
	stemWeight    = 0.8
	pairWeight    = 0.4
	nearWeight    = 0.2
	conceptWeight = 0.8
	gramWeight    = 0.2
)

// A vocabulary numbers the features of the phrasings and answers and knows how
// rare each is. Features are known by a hash of their kind and text, in ids by the
// better part of it.
type vocabulary struct {
	ids       *keyTable // by key
	pairsFrom int32     // features from this number on are pairs of words
	rarity    []float32 // by feature, the dampened inverse of the share of texts it stands in
}

// The kinds of feature.
const (
	kindWord    = 'w' // a word as it stands
	kindStem    = 's' // its stem
	kindPair    = 'p' // two stems in a row
	kindNear    = 'n' // two stems at most nearWindow words apart, in either order
	kindConcept = 'c' // an idea the word stands for
	kindGram    = 'g' // a part of a word
)

// extract calls yield for each feature of the words of a question or phrasing.
func extract(words []word, yield func(kind byte, key uint64, weight float32)) {
	for i, w := range words {
		wordFeatures(w, yield)
		partFeatures(w, yield)
		pairFeatures(words, i, yield)
	}
}

// wordFeatures calls yield for the features that w has wherever it stands, but
// for its parts.
func wordFeatures(w word, yield func(kind byte, key uint64, weight float32)) {
	yield(kindWord, hash(kindWord, w.text, ""), wordWeight*w.weight)
	yield(kindStem, hash(kindStem, w.stem, ""), stemWeight*w.weight)
	for _, c := range concepts()[w.stem] {
		yield(kindConcept, hash(kindConcept, c, ""), conceptWeight*w.weight)
	}
}

// partFeatures calls yield for the parts of w.
func partFeatures(w word, yield func(kind byte, key uint64, weight float32)) {
	grams(w.text, func(g string) { yield(kindGram, hash(kindGram, g, ""), gramWeight*w.weight) })
}

// pairFeatures calls yield for the pairs of words[i] with words before it, and
// with the end if it is the last.
func pairFeatures(words []word, i int, yield func(kind byte, key uint64, weight float32)) {
	w := words[i]
	before := "^"
	if i > 0 {
		before = words[i-1].stem
	}
	yield(kindPair, hash(kindPair, before, w.stem), pairWeight*w.weight)
	for _, other := range words[max(0, i-nearWindow):i] {
		yield(kindNear, hash(kindNear, min(other.stem, w.stem), max(other.stem, w.stem)), nearWeight*w.weight)
	}
	if i == len(words)-1 {
		yield(kindPair, hash(kindPair, w.stem, "$"), pairWeight*w.weight)
	}
}

// hash is FNV-1a over kind, a, a separator and b: the same on every machine.
func hash(kind byte, a, b string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := (offset ^ uint64(kind)) * prime
	for i := range len(a) {
		h = (h ^ uint64(a[i])) * prime
	}
	h = (h ^ ' ') * prime
	for i := range len(b) {
		h = (h ^ uint64(b[i])) * prime
	}
	return h
}

// nearWindow is how far apart two words may be to make a pair in either order.
const nearWindow = 4

// gramSize is how many letters a part of a word has.
const gramSize = 3

// grams yields the runs of gramSize letters of a word with its borders marked.
func grams(w string, yield func(string)) {
	text := "<" + w + ">"
	var at [maxWordLen + 3]int // where the runes of text begin, so that grams are slices of it
	n := 0
	for i := range text {
		at[n] = i
		n++
	}
	at[n] = len(text)
	for i := 0; i+gramSize <= n; i++ {
		yield(text[at[i]:at[i+gramSize]])
	}
}

// rarity returns how much a feature tells that stands in df of n texts: the usual
// inverse document frequency, a little flattened.
func rarity(n, df int) float32 {
	return float32(math.Pow(math.Log(float64(n+1)/float64(df+1))+1, 0.8))
}

// vector returns the words as numbered features; unknown ones are left out.
// known is the share of the words' rarity that the vocabulary knows, 0 to 1.
func (v *vocabulary) vector(words []word) (vec vector, known float64) {
	var all, hit float64
	unknown := float64(rarity(len(v.rarity), 0))
	extract(words, func(kind byte, key uint64, weight float32) {
		id, ok := v.ids.first(key)
		switch {
		case ok && kind == kindWord:
			all += float64(v.rarity[id])
			hit += float64(v.rarity[id])
		case kind == kindWord:
			all += unknown
		}
		if ok {
			vec = append(vec, feature{id, weight})
		}
	})
	if all > 0 {
		known = hit / all
	}
	vec = merge(vec)
	return v.weigh(vec, damper{}), known
}

// sortByID sorts vec by id, and features of one id by weight: as plain numbers,
// which is twice as quick as by comparing.
func sortByID(vec vector) {
	keys := make([]uint64, len(vec))
	for i, f := range vec {
		keys[i] = uint64(f.id)<<32 | uint64(math.Float32bits(f.weight))
	}
	slices.Sort(keys)
	for i, k := range keys {
		vec[i] = feature{int32(k >> 32), math.Float32frombits(uint32(k))}
	}
}

// merge sums equal features and sorts them by id.
func merge(vec vector) vector {
	sortByID(vec)
	out := vec[:0]
	for _, f := range vec {
		if n := len(out); n > 0 && out[n-1].id == f.id {
			out[n-1].weight += f.weight
			continue
		}
		out = append(out, f)
	}
	return out
}

// A damper remembers dampened weights: the second "python" of a message says
// little. There are a few dozen in all, and a power takes ten times as long.
type damper map[float32]float32

func (d damper) damp(weight float32) float32 {
	damped, ok := d[weight]
	if !ok {
		damped = float32(math.Pow(float64(weight), 0.3))
		d[weight] = damped
	}
	return damped
}

// weigh dampens the features of vec, applies rarity, scales it to length 1 and leaves
// out what is light then, in place.
func (v *vocabulary) weigh(vec vector, d damper) vector {
	vec.scale(vec.dampen(v.rarity, d))
	least := min(tooLight, lightShare/float32(math.Sqrt(float64(len(vec)))))
	return slices.DeleteFunc(vec, func(f feature) bool { return f.weight < least })
}

// The weight of a feature that is left out, in a vector of length 1. In a long one all
// are light, so there it is a share of their root mean square. Two in five features of
// a guide are lighter: most are parts of words. Without them learning takes two thirds
// of the time and no fewer questions are answered right (November 2026).
const (
	tooLight   = 0.055
	lightShare = 0.9
)

// dampen dampens the features of vec, applies rarity and returns the square of
// the length that vec then has.
func (vec vector) dampen(rarity []float32, d damper) float64 {
	var sum float64
	var last, damped float32
	for i, f := range vec {
		if f.weight != last { // neighbours are mostly of one kind
			last, damped = f.weight, d.damp(f.weight)
		}
		w := damped * rarity[f.id]
		vec[i].weight = w
		sum += float64(float64(w) * float64(w)) // no fusing, as in dot
	}
	return sum
}

// scale divides vec by the length that has the given square, if it has one.
func (vec vector) scale(square float64) {
	if square == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(square))
	for i := range vec {
		vec[i].weight *= scale
	}
}
