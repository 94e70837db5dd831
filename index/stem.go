package index

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// stem reduces an English word to the part its inflections share.
func stem(w string) string {
	env := snowballstem.NewEnv(w)
	english.Stem(env)
	return env.Current()
}

// A stemmer knows the stems of the words it has seen and works out others.
type stemmer map[string]string

// learn sets the stems of words and remembers them.
func (s stemmer) learn(words []word) {
	for _, w := range words {
		if _, ok := s[w.text]; !ok {
			own := strings.Clone(w.text) // the whole message would stay with it
			s[own] = stem(own)
		}
	}
	s.fill(words)
}

// fill sets the stems of words.
func (s stemmer) fill(words []word) {
	for i, w := range words {
		st, ok := s[w.text]
		if !ok {
			st = stem(w.text)
		}
		words[i].stem = st
	}
}
