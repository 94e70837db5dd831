package index

import (
	"testing"

	"mentor/knowledge"
)

func TestKinshipIsMutualAndOfTheGuideAlone(t *testing.T) {
	kin := newKinship([]*knowledge.Entry{{ID: "go", See: []string{"pay", "gone"}}, {ID: "pay"}, {ID: "sql"}}, 1)
	for class, want := range [][]bool{{false, true, false, false}, {true, false, false, false}, {false, false, false, false}, {false, false, false, false}} {
		for other := range want {
			if kin[class][other] != want[other] {
				t.Errorf("kin[%d][%d] = %v", class, other, kin[class][other])
			}
		}
	}
}
