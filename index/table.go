package index

import (
	"math"
	"slices"
)

// A table is a sparse matrix of features by classes.
type table struct {
	classes int
	start   []int32 // by feature, where its cells begin; one more than features
	cells   []cell
}

// A cell is one weight of a table, in four bytes: there are over a million.
type cell struct {
	class  uint16
	weight int16 // in units of grain
}

// grain is the unit of a cell's weight; 32 is more than any weight.
const grain = 1.0 / 1024

// A column is the weights of one class, by feature.
type column []featureWeight

type featureWeight struct {
	id     int32
	weight int16 // in units of grain
}

// inGrains returns a weight in units of grain.
func inGrains(weight float32) int16 {
	return int16(max(-math.MaxInt16, min(math.MaxInt16, math.Round(float64(weight)/grain))))
}

// newTable turns columns, one a class, into a table.
func newTable(columns []column, features int) *table {
	t := &table{classes: len(columns), start: make([]int32, features+1)}
	for _, column := range columns {
		for _, f := range column {
			t.start[f.id]++
		}
	}
	var sum int32
	for f, n := range t.start { // now where each feature's cells end
		sum += n
		t.start[f] = sum
	}
	t.cells = make([]cell, sum)
	for class := len(columns) - 1; class >= 0; class-- { // filled from the end, so that start comes to be the begin
		for _, f := range columns[class] {
			t.start[f.id]--
			t.cells[t.start[f.id]] = cell{uint16(class), f.weight}
		}
	}
	return t
}

// times sets product, which has a place for every class, to that of vec and t.
func (t *table) times(vec vector, product []float32) {
	clear(product)
	for _, f := range vec {
		weight := f.weight * grain
		for _, c := range t.cells[t.start[f.id]:t.start[f.id+1]] {
			product[c.class] += float32(weight * float32(c.weight))
		}
	}
}

// has reports whether a feature has a weight in a class.
func (t *table) has(feature int32, class int) bool {
	_, found := slices.BinarySearchFunc(t.cells[t.start[feature]:t.start[feature+1]], class, func(c cell, class int) int { return int(c.class) - class })
	return found
}
