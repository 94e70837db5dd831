package index

import "testing"

func TestNumbering(t *testing.T) {
	n := newNumbering(0)
	const keys = 10_000
	for round := range 2 {
		for i := range keys {
			number, isNew := n.number(uint64(i) << 40) // alike in the bits that are least spread
			if int(number) != i || isNew != (round == 0) {
				t.Fatalf("round %d: key %d has number %d, new %t", round, i, number, isNew)
			}
		}
	}
	if len(n.keys) != keys || 2*len(n.keys) > len(n.slots) {
		t.Errorf("%d keys, %d slots", len(n.keys), len(n.slots))
	}
}
