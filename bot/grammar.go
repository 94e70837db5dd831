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
	verbMore               // the rest of the last answer
	verbPick               // a number from the last list
)

// A request is a message as the grammar reads it.
type request struct {
	verb   verb
	rest   string // the question, or the command's argument
	number int    // for verbPick
}

// commands are whole messages that mean a verb, without case and end marks.
var commands = map[string]verb{
	"help": verbHelp, "/help": verbHelp, "commands": verbHelp, "menu": verbHelp, "usage": verbHelp, "?help": verbHelp,
	"topics": verbTopics, "/topics": verbTopics, "list topics": verbTopics, "show topics": verbTopics, "sections": verbTopics,
	"more": verbMore, "/more": verbMore, "tell me more": verbMore, "more please": verbMore, "show more": verbMore, "go on": verbMore,
	"continue": verbMore, "read more": verbMore, "why": verbMore, "why is that": verbMore, "why so": verbMore, "how so": verbMore, "how come": verbMore,
	"but why": verbMore, "and why": verbMore, "explain": verbMore, "explain more": verbMore, "say more": verbMore, "details": verbMore,
	"more details": verbMore, "give me more details": verbMore, "can you explain": verbMore, "elaborate": verbMore, "can you tell me more": verbMore,
}

// parse reads a message. Words that are no command are a question, so that
// nobody has to learn the grammar.
func parse(text string) request {
	text = strings.TrimSpace(text)
	plain := strings.ToLower(strings.TrimRightFunc(text, isEndMark))
	if v, ok := commands[plain]; ok {
		return request{verb: v}
	}
	first, rest, _ := strings.Cut(text, " ")
	switch strings.ToLower(first) {
	case "ask", "/ask", "/mentor":
		if rest = strings.TrimSpace(rest); rest != "" {
			return request{verb: verbAsk, rest: rest}
		}
		return request{verb: verbHelp}
	case "topics", "/topics":
		if section := strings.ToLower(strings.TrimSpace(rest)); !strings.Contains(section, " ") {
			return request{verb: verbTopics, rest: section}
		}
	}
	if n, ok := pickedNumber(plain); ok {
		return request{verb: verbPick, number: n, rest: text}
	}
	return request{verb: verbAsk, rest: text}
}

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
