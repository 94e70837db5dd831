package bot

import (
	"regexp"
	"strings"
	"time"

	"mentor/bot/streak"
)

var (
	untilDate  = regexp.MustCompile(`(?i)^(?:until|till|til|to)\s+(.+)$`)
	fromTo     = regexp.MustCompile(`(?i)^(?:from\s+)?(.+?)\s*(?:\bto\b|\buntil\b|\btill\b|–|—|\.\.\.?|\s-\s)\s*(.+)$`)
	forDays    = regexp.MustCompile(`(?i)^(?:for\s+)?(\d{1,3}|an?|one|two|three)\s+(days?|weeks?)$`)
	smallCount = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
)

// awayDays takes an argument that plans or ends an absence.
func awayDays(text string) bool {
	if oneOf("off", "end", "none", "no")(text) || untilDate.MatchString(text) || forDays.MatchString(text) {
		return true
	}
	if notAsking(text) && strings.ContainsAny(text, "0123456789") {
		return true
	}
	_, _, err := parsePeriod(text, 1) // any day will do: what counts is that dates are read
	return err == nil
}

// parsePeriod reads "2026-12-20 to 2027-01-03", "until 3 Jan", "tomorrow to
// friday" and "5 days", which begin today.
func parsePeriod(text string, today streak.Day) (from, to streak.Day, err error) {
	text = strings.TrimSpace(text)
	if m := forDays.FindStringSubmatch(text); m != nil {
		n := smallCount[strings.ToLower(m[1])]
		if n == 0 {
			n = atoi(m[1])
		}
		if strings.HasPrefix(strings.ToLower(m[2]), "week") {
			n *= 7
		}
		return today, today + streak.Day(n) - 1, nil
	}
	first, last := "today", text
	if m := untilDate.FindStringSubmatch(text); m != nil {
		last = m[1]
	} else if m := fromTo.FindStringSubmatch(text); m != nil {
		first, last = m[1], m[2]
	} else {
		first = text
	}
	if from, err = parseDate(first, today); err != nil {
		return 0, 0, err
	}
	to, err = parseDate(last, from)
	return from, to, err
}

// withYear and withoutYear are the ways in which a date can be written without
// two countries reading it differently.
var (
	withYear    = []string{"2006-1-2", "2 Jan 2006", "2 January 2006", "Jan 2 2006", "January 2 2006"}
	withoutYear = []string{"2 Jan", "2 January", "Jan 2", "January 2"}
	ordinalEnd  = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)\b`)
)

// parseDate reads a date, a weekday, "today" or "tomorrow"; a date without a year
// is the next one from the day on.
func parseDate(text string, on streak.Day) (streak.Day, error) {
	text = strings.ReplaceAll(ordinalEnd.ReplaceAllString(strings.TrimSpace(text), "$1"), ",", "")
	switch word := strings.ToLower(text); word {
	case "today":
		return on, nil
	case "tomorrow":
		return on + 1, nil
	default:
		if d, ok := weekdays[word]; ok {
			return on + streak.Day((int(d)-int(on.Weekday())+7)%7), nil
		}
	}
	for _, layout := range withYear {
		if t, err := time.Parse(layout, text); err == nil {
			return streak.DayOn(t), nil
		}
	}
	for _, layout := range withoutYear {
		if t, err := time.Parse(layout, text); err == nil {
			year, _, _ := on.Date()
			day := streak.Date(year, t.Month(), t.Day())
			if day < on {
				day = streak.Date(year+1, t.Month(), t.Day())
			}
			return day, nil
		}
	}
	return 0, refuse("I cannot read %q as a date. Write it as year-month-day, for example `away 2026-12-20 to 2027-01-03`, or `away 5 days`.", plainWords(text))
}

// plainWords is what somebody typed, fit to be shown back: letters, digits and
// few signs, at most 40 of them, so that it cannot mention, link or format.
func plainWords(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > 40 {
			b.WriteString("…")
			break
		}
		if isPlain(r) {
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
