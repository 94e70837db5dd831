package watch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// BenchmarkScrape is /metrics of a mentor at work, and with another 1,000 series.
func BenchmarkScrape(b *testing.B) {
	for _, more := range []int{0, 1000} {
		b.Run(fmt.Sprintf("plus%d", more), func(b *testing.B) {
			r := busy(b)
			for i := range more / 12 { // a histogram of 9 buckets has 12 series
				r.Meter.StoreCall(fmt.Sprint("call", i), time.Millisecond, nil)
			}
			handler, req := r.Handler(), httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/metrics", nil)
			lines := 0
			b.ReportAllocs()
			for b.Loop() {
				out := httptest.NewRecorder()
				handler.ServeHTTP(out, req)
				if lines == 0 {
					lines = strings.Count(out.Body.String(), "\n") - strings.Count(out.Body.String(), "# ")
				}
			}
			b.ReportMetric(float64(lines), "series")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(lines)*1000, "µs/1000series")
		})
	}
}

// BenchmarkTurn is what a reply costs to be counted.
func BenchmarkTurn(b *testing.B) {
	tell, turn := newRig(b, opened(b)).Meter.Turns("discord"), answered("salary")
	b.ReportAllocs()
	for b.Loop() {
		tell(turn)
	}
}
