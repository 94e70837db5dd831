package bot

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxQuestion is the longest message the mentor reads, in characters. It is
// the longest one Slack delivers (40,000; Slack's API reference, 2026), and ten
// times Discord's.
const MaxQuestion = 40_000

// Validate says why text cannot be read as a message, and the cure; nil when it
// can. A message of signs without words is fine: it finds nothing.
func Validate(text string) error {
	switch {
	case len(text) > MaxQuestion && utf8.RuneCountInString(text) > MaxQuestion:
		return fmt.Errorf("the question has %d characters; ask in at most %d, the question itself is enough",
			utf8.RuneCountInString(text), MaxQuestion)
	case !utf8.ValidString(text):
		return errors.New("the question is not valid UTF-8 text; save or type it as UTF-8")
	case strings.TrimFunc(text, unicode.IsSpace) == "":
		return errors.New("the question is empty; ask in your own words, for example: which language is easiest")
	}
	return nil
}

func sentenceCase(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
