package chart

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/font"

	"mentor/bot/streak"
)

// maxDays are drawn at most: a week, and the one before to compare it with.
const maxDays = 14

// The measures of a group's bars.
const (
	daysHeight = 432
	daysTop    = 190 // below the number on the highest bar
	daysFoot   = daysTop + 6*dayHeight
	daysLine   = daysFoot + 36
	apart      = 24 // between the two weeks
)

// Days draws for each day up to last how many of a group were active on it, the
// oldest first; of more than 14, the last 14. The last seven are bright.
func Days(last streak.Day, counts []int) (Picture, error) {
	if len(counts) == 0 || slices.Min(counts) < 0 {
		return Picture{}, errors.New("draw a group's days: there must be a count of at least 0 for one day or more")
	}
	counts = counts[max(0, len(counts)-maxDays):]
	p, err := newCanvas(daysHeight)
	if err != nil {
		return Picture{}, fmt.Errorf("draw a group's days: %w", err)
	}
	older := max(0, len(counts)-7)
	step := min(widest, (width-2*margin-apart)/len(counts))
	wide, x := step-step/6, margin
	p.heading("How many studied each day", daysFacts(counts))
	for i, n := range counts {
		ink := uint8(done)
		if i < older {
			ink = open
		}
		if i == older && i > 0 {
			x += apart
		}
		p.dayBar(ink, x, wide, n, slices.Max(counts), last-streak.Day(len(counts)-1-i))
		x += step
	}
	out, err := p.encode()
	if err != nil {
		return Picture{}, fmt.Errorf("draw a group's days: %w", err)
	}
	return Picture{out, daysAlt(last, counts)}, nil
}

// dayBar draws a day with n of at most most people, its number and its name.
func (c *canvas) dayBar(ink uint8, x, wide, n, most int, day streak.Day) {
	const radius, least = 5, 6 // a bar that is lower than its corners is no bar
	c.fill(slot, box(float32(x), daysFoot-least, float32(wide), least, radius/2))
	high := 0
	if n > 0 {
		high = max(2*radius, n*(daysFoot-daysTop)/most)
		c.fill(ink, box(float32(x), float32(daysFoot-high), float32(wide), float32(high), radius))
	}
	c.writeMiddle(strong, x, wide, daysFoot-max(high, least)-8, strconv.Itoa(n))
	c.writeMiddle(soft, x, wide, daysLine, day.Format("Mon")[:2])
}

// writeMiddle writes a label in the middle of a bar.
func (c *canvas) writeMiddle(ink uint8, x, wide, y int, text string) {
	c.write(c.fonts.label, ink, x+(wide-font.MeasureString(c.fonts.label, text).Round())/2, y, text)
}

// daysFacts is "23 active days • 19 in the 7 before".
func daysFacts(counts []int) string {
	older := max(0, len(counts)-7)
	facts := count(sum(counts[older:]), "active day") + " in " + count(len(counts)-older, "day")
	if older > 0 {
		facts += fmt.Sprintf(" • %d in the %d before", sum(counts[:older]), older)
	}
	return facts
}

func sum(counts []int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// daysAlt is the bars in words.
func daysAlt(last streak.Day, counts []int) string {
	first := last - streak.Day(len(counts)-1)
	days := make([]string, len(counts))
	for i, n := range counts {
		days[i] = fmt.Sprintf("%s %d", (first + streak.Day(i)).Format("Mon 2 January"), n)
	}
	return fmt.Sprintf("How many studied each day, %s to %s: %s. People on each day: %s.",
		first.Format("2 January"), last.Format("2 January 2006"), strings.ReplaceAll(daysFacts(counts), " •", ","), strings.Join(days, ", "))
}
