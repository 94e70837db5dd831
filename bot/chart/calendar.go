package chart

import (
	"fmt"
	"image"

	"mentor/bot/streak"
)

// The measures of the calendar. 26 columns fill the panel's 676 pixels.
const (
	calendarHeight = 432
	pitch          = 26 // from one day to the next
	side           = 22 // side of a day
	monthsLine     = 168
	gridTop        = 182
	legendLine     = 404
)

// Calendar draws the last 26 weeks of c, a column for each, or as many as it
// has; above them v's run, the longest one and the last 30 days. The error is
// for a c and a v that were not made at the same instant, or a c that
// streak.State.Calendar did not make.
func Calendar(c streak.Calendar, v streak.View) (Picture, error) {
	c, err := recent(c)
	if err != nil {
		return Picture{}, fmt.Errorf("draw the calendar: %w", err)
	}
	if c.Today != v.Today {
		return Picture{}, fmt.Errorf("draw the calendar: today is %v in the calendar and %v in the view; make both at the same instant", c.Today, v.Today)
	}
	p, err := newCanvas(calendarHeight)
	if err != nil {
		return Picture{}, fmt.Errorf("draw the calendar: %w", err)
	}
	h := newHistory(c, v.Total)
	p.heading(runTitle(v), runFacts(v))
	p.today(v)
	p.months(c, pitch, monthsLine, width-margin)
	p.weekdays()
	for d, s := range h.all() {
		at := dayPlace(c, d)
		p.day(at, s)
		if d == c.Today {
			p.outline(at)
		}
	}
	p.legend()
	out, err := p.encode()
	if err != nil {
		return Picture{}, fmt.Errorf("draw the calendar: %w", err)
	}
	return Picture{out, calendarAlt(h, v)}, nil
}

// dayPlace is the corner of a day in the grid.
func dayPlace(c streak.Calendar, d streak.Day) image.Point {
	n := int(d - c.Monday)
	return image.Pt(columns+n/7*pitch, gridTop+n%7*pitch)
}

// day draws a day: full when done, half of it, cut aslant, when kept, a dot
// when missed. What is blank has no mark.
func (c *canvas) day(at image.Point, s state) {
	const inset, radius, dot = 1, 5, 10
	x, y := float32(at.X), float32(at.Y)
	if s == isDone {
		c.fill(done, box(x, y, side, side, radius))
		return
	}
	c.fill(slot, box(x, y, side, side, radius))
	switch s {
	case isKept:
		lo, hi := float32(inset), float32(side-inset)
		c.fill(kept, shape{{x + lo, y + lo, 1}, {x + hi, y + hi, 1}, {x + lo, y + hi, 4}})
	case missed:
		const off = (side - dot) / 2
		c.fill(open, box(x+off, y+off, dot, dot, dot/2))
	}
}

// outline marks a day as today: a line around it, and a moat inside the line, so
// that it stands out from a day that is done.
func (c *canvas) outline(at image.Point) {
	const line, moat, radius = 3, 2, 5
	x, y := float32(at.X), float32(at.Y)
	c.fill(strong, ring(box(x-line, y-line, side+2*line, side+2*line, radius+line), box(x, y, side, side, radius))...)
	c.fill(ground, ring(box(x, y, side, side, radius), box(x+moat, y+moat, side-2*moat, side-2*moat, radius-moat))...)
}

// today says in the panel's corner how today stands.
func (c *canvas) today(v streak.View) {
	c.writeLeft(c.fonts.text, soft, width-margin, titleLine, "Today: "+todayWords(v))
}

func (c *canvas) weekdays() {
	for row, name := range []string{0: "Mon", 2: "Wed", 4: "Fri"} {
		c.write(c.fonts.label, soft, margin, gridTop+row*pitch+side-3, name)
	}
}

// legend explains the marks below the grid.
func (c *canvas) legend() {
	const between = 34
	x := columns
	for _, s := range []state{isDone, isKept, missed} {
		c.day(image.Pt(x, legendLine-side+3), s)
		x = c.write(c.fonts.label, soft, x+side+gap, legendLine, stateWords[s]) + between
	}
	at := image.Pt(x, legendLine-side+3)
	c.day(at, blank)
	c.outline(at)
	c.write(c.fonts.label, soft, x+side+gap+3, legendLine, "today")
}
