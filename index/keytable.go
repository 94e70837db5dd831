package index

import (
	"iter"
	"math/bits"
)

// A keyTable finds numbers by 64-bit keys; a key may have several. It never changes,
// and takes 8 bytes a number and 2 to 4 for finding it: a quarter of a map. It tells
// keys apart by the leading 32 bits of what the number of their bucket leaves of them,
// spread: of 200,000 keys two are taken for one with a probability of 1 in 25,000.
type keyTable struct {
	width   int      // of a bucket's number, in bits
	buckets []uint32 // where each bucket begins in rests; one more than buckets
	rests   []uint32 // of the keys
	numbers []int32
}

// newKeyTable makes a table in which keys[i] has numbers[i].
func newKeyTable(keys []uint64, numbers []int32) *keyTable {
	width := max(1, bits.Len(uint(len(keys)))-1) // one to two keys a bucket
	t := &keyTable{
		width: width, buckets: make([]uint32, 1<<width+1),
		rests: make([]uint32, len(keys)), numbers: make([]int32, len(keys)),
	}
	for _, key := range keys {
		b, _ := t.place(key)
		t.buckets[b]++
	}
	var sum uint32
	for b, n := range t.buckets { // now where each bucket ends
		sum += n
		t.buckets[b] = sum
	}
	for i := len(keys) - 1; i >= 0; i-- { // filled from the end, so that buckets come to be the begins
		b, rest := t.place(keys[i])
		t.buckets[b]--
		t.rests[t.buckets[b]], t.numbers[t.buckets[b]] = rest, numbers[i]
	}
	return t
}

// place is the bucket of a key, and by what it is known there.
func (t *keyTable) place(key uint64) (bucket uint64, rest uint32) {
	spread := spreadKey(key)
	return spread >> (64 - t.width), uint32(spread << t.width >> 32)
}

// spreadKey spreads keys in their leading bits (Fibonacci hashing; Knuth, The Art of
// Computer Programming, volume 3, 6.4).
func spreadKey(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 }

// all yields the numbers of a key in the order they were given.
func (t *keyTable) all(key uint64) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		b, rest := t.place(key)
		for i := t.buckets[b]; i < t.buckets[b+1]; i++ {
			if t.rests[i] == rest && !yield(t.numbers[i]) {
				return
			}
		}
	}
}

// first returns the first number of a key; false when it has none.
func (t *keyTable) first(key uint64) (int32, bool) {
	b, rest := t.place(key)
	for i := t.buckets[b]; i < t.buckets[b+1]; i++ {
		if t.rests[i] == rest {
			return t.numbers[i], true
		}
	}
	return 0, false
}
