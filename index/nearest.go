package index

import "slices"

// Every phrasing is kept as a vector without its pairs of words, to tell how near
// a question comes to the nearest of an entry. There are half a million features in
// all, so each takes four bytes: its number, and its weight of at most 1 in steps.
const (
	weightBits  = 11
	weightSteps = 1<<weightBits - 1
	maxFeatures = 1 << (32 - weightBits)
)

// packed is the phrasings of a class, one behind the other.
type packed struct {
	features []uint32
	ends     []uint32 // of each phrasing in features
}

// pack packs vectors by their class.
func (v *vocabulary) pack(vectors []vector, labels []int, classes int) []packed {
	all := make([]packed, classes)
	for i, vec := range vectors {
		p := &all[labels[i]]
		for _, f := range vec {
			if f.id < v.pairsFrom {
				p.features = append(p.features, uint32(f.id)<<weightBits|uint32(min(f.weight, 1)*weightSteps))
			}
		}
		p.ends = append(p.ends, uint32(len(p.features)))
	}
	for class, p := range all { // kept as long as the index: no larger than need be
		all[class] = packed{slices.Clone(p.features), slices.Clone(p.ends)}
	}
	return all
}

// withoutPairs is a copy of vec without its pairs of words.
func (v *vocabulary) withoutPairs(vec vector) vector {
	return slices.DeleteFunc(slices.Clone(vec), func(f feature) bool { return f.id >= v.pairsFrom })
}

// A spread is a vector with a place for every feature, so that many vectors can
// be compared with it quickly.
type spread []float32

// spread returns vec spread out; takeBack frees it for the next.
func (x *Index) spread(vec vector) spread {
	s, ok := x.spreads.Get().(*spread)
	if !ok {
		s = new(make(spread, len(x.vocab.rarity)))
	}
	for _, f := range vec {
		(*s)[f.id] = f.weight
	}
	return *s
}

func (x *Index) takeBack(s spread, vec vector) {
	for _, f := range vec {
		s[f.id] = 0
	}
	x.spreads.Put(&s)
}

// likeness returns how alike s and a phrasing are, 0 to 1.
func (s spread) likeness(phrasing []uint32) float32 {
	var sum float32
	for _, f := range phrasing { // most products are 0, but to ask first whether they are is slower
		sum += float32(s[f>>weightBits] * float32(f&weightSteps))
	}
	return sum / weightSteps
}

// nearness is how near a question comes to a class, 0 to 1.
type nearness struct {
	class      int
	one, three float64 // to the nearest, and to the nearest three in the mean
	covered    float64 // how much of the question the class has at all
}

// nearest returns the nearness of s to the phrasings of a class.
func (x *Index) nearest(s spread, class int) nearness {
	var best [3]float64 // falling
	var from uint32
	for _, end := range x.phrasings[class].ends {
		d := float64(s.likeness(x.phrasings[class].features[from:end]))
		from = end
		for i := range best {
			if d > best[i] {
				d, best[i] = best[i], d
			}
		}
	}
	return nearness{class: class, one: best[0], three: (best[0] + best[1] + best[2]) / 3}
}

// The classes ranked first contend once more, by their nearness to the question. Of
// 1,343 questions a dozen more are answered right by that, and no more with more
// contenders (November 2026).
const (
	contenders      = 5
	nearestWeight   = 1
	threeNearWeight = 0.5
	coveredWeight   = 0.75
)

// A closest is what a question comes near to: the nearness of the first class and
// of the second, zero when there is none, and the likeness to the nearest off-topic
// message, 0 to 1.
type closest struct {
	first, second nearness
	offTopic      float64
}

// contend ranks anew with the nearness of the contenders.
func (x *Index) contend(ranked []rank, vec vector) closest {
	question := x.spread(vec)
	of := map[int]nearness{}
	for i, r := range ranked[:min(contenders, len(ranked))] {
		n := x.nearest(question, r.class)
		n.covered = x.covered(vec, r.class)
		of[r.class] = n
		ranked[i].score += float32(nearestWeight*n.one + float64(threeNearWeight*n.three) + float64(coveredWeight*n.covered)) // no fusing, as in vector.dot
	}
	x.takeBack(question, vec)
	sortRanks(ranked)
	softmax(ranked)
	near := closest{first: of[ranked[0].class], offTopic: x.nearestOffTopic(vec)}
	if len(ranked) > 1 {
		near.second = of[ranked[1].class]
	}
	return near
}
