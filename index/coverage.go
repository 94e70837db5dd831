package index

import "slices"

// covered returns how much of a question a class has in its phrasings and answer at
// all, 0 to 1: of the question's words, their stems, ideas and parts, each by the
// square of its weight. A class may win by one word that it shares with a question;
// that it has nothing of the rest tells that another one is meant, or none.
func (x *Index) covered(vec vector, class int) float64 {
	var has, all float32
	for _, f := range vec {
		if f.id >= x.vocab.pairsFrom {
			continue
		}
		square := f.weight * f.weight
		all += square
		if x.linear.has(f.id, class) {
			has += square
		}
	}
	if all == 0 {
		return 0
	}
	return float64(has / all)
}

// has reports whether a feature has a weight in a class.
func (t *table) has(feature int32, class int) bool {
	_, found := slices.BinarySearchFunc(t.cells[t.start[feature]:t.start[feature+1]], class, func(c cell, class int) int { return int(c.class) - class })
	return found
}
