package slack

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// A part of a text stands alone: a paragraph, a heading, a list, a piece of
// code, or a table.
type part struct {
	text  string     // in Slack's markup; of a table its rows as lines
	table [][]string // plain cells, the first row is the heading; nil for what is no table
	code  bool
}

var (
	fenceLine   = regexp.MustCompile("^ {0,3}(```+|~~~+)")
	headingLine = regexp.MustCompile(`^#{1,6} +(.*?)(?: +#+)?$`)
	itemLine    = regexp.MustCompile(`^( *)([-*+]|\d{1,3}[.)]) +(.*)$`)
	ruleLine    = regexp.MustCompile(`^\|?( *:?-+:? *\|)+( *:?-+:? *)?$`)
)

// parts reads Markdown of the kind an entry may hold: headings, paragraphs,
// lists, tables, code, emphasis and links.
func parts(markdown string) []part {
	r := reader{lines: strings.Split(strings.ReplaceAll(markdown, "\r\n", "\n"), "\n")}
	for len(r.lines) > 0 {
		r.next()
	}
	return r.parts
}

// reader takes lines from the front and adds parts at the end.
type reader struct {
	lines []string
	parts []part
}

func (r *reader) next() {
	line := r.lines[0]
	switch {
	case strings.TrimSpace(line) == "":
		r.lines = r.lines[1:]
	case fenceLine.MatchString(line):
		r.code()
	case headingLine.MatchString(line):
		r.add("*" + escape(plain(headingLine.FindStringSubmatch(line)[1])) + "*")
		r.lines = r.lines[1:]
	case r.atTable():
		r.table()
	case itemLine.MatchString(line):
		r.list()
	default:
		r.paragraph()
	}
}

func (r *reader) add(text string) { r.parts = append(r.parts, part{text: text}) }

// code takes a fenced piece, or the rest of the text when nothing ends it.
func (r *reader) code() {
	fence := fenceLine.FindStringSubmatch(r.lines[0])[1]
	r.lines = r.lines[1:]
	var inside []string
	for len(r.lines) > 0 {
		line := r.lines[0]
		r.lines = r.lines[1:]
		if strings.HasPrefix(strings.TrimSpace(line), fence) {
			break
		}
		inside = append(inside, strings.ReplaceAll(line, "```", "'''"))
	}
	if len(inside) > 0 {
		r.parts = append(r.parts, part{text: "```\n" + escape(strings.Join(inside, "\n")) + "\n```", code: true})
	}
}

func (r *reader) paragraph() {
	var b strings.Builder
	for len(r.lines) > 0 && !r.endsParagraph(b.Len() > 0) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimSpace(strings.TrimSuffix(r.lines[0], `\`)))
		r.lines = r.lines[1:]
	}
	r.add(mrkdwn(b.String()))
}

func (r *reader) endsParagraph(begun bool) bool {
	line := r.lines[0]
	return strings.TrimSpace(line) == "" || begun && (fenceLine.MatchString(line) || headingLine.MatchString(line) || itemLine.MatchString(line) || r.atTable())
}

// The signs before an item, by depth.
var bullets = [...]string{"• ", "    ◦ ", "        ▪ "}

// list takes items with their continued lines, at most three deep.
func (r *reader) list() {
	var items []string
	var current strings.Builder
	lead := ""
	flush := func() {
		if lead != "" {
			items = append(items, lead+mrkdwn(strings.TrimSpace(current.String())))
		}
		current.Reset()
	}
	for len(r.lines) > 0 {
		line := r.lines[0]
		found := itemLine.FindStringSubmatch(line)
		if found == nil && (strings.TrimSpace(line) == "" && !r.listGoesOn() || strings.TrimSpace(line) != "" && !strings.HasPrefix(line, " ") && r.endsParagraph(true)) {
			break
		}
		r.lines = r.lines[1:]
		if found == nil {
			current.WriteString(" " + strings.TrimSpace(line))
			continue
		}
		flush()
		depth := min(len(found[1])/2, len(bullets)-1)
		lead = bullets[depth]
		if mark := found[2]; len(mark) > 1 {
			lead = strings.Repeat("    ", depth) + strings.TrimRight(mark, ".)") + ". "
		}
		current.WriteString(found[3])
	}
	flush()
	r.add(strings.Join(items, "\n"))
}

// listGoesOn reports whether an item or an indented line follows the empty one.
func (r *reader) listGoesOn() bool {
	for _, line := range r.lines[1:] {
		if strings.TrimSpace(line) != "" {
			return itemLine.MatchString(line) || strings.HasPrefix(line, "  ")
		}
	}
	return false
}

func (r *reader) atTable() bool {
	return len(r.lines) > 1 && strings.Contains(r.lines[0], "|") && ruleLine.MatchString(strings.TrimSpace(r.lines[1]))
}

// table takes a table. Its text names each row's first cell, and the others with
// their headings, for surfaces and readers that show no table.
func (r *reader) table() {
	t := part{table: [][]string{cells(r.lines[0])}}
	head := t.table[0]
	r.lines = r.lines[2:]
	var lines []string
	for len(r.lines) > 0 && strings.Contains(r.lines[0], "|") {
		row := cells(r.lines[0])
		r.lines = r.lines[1:]
		for len(row) < len(head) {
			row = append(row, "")
		}
		row = row[:len(head)]
		lines = append(lines, "• *"+escape(plain(row[0]))+"*"+restOf(head, row))
		for i := range row {
			row[i] = plain(row[i])
		}
		t.table = append(t.table, row)
	}
	for i := range head {
		head[i] = plain(head[i])
	}
	t.text = strings.Join(lines, "\n")
	r.parts = append(r.parts, t)
}

// restOf is a row without its first cell, as words. Two columns need no headings.
func restOf(head, row []string) string {
	var b strings.Builder
	for i := 1; i < len(row); i++ {
		if row[i] == "" {
			continue
		}
		b.WriteString(map[bool]string{true: ": ", false: "; "}[b.Len() == 0])
		if len(row) > 2 && head[i] != "" {
			b.WriteString(escape(plain(head[i])) + ": ")
		}
		b.WriteString(mrkdwn(row[i]))
	}
	return b.String()
}

// cells are the cells of a row, in Markdown.
func cells(line string) []string {
	line = strings.TrimSpace(line)
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	var out []string
	start := 0
	for i := range len(line) {
		if line[i] == '|' && (i == 0 || line[i-1] != '\\') {
			out = append(out, strings.TrimSpace(line[start:i]))
			start = i + 1
		}
	}
	return append(out, strings.TrimSpace(line[start:]))
}

// pieces cuts a text into pieces of at most limit characters: at the ends of
// lines, sentences or words, and never inside a link or an escaped sign.
func pieces(text string, limit int) []string {
	var out []string
	for utf8.RuneCountInString(text) > limit {
		end := cutAt(text, limit)
		out = append(out, strings.TrimSpace(text[:end]))
		text = strings.TrimSpace(text[end:])
	}
	if text != "" {
		out = append(out, text)
	}
	return out
}

// cutAt is where to cut a text that is longer than limit characters.
func cutAt(text string, limit int) int {
	end := 0
	for range limit {
		_, n := utf8.DecodeRuneInString(text[end:])
		end += n
	}
	head := text[:end]
	if open := strings.LastIndexByte(head, '<'); open > 0 && !strings.Contains(head[open:], ">") {
		head = head[:open]
	}
	if amp := strings.LastIndexByte(head, '&'); amp > 0 && len(head)-amp < len("&amp;") && !strings.Contains(head[amp:], ";") {
		head = head[:amp]
	}
	for _, sep := range []string{"\n", ". ", " "} {
		if i := strings.LastIndex(head, sep); i > len(head)/2 && outsideLink(head[:i]) {
			return i + len(sep)
		}
	}
	return len(head)
}

func outsideLink(head string) bool {
	return strings.LastIndexByte(head, '<') <= strings.LastIndexByte(head, '>')
}

// shorten is text in at most limit characters, marked where it was cut.
func shorten(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:limit-1])) + "…"
}
