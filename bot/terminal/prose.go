package terminal

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// columns is how wide a terminal shows s, which holds no escape sequence.
func columns(s string) int { return runewidth.StringWidth(s) }

// prose is running text, word by word.
type prose struct {
	words []word
	open  bool // what comes next belongs to the last word
}

// A word is what is not parted at the end of a line.
type word struct {
	text  string // with its escape sequences
	width int
	ends  bool // the line ends after it
}

// add appends s in a style, "" for none.
func (p *prose) add(s, style string) {
	if s == "" {
		return
	}
	if s[0] == ' ' {
		p.open = false
	}
	for f := range strings.FieldsSeq(s) {
		w := word{text: f, width: columns(f)}
		if style != "" {
			w.text = "\x1b[" + style + "m" + f + "\x1b[0m"
		}
		if p.open {
			last := &p.words[len(p.words)-1]
			last.text, last.width = last.text+w.text, last.width+w.width
		} else {
			p.words = append(p.words, w)
		}
		p.open = false
	}
	p.open = len(p.words) > 0 && s[len(s)-1] != ' '
}

// newLine ends the line.
func (p *prose) newLine() {
	if len(p.words) > 0 {
		p.words[len(p.words)-1].ends = true
	}
	p.open = false
}

// lines breaks the words into lines of at most width columns.
func (p *prose) lines(width int) []string {
	var out []string
	var line strings.Builder
	used := 0
	flush := func() {
		out = append(out, line.String())
		line.Reset()
		used = 0
	}
	for _, w := range p.words {
		if used > 0 && used+1+w.width > width {
			flush()
		}
		if used > 0 {
			line.WriteByte(' ')
			used++
		}
		line.WriteString(w.text)
		used += w.width
		if w.ends {
			flush()
		}
	}
	if used > 0 {
		flush()
	}
	return out
}

// width is how wide the prose is on one line, and longest its longest word.
func (p *prose) width() (whole, longest int) {
	for i, w := range p.words {
		whole += w.width + min(i, 1)
		longest = max(longest, w.width)
	}
	return whole, longest
}

// visible is the width of a line that may hold escape sequences of ours.
func visible(s string) int {
	n := 0
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		n += columns(before)
		if !found {
			return n
		}
		_, s, _ = strings.Cut(after, "m")
	}
}
