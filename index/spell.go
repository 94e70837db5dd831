package index

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// A speller mends words that the guide does not know but that are one slip away
// from a word it uses often. It finds them by deletions: two words one slip
// apart become equal when at most one letter of each is dropped (the idea of
// SymSpell; W. Garbe, 2012).
type speller struct {
	count   map[string]int // of every word in phrasings and answers
	targets []string       // the words that slips are mended to
	by      *keyTable      // targets by the hash of each of their deletions
}

const (
	minRepairLen  = 4 // letters; shorter words have too many neighbours
	minTarget     = 3 // occurrences that make a word one to mend to
	longWord      = 7 // letters; two slips in such a word still leave it recognisable
	rareEnough    = 3 // occurrences up to which a word that stands in no answer may be a slip
	frequentRatio = 8 // how much more often the mended word must occur then
)

func newSpeller(phrasings, texts [][]word) *speller {
	count := map[string]int{}
	for _, group := range [][][]word{phrasings, texts} {
		for _, words := range group {
			for _, w := range words {
				count[w.text]++
			}
		}
	}
	// What an answer says is spelt right, however seldom.
	for _, words := range texts {
		for _, w := range words {
			count[w.text] = max(count[w.text], rareEnough+1)
		}
	}
	s := &speller{count: make(map[string]int, len(count))}
	for w, n := range count {
		w = strings.Clone(w) // the whole message would stay with it
		s.count[w] = n
		if n >= minTarget && len(w) >= minRepairLen {
			s.targets = append(s.targets, w)
		}
	}
	slices.Sort(s.targets)
	var keys []uint64
	var numbers []int32
	for i, w := range s.targets {
		for d := range deletions(w) {
			keys, numbers = append(keys, d), append(numbers, int32(i))
		}
	}
	s.by = newKeyTable(keys, numbers)
	return s
}

// repair returns words with slips mended. It does not change its argument.
func (s *speller) repair(words []word) []word {
	out := words
	for i, w := range words {
		if mended, ok := s.mend(w.text); ok {
			if len(out) > 0 && &out[0] == &words[0] {
				out = slices.Clone(words)
			}
			out[i].text = mended
		}
	}
	return out
}

func (s *speller) mend(w string) (string, bool) {
	if s.count[w] > rareEnough || utf8.RuneCountInString(w) < minRepairLen {
		return "", false
	}
	var best string
	for d := range deletions(w) {
		for i := range s.by.all(d) {
			c := s.targets[i]
			if c != w && near(w, c) && s.better(w, c, best) {
				best = c
			}
		}
	}
	if best == "" || s.count[best] < frequentRatio*s.count[w] {
		return "", false
	}
	return best, true
}

// better reports whether a is a likelier word than b for the typed one: slips
// seldom change the first letter, and a frequent word is meant more often.
func (s *speller) better(typed, a, b string) bool {
	if b == "" || (a[0] == typed[0]) != (b[0] == typed[0]) {
		return b == "" || a[0] == typed[0]
	}
	return cmp.Or(cmp.Compare(s.count[a], s.count[b]), cmp.Compare(b, a)) > 0
}

// deletions yields the hashes of w and of w without each of its letters.
func deletions(w string) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		if !yield(hash(0, w, "")) {
			return
		}
		for i, r := range w {
			if !yield(hash(0, w[:i]+w[i+utf8.RuneLen(r):], "")) {
				return
			}
		}
	}
}

// near reports whether two words that become equal by deletions are one slip
// apart. Of long words each may lack a letter of the other's: "refferals".
func near(a, b string) bool {
	return min(len(a), len(b)) >= longWord && a[0] == b[0] || oneSlip(a, b)
}

// oneSlip reports whether a becomes b by one letter dropped, added, changed or
// swapped with its neighbour.
func oneSlip(a, b string) bool {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	if len(x) <= 1 && len(y) <= 1 {
		return true
	}
	return len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
}
