package bot

import (
	"regexp"
	"strings"
)

// smallTalk returns a fitting short reply when text is nothing but a greeting,
// thanks, a good-bye or a nod.
func smallTalk(text string) (string, bool) {
	words := wordsOf(text)
	if len(words) == 0 || len(words) > maxSmallTalk {
		return "", false
	}
	found := ""
	for _, w := range words {
		if fillers[w] {
			continue
		}
		reply, ok := smallWords[w]
		if !ok {
			return "", false
		}
		found = max(found, reply) // "thanks, bye" is a good-bye
	}
	if found == "" {
		return "", false
	}
	return smallReplies[found], true
}

// maxSmallTalk is the most words that are still small talk.
const maxSmallTalk = 6

// smallReplies are numbered so that of two in one message the later one counts.
var smallReplies = map[string]string{
	"1 hello":  "Hello. Ask me anything about becoming a back-end developer, in your own words; `help` shows examples.",
	"2 nod":    "I am here when you have a question. `topics` lists what the guide covers.",
	"3 thanks": "You are welcome. Ask again whenever something is unclear.",
	"4 bye":    "Good-bye, and a good hour of study next time.",
}

var smallWords = func() map[string]string {
	m := map[string]string{}
	for reply, words := range map[string]string{
		"1 hello":  "hi hello hey hiya yo hola greetings morning evening afternoon howdy sup hallo salut namaste",
		"2 nod":    "ok okay k cool nice great lol haha hmm yes yeah yep no nope sure right wow understood alright perfect awesome",
		"3 thanks": "thanks thank thx ty tysm cheers appreciated gracias merci danke helpful helped helps",
		"4 bye":    "bye goodbye cya later goodnight night ciao",
	} {
		for w := range strings.FieldsSeq(words) {
			m[w] = reply
		}
	}
	return m
}()

// fillers may stand in small talk without meaning anything of their own.
var fillers = wordSet("there all everyone everybody guys folks mentor bot you u so much a lot very good well for that this the it was is im doing today again got see " +
	"my friend friends team and really big man mate sir please have day one makes sense")

// crisis matches words of somebody who may be in danger. It would rather reply
// once too often than once too seldom.
var crisis = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`\bkill(?:ing)? my ?self\b`, `\bkms\b`, `\bsuicid(?:e|al)\b`, `\bend(?:ing)? (?:my life|it all)\b`, `\bself[- ]?harm`, `\b(?:hurt|hurting|cut|cutting|harm|harming) my ?self\b`,
	`\b(?:want|wanna|wish|ready|going) (?:to |i (?:was|were) )(?:die|dead|disappear forever)\b`, `\bwanna die\b`, `\bno (?:reason|point) (?:to|in) (?:live|living)\b`,
	`\b(?:don'?t|do not|dont) want to (?:live|be alive|exist|wake up)\b`, `\bbetter off (?:dead|without me)\b`, `\btak(?:e|ing) my (?:own )?life\b`, `\bcan'?t go on living\b`,
}, `|`))

func inCrisis(text string) bool { return crisis.MatchString(strings.ReplaceAll(text, "’", "'")) }

const crisisText = `That sounds very heavy, and I am glad you said it. I am only a program, so please do not stay alone with it: talk to somebody right now, a person near you whom you trust, or a crisis line.

- In danger now: call your emergency number (112 in Europe, 911 in the US and Canada, 999 in the UK).
- US and Canada: call or text 988. UK and Ireland: Samaritans, 116 123.
- Elsewhere: [findahelpline.com](https://findahelpline.com) lists free lines by country, many by chat.

Studying and work can wait. You matter more than either.`
