package terminal

import (
	"fmt"
	"strings"

	"mentor/bot"
	"mentor/bot/streak"
)

// groupDays writes how many of a group studied on each day: a line for each week,
// under the names of the days.
func groupDays(d bot.GroupDays, plain bool) string {
	const week, wide = 7, 6
	var names, lines strings.Builder
	first := d.Last - streak.Day(len(d.Counts)) + 1
	for i, n := range d.Counts {
		day := first + streak.Day(i)
		if i < week {
			fmt.Fprintf(&names, "%*s", wide, day.Format("Mon"))
		}
		if i%week == 0 {
			fmt.Fprintf(&lines, "\n%-8s", day.Format("2 Jan"))
		}
		fmt.Fprintf(&lines, "%*d", wide, n)
	}
	return dim(strings.Repeat(" ", 8)+names.String(), plain) + lines.String() + "\n"
}
