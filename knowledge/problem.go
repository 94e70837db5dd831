package knowledge

import (
	"fmt"
	"strings"
)

// A Problem is one broken rule in one entry: where, what, and the cure.
type Problem struct {
	File string
	Line int // from 1
	What string
	Cure string
}

// String returns "file:line: what; cure".
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s; %s", p.File, p.Line, p.What, p.Cure)
}

// Problems is every rule found broken in one reading. As an error it is one
// line: the first problem and how many more there are.
type Problems []Problem

// Error implements error.
func (ps Problems) Error() string {
	switch len(ps) {
	case 0:
		return "no problems"
	case 1:
		return "guide entry " + ps[0].String()
	}
	return fmt.Sprintf("guide entry %s (and %d more; `mentor guide check` lists them all)", ps[0], len(ps)-1)
}

// Lines returns the problems one a line, ending in a newline; empty for none.
func (ps Problems) Lines() string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.String())
		b.WriteByte('\n')
	}
	return b.String()
}
