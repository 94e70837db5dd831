package index

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
