package bot

import (
	"strconv"
	"strings"
	"unicode"
)

// A verb is what a message asks the mentor to do.
type verb int

const (
	verbAsk    verb = iota // look it up: all words that are no command
	verbHelp               // how to use the mentor
	verbTopics             // what the guide covers
	verbMore               // the rest of the last answer, or of the entry named
	verbOpen               // an entry by its id
	verbPick               // a number from the last list

	verbCheckIn      // count today
	verbMaybeCheckIn // sounds like a check-in: ask
	verbYesterday    // count the day before
	verbStreak       // one's own days, or those of somebody on the board
	verbFreeze       // what protects a streak
	verbBoard        // the group's active days; join or leave it
	verbZone         // one's time zone
	verbDayEnd       // the hour at which one's day ends
	verbRest         // rest days of the week
	verbAway         // a planned absence
	verbRoadmap      // the steps, with ticks
	verbDone         // tick a step
	verbUndone       // untick it
	verbNext         // what is next on the roadmap
	verbLink         // one streak for two accounts
	verbUnlink       // part them again
	verbPrivacy      // what is stored
	verbExport       // all of it
	verbForget       // gone for good

	verbGood  // the last answer helped
	verbBad   // it did not
	verbSetup // what the group's admins set

	verbReload   // read the guide anew
	verbTeach    // write a lesson of the group
	verbPoint    // lead words to a topic
	verbApprove  // make a lesson live
	verbReject   // drop what waits of it
	verbWithdraw // take it back
	verbTaught   // the lessons, or one

	verbRemind   // the daily reminder
	verbPause    // none for some days
	verbQuiet    // hours without any
	verbLater    // again in an hour
	verbNotToday // no more today

	verbDaily  // the channel's daily message
	verbDigest // the group's week in figures
	verbAnswer // an entry by its id, for the asker's eyes: the answer to the question of the day

	verbInbox   // what was not answered well
	verbPassOn  // the last question, to the group's mentors
	verbWaiting // what waits for them
	verbResolve // take it off
	verbTried   // what became of a next step
	verbFollow  // whether to be asked that
	verbStats   // how well the group's questions are answered
)

// firstOfGroups is the first of the verbs that are about a group, or that only some
// of it may say: for these Handle finds out who is a mentor.
const firstOfGroups = verbDaily

// A request is a message as the grammar reads it.
type request struct {
	verb   verb
	rest   string // the question, or the command's argument
	number int    // for verbPick, verbDone and verbUndone
	last   string // the topic of the last answer, for verbGood and verbBad
	asked  string // the last question, for those, verbPassOn and verbTeach
	near   string // the topic of its answer, or the first on offer, for verbPassOn
}

// phrases are whole messages that mean a command, without case and end marks.
var phrases = func() map[string]request {
	m := map[string]request{}
	for _, p := range []struct {
		r     request
		words string
	}{
		{request{verb: verbHelp}, "help, commands, menu, usage, ?help"},
		{request{verb: verbTopics}, "topics, list topics, show topics, sections"},
		{request{verb: verbMore}, "more, tell me more, more please, show more, go on, continue, read more, why, why is that, why so, how so, how come, but why, and why, " +
			"explain, explain more, say more, details, more details, give me more details, can you explain, elaborate, can you tell me more"},
		{request{verb: verbCheckIn}, "checkin, check in, check-in, check me in, checked in, checking in, done, all done, i'm done, im done, i am done, done for today, done today, done for the day, " +
			"i'm done for today, im done for today, i am done for today, did it, did it today, i did it, i did it today, i studied, i studied today, studied today, studied, i learned today, i practiced today, i practised today, " +
			"i coded today, finished for today, finished today, i'm finished for today, did my hour, i did my hour, study done, today done, count today"},
		{request{verb: verbYesterday}, "yesterday, i forgot yesterday, forgot yesterday, forgot to check in yesterday, i forgot to check in yesterday, i studied yesterday, count yesterday, i studied yesterday too, i did it yesterday"},
		{request{verb: verbStreak}, "streak, my streak, show my streak, streaks, show streak, what is my streak, what's my streak, whats my streak, how is my streak, how long is my streak, calendar, my calendar"},
		{request{verb: verbFreeze}, "freeze, freezes, my freezes, streak freeze, how many freezes do i have, what is a freeze"},
		{request{verb: verbBoard}, "board, leaderboard, the board, show the board, show board, ranking"},
		{request{verb: verbBoard, rest: "join"}, "join board, join the board, put me on the board, show me on the board, show me"},
		{request{verb: verbBoard, rest: "leave"}, "hide me, leave board, leave the board, take me off the board, hide me from the board"},
		{request{verb: verbZone}, "zone, my zone, timezone, time zone, my timezone, my time zone, change my zone, change my time zone, set my time zone"},
		{request{verb: verbDayEnd}, "dayend, day end, my day end, when does my day end"},
		{request{verb: verbRest}, "rest, rest days, my rest days"},
		{request{verb: verbAway}, "away, i'm away, vacation mode, holiday mode"},
		{request{verb: verbAway, rest: "off"}, "i'm back, im back, i am back, back from holiday"},
		{request{verb: verbRoadmap}, "roadmap, my roadmap, show roadmap, show the roadmap, show my roadmap, the roadmap, my steps, my progress"},
		{request{verb: verbNext}, "next, what's next, whats next, what is next, next step, my next step, next steps"},
		{request{verb: verbLink}, "link, link account, link my account, link accounts, link my accounts"},
		{request{verb: verbUnlink}, "unlink, unlink account, unlink my account"},
		{request{verb: verbPrivacy}, "privacy, my data, what do you store, what do you store about me, what do you know about me, what data do you store"},
		{request{verb: verbExport}, "export, export my data, export data, download my data, give me my data"},
		{request{verb: verbForget}, "forget me, delete me, delete my data, delete my account, erase my data, forget my data"},
		{request{verb: verbForget, rest: "yes"}, "forget me yes, yes forget me"},
		{request{verb: verbGood}, "👍, :+1:, :thumbsup:, thumbs up, good answer, that helped, this helped, helpful"},
		{request{verb: verbBad}, "👎, :-1:, :thumbsdown:, thumbs down, bad, bad answer, that did not help, that didn't help, not helpful, wrong answer"},
		{request{verb: verbSetup}, "setup, settings"},
		{request{verb: verbReload}, "reload, reload guide, reload the guide"},
		{request{verb: verbTeach}, "teach"},
		{request{verb: verbPoint}, "point"},
		{request{verb: verbTaught}, "taught, show taught, list taught, taught lessons"},
		{request{verb: verbRemind}, "remind, reminder, reminders, my reminder, my reminders, show my reminders, what reminders do i have, which reminders do i have, do i have a reminder, do i have reminders, " +
			"when do you remind me, when will you remind me, when is my reminder, when is my next reminder"},
		{request{verb: verbRemind, rest: "off"}, "stop reminding me, don't remind me, dont remind me, do not remind me, don't remind me any more, don't remind me anymore, stop reminders, stop the reminders, stop my reminders, " +
			"no reminders, no more reminders, reminders off, turn off reminders, turn reminders off, turn off my reminder, turn off my reminders, cancel my reminder, cancel my reminders, delete my reminder, unremind"},
		{request{verb: verbRemind, rest: "on"}, "reminders on, turn on reminders, turn reminders on, turn on my reminder, turn on my reminders"},
		{request{verb: verbRemind, rest: "when"}, "remind me, remind me daily, remind me every day, please remind me, can you remind me, set a reminder, set reminder, remind me to study, remind me to check in, daily reminder"},
		{request{verb: verbPause}, "pause, pause reminders, pause my reminders, pause the reminders"},
		{request{verb: verbPause, rest: "off"}, "unpause, resume, resume reminders, resume my reminders, end the pause"},
		{request{verb: verbQuiet}, "quiet, quiet hours, my quiet hours"},
		{request{verb: verbLater}, "later, remind later, remind me later, snooze, remind me in an hour"},
		{request{verb: verbDaily}, "daily, daily message, the daily message, show the daily message"},
		{request{verb: verbDaily, rest: "off"}, "daily message off, no daily message"},
		{request{verb: verbDigest}, "digest, the digest, weekly digest, the weekly digest, show the digest, show the weekly digest"},
		{request{verb: verbInbox}, "inbox, the inbox, show the inbox, show inbox"},
		{request{verb: verbPassOn}, "ask a mentor, ask the mentors, ask my mentor, pass it on, pass it on to a mentor, pass it on to the mentors, hand it over, ask a human"},
		{request{verb: verbFollow}, "followup, follow up, follow-up"},
		{request{verb: verbFollow, rest: "on"}, "follow up on, follow-up on"},
		{request{verb: verbFollow, rest: "off"}, "follow up off, follow-up off"},
		{request{verb: verbStats}, "stats, statistics, the stats, show stats, show the stats"},
		{request{verb: verbWaiting}, "open, open questions, show open questions"},
		{request{verb: verbNotToday}, "not today, no reminder today, don't remind me today, dont remind me today, no more reminders today"},
	} {
		for words := range strings.SplitSeq(p.words, ", ") {
			m[words] = p.r
		}
	}
	return m
}()

// A form is a command with an argument.
type form struct {
	verb verb
	// takes reports whether a typed argument makes it a command and not the
	// first words of a question. A slash before the word leaves no doubt.
	takes func(argument string) bool
}

var forms = map[string]form{
	"ask": {verbAsk, anything}, "mentor": {verbAsk, never}, "help": {verbHelp, never}, "topics": {verbTopics, oneWord}, "more": {verbMore, aTopic}, "open": {verbOpen, aTopic},
	"checkin": {verbCheckIn, anything}, "yesterday": {verbYesterday, never}, "streak": {verbStreak, aPerson}, "freeze": {verbFreeze, never},
	"board": {verbBoard, oneOf("join", "leave")}, "zone": {verbZone, notAsking}, "timezone": {verbZone, notAsking}, "dayend": {verbDayEnd, notAsking},
	"rest": {verbRest, restDays}, "away": {verbAway, awayDays}, "roadmap": {verbRoadmap, never}, "done": {verbDone, aStep}, "undone": {verbUndone, aStep},
	"next": {verbNext, never}, "link": {verbLink, aCode}, "unlink": {verbUnlink, never}, "privacy": {verbPrivacy, never}, "export": {verbExport, never},
	"forget": {verbForget, never}, "hide": {verbBoard, never}, "good": {verbGood, aTopic}, "bad": {verbBad, badWords}, "setup": {verbSetup, setupWords}, "reload": {verbReload, reloadWords},
	"remind": {verbRemind, remindWords}, "reminder": {verbRemind, remindWords}, "reminders": {verbRemind, remindWords}, "pause": {verbPause, pauseWords}, "quiet": {verbQuiet, quietWords},
	"later": {verbLater, never}, "daily": {verbDaily, dailyWords}, "digest": {verbDigest, digestWords}, "answer": {verbAnswer, aTopic},
	"followup": {verbFollow, oneOf("on", "off")}, "tried": {verbTried, triedWords}, "inbox": {verbInbox, inboxWords}, "resolve": {verbResolve, aHandover}, "resolved": {verbResolve, aHandover},
	"teach": {verbTeach, teachWords}, "point": {verbPoint, pointWords}, "taught": {verbTaught, aLesson},
	"approve": {verbApprove, aLesson}, "reject": {verbReject, aLessonAndWhy}, "withdraw": {verbWithdraw, aLesson},
}

// parse reads a message. Words that are no command are a question, so that
// nobody has to learn the grammar.
func parse(text string) request {
	text = strings.TrimSpace(text)
	plain := strings.TrimRightFunc(strings.ReplaceAll(text, "’", "'"), isEndMark)
	if plain == "REST" { // the way to build an interface; the days of rest are "rest" and "Rest"
		return request{verb: verbAsk, rest: text}
	}
	plain = strings.ToLower(plain)
	if r, ok := phrases[strings.TrimPrefix(plain, "/")]; ok {
		return r
	}
	if r, ok := parseForm(text); ok {
		return r
	}
	if n, ok := pickedNumber(plain); ok {
		return request{verb: verbPick, number: n, rest: text}
	}
	if r, ok := spokenZone(text); ok {
		return r
	}
	if r, ok := spokenReminder(text); ok {
		return r
	}
	if v := spokenCheckIn(text); v != verbAsk {
		return request{verb: v, rest: text}
	}
	return request{verb: verbAsk, rest: text}
}

// parseForm reads a command with an argument.
func parseForm(text string) (request, bool) {
	first, rest := cutWord(text)
	word, slash := strings.CutPrefix(strings.ToLower(first), "/")
	if second, after, _ := strings.Cut(strings.TrimSpace(rest), " "); word == "check" && strings.EqualFold(strings.TrimRight(second, ":"), "in") {
		word, rest = "checkin", after // check in: sql joins
	}
	word = strings.TrimRight(strings.ReplaceAll(word, "-", ""), ":")
	f, ok := forms[word]
	rest = strings.TrimSpace(rest)
	if !ok || !slash && !f.takes(rest) {
		return request{}, false
	}
	r := request{verb: f.verb, rest: rest}
	switch f.verb {
	case verbAsk:
		if rest == "" {
			r.verb = verbHelp
		}
	case verbTopics:
		r.rest = strings.ToLower(rest)
	case verbDone, verbUndone:
		n, err := strconv.Atoi(strings.TrimPrefix(strings.ToLower(rest), "step "))
		if err != nil && f.verb == verbDone {
			return request{verb: verbCheckIn, rest: rest}, true // /done and what was done
		}
		r.number = n
	}
	return r, true
}

func anything(string) bool { return true }
func never(string) bool    { return false }
func oneWord(s string) bool {
	return s != "" && !strings.Contains(s, " ")
}

func oneOf(words ...string) func(string) bool {
	return func(s string) bool {
		for _, w := range words {
			if strings.EqualFold(s, w) {
				return true
			}
		}
		return false
	}
}

// notAsking takes short arguments that are no question.
func notAsking(s string) bool {
	return s != "" && len(strings.Fields(s)) <= 5 && !strings.HasSuffix(s, "?")
}

// aPerson takes "@ann" and a platform's mention.
func aPerson(s string) bool { return strings.HasPrefix(s, "@") || strings.HasPrefix(s, "<@") }

// aStep takes "3", "step 3", and numbers that are no step, which get told so.
func aStep(s string) bool {
	_, err := strconv.Atoi(strings.TrimPrefix(strings.ToLower(s), "step "))
	return err == nil
}

// aTopic takes one word that looks like an entry's id.
func aTopic(s string) bool { return oneWord(s) && strings.Contains(s, "-") }

// aCode takes one word that looks like a code to link accounts.
func aCode(s string) bool { return len(s) >= 6 && len(s) <= 9 && !strings.ContainsAny(s, " ./:") }

// isEndMark reports whether r may end a command without meaning anything.
func isEndMark(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("?.!…,", r) }

var ordinals = map[string]int{
	"first": 1, "the first": 1, "first one": 1, "the first one": 1, "second": 2, "the second": 2, "second one": 2, "the second one": 2,
	"third": 3, "the third": 3, "third one": 3, "the third one": 3, "one": 1, "two": 2, "three": 3,
}

// pickedNumber reads "2", "#2", "2)", "option 2" and "the second one".
func pickedNumber(plain string) (int, bool) {
	if n, ok := ordinals[plain]; ok {
		return n, true
	}
	for _, prefix := range []string{"number ", "option ", "choice ", "no ", "nr ", "#"} {
		plain = strings.TrimPrefix(plain, prefix)
	}
	plain = strings.TrimRight(plain, ")")
	if len(plain) > 2 {
		return 0, false
	}
	n, err := strconv.Atoi(plain)
	return n, err == nil
}
