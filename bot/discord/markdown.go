package discord

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxTable is how wide a table is drawn as one: what a phone shows of a code
// block without scrolling (measured on a screen of 360 points, November 2026).
const maxTable = 38

// format turns the guide's Markdown into Discord's: tables become aligned code
// blocks, or rows of fields where those would not fit a phone; and nothing in it
// mentions anybody.
func format(text string) string {
	lines := unwrapped(strings.Split(text, "\n"))
	var out []string
	fenced := false
	for i := 0; i < len(lines); i++ {
		if isFence(lines[i]) {
			fenced = !fenced
		}
		if n := tableLines(lines[i:]); n > 0 && !fenced {
			out = append(out, table(lines[i:i+n])...)
			i += n - 1
			continue
		}
		if !fenced {
			lines[i] = quiet(lines[i])
		}
		out = append(out, lines[i])
	}
	return strings.Join(out, "\n")
}

// ownLine begins a line that is one of its own: a list, a heading, a table's row.
var ownLine = regexp.MustCompile(`^\s*(?:[-*+] |\d+[.)] |#{1,6} |\||>|` + "```" + `)`)

// unwrapped joins the lines of a paragraph: the guide breaks lines to be read in
// an editor, and Discord would show each break.
func unwrapped(lines []string) []string {
	var out []string
	fenced, goesOn := false, false // whether the next line may belong to the last
	for _, l := range lines {
		fence := isFence(l)
		if goesOn && !fenced && !fence && strings.TrimSpace(l) != "" && !ownLine.MatchString(l) {
			last := out[len(out)-1]
			out[len(out)-1] = last + " " + strings.TrimSpace(l)
			goesOn = !strings.HasSuffix(l, "  ") // a break that is meant
			continue
		}
		out = append(out, l)
		if fence {
			fenced = !fenced
		}
		plain := strings.TrimSpace(l)
		goesOn = !fenced && !fence && plain != "" && !strings.HasPrefix(plain, "#") && !strings.HasPrefix(plain, "|") && !strings.HasSuffix(l, "  ")
	}
	return out
}

func isFence(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "```") }

// loud matches what Discord reads as a mention of people, roles or channels.
var loud = regexp.MustCompile(`@(everyone|here)|<([@#])`)

// quiet makes mentions in a line plain text, by a sign that nobody sees. The
// allowed mentions of every message are empty as well.
func quiet(line string) string {
	return loud.ReplaceAllStringFunc(line, func(hit string) string { return hit[:1] + "\u200b" + hit[1:] })
}

var delimiterRow = regexp.MustCompile(`^\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*$`)

// tableLines is how many lines of a table begin lines; 0 when none does.
func tableLines(lines []string) int {
	if len(lines) < 2 || !strings.Contains(lines[0], "|") || !strings.Contains(lines[1], "|") || !delimiterRow.MatchString(lines[1]) {
		return 0
	}
	n := 2
	for n < len(lines) && strings.Contains(lines[n], "|") && strings.TrimSpace(lines[n]) != "" {
		n++
	}
	return n
}

// table draws a table: its header, the delimiter, and its rows.
func table(lines []string) []string {
	rows := make([][]string, 0, len(lines))
	rows = append(rows, cells(lines[0]))
	for _, l := range lines[2:] {
		rows = append(rows, cells(l))
	}
	plain, widths := plainCells(rows)
	total := 0
	for _, w := range widths {
		total += w + 2
	}
	if total-2 > maxTable {
		return fieldRows(rows)
	}
	out := []string{"```"}
	for i, row := range plain {
		out = append(out, aligned(row, widths))
		if i == 0 {
			out = append(out, strings.Repeat("─", total-2))
		}
	}
	return append(out, "```")
}

// cells are the cells of a row; an escaped bar is part of one.
func cells(line string) []string {
	line = strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00")
	parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|")
	for i, p := range parts {
		parts[i] = strings.TrimSpace(strings.ReplaceAll(p, "\x00", "|"))
	}
	return parts
}

var (
	linkMarks = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	boldMarks = regexp.MustCompile("\\*\\*|__|`")
)

// plainCells are rows without the marks that a code block would show, each with
// as many cells as the header, and the width of each column.
func plainCells(rows [][]string) (plain [][]string, widths []int) {
	widths = make([]int, len(rows[0]))
	for _, row := range rows {
		out := make([]string, len(widths))
		for i := range out {
			if i < len(row) {
				out[i] = boldMarks.ReplaceAllString(linkMarks.ReplaceAllString(row[i], "$1"), "")
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(out[i]))
		}
		plain = append(plain, out)
	}
	return plain, widths
}

func aligned(row []string, widths []int) string {
	var b strings.Builder
	for i, c := range row {
		b.WriteString(c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+2))
	}
	return strings.TrimRight(b.String(), " ")
}

// fieldRows draws a wide table as a list: the first cell of each row as its name,
// the others behind their headings.
func fieldRows(rows [][]string) []string {
	var out []string
	for _, row := range rows[1:] {
		name := row[0]
		if !strings.Contains(name, "*") && name != "" {
			name = "**" + name + "**"
		}
		if len(rows[0]) == 2 && len(row) == 2 {
			out = append(out, quiet("- "+name+": "+row[1]))
			continue
		}
		out = append(out, quiet("- "+name))
		for i, c := range row[1:] {
			if i+1 < len(rows[0]) && c != "" {
				out = append(out, quiet("  - "+rows[0][i+1]+": "+c))
			}
		}
	}
	return out
}
