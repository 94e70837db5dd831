package chart

import (
	"fmt"
	"strconv"

	"golang.org/x/image/font"

	"mentor/bot/streak"
)

// The measures of the bars.
const (
	weeksHeight = 432
	dayHeight   = 28 // of a bar
	barsTop     = 172
	barsFoot    = barsTop + 7*dayHeight
	namesLine   = barsFoot + 36
	widest      = 80 // from one bar to the next, when there are few
)

// Weeks draws for each of the last 26 weeks of c, or as many as it has, a bar
// of the days done. The error is for a c that streak.State.Calendar did not make.
func Weeks(c streak.Calendar) (Picture, error) {
	c, err := recent(c)
	if err != nil {
		return Picture{}, fmt.Errorf("draw the weeks: %w", err)
	}
	p, err := newCanvas(weeksHeight)
	if err != nil {
		return Picture{}, fmt.Errorf("draw the weeks: %w", err)
	}
	counts := c.Counts()
	step := barStep(len(counts))
	wide, last := step-step/6, columns+(len(counts)-1)*step
	p.heading("Days done each week", weekFacts(counts))
	p.scale()
	started := false
	for i, n := range counts {
		p.bar(columns+i*step, wide, n)
		if started = started || n > 0; started {
			p.number(columns+i*step, wide, n)
		}
	}
	p.thisWeek(last, wide)
	p.months(c, step, namesLine, p.now(last, wide)-gap)
	out, err := p.encode()
	if err != nil {
		return Picture{}, fmt.Errorf("draw the weeks: %w", err)
	}
	return Picture{out, weeksAlt(c)}, nil
}

// barStep is from one of n bars to the next.
func barStep(n int) int { return min(widest, (width-margin-columns)/n) }

// scale writes what the heights mean.
func (c *canvas) scale() {
	for _, n := range []int{0, 7} {
		c.writeLeft(c.fonts.label, soft, columns-14, barsFoot-n*dayHeight+8, strconv.Itoa(n))
	}
}

// bar draws a week of n days done before a track that is seven high.
func (c *canvas) bar(x, wide, n int) {
	const radius = 5
	left, w := float32(x), float32(wide)
	c.fill(slot, box(left, barsTop, w, 7*dayHeight, radius))
	if n > 0 {
		c.fill(done, box(left, float32(barsFoot-n*dayHeight), w, float32(n*dayHeight), radius))
	}
}

// number writes n on its bar. The weeks before the first day done have none: a
// row of noughts says nothing.
func (c *canvas) number(x, wide, n int) {
	text := strconv.Itoa(n)
	middle := x + (wide-font.MeasureString(c.fonts.label, text).Round())/2
	c.write(c.fonts.label, strong, middle, barsFoot-n*dayHeight-6, text)
}

// thisWeek outlines the track of the week that goes on.
func (c *canvas) thisWeek(x, wide int) {
	const line, radius = 3, 5
	left, w := float32(x), float32(wide)
	c.fill(strong, ring(box(left-line, barsTop-line, w+2*line, 7*dayHeight+2*line, radius+line), box(left, barsTop, w, 7*dayHeight, radius))...)
}

// now names the week that goes on, and returns where the name begins.
func (c *canvas) now(x, wide int) int {
	const name = "now"
	length := font.MeasureString(c.fonts.label, name).Ceil()
	x = min(x+(wide-length)/2, width-margin-length)
	c.write(c.fonts.label, strong, x, namesLine, name)
	return x
}
