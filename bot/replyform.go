package bot

import (
	"regexp"
	"strings"
)

// A Form is what a person is asked to fill in. Where a platform has forms it shows
// one when a button or a command asked for it; elsewhere the reply's text says
// which words do the same. Submitting it says Words.
type Form struct {
	Title  string // at most 24 characters, as Slack takes them (its Block Kit reference, 2026)
	Say    string // the words that open it, and the first of those that submit it; at most MaxSay bytes
	Fields []Field
}

// MaxFields is how many fields a form has at most, as Discord takes them (its
// component reference, 2026).
const MaxFields = 5

// A Field is one value of a form.
type Field struct {
	Name     string // begins its line in the words; unique in the form
	Label    string // at most 45 characters, as Discord takes them
	Hint     string // shown while it is empty, at most 100 characters; may be empty
	Value    string // as it is to begin with, at most Max characters
	Long     bool   // of several lines
	Optional bool   // may be left empty
	Max      int    // characters, at most 3000, as Slack takes them
}

// Words are what submitting the form says, with values by the fields' names. A
// value that is missing counts as empty. No line of a value can be taken for
// another field.
func (f Form) Words(values map[string]string) string {
	var b strings.Builder
	b.WriteString(f.Say)
	for _, field := range f.Fields {
		value := strings.TrimSpace(strings.ReplaceAll(values[field.Name], "\r\n", "\n"))
		b.WriteString("\n" + field.Name + ": " + fieldLine.ReplaceAllString(value, " $0"))
	}
	return b.String()
}

// fieldLine is a line that would begin a field.
var fieldLine = regexp.MustCompile(`(?im)^(?:Q|A|More|Sources):`)
