package bot

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mentor/knowledge"
)

// The names of the fields of a lesson, in their order.
const (
	fieldAsk     = "Q"
	fieldShort   = "A"
	fieldMore    = "More"
	fieldSources = "Sources"
)

// A teaching is what `teach` was told: which lesson or question it is about, and
// the fields that were given.
type teaching struct {
	target string            // "i3", "t5" or "last"; empty for none
	asks   bool              // the form is wanted, filled in with the fields
	fields map[string]string // by name; nil for none
}

// teachWords takes what is about teaching and not the beginning of a question such
// as "teach me sql".
func teachWords(s string) bool {
	t, ok := parseTeaching(s)
	return ok && (s == "" || t.target != "" || t.fields != nil || t.asks)
}

// parseTeaching reads the words after `teach`. It reports false for words that are
// neither QUESTION => ANSWER nor named fields.
func parseTeaching(s string) (teaching, bool) {
	var t teaching
	word, rest := cutWord(s)
	if _, lesson := lessonNumber(word); lesson || isItem(word) || strings.EqualFold(word, "last") {
		t.target, s = strings.ToLower(word), rest
	}
	if word, rest := cutWord(s); strings.EqualFold(word, "form") {
		t.asks, s = true, rest
	}
	if s == "" {
		return t, true
	}
	if t.fields = namedFields(s); t.fields != nil {
		return t, true
	}
	ask, short, ok := strings.Cut(s, "=>")
	if !ok {
		return t, false
	}
	t.fields = map[string]string{fieldShort: strings.TrimSpace(short)}
	if ask = strings.TrimSpace(ask); ask != "" {
		t.fields[fieldAsk] = ask
	}
	return t, true
}

// The names of fields begin a line; in words of one line, as a terminal has them,
// they may stand anywhere, written as they are here.
var (
	fieldOfLines = regexp.MustCompile(`(?im)^(Q|A|More|Sources):`)
	fieldInLine  = regexp.MustCompile(`(?:^|\s)(Q|A|More|Sources):(?:\s|$)`)
	fieldNames   = []string{fieldAsk, fieldShort, fieldMore, fieldSources}
)

// namedFields reads "Q: … A: … More: … Sources: …", in that order, each at most
// once. It returns nil for words that do not begin with the name of a field.
func namedFields(s string) map[string]string {
	pattern := fieldInLine
	if strings.Contains(s, "\n") {
		pattern = fieldOfLines
	}
	fields := map[string]string{}
	next, open, from := 0, "", 0
	for _, at := range pattern.FindAllStringSubmatchIndex(s, -1) {
		i := fieldIndex(s[at[2]:at[3]])
		if i < next {
			continue // a word of the field before
		}
		if open == "" && at[0] > 0 {
			return nil
		}
		if open != "" {
			fields[open] = strings.TrimSpace(s[from:at[0]])
		}
		open, from, next = fieldNames[i], at[3]+1, i+1
	}
	if open == "" {
		return nil
	}
	fields[open] = strings.TrimSpace(s[from:])
	return fields
}

func fieldIndex(name string) int {
	for i, f := range fieldNames {
		if strings.EqualFold(f, name) {
			return i
		}
	}
	return -1
}

// cutWord parts the first word from what follows it.
func cutWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}

// lessonNumber reads a lesson's number as people write it: "t5", "#5", "5".
func lessonNumber(s string) (int, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "#"), "t")
	n, err := strconv.ParseUint(digits, 10, 31)
	return int(n), err == nil && n > 0
}

// isItem reports whether s names a question of the inbox: "i3".
func isItem(s string) bool {
	digits, ok := strings.CutPrefix(strings.ToLower(s), "i")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// aLesson takes a lesson's number.
func aLesson(s string) bool {
	_, ok := lessonNumber(s)
	return ok
}

// aLessonAndWhy takes a lesson's number, and words behind it.
func aLessonAndWhy(s string) bool {
	word, _ := cutWord(s)
	return aLesson(word)
}

// pointWords takes a question of the inbox or words in quotation marks.
func pointWords(s string) bool {
	_, _, ok := parsePoint(s)
	return ok
}

// parsePoint reads `i3 TOPIC` and `"words" TOPIC`. The topic may be empty, or words
// that are to find one.
func parsePoint(s string) (what, topic string, ok bool) {
	s = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`).Replace(strings.TrimSpace(s))
	if quoted, found := strings.CutPrefix(s, `"`); found {
		what, topic, ok = strings.Cut(quoted, `"`)
		what = strings.TrimSpace(what)
		return `"` + what + `"`, strings.TrimSpace(topic), ok && what != ""
	}
	what, topic = cutWord(s)
	return strings.ToLower(what), topic, isItem(what)
}

// linesOf are the lines of text that hold something, without signs that nobody
// sees.
func linesOf(text string) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(visible(line)), " "); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// visible is text without control characters but line breaks.
func visible(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n")))
}

// parseSources reads "title | https://… | 2026-11", one a line or parted by "; ".
func parseSources(text string) ([]knowledge.Source, error) {
	var out []knowledge.Source
	for _, line := range linesOf(strings.ReplaceAll(text, "; ", "\n")) {
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if len(parts) != 3 {
			return nil, refuse("a source is its title, its address and when it was published, as in `The survey | https://example.org/survey | 2026-11`, one a line; I read %q.", plainWords(line))
		}
		out = append(out, knowledge.Source{Title: parts[0], URL: parts[1], Date: parts[2]})
	}
	return out, nil
}

// sourceLines are sources as parseSources reads them.
func sourceLines(sources []knowledge.Source) string {
	lines := make([]string, len(sources))
	for i, s := range sources {
		lines[i] = s.Title + " | " + s.URL + " | " + s.Date
	}
	return strings.Join(lines, "\n")
}
