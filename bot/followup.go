package bot

import (
	"context"
	"regexp"
	"strings"
	"unicode"

	"mentor/knowledge"
)

// find looks text up, alone or together with the last turn, and returns beside
// the finding what the next turn may lean on.
//
// A message with a subject of its own ("and java?", "which databases do they
// use") speaks for itself. One without ("is it harder", "which should I choose",
// "are they paid") is looked up together with what was asked before.
func find(ctx context.Context, library Library, text string, last turn) (f knowledge.Finding, subject string, err error) {
	alone, err := library.Find(ctx, text)
	words := wordsOf(text)
	if err != nil || last.asked == "" || len(words) > maxLeaning {
		return alone, text, err
	}
	bare, back := isBare(words), refersBack(text, words)
	switch {
	case bare && (back || alone.Outcome != knowledge.Answer):
	case !bare && alone.Outcome == knowledge.None && (back || len(words) <= fewWords):
	default:
		return alone, text, nil
	}
	together, err := library.Find(ctx, last.asked+" "+text)
	if err != nil {
		return knowledge.Finding{}, "", err
	}
	if together.Outcome == knowledge.None {
		return alone, text, nil
	}
	if !bare { // its subject is unknown to the guide: the old one is a guess
		together.Outcome = knowledge.Choices
		return together, text, nil
	}
	return together, last.asked, nil
}

const (
	maxLeaning = 9 // the most words of a message that leans on the one before
	fewWords   = 4 // so few that a message the guide does not know may lean without saying so
)

// opener begins a message that goes on from the last one.
var opener = regexp.MustCompile(`(?i)^\W*(?:and|but|so|or|also|then|ok|okay|what about|how about|what if|even if|which|why|in that case)\b`)

// pointers refer to something said before.
var pointers = wordSet("it its that this those these they them their there one ones both either two else")

// refersBack reports whether a message says itself that it goes on from the last.
func refersBack(text string, words []string) bool {
	if opener.MatchString(text) {
		return true
	}
	for _, w := range words {
		if pointers[w] {
			return true
		}
	}
	return false
}

// isBare reports whether words name no subject: they could be said about almost
// anything.
func isBare(words []string) bool {
	for _, w := range words {
		if !bareWords[w] {
			return false
		}
	}
	return true
}

var bareWords = wordSet(`a about actually after again ago all almost already also always am an and another any anyone anything apart are around as ask at away
	back bad be because become been before beginner best better between big both but by can cannot cant cheap cheaper choose common could
	day days different difference do does doesnt doing done dont each easier easiest easy either else enough etc even ever every example examples exactly explain
	fast faster few finish first for from get gets getting give go going gonna good got had happens hard harder hardest has have he her here hers him his hired how however
	i id if ill im important in instead into is isnt it its ive job jobs junior juniors just keep kind kinda know last later learn learning least less let like little long longer look lot
	made main make makes many may maybe me mean means might mind mine month months more most mostly much must my myself necessary need needed never next no none normal not now
	of off often ok okay on once one ones only or other others our out over own paid pay pays people perhaps pick please possible pretty probably put quick quickly quite
	rather real really recommend reason reasons right same say see should show simple since so some someone something soon start still stop stuff such suggest sure
	take takes tell than that thats the their them then there these they thing things think this those tho though time times to together too tools total true try two
	under until up us use used useful usually very wait want was way ways we week weeks well went were what whats when where whether which while who whose why will with
	without wont work works worse worst worth would year years yes yet you your`)

func wordsOf(text string) []string {
	text = strings.ToLower(strings.NewReplacer("'", "", "’", "").Replace(text))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '#' && r != '+' })
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}
