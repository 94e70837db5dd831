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

// fillStems sets the stems of words.
func fillStems(words []word) {
	for i, w := range words {
		words[i].stem = stem(w.text)
	}
}

// A stemmer fills in the stems of many texts and works out that of each word once.
type stemmer map[string]string

func (s stemmer) fill(words []word) {
	for i, w := range words {
		st, known := s[w.text]
		if !known {
			st = strings.Clone(stem(w.text)) // the whole message would stay with it
			s[w.text] = st
		}
		words[i].stem = st
	}
}
