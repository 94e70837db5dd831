package bot

import (
	"regexp"
	"strings"
)

// A spokenTime is a time of day as people say it. Words like "at 7" leave two.
type spokenTime struct {
	minute int  // of the day
	other  int  // the same twelve hours apart, when that may be meant; else -1
	likely bool // minute is the likelier of the two: it was written as clocks show it
}

const (
	hourWord   = `one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve`
	halfOfDay  = `(?: ?(am|pm|a\.m\.?|p\.m\.?)(?: |$))?`
	hourOClock = `(?: ?o'?clock\b)?`
)

// The ways in which people say a time of day; the first that is found counts.
// Each finds the hour, the minutes, and the half of the day, but for pastOrTo.
var (
	namedTime = regexp.MustCompile(`\b(noon|midday|midnight)\b`)
	pastOrTo  = regexp.MustCompile(`\b(five|ten|a quarter|quarter|twenty[- ]five|twenty|half|\d{1,2})(?: minutes?)? (past|to) (` + hourWord + `|\d{1,2})\b` + hourOClock + halfOfDay)
	inWords   = regexp.MustCompile(`\b(` + hourWord + `)\b(?:[ -](fifteen|thirty|forty[- ]five)\b)?` + hourOClock + halfOfDay)
	inDigits  = regexp.MustCompile(`\b(\d{1,2})(?:[:.h](\d{2}))?` + hourOClock + halfOfDay)
	partOfDay = regexp.MustCompile(`\b(?:(?:every|each|in the|at) )?(morning|afternoon|evening|night)s?\b`)
)

var wordNumbers = map[string]int{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	"fifteen": 15, "quarter": 15, "a quarter": 15, "twenty": 20, "twenty-five": 25, "twenty five": 25, "thirty": 30, "half": 30, "forty-five": 45, "forty five": 45,
}

func numberOf(word string) int {
	if n, ok := wordNumbers[word]; ok {
		return n
	}
	return atoi(word)
}

// cutTime finds a time of day in text, which is lower case. It returns the part
// of the day that was named, and text without both. It reports false when there
// is no time, and leaves what no clock shows, such as "25:00", in the text.
func cutTime(text string) (t spokenTime, part, rest string, ok bool) {
	if m, after, found := cutMatch(partOfDay, text); found {
		part, text = m[1], after
	}
	if m, after, found := cutMatch(namedTime, text); found {
		if m[1] == "midnight" {
			return spokenTime{0, -1, true}, part, after, true
		}
		return spokenTime{12 * 60, -1, true}, part, after, true
	}
	if m, after, found := cutMatch(pastOrTo, text); found {
		minute := numberOf(m[3])*60 + numberOf(m[1])
		if m[2] == "to" {
			minute = numberOf(m[3])*60 - numberOf(m[1])
		}
		if t, ok = onClock(minute, halfNamed(m[4], part), false); ok && numberOf(m[1]) < 60 {
			return t, part, after, true
		}
		return spokenTime{}, part, text, false
	}
	for _, way := range []*regexp.Regexp{inWords, inDigits} {
		if m, after, found := cutMatch(way, text); found {
			hour, minute := numberOf(m[1]), numberOf(m[2])
			written := way == inDigits && m[2] != ""
			t, ok = onClock(hour*60+minute, halfNamed(m[3], part), written)
			if written && m[1][0] == '0' {
				t.other = -1 // "07:30" is no evening
			}
			if !ok || minute >= 60 {
				return spokenTime{}, part, text, false
			}
			return t, part, after, true
		}
	}
	return t, part, text, false
}

// halfNamed is the half of the day as said with the time, or else the part.
func halfNamed(half, part string) string {
	if half != "" {
		return half[:1] // of am, pm, a.m., p.m.
	}
	return part
}

// onClock puts minutes from midnight or noon onto the clock of 24 hours. It
// reports false for what no clock shows.
func onClock(minute int, half string, written bool) (spokenTime, bool) {
	const noon, day = 12 * 60, 24 * 60
	if minute < 0 || minute >= day || len(half) == 1 && (minute < 60 || minute >= noon+60) {
		return spokenTime{}, false
	}
	onDial := minute % noon
	switch {
	case half == "a", half == "night" && minute < noon+60 && onDial < 5*60:
		return spokenTime{onDial, -1, true}, true
	case half == "p", half == "afternoon", half == "evening", half == "night":
		return spokenTime{onDial + noon, -1, true}, true
	case half == "morning", minute < 60, minute >= noon && written, minute >= noon+60:
		return spokenTime{minute, -1, true}, true
	}
	return spokenTime{onDial, onDial + noon, written}, true
}

// cutMatch is the first match of an expression, and text without it.
func cutMatch(re *regexp.Regexp, text string) (match []string, rest string, ok bool) {
	at := re.FindStringIndex(text)
	if at == nil {
		return nil, text, false
	}
	return re.FindStringSubmatch(text), strings.Join(strings.Fields(text[:at[0]]+" "+text[at[1]:]), " "), true
}
