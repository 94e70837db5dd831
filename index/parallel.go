package index

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// gentle counts the guides that are being learnt beside a running index. While it
// is not 0, learning leaves half of the processors to the questions: a question
// that came while all of them learnt waited for tens of milliseconds (November 2026).
var gentle atomic.Int32

// workers is how many goroutines may learn at once.
func workers() int {
	n := runtime.GOMAXPROCS(0)
	if gentle.Load() > 0 {
		return max(1, n/2)
	}
	return n
}

// parallel calls the function that worker returns once for each number below n,
// from as many goroutines as may learn at once.
func parallel(n int, worker func() func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers(), n) {
		wg.Go(func() {
			do := worker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}
