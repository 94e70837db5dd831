package chart

import (
	"image/color"
	"math"
	"testing"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// contrast is the contrast ratio of WCAG 2.2, 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	for _, test := range []struct {
		name    string
		ink, on uint8
		want    float64
	}{
		{"titles", strong, ground, 4.5},
		{"other words", soft, ground, 4.5},
		{"numbers on a track", strong, slot, 4.5},
		{"the outline of today", strong, ground, 3},
		{"done on the panel", done, ground, 3},
		{"done on a day's place", done, slot, 3},
		{"kept on a day's place", kept, slot, 3},
		{"not done on a day's place", open, slot, 3},
		{"done and kept", done, kept, 1.5},
		{"kept and not done", kept, open, 1.5},
	} {
		if got := contrast(colours[test.ink], colours[test.on]); got < test.want {
			t.Errorf("%s: contrast %.2f, want %.1f or more", test.name, got, test.want)
		}
	}
}
