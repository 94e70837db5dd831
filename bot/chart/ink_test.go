package chart

import (
	"image"
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

// What the chat's own background is cannot matter: but for the round corners
// nothing of it shines through, and no ink lies in them.
func TestPanelHidesTheChat(t *testing.T) {
	calendar, weeks := draw(t, learner(t, learners[4].days))
	for _, p := range []Picture{calendar, weeks} {
		img := decode(t, p)
		for i, place := range img.Pix {
			x, y := i%img.Stride, i/img.Stride
			got := color.NRGBAModel.Convert(img.Palette[place]).(color.NRGBA)
			solid := color.NRGBA{got.R, got.G, got.B, 0xff}
			if !inCorner(img.Rect, x, y) && got.A != 0xff {
				t.Fatalf("pixel %d, %d lets the chat shine through: %v", x, y, got)
			}
			if inCorner(img.Rect, x, y) && got.A > 0 && solid != colours[ground] {
				t.Fatalf("pixel %d, %d has ink in the corner: %v", x, y, got)
			}
		}
	}
}

func inCorner(b image.Rectangle, x, y int) bool {
	return min(x, b.Max.X-1-x) < corner && min(y, b.Max.Y-1-y) < corner
}
