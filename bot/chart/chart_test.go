package chart

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/bot/streak"
)

// now is the Tuesday on which these tests look back.
var now = time.Date(2026, time.November, 24, 20, 0, 0, 0, time.UTC)

// learner checked in on the last days before now, the oldest first: 'x' is a
// check-in, anything else none. The last letter is today. Sundays are free.
func learner(tb testing.TB, days string) streak.State {
	tb.Helper()
	s, err := streak.New().SetRest(streak.WeekOf(time.Sunday), now)
	if err != nil {
		tb.Fatal(err)
	}
	for i, letter := range days {
		if letter == 'x' {
			s, _ = s.CheckIn(now.AddDate(0, 0, i-len(days)+1), fmt.Sprint("day ", i))
		}
	}
	return s
}

// learners are the states that the pictures were judged by.
var learners = []struct{ name, days string }{
	{"new", "x"},
	{"empty", ""},
	{"today not done", strings.Repeat("x", 40) + "."},
	{"full", strings.Repeat("x", 26*7)},
	{"broken", strings.Repeat("xxxxxxxxxxxx.xxxxx.xxxxxxxxx......xxxx.x", 4) + "xxxx"},
	{"stopped", strings.Repeat("x", 100) + strings.Repeat(".", 60)},
}

func draw(tb testing.TB, s streak.State) (calendar, weeks Picture) {
	tb.Helper()
	c := s.Calendar(now, maxWeeks)
	calendar, err := Calendar(c, s.View(now))
	weeks, err2 := Weeks(c)
	if err = errors.Join(err, err2); err != nil {
		tb.Fatal(err)
	}
	return calendar, weeks
}

func decode(t *testing.T, p Picture) *image.Paletted {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(p.PNG))
	if err != nil {
		t.Fatal(err)
	}
	paletted, ok := img.(*image.Paletted)
	if !ok {
		t.Fatalf("the picture is a %T, want one with a palette", img)
	}
	return paletted
}

// wantColour holds one pixel to an ink.
func wantColour(t *testing.T, img image.Image, x, y int, ink uint8, of string) {
	t.Helper()
	if got := color.NRGBAModel.Convert(img.At(x, y)); got != colours[ink] {
		t.Errorf("%s: pixel %d, %d is %v, want ink %d, %v", of, x, y, got, ink, colours[ink])
	}
}

func TestEveryDayHasItsMark(t *testing.T) {
	for _, l := range learners {
		t.Run(l.name, func(t *testing.T) {
			s := learner(t, l.days)
			c := s.Calendar(now, maxWeeks)
			p, _ := draw(t, s)
			img := decode(t, p)
			started := now.AddDate(0, 0, 1-len(l.days))
			for i := range 7 * maxWeeks {
				d := c.Monday + streak.Day(i)
				at := image.Pt(columns+i/7*pitch, gridTop+i%7*pitch)
				of := fmt.Sprintf("%v, today is %v", d, c.Today)
				middle, low, high := slot, slot, slot
				switch cell := c.Weeks[i/7][i%7]; {
				case cell == streak.Done:
					middle, low, high = done, done, done
				case cell == streak.Kept:
					middle, low = -1, kept // the middle lies on the slope
				case cell == streak.Open && d < c.Today && d >= streak.DayOn(started):
					middle = open
				}
				if middle >= 0 {
					wantColour(t, img, at.X+11, at.Y+11, uint8(middle), of)
				}
				wantColour(t, img, at.X+5, at.Y+16, uint8(low), of)
				wantColour(t, img, at.X+16, at.Y+5, uint8(high), of)
				if d == c.Today {
					wantColour(t, img, at.X-2, at.Y+11, strong, of)
					wantColour(t, img, at.X+23, at.Y+11, strong, of)
				}
			}
		})
	}
}

func TestBarsAreAsHighAsTheirCounts(t *testing.T) {
	for _, weeks := range []int{1, 12, maxWeeks} {
		c := learner(t, learners[4].days).Calendar(now, weeks)
		p, err := Weeks(c)
		if err != nil {
			t.Fatal(err)
		}
		img := decode(t, p)
		for i, n := range c.Counts() {
			for day := range 7 {
				ink := uint8(slot)
				if day < n {
					ink = done
				}
				// Near the left edge, where the number does not reach.
				wantColour(t, img, columns+i*barStep(weeks)+2, barsFoot-day*dayHeight-dayHeight/2, ink, fmt.Sprintf("week %d of %d, %d done, day %d", i, weeks, n, day+1))
			}
		}
	}
}

func TestOlderWeeksAreLeftOut(t *testing.T) {
	s := learner(t, strings.Repeat("x", 400))
	short, _ := draw(t, s)
	long, err := Calendar(s.Calendar(now, 60), s.View(now))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(long.PNG, short.PNG) || long.Alt != short.Alt {
		t.Error("60 weeks are drawn otherwise than their last 26")
	}
}

func TestRefusedCalendars(t *testing.T) {
	s := learner(t, "xx")
	c, v := s.Calendar(now, maxWeeks), s.View(now)
	tuesday, late := c, c
	tuesday.Monday++
	late.Today += 7
	for _, test := range []struct {
		name string
		c    streak.Calendar
		want string
	}{
		{"no week", streak.Calendar{Today: c.Today}, "at least 1"},
		{"not from Monday on", tuesday, "must begin on a Monday"},
		{"without today", late, "outside the calendar's last week"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Calendar(test.c, v)
			wantError(t, err, test.want)
			_, err = Weeks(test.c)
			wantError(t, err, test.want)
		})
	}
}

func TestCalendarAndViewOfTwoDays(t *testing.T) {
	s := learner(t, "xx")
	_, err := Calendar(s.Calendar(now, maxWeeks), s.View(now.AddDate(0, 0, -1)))
	wantError(t, err, "make both at the same instant")
}

func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("error %v, want one with %q", err, part)
	}
}

func TestSamePictureEveryTime(t *testing.T) {
	s := learner(t, learners[4].days)
	calendar, weeks := draw(t, s)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			c := s.Calendar(now, maxWeeks)
			if again, err := Calendar(c, s.View(now)); err != nil || !bytes.Equal(again.PNG, calendar.PNG) {
				t.Errorf("the calendar differs when drawn again: error %v", err)
			}
			if again, err := Weeks(c); err != nil || !bytes.Equal(again.PNG, weeks.PNG) {
				t.Errorf("the bars differ when drawn again: error %v", err)
			}
		})
	}
	wg.Wait()
}

func Example() {
	at := time.Date(2026, time.November, 24, 20, 0, 0, 0, time.UTC)
	s := streak.New()
	for day := range 3 {
		s, _ = s.CheckIn(at.AddDate(0, 0, day-3), "")
	}
	picture, err := Calendar(s.Calendar(at, 26), s.View(at))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.ReplaceAll(picture.Alt, ". ", ".\n"))
	// Output:
	// Streak calendar, 1 June to 24 November 2026.
	// 3 days in a row, longest 3, 3 of the last 30 days.
	// Today, Tuesday 24 November: not done yet.
	// The first day was 21 November.
	// In 26 weeks: 3 days done, 0 kept, 0 not done.
	// By month: November 3 done.
	// Last week: Saturday to Sunday done.
	// This week: Monday done, Tuesday open.
}

func BenchmarkCalendar(b *testing.B) {
	s := learner(b, learners[4].days)
	c, v := s.Calendar(now, maxWeeks), s.View(now)
	for b.Loop() {
		if _, err := Calendar(c, v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWeeks(b *testing.B) {
	c := learner(b, learners[4].days).Calendar(now, maxWeeks)
	for b.Loop() {
		if _, err := Weeks(c); err != nil {
			b.Fatal(err)
		}
	}
}
