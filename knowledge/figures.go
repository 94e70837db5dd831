package knowledge

import (
	"regexp"
	"strings"
)

// A figure is a number that readers repeat and plan by: money, per cent, spans
// of years.
var figure = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`[$€£₹]\s?\d[\d.,]*`,
	`\b(?:USD|EUR|GBP|INR|CAD|AUD)\s?\d[\d.,]*`,
	`\b\d[\d.,]*\s?(?:k|thousand|million|billion)?\s?(?:dollars?|euros?|pounds?|rupees?|USD|EUR|GBP|INR)\b`,
	`\b\d[\d.,]*\s?(?:%|per ?cent\b|percentage points?\b)`,
	`\b\d[\d.,]*(?:\s?(?:to|or|and|-|–)\s?\d[\d.,]*)?[\s-](?:years?|yrs?)\b`,
}, `|`))

// crowd is a number of people, which is a figure too.
var crowd = regexp.MustCompile(`(?i)\b\d[\d.,]*\s(?:[\pL-]+\s){0,2}` +
	`(?:people|persons|developers|programmers|engineers|learners|newcomers|beginners|students|graduates|respondents|professionals|employees|workers|women|men)\b`)

// year finds a calendar year in what is left of a sentence without its figures.
var year = regexp.MustCompile(`\b(?:19|20)\d\d\b`)

// yearNotCrowd is a calendar year that looks like a number of people, as in
// "the 2025 developers' survey".
var yearNotCrowd = regexp.MustCompile(`^(?:19|20)\d\d\s`)

// bareFigures returns the sentences of text that give a figure but neither a
// year, a link nor one of the sources by title.
func bareFigures(text string, sources []string) []string {
	var bare []string
	for _, s := range sentences(text) {
		rest := withoutFigures(s)
		if rest != s && !year.MatchString(rest) && !strings.Contains(s, linkMark) && !named(s, sources) {
			bare = append(bare, strings.TrimSpace(strings.ReplaceAll(s, linkMark, "")))
		}
	}
	return bare
}

func withoutFigures(s string) string {
	s = figure.ReplaceAllString(s, " ")
	return crowd.ReplaceAllStringFunc(s, func(f string) string {
		if yearNotCrowd.MatchString(f) {
			return f
		}
		return " "
	})
}

// minTitle is how long a title must be to be recognised inside a sentence.
const minTitle = 6

func named(s string, sources []string) bool {
	for _, title := range sources {
		if len(title) >= minTitle && strings.Contains(strings.ToLower(s), strings.ToLower(title)) {
			return true
		}
	}
	return false
}

// sentenceEnd is a full stop, question or exclamation mark (and closing
// brackets or quotes) before white space.
var sentenceEnd = regexp.MustCompile(`[.!?]["')\]\x{E000}”’]*\s+`)

// abbreviation is a stop that ends no sentence: "U.S.", "e.g.", "about approx.".
var abbreviation = regexp.MustCompile(`(?i)(?:\b\pL|\be\.g|\bi\.e|\bvs|\bapprox|\bno|\bca)\.\s*$`)

// maxAbbreviation is the longest abbreviation in bytes.
const maxAbbreviation = 10

func sentences(text string) []string {
	var all []string
	start := 0
	for _, at := range sentenceEnd.FindAllStringIndex(text, -1) {
		if abbreviation.MatchString(text[max(start, at[0]-maxAbbreviation):at[1]]) {
			continue
		}
		all = append(all, text[start:at[1]])
		start = at[1]
	}
	if rest := text[start:]; strings.TrimSpace(rest) != "" {
		all = append(all, rest)
	}
	return all
}
