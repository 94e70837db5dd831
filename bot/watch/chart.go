package watch

import (
	"fmt"
	"strings"
	"time"
)

// The measures of a chart, in units of its own: the browser scales it.
const (
	chartWidth  = 520
	chartHeight = 150
	chartTop    = 18 // room for the numbers
	chartFoot   = 20 // room for the dates
)

// A chart is a row of bars for an SVG, with the same facts in words.
type chart struct {
	Title, Words   string
	Width, Height  int
	Baseline, Text int // where the bars stand, and the dates
	Bars           []bar
}

// A bar stands for one week.
type bar struct {
	X, Y, Width, Height, Middle int
	N                           int64
	Label                       string // empty for bars whose date would not fit
	LabelY                      int    // of the number
}

// newChart draws n values, of weeks that begin on those Mondays.
func newChart(title string, mondays []string, values []int64) chart {
	c := chart{Title: title, Width: chartWidth, Height: chartHeight, Baseline: chartHeight - chartFoot, Text: chartHeight - 5}
	top := int64(1)
	for _, v := range values {
		top = max(top, v)
	}
	step := chartWidth / max(1, len(values))
	facts := make([]string, len(values))
	for i, v := range values {
		height := int(v * int64(c.Baseline-chartTop) / top)
		if v > 0 {
			height = max(height, 2)
		}
		b := bar{X: i*step + 3, Width: step - 6, Height: height, Y: c.Baseline - height, Middle: i*step + step/2, N: v}
		b.LabelY = b.Y - 4
		if (len(values)-1-i)%3 == 0 {
			b.Label = shortDate(mondays[i])
		}
		c.Bars = append(c.Bars, b)
		facts[i] = fmt.Sprintf("%s: %d", shortDate(mondays[i]), v)
	}
	c.Words = title + ". Week of " + strings.Join(facts, ", ") + "."
	return c
}

// shortDate is "24 Nov".
func shortDate(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 Jan")
}

func ints(in []int) []int64 {
	out := make([]int64, len(in))
	for i, n := range in {
		out[i] = int64(n)
	}
	return out
}
