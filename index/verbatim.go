package index

// A question that is a phrasing of the guide, word for word but for slips, is
// answered by its entry, even by a guide so small that the gate, learnt on a large
// one, is not sure of anything. It cannot be measured how often that is right, as
// phrasings are what the index learns from; that no two entries share one is a rule
// of the guide.
const surelyMeant = 0.97

// surest is the most that is said of any answer: of a thousand questions, which is
// about what there is to measure by, a few of the surest answers are wrong too.
const surest = 0.99

// phrasingKey is a hash of words in their order.
func phrasingKey(words []word) uint64 {
	var key uint64
	for _, w := range words {
		key = key*31 + hash(0, w.text, "")
	}
	return key
}

// verbatim returns the classes of phrasings, by phrasingKey; labels has the class
// of each.
func verbatim(phrasings [][]word, labels []int) *keyTable {
	keys, classes := make([]uint64, len(phrasings)), make([]int32, len(phrasings))
	for i, words := range phrasings {
		keys[i], classes[i] = phrasingKey(words), int32(labels[i])
	}
	return newKeyTable(keys, classes)
}

// rankVerbatim puts the class first that has words as a phrasing. What stands in
// two classes counts for neither.
func (x *Index) rankVerbatim(ranked []rank, words []word) {
	found := -1
	for class := range x.verbatim.all(phrasingKey(words)) {
		if found >= 0 && found != int(class) {
			return
		}
		found = int(class)
	}
	if found < 0 {
		return
	}
	ranked[found].verbatim = true
	for _, r := range ranked {
		ranked[found].score = max(ranked[found].score, r.score)
	}
	ranked[found].score += nearestWeight + threeNearWeight // what a contender can gain
}
