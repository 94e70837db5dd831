package index

import (
	"iter"
	"math/bits"
)

// A keyTable finds numbers by 64-bit keys; a key may have several. It never changes,
// and takes 12 bytes a number and 2 to 4 for finding it: a third of a map.
type keyTable struct {
	shift   int
	buckets []uint32 // where each bucket begins in keys; one more than buckets
	keys    []uint64
	numbers []int32
}

// newKeyTable makes a table in which keys[i] has numbers[i].
func newKeyTable(keys []uint64, numbers []int32) *keyTable {
	width := max(1, bits.Len(uint(len(keys)))-1) // of a bucket's number, in bits: one to two keys each
	t := &keyTable{
		shift: 64 - width, buckets: make([]uint32, 1<<width+1),
		keys: make([]uint64, len(keys)), numbers: make([]int32, len(keys)),
	}
	for _, key := range keys {
		t.buckets[t.bucket(key)]++
	}
	var sum uint32
	for b, n := range t.buckets { // now where each bucket ends
		sum += n
		t.buckets[b] = sum
	}
	for i := len(keys) - 1; i >= 0; i-- { // filled from the end, so that buckets come to be the begins
		b := t.bucket(keys[i])
		t.buckets[b]--
		t.keys[t.buckets[b]], t.numbers[t.buckets[b]] = keys[i], numbers[i]
	}
	return t
}

func (t *keyTable) bucket(key uint64) uint64 { return spreadKey(key) >> t.shift }

// spreadKey spreads keys in their leading bits (Fibonacci hashing; Knuth, The Art of
// Computer Programming, volume 3, 6.4).
func spreadKey(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 }

// all yields the numbers of a key in the order they were given.
func (t *keyTable) all(key uint64) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		b := t.bucket(key)
		for i := t.buckets[b]; i < t.buckets[b+1]; i++ {
			if t.keys[i] == key && !yield(t.numbers[i]) {
				return
			}
		}
	}
}

// first returns the first number of a key; false when it has none.
func (t *keyTable) first(key uint64) (int32, bool) {
	b := t.bucket(key)
	for i := t.buckets[b]; i < t.buckets[b+1]; i++ {
		if t.keys[i] == key {
			return t.numbers[i], true
		}
	}
	return 0, false
}
