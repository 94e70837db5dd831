package knowledge

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBareFigures(t *testing.T) {
	sources := []string{"Stack Overflow Developer Survey"}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Learn for three weeks, then build. It takes 200 hours.", nil},
		{"Pay starts at $60,000.", []string{"Pay starts at $60,000."}},
		{"Pay started at $60,000 in 2025.", nil},
		{"Pay is 2000 dollars.", []string{"Pay is 2000 dollars."}},
		{"About 70 % agree. That was in 2024.", []string{"About 70 % agree."}},
		{"About 70 per cent agree, says the stack overflow developer survey.", nil},
		{"About 70% agree" + linkMark + ".", nil},
		{"It took 3 to 5 years.", []string{"It took 3 to 5 years."}},
		{"It took 3–5 years by 2026.", nil},
		{"A 4-year degree helps.", []string{"A 4-year degree helps."}},
		{"They asked 49,000 professional developers.", []string{"They asked 49,000 professional developers."}},
		{"The 2025 developers' survey asked many.", nil},
		{"The U.S. Bureau counted 86,000 people in 2024.", nil},
		{"Python 3 and HTTP 404 are no figures, nor is step 5.", nil},
	} {
		got := bareFigures(c.text, sources)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("bareFigures(%q) (-want +got):\n%s", c.text, diff)
		}
	}
}
