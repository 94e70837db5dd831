package chart

import (
	"golang.org/x/image/font"

	"mentor/bot/streak"
)

// The baselines of the heading.
const (
	titleLine = 72
	factsLine = 114
)

// heading writes the title, and under it the facts that matter most.
func (c *canvas) heading(title, facts string) {
	c.write(c.fonts.title, strong, margin, titleLine, title)
	c.write(c.fonts.text, soft, margin, factsLine, facts)
}

// months names each month above the week with its first day. The first week is
// named too, unless the next name would touch it. No name reaches beyond end.
func (c *canvas) months(cal streak.Calendar, step, line, end int) {
	for i := len(cal.Weeks) - 1; i >= 0; i-- {
		sunday := cal.Monday + streak.Day(7*i+6)
		if _, _, date := sunday.Date(); date > 7 && i > 0 {
			continue
		}
		name := sunday.Format("Jan")
		length := font.MeasureString(c.fonts.label, name).Ceil()
		x := min(columns+i*step, width-margin-length)
		if x+length <= end {
			c.write(c.fonts.label, soft, x, line, name)
			end = x - gap
		}
	}
}
