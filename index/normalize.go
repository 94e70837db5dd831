package index

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds on one message. A platform's longest message has 40,000 characters;
// what is beyond these adds time, not meaning.
const (
	maxWords   = 240 // the first third and the last two thirds are kept
	maxWordLen = 30  // bytes; longer "words" are keys, hashes and noise
)

// A word is one normalised word of a message.
type word struct {
	text   string
	weight float32 // 1, or more in the sentence that asks
	stem   string  // set by stemmer.fill
}

// noise is what holds no words of a question. The sign tells quickly that there
// is none.
var noise = []struct {
	sign    string
	pattern *regexp.Regexp
}{
	{"```", regexp.MustCompile("(?s)```.*?(?:```|$)")},                // code
	{"://", regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]{1,20}://\S+`)}, // links
	{"www.", regexp.MustCompile(`\bwww\.\S+`)},                        // links
	{"<", regexp.MustCompile(`<(?:[@#!]|a?:\w{1,32}:)[^>\s]{0,40}>`)}, // mentions, custom emoji
}

// names are spellings that the splitting into words would destroy.
var names = strings.NewReplacer(
	"c++", " cplusplus ", "c#", " csharp ", "f#", " fsharp ", ".net", " dotnet ", "node.js", " nodejs ", "node js", " nodejs ",
	"vue.js", " vuejs ", "next.js", " nextjs ", "express.js", " express ", "nest.js", " nestjs ", "react.js", " react ",
	"ci/cd", " cicd ", "🐍", " python ", "🦀", " rust ", "🐘", " php ", "☕", " java ", "💎", " ruby ", "🐹", " golang ", "🐳", " docker ", "🐧", " linux ", "🤖", " ai ",
	"💰", " money ", "'", "", "’", "", "`", "",
)

// normalize turns a message into words: lower case, names of languages kept
// whole, spellings of one thing made one ("back-end", "back end"), common
// abbreviations written out. Code blocks, links and mentions are left out.
// The same is done to a phrasing at build time and to a question.
func normalize(message string) []word {
	if !utf8.ValidString(message) {
		message = strings.ToValidUTF8(message, " ")
	}
	message = clip(message)
	for _, n := range noise {
		if strings.Contains(message, n.sign) {
			message = n.pattern.ReplaceAllLiteralString(message, " ")
		}
	}
	message = names.Replace(strings.ToLower(norm.NFKC.String(message)))
	words := make([]word, 0, len(message)/4) // enough: a word of the guide has five letters with its space
	for _, s := range sentences(message) {
		words = appendWords(words, s)
	}
	return joinWords(words)
}

// clip keeps the head and the tail of a very long message.
func clip(message string) string {
	const head, tail = 1500, 3000
	if len(message) <= head+tail {
		return message
	}
	return strings.ToValidUTF8(message[:head]+" "+message[len(message)-tail:], "")
}

// A sentence is a part of a message and how much its words weigh.
type sentence struct {
	text   string
	weight float32
}

// askingWeight is how much more a word weighs in the sentence that asks, when
// the message is a story. Measured on the held-apart questions.
const askingWeight = 1.5

// storyWords is how long a message is before its sentences are weighed.
const storyWords = 18

var sentenceEnd = regexp.MustCompile(`[.!?\n]+(?:\s+|$)`)

func sentences(message string) []sentence {
	if len(strings.Fields(message)) < storyWords {
		return []sentence{{message, 1}}
	}
	var all []sentence
	asks := false
	start := 0
	for _, at := range append(sentenceEnd.FindAllStringIndex(message, -1), []int{len(message), len(message)}) {
		text := message[start:at[1]]
		start = at[1]
		if strings.TrimSpace(text) == "" {
			continue
		}
		s := sentence{text, 1}
		if strings.Contains(text, "?") {
			s.weight, asks = askingWeight, true
		}
		all = append(all, s)
	}
	if n := len(all); n > 1 && !asks {
		all[n-1].weight = askingWeight
	}
	return all
}

func appendWords(words []word, s sentence) []word {
	for f := range strings.FieldsFuncSeq(s.text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(f) <= maxWordLen {
			words = append(words, word{text: f, weight: s.weight})
		}
	}
	return words
}

// joinWords applies the tables of lexicon.go and keeps at most maxWords.
func joinWords(in []word) []word {
	if len(in) > maxWords {
		in = append(in[:maxWords/3:maxWords/3], in[len(in)-maxWords*2/3:]...)
	}
	out := make([]word, 0, len(in)+4)
	for i := 0; i < len(in); i++ {
		w := in[i]
		if i+1 < len(in) {
			if joined, ok := compounds[w.text+" "+in[i+1].text]; ok {
				out = append(out, word{text: joined, weight: max(w.weight, in[i+1].weight)})
				i++
				continue
			}
		}
		if w.text == "be" && backendHere(in, i) {
			w.text = "backend"
		}
		if long, ok := abbreviations[w.text]; ok {
			for part := range strings.FieldsSeq(long) {
				out = append(out, word{text: part, weight: w.weight})
			}
			continue
		}
		out = append(out, w)
	}
	return out
}

// backendHere reports whether the word "be" at i is short for back end, which
// its neighbours tell: "be dev", "js for be", "fe or be".
func backendHere(words []word, i int) bool {
	if i+1 < len(words) && afterBE[words[i+1].text] {
		return true
	}
	if i == 0 {
		return false
	}
	before := words[i-1].text
	return beforeBE[before] || i+1 == len(words) && !verbBeforeBE[before]
}
