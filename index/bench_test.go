package index

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"mentor/knowledge"
)

func BenchmarkBuild(b *testing.B) {
	guide := knowledge.Builtin()
	b.ReportAllocs()
	for b.Loop() {
		x, err := Build(guide)
		if err != nil {
			b.Fatal(err)
		}
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFind asks the held-apart questions in turn. It reports the 50th and
// the 99th percentile beside the mean.
func BenchmarkFind(b *testing.B) {
	x, questions := builtin(), heldApart(b)
	var took []time.Duration
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		find(b, x, questions[i%len(questions)].Question)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkFindLong asks with 40,000 characters.
func BenchmarkFindLong(b *testing.B) {
	x := builtin()
	long := strings.Repeat("I have a long story to tell before I ask. ", 950) + "Which language is easiest?"
	for b.Loop() {
		find(b, x, long)
	}
}

// BenchmarkMemory reports what an index of the built-in guide keeps on the heap.
func BenchmarkMemory(b *testing.B) {
	guide := knowledge.Builtin()
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	for b.Loop() {
		before := heap()
		x, err := Build(guide)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(heap()-before, "MiB-kept")
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
