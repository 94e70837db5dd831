package chart

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// steps is how many shades an edge has from what lies below it to its ink. With
// 15, the busiest picture has 86 colours of the 256 that a palette can hold.
const steps = 15

// A canvas is a picture being drawn. Its palette begins with the inks, and grows
// by the shades that edges need: a byte a pixel makes a small file.
type canvas struct {
	img    *image.Paletted
	shades map[shade]uint8
	edges  vector.Rasterizer
	fonts  fonts
	err    error // of the first letter that could not be drawn
}

// A shade is the colour where an ink covers some steps of what lies below.
type shade struct {
	below, ink uint8
	step       uint8
}

// newCanvas is an empty panel.
func newCanvas(height int) (*canvas, error) {
	f, err := newFonts()
	if err != nil {
		return nil, err
	}
	var palette color.Palette
	for _, c := range colours {
		palette = append(palette, c)
	}
	c := &canvas{
		img:    image.NewPaletted(image.Rect(0, 0, width, height), palette),
		shades: map[shade]uint8{},
		fonts:  f,
	}
	c.fill(ground, box(0, 0, width, float32(height), corner))
	return c, nil
}

// encode is the picture as a PNG.
func (c *canvas) encode() ([]byte, error) {
	if c.err != nil {
		return nil, c.err
	}
	var out bytes.Buffer
	// A busy calendar takes 13 ms and 14 kB so; with the best compression it took 42
	// and 13 (a shared AMD EPYC, November 2026).
	if err := png.Encode(&out, c.img); err != nil {
		return nil, fmt.Errorf("encode the picture: %w", err)
	}
	return out.Bytes(), nil
}

// fill covers what the shapes enclose, the first of which has the others in it.
func (c *canvas) fill(ink uint8, shapes ...shape) {
	bounds := shapes[0].bounds().Intersect(c.img.Rect)
	c.edges.Reset(bounds.Dx(), bounds.Dy())
	for _, s := range shapes {
		s.trace(&c.edges, bounds.Min)
	}
	mask := image.NewAlpha(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	c.edges.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	c.cover(ink, bounds, mask, image.Point{})
}

// write writes text from x on, on the baseline y, and returns where it ends.
func (c *canvas) write(face font.Face, ink uint8, x, y int, text string) int {
	dot := fixed.P(x, y)
	before := rune(-1)
	for _, r := range text {
		if before >= 0 {
			dot.X += face.Kern(before, r)
		}
		where, mask, from, advance, ok := face.Glyph(dot, r)
		if !ok && c.err == nil {
			c.err = fmt.Errorf("write %q: the font has no %q", text, r)
		}
		if ok {
			c.cover(ink, where, mask, from)
		}
		dot.X += advance
		before = r
	}
	return dot.X.Ceil()
}

// writeLeft writes text so that it ends at x.
func (c *canvas) writeLeft(face font.Face, ink uint8, x, y int, text string) {
	c.write(face, ink, x-font.MeasureString(face, text).Ceil(), y, text)
}

// cover lays an ink over where, as thick as mask is from a point on.
func (c *canvas) cover(ink uint8, where image.Rectangle, mask image.Image, from image.Point) {
	from = from.Sub(where.Min)
	where = where.Intersect(c.img.Rect)
	for y := where.Min.Y; y < where.Max.Y; y++ {
		row := c.img.Pix[c.img.PixOffset(0, y):]
		for x := where.Min.X; x < where.Max.X; x++ {
			_, _, _, alpha := mask.At(from.X+x, from.Y+y).RGBA()
			if step := (alpha*steps + 0x7fff) / 0xffff; step > 0 {
				row[x] = c.shade(shade{row[x], ink, uint8(step)})
			}
		}
	}
}

// shade is the place of s in the palette. A palette that is full gives the
// nearest colour it has.
func (c *canvas) shade(s shade) uint8 {
	if s.step == steps {
		return s.ink
	}
	if i, ok := c.shades[s]; ok {
		return i
	}
	mixed := mix(c.img.Palette[s.below].(color.NRGBA), c.img.Palette[s.ink].(color.NRGBA), int(s.step))
	i := uint8(c.img.Palette.Index(mixed))
	if c.img.Palette[i] != mixed && len(c.img.Palette) < 256 {
		i = uint8(len(c.img.Palette))
		c.img.Palette = append(c.img.Palette, mixed)
	}
	c.shades[s] = i
	return i
}

// mix is below with ink over it, step of steps thick. The panel's edge, over
// nothing, keeps its colour and is see-through.
func mix(below, ink color.NRGBA, step int) color.NRGBA {
	if below.A == 0 {
		ink.A = uint8(step * 255 / steps)
		return ink
	}
	part := func(a, b uint8) uint8 { return uint8((int(a)*(steps-step) + int(b)*step + steps/2) / steps) }
	return color.NRGBA{part(below.R, ink.R), part(below.G, ink.G), part(below.B, ink.B), below.A}
}
