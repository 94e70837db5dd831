package chart

import (
	"strings"
	"testing"

	"mentor/bot/streak"
)

func TestGroupDays(t *testing.T) {
	last := streak.Date(2026, 11, 23)
	for name, counts := range map[string][]int{
		"two weeks":   {3, 0, 2, 4, 4, 1, 0, 5, 6, 2, 0, 7, 4, 3},
		"a huge one":  {9999, 1, 10000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
		"nobody":      make([]int, 14),
		"one day":     {2},
		"three weeks": append(make([]int, 7), 3, 0, 2, 4, 4, 1, 0, 5, 6, 2, 0, 7, 4, 3),
	} {
		p, err := Days(last, counts)
		if err != nil {
			t.Fatal(err)
		}
		decode(t, p)
		again, err := Days(last, counts)
		if err != nil || string(again.PNG) != string(p.PNG) {
			t.Errorf("%s: the same days give another picture, %v", name, err)
		}
		if len(p.PNG) > 50_000 || len(p.Alt) > 1000 || len(p.Alt) == 0 {
			t.Errorf("%s: %d bytes, and words of %d", name, len(p.PNG), len(p.Alt))
		}
		for _, r := range p.Alt {
			if r > 127 {
				t.Errorf("%s: the words hold %q", name, r)
			}
		}
	}
	p, err := Days(last, []int{3, 0, 2, 4, 4, 1, 0, 5, 6, 2, 0, 7, 4, 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"10 November to 23 November 2026", "27 active days in 7 days, 14 in the 7 before", "Sat 21 November 7", "Tue 10 November 3"} {
		if !strings.Contains(p.Alt, want) {
			t.Errorf("the words %q lack %q", p.Alt, want)
		}
	}
	img := decode(t, p)
	wantColour(t, img, margin+20, daysFoot-10, open, "the first day")
	wantColour(t, img, margin+8*((width-2*margin-apart)/14)+apart+20, daysFoot-10, done, "the second day of the last week")
}

func TestGroupDaysRefused(t *testing.T) {
	for _, counts := range [][]int{nil, {1, -1}} {
		if _, err := Days(streak.Date(2026, 11, 23), counts); err == nil {
			t.Errorf("Days(%v) was drawn", counts)
		}
	}
}
