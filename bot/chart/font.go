package chart

import (
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
)

// fonts are the letters of one canvas. A face keeps the letter it drew last, so
// that two goroutines cannot share one; the parsed fonts behind them they can.
type fonts struct{ title, text, label font.Face }

var (
	bold    = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(gobold.TTF) })
	regular = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(goregular.TTF) })
)

func newFonts() (fonts, error) {
	var f fonts
	for _, want := range []struct {
		to     *font.Face
		parsed func() (*opentype.Font, error)
		size   float64
	}{{&f.title, bold, titleSize}, {&f.text, regular, textSize}, {&f.label, regular, labelSize}} {
		parsed, err := want.parsed()
		if err != nil {
			return f, fmt.Errorf("read the font: %w", err)
		}
		// At 72 dots to the inch a point is a pixel.
		if *want.to, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: want.size, DPI: 72, Hinting: font.HintingNone}); err != nil {
			return f, fmt.Errorf("open the font at %v pixels: %w", want.size, err)
		}
	}
	return f, nil
}
