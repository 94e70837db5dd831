package terminal

import (
	"strings"

	"mentor/bot/streak"
)

// marks are the signs of a calendar's cells: each has a shape of its own, so
// that it reads without colours.
var marks = map[streak.Cell]string{streak.Done: "■", streak.Kept: "◇", streak.Open: "·", streak.Ahead: " "}

// Columns of a calendar: one for the names of days, two for each week.
const (
	nameColumns = 5
	weekColumns = 2
)

// calendar draws the weeks as columns, as many of the last ones as fit into width.
func calendar(c streak.Calendar, width int, plain bool) string {
	if room := max(1, (width-nameColumns)/weekColumns); len(c.Weeks) > room {
		c.Monday += streak.Day(7 * (len(c.Weeks) - room))
		c.Weeks = c.Weeks[len(c.Weeks)-room:]
	}
	var b strings.Builder
	b.WriteString(dim(strings.TrimRight(strings.Repeat(" ", nameColumns)+months(c), " "), plain) + "\n")
	for day := range 7 {
		var row strings.Builder
		for _, week := range c.Weeks {
			row.WriteString(marks[week[day]] + strings.Repeat(" ", weekColumns-1))
		}
		name := (c.Monday + streak.Day(day)).Format("Mon")
		b.WriteString(dim(name, plain) + strings.Repeat(" ", nameColumns-len(name)) + strings.TrimRight(row.String(), " ") + "\n")
	}
	b.WriteString(dim("■ done   ◇ kept for you   · open", plain) + "\n")
	return b.String()
}

// months is the heading: the name of a month over its first whole week.
func months(c streak.Calendar) string {
	line := []byte(strings.Repeat(" ", weekColumns*len(c.Weeks)+len("Jan")))
	free := 0
	for i := range c.Weeks {
		monday := c.Monday + streak.Day(7*i)
		_, month, date := monday.Date()
		if at := weekColumns * i; date <= 7 && at >= free {
			free = at + copy(line[at:], month.String()[:3]) + 1
		}
	}
	return string(line)
}
