package terminal

import (
	"testing"

	"mentor/bot"
	"mentor/bot/streak"
)

func TestGroupDays(t *testing.T) {
	got := groupDays(bot.GroupDays{Last: streak.Date(2026, 11, 23), Counts: []int{3, 0, 2, 4, 4, 1, 0, 5, 6, 2, 0, 7, 4, 10_000}}, true)
	want := `           Tue   Wed   Thu   Fri   Sat   Sun   Mon
10 Nov       3     0     2     4     4     1     0
17 Nov       5     6     2     0     7     4 10000
`
	if got != want {
		t.Errorf("the days are\n%s\nwant\n%s", got, want)
	}
	if got := groupDays(bot.GroupDays{}, true); got != "        \n" {
		t.Errorf("no days are %q", got)
	}
}
