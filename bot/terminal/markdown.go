package terminal

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var reader = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

// The styles are the terminal's own, which read on dark and on light: no
// background is set. They are parameters of the escape sequence SGR (ECMA-48).
const (
	boldStyle   = "1"
	italicStyle = "3"
	codeStyle   = "36"
	linkStyle   = "34;4"
)

// markdown draws Markdown in lines of at most width columns, but for single words
// that are longer. A plain drawing holds no escape sequence, and marks code with
// backticks, where colour does not tell a command from prose.
func markdown(source string, width int, plain bool) string {
	d := drawing{source: []byte(source), plain: plain}
	return strings.Join(d.blocks(reader.Parse(text.NewReader(d.source)), width, false), "\n") + "\n"
}

type drawing struct {
	source []byte
	plain  bool
}

// blocks are the lines of the blocks in parent, with an empty line between two if
// they are not tight.
func (d *drawing) blocks(parent ast.Node, width int, tight bool) (out []string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if len(out) > 0 && !tight {
			out = append(out, "")
		}
		out = append(out, d.block(n, width)...)
	}
	return out
}

func (d *drawing) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.Heading:
		var p prose
		if n.Level < 3 {
			p.add(strings.Repeat("#", n.Level)+" ", d.style(boldStyle))
		}
		d.inline(&p, n, boldStyle)
		return p.lines(width)
	case *ast.List:
		return d.list(n, width)
	case *extast.Table:
		return d.table(n, width)
	case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
		return indented(d.raw(n), "  ", "  ")
	case *ast.Blockquote:
		return indented(d.blocks(n, width-2, false), "| ", "| ")
	case *ast.ThematicBreak:
		return []string{"--------"}
	}
	return d.prose(n, "").lines(width)
}

// list draws each item behind its sign, with what follows below its beginning.
func (d *drawing) list(l *ast.List, width int) (out []string) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		sign := "• "
		if l.IsOrdered() {
			sign = fmt.Sprintf("%d. ", number)
			number++
		}
		if len(out) > 0 && !l.IsTight {
			out = append(out, "")
		}
		below := strings.Repeat(" ", columns(sign))
		out = append(out, indented(d.blocks(item, width-len(below), l.IsTight), sign, below)...)
	}
	return out
}

// indented puts first before the first line and below before the others.
func indented(lines []string, first, below string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(below+l, " ")
		if i == 0 {
			out[i] = strings.TrimRight(first+l, " ")
		}
	}
	return out
}

// raw are the lines of a block as they were written.
func (d *drawing) raw(n ast.Node) []string {
	out := make([]string, n.Lines().Len())
	for i := range out {
		line := n.Lines().At(i)
		out[i] = printable(strings.ReplaceAll(trimNewline(string(line.Value(d.source))), "\t", "    "))
	}
	return out
}

func (d *drawing) prose(n ast.Node, style string) *prose {
	var p prose
	d.inline(&p, n, style)
	return &p
}

// style is what style is in this drawing.
func (d *drawing) style(style string) string {
	if d.plain {
		return ""
	}
	return style
}

// inline adds what is in parent to the prose.
func (d *drawing) inline(p *prose, parent ast.Node, style string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			p.add(d.written(n.Segment.Value(d.source), n.IsRaw()), d.style(style))
			switch {
			case n.HardLineBreak():
				p.newLine()
			case n.SoftLineBreak():
				p.add(" ", "")
			}
		case *ast.String:
			p.add(d.written(n.Value, n.IsRaw()), d.style(style))
		case *ast.CodeSpan:
			d.code(p, n)
		case *ast.Emphasis:
			d.inline(p, n, join(style, []string{italicStyle, boldStyle}[min(n.Level, 2)-1]))
		case *ast.Link:
			d.inline(p, n, style)
			p.add(" "+printable(string(n.Destination)), d.style(linkStyle))
		case *ast.Image:
			d.inline(p, n, style)
			p.add(" "+printable(string(n.Destination)), d.style(linkStyle))
		case *ast.AutoLink:
			p.add(printable(string(n.URL(d.source))), d.style(linkStyle))
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				p.add(printable(string(segment.Value(d.source))), d.style(style))
			}
		default:
			d.inline(p, n, style)
		}
	}
}

func (d *drawing) code(p *prose, n *ast.CodeSpan) {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.WriteString(printable(strings.ReplaceAll(string(t.Segment.Value(d.source)), "\n", " ")))
		}
	}
	if d.plain {
		p.add("`"+b.String()+"`", "")
		return
	}
	p.add(b.String(), codeStyle)
}

// written is text as it reads: without the backslashes, and with the signs that
// entities stand for. Signs that would steer the terminal are not among them.
func (d *drawing) written(b []byte, raw bool) string {
	if !raw {
		b = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(b)))
	}
	return printable(string(b))
}

func join(style, more string) string {
	if style == "" || style == more {
		return more
	}
	return style + ";" + more
}
