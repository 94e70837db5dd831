package bot

import (
	"regexp"
	"strings"
)

// A reminderWish is what "me every evening at half past seven, Berlin" asks for.
type reminderWish struct {
	time spokenTime
	some bool   // a time was named
	part string // of the day, as in "every evening"; empty for none
	zone string // as it was written; empty for none
}

var (
	// reminderLead begins a message that asks for a daily reminder, but for those
	// that begin with "remind" itself.
	reminderLead = regexp.MustCompile(`(?i)^(?:(?:please|pls|hey|hi|ok|okay|mentor|and),? )*(?:(?:can|could|will|would) you (?:please )?|i (?:want|would like|'d like) (?:you to |to be )|i'd like (?:you to |to be )|let's )?` +
		`(?:remind(?:ed)?|(?:set|give|send|make|add)(?: up)?(?: me)?(?: an?| my| the)?(?: daily)? reminders?|(?:change|move|set) my (?:daily )?reminders? to|my reminder (?:is|should be)|ping me|nudge me)\b(.*)$`)
	everyDay = regexp.MustCompile(`(?i)^(?:remind me )?(?:(?:every|each) (?:day|morning|afternoon|evening|night)|daily)\b.*$`)

	// studyTail says what to remind of; other errands the mentor does not run.
	studyTail    = regexp.MustCompile(`\b(?:to|of|about|for) (?:study|studying|learn|learning|code|coding|practi[cs]e|practi[cs]ing|program|programming|read|reading|revise|work|check[- ]?in|checkin|my (?:streak|study|studies|check[- ]?in|hour))\b.*$`)
	wishFillers  = wordSet("at by around about for on to in please pls me you daily everyday again now from it is time thanks thank instead just only a reminder reminders check studying")
	clockShape   = regexp.MustCompile(`^\d{1,2}(?:[:.]\d{2})? ?(?:am|pm)?$`)
	everyDayWord = regexp.MustCompile(`\b(?:every|each) day\b`)
)

// maxWish is the most words of a wish for a reminder: longer, it tells a story.
const maxWish = 16

// spokenReminder reads "can you remind me at 7pm" and "every day at 19:30".
func spokenReminder(text string) (request, bool) {
	plain := strings.ReplaceAll(strings.TrimRightFunc(text, isEndMark), "’", "'")
	rest := plain
	if m := reminderLead.FindStringSubmatch(plain); m != nil {
		rest = m[1]
	} else if !everyDay.MatchString(plain) {
		return request{}, false
	}
	if !remindWords(rest) {
		return request{}, false
	}
	return request{verb: verbRemind, rest: rest}, true
}

// remindWords takes arguments of "remind" that mean the daily reminder, and no
// errand or question.
func remindWords(argument string) bool {
	if _, _, ok := reminderSetting(argument); ok {
		return true
	}
	w, ok := readWish(argument)
	if !ok {
		return false
	}
	if w.zone == "" || !w.some && isNoTime(w.zone) {
		return true
	}
	found := findZones(w.zone)
	return w.some && (found.sure != "" || len(found.near) > 0)
}

// isNoTime reports whether a word looks like a time of day and is none, as "25:00".
// What is said with it is told so.
func isNoTime(word string) bool {
	_, _, _, ok := cutTime(word)
	return !ok && clockShape.MatchString(word)
}

// readWish reads what follows "remind". It reports false when words are left
// that are neither a time nor like the name of a zone.
func readWish(text string) (reminderWish, bool) {
	text = strings.ToLower(strings.Trim(strings.TrimRightFunc(strings.ReplaceAll(text, "’", "'"), isEndMark), " "))
	if len(strings.Fields(text)) > maxWish {
		return reminderWish{}, false
	}
	text = strings.ReplaceAll(studyTail.ReplaceAllString(text, ""), ",", " ")
	text = everyDayWord.ReplaceAllString(text, " ")
	var w reminderWish
	w.time, w.part, text, w.some = cutTime(text)
	var left []string
	for word := range strings.FieldsSeq(text) {
		if !wishFillers[word] {
			left = append(left, word)
		}
	}
	w.zone = strings.Join(left, " ")
	return w, len(left) <= 3
}

// reminderSetting reads "last on", "where here", "pause 5 days": the settings
// beside the time.
func reminderSetting(argument string) (name, value string, ok bool) {
	words := strings.Fields(strings.ToLower(argument))
	if len(words) == 0 {
		return "", "", false
	}
	value = strings.Join(words[1:], " ")
	switch name = words[0]; name {
	case "off", "stop", "none", "no", "never":
		return "off", "", len(words) == 1
	case "on", "later", "when":
		return name, "", len(words) == 1
	case "here", "dm":
		return "where", name, len(words) == 1
	case "where":
		return name, value, value == "dm" || value == "here"
	case "last":
		return name, value, value == "on" || value == "off"
	case "pause":
		return name, value, pauseWords(value)
	case "quiet":
		return name, value, quietWords(value)
	}
	return "", "", false
}

// parseReminderTime reads the answer to "at what time?". A number that is on the
// list that was offered picks from it.
func parseReminderTime(r request, offered int) request {
	if r.verb == verbPick && r.number > offered || r.verb == verbAsk {
		if w, ok := readWish(r.rest); ok && w.some && remindWords(r.rest) {
			return request{verb: verbRemind, rest: r.rest}
		}
	}
	return r
}
