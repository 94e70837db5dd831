package index

import "math/bits"

// A numbering gives each 64-bit key that it meets the next number, counted from 0.
// The keys are hashes already, which a map would hash once more: learning the guide
// takes a twentieth less time so (November 2026).
type numbering struct {
	slots []int32  // by spread key: a number, counted from 1, or 0 where none is; at most half are taken
	shift int      // from a spread key to its slot
	keys  []uint64 // by number
}

// newNumbering returns a numbering with room for so many keys before it grows.
func newNumbering(keys int) *numbering {
	n := &numbering{keys: make([]uint64, 0, keys)}
	n.resize(bits.Len(uint(max(keys, 1)*2 - 1)))
	return n
}

// number returns the number of key; isNew says that it was not met before.
func (n *numbering) number(key uint64) (number int32, isNew bool) {
	at := n.slot(key)
	if found := n.slots[at]; found > 0 {
		return found - 1, false
	}
	if 2*len(n.keys) >= len(n.slots) {
		n.resize(64 - n.shift + 1)
		at = n.slot(key)
	}
	n.keys = append(n.keys, key)
	n.slots[at] = int32(len(n.keys))
	return int32(len(n.keys)) - 1, true
}

// slot returns the slot that key has, or the free one that it may take.
func (n *numbering) slot(key uint64) int {
	at := int(spreadKey(key) >> n.shift)
	for n.slots[at] > 0 && n.keys[n.slots[at]-1] != key {
		at = (at + 1) & (len(n.slots) - 1)
	}
	return at
}

// resize makes 1<<width slots and gives all keys their place there.
func (n *numbering) resize(width int) {
	n.shift = 64 - width
	n.slots = make([]int32, 1<<width)
	for i, key := range n.keys {
		n.slots[n.slot(key)] = int32(i + 1)
	}
}
