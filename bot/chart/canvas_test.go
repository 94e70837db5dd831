package chart

import (
	"testing"
	"time"

	"golang.org/x/image/font"

	"mentor/bot/streak"
)

// maxBytes is what Picture promises.
const maxBytes = 50_000

// The busiest calendar: each day differs from the one before, on the Sunday and in
// the season with the longest names.
func TestBusiestPicture(t *testing.T) {
	sunday := streak.Date(2026, time.November, 29)
	c := streak.New().Calendar(sunday.At(12*60, time.UTC), maxWeeks)
	for i := range c.Weeks {
		for j := range 7 {
			c.Weeks[i][j] = []streak.Cell{streak.Kept, streak.Done, streak.Open}[(i+j)%3]
		}
	}
	v := streak.View{Today: sunday, Run: 36_500, Longest: 36_500, Total: 36_500, Last30: 30}
	calendar, err := Calendar(c, v)
	if err != nil {
		t.Fatal(err)
	}
	weeks, err := Weeks(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Picture{calendar, weeks} {
		wantAlt(t, p.Alt)
		if len(p.PNG) > maxBytes {
			t.Errorf("%d bytes, want at most %d: %s", len(p.PNG), maxBytes, p.Alt)
		}
		if n := len(decode(t, p).Palette); n > 200 {
			t.Errorf("%d colours, want at most 200, far from the 256 of a palette: %s", n, p.Alt)
		}
		t.Logf("%d bytes, %d colours, %d characters", len(p.PNG), len(decode(t, p).Palette), len(p.Alt))
	}
}

// A hundred years in a row still leave room for what stands beside it.
func TestHeadingFits(t *testing.T) {
	f, err := newFonts()
	if err != nil {
		t.Fatal(err)
	}
	v := streak.View{Run: 36_500, Longest: 36_500, Total: 36_500, Last30: 30}
	const room = width - 2*margin
	title := font.MeasureString(f.title, runTitle(v)).Ceil() + margin + font.MeasureString(f.text, "Today: "+todayWords(v)).Ceil()
	facts := font.MeasureString(f.text, runFacts(v)).Ceil()
	if title > room || facts > room {
		t.Errorf("the title line needs %d pixels and the facts %d, want at most %d", title, facts, room)
	}
}
