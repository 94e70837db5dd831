// Package chart draws for a chat: a learner's streak as a calendar of the last half
// year and as how many days of each week were done, and how many of a group studied
// on each of the last days. Each picture comes with
// the same facts in words, for those who hear a chat instead of seeing it.
//
// It counts nothing that package streak has not counted, reads no clock, and
// never draws what a person typed: not a name, not a title. The same calendar
// gives the same picture, byte for byte.
package chart

import (
	"errors"
	"fmt"
	"time"

	"mentor/bot/streak"
)

// A Picture is a drawing of at most 50 kB, and its facts in words.
type Picture struct {
	PNG []byte
	// Alt is plain text of at most 1,000 characters, all ASCII. Discord takes
	// 1,024 as an attachment's description (its OpenAPI file, July 2026).
	Alt string
}

// maxWeeks are drawn at most: half a year, as many as leave a day 11 pixels on a
// phone. Of a longer calendar the last are drawn.
const maxWeeks = 26

// The measures that all pictures share, in pixels. Discord and Slack show a
// picture about 400 wide on a phone (November 2026); it is drawn at twice that,
// so that letters stay crisp on a screen with two or three dots to a pixel. Two
// pictures are better than one above the other: a tall one is shrunk to fit.
const (
	width   = 800
	margin  = 32
	axis    = 60 // left of the columns, for what the rows mean
	columns = margin + axis
	corner  = 28 // radius of the panel
	gap     = 9  // between a mark and its word, or two words
)

// The heights of letters. The smallest is 12 on a phone.
const (
	titleSize = 40
	textSize  = 27
	labelSize = 24
)

// recent is the last weeks of c, at most maxWeeks. The error is for a calendar
// that streak.State.Calendar did not make.
func recent(c streak.Calendar) (streak.Calendar, error) {
	n := len(c.Weeks)
	switch first := c.Monday + streak.Day(7*(n-1)); {
	case n == 0:
		return c, errors.New("the calendar has no week; ask State.Calendar for at least 1")
	case c.Monday.Weekday() != time.Monday:
		return c, fmt.Errorf("the calendar begins on %v, a %v; it must begin on a Monday", c.Monday, c.Monday.Weekday())
	case c.Today < first || c.Today > first+6:
		return c, fmt.Errorf("today, %v, is outside the calendar's last week, which begins on %v", c.Today, first)
	}
	if extra := n - maxWeeks; extra > 0 {
		c.Weeks = c.Weeks[extra:]
		c.Monday += streak.Day(7 * extra)
	}
	return c, nil
}
