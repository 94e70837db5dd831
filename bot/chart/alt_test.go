package chart

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mentor/bot/streak"
)

var update = flag.Bool("update", false, "write the golden file anew")

func TestAltText(t *testing.T) {
	const golden = "testdata/alt.golden"
	var got strings.Builder
	for _, l := range learners {
		calendar, weeks := draw(t, learner(t, l.days))
		fmt.Fprintf(&got, "%s\n%s\n%s\n\n", l.name, calendar.Alt, weeks.Alt)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the words changed; if for the better, run `go test ./bot/chart -update` (-want +got):\n%s", diff)
	}
}

// maxAlt is what Picture promises.
const maxAlt = 1000

func wantAlt(t rapid.TB, alt string) {
	t.Helper()
	if len(alt) > maxAlt || alt == "" {
		t.Errorf("alt text of %d characters, want 1 to %d: %s", len(alt), maxAlt, alt)
	}
	for _, r := range alt {
		if r < ' ' || r > '~' {
			t.Errorf("alt text has %q: %s", r, alt)
		}
	}
}

// drawHistory draws any calendar, possible or not, whose cells vary as they like.
func drawHistory(t *rapid.T) (streak.Calendar, streak.View) {
	today := streak.Day(rapid.IntRange(20_000, 24_000).Draw(t, "today")) // 2024 to 2035
	weeks := rapid.IntRange(1, maxWeeks).Draw(t, "weeks")
	c := streak.New().Calendar(today.At(12*60, time.UTC), weeks)
	for d := c.Monday; d <= c.Today; d++ {
		i := int(d - c.Monday)
		c.Weeks[i/7][i%7] = rapid.SampledFrom([]streak.Cell{streak.Open, streak.Done, streak.Kept}).Draw(t, "cell")
	}
	most := rapid.IntRange(0, 40_000)
	v := streak.View{Today: c.Today, Run: most.Draw(t, "run"), Longest: most.Draw(t, "longest"), Total: most.Draw(t, "total"), Last30: 30}
	return c, v
}

func TestAltTextOfAnyCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, v := drawHistory(t)
		wantAlt(t, calendarAlt(newHistory(c, v.Total), v))
		wantAlt(t, weeksAlt(c))
	})
}
