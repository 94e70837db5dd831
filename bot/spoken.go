package bot

import (
	"regexp"
	"strings"
)

// didStudy begins a message of somebody who tells what they did.
var didStudy = regexp.MustCompile(`(?i)^(?:(?:i|we)(?:'ve| have)?\s+|today\s+i\s+|just\s+|i\s+just\s+|i've\s+just\s+|i\s+have\s+just\s+)?(?:also\s+)?` +
	`(studied|practi[cs]ed|learn(?:ed|t)|coded|programmed|read|reviewed|worked (?:on|through)|finished|completed|solved|watched|built|wrote|did|revised|debugged|implemented|went through)\b`)

// todayWords say that it was today, or for how long: then it is a check-in.
var todayWords = regexp.MustCompile(`(?i)\b(?:today|tonight|this (?:morning|afternoon|evening)|just now|for (?:an?|one|two|three|half an|\d+(?:[.,]\d+)?) ?(?:h|hrs?|hours?|m|mins?|minutes?)|(?:\d+(?:[.,]\d+)?|an|half an|one|two|three|four) ?(?:h|hrs?|hours?|mins?|minutes?) of)\b`)

// storyWords tell of something else than a day's study: a plan, a worry, the past.
var storyWords = regexp.MustCompile(`(?i)\b(?:but|should|could|would|can|want|wanna|wish|need|how|what|which|why|when|where|who|because|worried|afraid|scared|job|degree|years?|months?|ago|university|uni|college|school|never|yet|still|keep|doubt|wonder|wondering|is (?:it|that|this)|does (?:it|that|this)|am i|do i|cannot|can't|cant|couldn't|nothing)\b`)

// maxReport is the most words of a message that reports a day's study.
const maxReport = 18

// spokenCheckIn tells whether text reports that its writer studied: verbCheckIn
// when it surely does, verbMaybeCheckIn when one has to ask, else verbAsk.
func spokenCheckIn(text string) verb {
	plain := strings.ReplaceAll(text, "’", "'")
	if strings.Contains(plain, "?") || len(strings.Fields(plain)) > maxReport || !didStudy.MatchString(plain) || storyWords.MatchString(plain) {
		return verbAsk
	}
	if todayWords.MatchString(plain) {
		return verbCheckIn
	}
	if first := strings.ToLower(strings.Fields(plain)[0]); first == "i" || first == "i've" || first == "we" || first == "just" {
		return verbMaybeCheckIn
	}
	return verbAsk
}

// mySetting reads "my time zone is Europe/Berlin" and "set my timezone to india".
var mySetting = regexp.MustCompile(`(?i)^(?:please\s+)?(?:set\s+|change\s+)?my\s+time\s?zone\s+(?:is|to)\s+(.{1,40})$`)

func spokenZone(text string) (request, bool) {
	if m := mySetting.FindStringSubmatch(strings.TrimRightFunc(text, isEndMark)); m != nil {
		return request{verb: verbZone, rest: m[1]}, true
	}
	return request{}, false
}

// wallTime reads a time of day: "18:40", "6.40 pm", "6pm", "18h40".
var wallTime = regexp.MustCompile(`(?i)^(?:it'?s\s+|it is\s+|about\s+|now\s+|at\s+)*(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?(?:\s+(?:now|here|for me))*$`)

// parseClock reads the answer to "what time is it for you?".
func parseClock(r request) request {
	if _, ok := minuteOfDay(r.rest); ok {
		return request{verb: verbZone, rest: r.rest}
	}
	return r
}

// minuteOfDay reads a time of day as minutes from midnight.
func minuteOfDay(text string) (int, bool) {
	m := wallTime.FindStringSubmatch(strings.TrimSpace(strings.TrimRightFunc(text, isEndMark)))
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "midnight":
		return 0, true
	case "noon":
		return 12 * 60, true
	}
	if m == nil || m[2] == "" && m[3] == "" {
		return 0, false // a bare number is no time of day
	}
	hour, minute := atoi(m[1]), atoi(m[2])
	half := strings.ToLower(strings.ReplaceAll(m[3], ".", ""))
	switch {
	case minute > 59 || half == "" && hour > 23 || half != "" && (hour < 1 || hour > 12):
		return 0, false
	case half == "am":
		hour %= 12
	case half == "pm":
		hour = hour%12 + 12
	}
	return hour*60 + minute, true
}

// atoi reads digits that an expression has found; none is 0.
func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}
