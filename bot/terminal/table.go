package terminal

import (
	"strings"

	extast "github.com/yuin/goldmark/extension/ast"
)

// table draws a table, whose cells break their lines where the columns would be
// too wide together.
func (d *drawing) table(t *extast.Table, width int) (out []string) {
	var rows [][]*prose
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		style := ""
		if row.Kind() == extast.KindTableHeader {
			style = boldStyle
		}
		var cells []*prose
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, d.prose(cell, style))
		}
		rows = append(rows, cells)
	}
	widths := columnWidths(rows, width)
	for i, row := range rows {
		out = append(out, tableRow(row, widths, t.Alignments)...)
		if i == 0 {
			out = append(out, rule(widths))
		}
	}
	return out
}

// gap is what a table has between and around two columns: " | ".
const gap = 3

// columnWidths are as wide as the columns are, or, where that is too wide, the
// widest are narrowed, though not below their longest words.
func columnWidths(rows [][]*prose, width int) []int {
	var widths, least []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths, least = append(widths, 1), append(least, 1)
			}
			whole, longest := cell.width()
			widths[i], least[i] = max(widths[i], whole), max(least[i], longest)
		}
	}
	over := gap*len(widths) - 1 - width
	for _, w := range widths {
		over += w
	}
	for ; over > 0; over-- {
		widest := -1
		for i := range widths {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

func tableRow(row []*prose, widths []int, alignments []extast.Alignment) []string {
	cells := make([][]string, len(widths))
	height := 1
	for i, cell := range row {
		cells[i] = cell.lines(widths[i])
		height = max(height, len(cells[i]))
	}
	out := make([]string, height)
	for y := range out {
		parts := make([]string, len(widths))
		for i, lines := range cells {
			line := ""
			if y < len(lines) {
				line = lines[y]
			}
			parts[i] = " " + padded(line, widths[i], i < len(alignments) && alignments[i] == extast.AlignRight) + " "
		}
		out[y] = strings.TrimRight(strings.Join(parts, "|"), " ")
	}
	return out
}

func padded(s string, width int, right bool) string {
	pad := strings.Repeat(" ", max(0, width-visible(s)))
	if right {
		return pad + s
	}
	return s + pad
}

func rule(widths []int) string {
	parts := make([]string, len(widths))
	for i, w := range widths {
		parts[i] = strings.Repeat("-", w+2)
	}
	return strings.Join(parts, "|")
}
