package bot

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Suggest returns at most n entries for somebody who has typed the beginning of
// a question: those whose title, else whose phrasings, hold words that begin
// like all of the typed ones, the shortest title first. For no words it
// returns the first entries of the guide.
func (m *Mentor) Suggest(typed string, n int) []Choice {
	wanted := suggestWords(typed)
	type candidate struct {
		choice Choice
		rank   int // 0: in the title, 1: in a phrasing
	}
	var found []candidate
	for _, e := range m.library.Guide().Entries() {
		c := candidate{choice: Choice{Topic: e.ID, Title: e.Title}}
		switch {
		case beginAll(e.Title, wanted):
		case slices.ContainsFunc(e.Ask, func(ask string) bool { return beginAll(ask, wanted) }):
			c.rank = 1
		default:
			continue
		}
		found = append(found, c)
	}
	if len(wanted) > 0 {
		slices.SortStableFunc(found, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(a.choice.Title), len(b.choice.Title)))
		})
	}
	out := make([]Choice, 0, n)
	for _, c := range found[:min(len(found), n)] {
		out = append(out, c.choice)
	}
	return out
}

// suggestWords are the words of a text, in lower case.
func suggestWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+#", r) })
}

// beginAll reports whether each of the beginnings begins a word of text.
func beginAll(text string, beginnings []string) bool {
	words := suggestWords(text)
	for _, b := range beginnings {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, b) }) {
			return false
		}
	}
	return true
}
