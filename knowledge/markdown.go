package knowledge

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// markdown reads more than entries may hold, so that what they may not hold is
// recognised and named.
var markdown = goldmark.New(goldmark.WithExtensions(
	extension.Table, extension.Strikethrough, extension.TaskList, extension.Footnote))

const allowedMarkdown = "use headings (###), paragraphs, lists, tables, emphasis, code and links only"

const (
	// maxFirstReply leaves, of the 2,000 characters that Discord allows a message
	// (its API reference, 2026), room for the list of related topics.
	maxFirstReply = 1_500
	maxSentence   = 45 // words
)

// checkBody checks the short answer and the rest.
func (d *draft) checkBody() Problems {
	if d.short == "" {
		return nil // already reported
	}
	short := readMarkdown(d.short, d.shortLine)
	more := readMarkdown(d.more, d.moreLine)

	var problems Problems
	report := func(line int, what, cure string) {
		problems = append(problems, Problem{d.file, line, what, cure})
	}
	taught := d.taught.text == "true"
	least := minShort
	if taught {
		least = 1
	}
	if n := short.words(); n < least || n > maxShort {
		report(d.shortLine, fmt.Sprintf("the short answer has %d words", n), fmt.Sprintf("make it %d to %d, complete in itself", least, maxShort))
	}
	if n := len(strings.Join(texts(short.blocks), "\n")); n > maxFirstReply {
		report(d.shortLine, fmt.Sprintf("the short answer has %d bytes", n), fmt.Sprintf("keep it below %d: one chat message must hold it with its sources", maxFirstReply))
	}
	for _, b := range short.blocks {
		for _, s := range sentences(b.text) {
			if n := len(strings.Fields(s)); n > maxSentence {
				report(b.line, fmt.Sprintf("a sentence of the short answer has %d words", n), fmt.Sprintf("split it; %d are the most a tired reader follows", maxSentence))
			}
		}
	}
	for _, f := range append(short.forbidden, more.forbidden...) {
		report(f.line, f.text, allowedMarkdown)
	}
	titles := make([]string, len(d.sources))
	for i, s := range d.sources {
		titles[i] = s.title.text
	}
	for _, b := range append(short.blocks, more.blocks...) {
		if taught {
			break // it is the word of the group's mentors, and shown as theirs
		}
		for _, s := range bareFigures(b.text, titles) {
			report(b.line, fmt.Sprintf("the figure in %q has no year and no source", s), "say in the sentence when and where it was read, or leave it out")
		}
	}
	return problems
}

// prose is what the rules look at in a piece of Markdown.
type prose struct {
	blocks    []field // running text by paragraph, list item or table row, links marked
	forbidden []field // what an entry may not hold
}

func (p prose) words() int {
	n := 0
	for _, b := range p.blocks {
		n += len(strings.Fields(strings.ReplaceAll(b.text, linkMark, "")))
	}
	return n
}

// linkMark stands in running text where a link ends.
const linkMark = "\uE000"

// readMarkdown takes Markdown that starts on the given line of its file.
func readMarkdown(source string, firstLine int) prose {
	src := []byte(source)
	var p prose
	lineOf := func(n ast.Node) int { return firstLine + bytes.Count(src[:offset(n)], []byte("\n")) }
	depth := 0
	walk(markdown.Parser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) ast.WalkStatus {
		if _, ok := n.(*ast.List); ok {
			depth += map[bool]int{true: 1, false: -1}[entering]
		}
		if !entering {
			return ast.WalkContinue
		}
		if what := forbidden(n, depth); what != "" {
			p.forbidden = append(p.forbidden, field{what, lineOf(n)})
			return ast.WalkSkipChildren
		}
		switch n := n.(type) {
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
			p.blocks = append(p.blocks, field{inlineText(n, src), lineOf(n)})
		case *extast.TableRow:
			header := inlineText(n.Parent().FirstChild(), src)
			p.blocks = append(p.blocks, field{header + " " + inlineText(n, src), lineOf(n)})
		}
		return ast.WalkContinue
	})
	return p
}

// walk calls visit for every node below n. goldmark's own walk ends early only
// for an error of the visitor, and these have none.
func walk(n ast.Node, visit func(n ast.Node, entering bool) ast.WalkStatus) {
	err := ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { return visit(n, entering), nil })
	if err != nil {
		panic(err) // cannot be
	}
}

// forbidden names what n is when an entry may not hold it, else "".
func forbidden(n ast.Node, listDepth int) string {
	switch n := n.(type) {
	case *ast.Heading:
		if n.Level != 3 {
			return fmt.Sprintf("a heading of level %d", n.Level)
		}
	case *ast.List:
		if listDepth > 2 {
			return "a list three levels deep"
		}
	case *ast.Link:
		if !webAddress(string(n.Destination)) {
			return fmt.Sprintf("a link to %q, which is no web address", n.Destination)
		}
	case *ast.Image:
		return "an image"
	case *ast.HTMLBlock, *ast.RawHTML:
		return "HTML"
	case *ast.Blockquote:
		return "a block quote"
	case *ast.ThematicBreak:
		return "a rule"
	case *ast.CodeBlock:
		return "an indented code block (fence it with ```)"
	case *extast.Strikethrough:
		return "struck-out text"
	case *extast.TaskCheckBox:
		return "a task box"
	case *extast.FootnoteLink, *extast.FootnoteList:
		return "a footnote"
	}
	return ""
}

// offset returns where n begins in its source; for an inline node, where its
// block does.
func offset(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			return n.Lines().At(0).Start
		}
		for c := n.FirstChild(); c != nil; c = c.FirstChild() {
			if t, ok := c.(*ast.Text); ok {
				return t.Segment.Start
			}
			if c.Type() == ast.TypeBlock && c.Lines() != nil && c.Lines().Len() > 0 {
				return c.Lines().At(0).Start
			}
		}
	}
	return 0
}

// inlineText returns the words below n with links marked and without code.
func inlineText(n ast.Node, src []byte) string {
	var b strings.Builder
	walk(n, func(n ast.Node, entering bool) ast.WalkStatus {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(src))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		case *ast.AutoLink:
			b.WriteString(linkMark)
			return ast.WalkSkipChildren
		case *ast.Link:
			if !entering {
				b.WriteString(linkMark)
			}
		case *extast.TableCell:
			if !entering {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue
	})
	return b.String()
}
