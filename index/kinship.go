package index

import "mentor/knowledge"

// A kinship tells of each two classes whether they are kin: the entry of one names
// that of the other under "see". Learners ask for both in much the same words, so
// they are not told apart as hard as strangers.
type kinship [][]bool

// newKinship is the kinship of entries. strangers is how many classes more there are
// that are kin to none.
func newKinship(entries []*knowledge.Entry, strangers int) kinship {
	k := make(kinship, len(entries)+strangers)
	for class := range k {
		k[class] = make([]bool, len(k))
	}
	classOf := make(map[string]int, len(entries))
	for class, e := range entries {
		classOf[e.ID] = class
	}
	for class, e := range entries {
		for _, id := range e.See {
			if other, ok := classOf[id]; ok {
				k[class][other], k[other][class] = true, true
			}
		}
	}
	return k
}
