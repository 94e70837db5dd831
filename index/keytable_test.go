package index

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestKeyTable compares the table with a map, on keys that are alike, too.
func TestKeyTable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 1000, 70_000} {
		keys, numbers := make([]uint64, n), make([]int32, n)
		want := map[uint64][]int32{}
		for i := range n {
			keys[i], numbers[i] = random.Uint64N(uint64(n))<<(8*random.UintN(7)), int32(i)
			want[keys[i]] = append(want[keys[i]], numbers[i])
		}
		table := newKeyTable(keys, numbers)
		for key := range uint64(2 * n) {
			if got := slices.Collect(table.all(key)); !slices.Equal(got, want[key]) {
				t.Fatalf("of %d, key %d has %v, want %v", n, key, got, want[key])
			}
		}
		for key, all := range want {
			if got, ok := table.first(key); !ok || got != all[0] {
				t.Fatalf("of %d, the first of key %d is %d, %t, want %d", n, key, got, ok, all[0])
			}
		}
	}
	if _, ok := newKeyTable(nil, nil).first(7); ok {
		t.Error("an empty table has a key")
	}
}
