package index

import (
	"runtime/debug"
	"sync"
)

// collecting is held while collectLess is in force, as the setting belongs to the
// whole process.
var collecting sync.Mutex

// fewerCollections is how much of the living memory may be garbage, in percent,
// while a guide is read and Bleve indexes it. What is made then mostly lives until
// all is learnt: at the usual 100 it was gone through again and again, for 5 to 8 %
// of the processor time of learning the guide (November 2026).
const fewerCollections = 400

// collectLess lets garbage be collected less often until the function it returns
// is called, which must be once. It changes nothing in a process that is set to
// collect less still.
func collectLess() (asUsual func()) {
	collecting.Lock()
	usual := debug.SetGCPercent(fewerCollections)
	if usual < 0 || usual > fewerCollections {
		debug.SetGCPercent(usual)
	}
	return func() {
		debug.SetGCPercent(usual)
		collecting.Unlock()
	}
}
