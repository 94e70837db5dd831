package chart

import (
	"image"
	"math"
	"slices"

	"golang.org/x/image/vector"
)

// A shape is a closed line of points, each rounded by its radius.
type shape []knot

type knot struct{ x, y, round float32 }

// box is a rectangle with round corners.
func box(x, y, w, h, round float32) shape {
	return shape{{x, y, round}, {x + w, y, round}, {x + w, y + h, round}, {x, y + h, round}}
}

// ring is what lies between a shape and one inside it: the inner one runs the
// other way round, which cuts a hole.
func ring(outer, inner shape) []shape {
	inner = slices.Clone(inner)
	slices.Reverse(inner)
	return []shape{outer, inner}
}

// bounds are the whole pixels that s touches.
func (s shape) bounds() image.Rectangle {
	lowX, lowY, highX, highY := s[0].x, s[0].y, s[0].x, s[0].y
	for _, k := range s {
		lowX, lowY = min(lowX, k.x), min(lowY, k.y)
		highX, highY = max(highX, k.x), max(highY, k.y)
	}
	floor := func(x float32) int { return int(math.Floor(float64(x))) }
	ceil := func(x float32) int { return int(math.Ceil(float64(x))) }
	return image.Rect(floor(lowX), floor(lowY), ceil(highX), ceil(highY))
}

// trace hands the line to a rasterizer whose corner lies at origin.
func (s shape) trace(to *vector.Rasterizer, origin image.Point) {
	ox, oy := float32(origin.X), float32(origin.Y)
	for i, k := range s {
		before, after := s[(i+len(s)-1)%len(s)], s[(i+1)%len(s)]
		ax, ay := k.toward(before)
		bx, by := k.toward(after)
		if i == 0 {
			to.MoveTo(ax-ox, ay-oy)
		} else {
			to.LineTo(ax-ox, ay-oy)
		}
		to.QuadTo(k.x-ox, k.y-oy, bx-ox, by-oy)
	}
	to.ClosePath()
}

// toward is the point where the rounding of k begins on the line to another.
func (k knot) toward(to knot) (x, y float32) {
	dx, dy := to.x-k.x, to.y-k.y
	length := float32(math.Hypot(float64(dx), float64(dy)))
	part := min(k.round/length, 0.5)
	return k.x + dx*part, k.y + dy*part
}
