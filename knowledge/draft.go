package knowledge

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A draft is an entry as it stands in its file: every value with its line, so
// that a broken rule can be pointed at.
type draft struct {
	file                string
	id, title, reviewed field
	hide, extend        field // "true" when set
	taught              field
	ask, see            []field
	askLine, seeLine    int
	sources             []draftSource
	short, more         string
	shortLine, moreLine int
}

// A field is a value and the line it stands on; line 0 means it is missing.
type field struct {
	text string
	line int
}

func (f field) problem(file, what, cure string) Problem {
	return Problem{File: file, Line: max(f.line, 1), What: what, Cure: cure}
}

type draftSource struct {
	line             int
	title, url, date field
}

const fence = "---"

const keys = "id, title, ask, see, sources, reviewed"

// layerKeys say what a file of a layer does to the guide below it: see [Guide.Lay].
const layerKeys = "hide, extend, taught"

// hides and extends report what the file is when it is no entry of its own.
func (d *draft) hides() bool   { return d.hide.text == "true" }
func (d *draft) extends() bool { return d.extend.text == "true" }

// parseDraft reads one file. The draft is as complete as the file allows; the
// problems are those that keep it from being served.
func parseDraft(file string, data []byte) (*draft, Problems) {
	d := &draft{file: file}
	text := strings.TrimPrefix(strings.ToValidUTF8(string(data), "\uFFFD"), "\uFEFF")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	front, body, ok := cutFrontMatter(text)
	if !ok {
		return d, Problems{{file, 1, "no front matter", "begin with a line ---, then the keys " + keys + ", then a line ---"}}
	}
	if p := d.oversize(front, body); p != nil {
		return d, Problems{*p}
	}
	problems := d.readFrontMatter(front)
	d.readBody(body, strings.Count(front, "\n")+3)
	return d, append(problems, d.missing()...)
}

// What a file may hold at most, in bytes; several times what the longest entry
// of the built-in guide has. Text made to be slow to parse stays fast within it.
const (
	maxFront = 64 << 10
	maxLine  = 2_000 // of the front matter
	maxBody  = 12_000
	maxDepth = 20 // of brackets in the front matter
)

// oversize returns what of the file is too large to be read, or nil.
func (d *draft) oversize(front, body string) *Problem {
	if len(front) > maxFront {
		return &Problem{d.file, 1, fmt.Sprintf("the front matter has %d bytes", len(front)), fmt.Sprintf("keep it below %d", maxFront)}
	}
	depth, n := 0, 1
	for line := range strings.Lines(front) {
		n++
		depth += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		deep := strings.Count(line, "- - ") + depth + strings.Count(line, "[[") + strings.Count(line, "{{")
		if len(line) > maxLine || deep > maxDepth {
			return &Problem{d.file, n, "this line of the front matter is too long or nests too deeply", "write plain keys and lists, one value a line"}
		}
	}
	if len(body) > maxBody {
		return &Problem{d.file, n + 2, fmt.Sprintf("the text has %d bytes", len(body)), fmt.Sprintf("keep it below %d, or split the topic", maxBody)}
	}
	return nil
}

// cutFrontMatter splits text at its two fence lines.
func cutFrontMatter(text string) (front, body string, ok bool) {
	rest, ok := strings.CutPrefix(text, fence+"\n")
	if !ok {
		return "", "", false
	}
	if body, ok := strings.CutPrefix(rest, fence+"\n"); ok {
		return "", body, true
	}
	front, body, ok = strings.Cut(rest, "\n"+fence+"\n")
	if !ok {
		front, ok = strings.CutSuffix(rest, "\n"+fence)
	}
	return front + "\n", body, ok
}

func (d *draft) readFrontMatter(front string) Problems {
	tree, err := parser.ParseBytes([]byte(front), 0)
	if err != nil {
		return Problems{d.yamlProblem(err)}
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return nil // every key is missing, and missing() says so
	}
	pairs, ok := tree.Docs[0].Body.(*ast.MappingNode)
	if !ok {
		return Problems{{d.file, 2, "the front matter is not a list of `key: value`", "use the keys " + keys}}
	}
	var problems Problems
	for _, pair := range pairs.Values {
		if p := d.readPair(pair); p != nil {
			problems = append(problems, *p)
		}
	}
	return problems
}

func (d *draft) yamlProblem(err error) Problem {
	p := Problem{d.file, 2, "the front matter is not YAML: " + err.Error(), "put values with : or # in double quotes"}
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		p.What = "the front matter is not YAML: " + syntax.GetMessage()
		if t := syntax.GetToken(); t != nil {
			p.Line = t.Position.Line + 1
		}
	}
	return p
}

func (d *draft) readPair(pair *ast.MappingValueNode) *Problem {
	key := scalar(pair.Key)
	var ok bool
	want := "one line of text"
	switch key.text {
	case "id":
		d.id, ok = oneLine(pair.Value)
	case "title":
		d.title, ok = oneLine(pair.Value)
	case "reviewed":
		d.reviewed, ok = oneLine(pair.Value)
	case "hide":
		want = "true or false"
		d.hide, ok = truth(pair.Value)
	case "extend":
		want = "true or false"
		d.extend, ok = truth(pair.Value)
	case "taught":
		want = "true or false"
		d.taught, ok = truth(pair.Value)
	case "ask":
		want, d.askLine = "a list of phrasings", key.line
		d.ask, ok = lines(pair.Value)
	case "see":
		want, d.seeLine = "a list of ids", key.line
		d.see, ok = lines(pair.Value)
	case "sources":
		want = "a list of {title, url, date}"
		d.sources, ok = sources(pair.Value)
	default:
		p := key.problem(d.file, fmt.Sprintf("unknown key %q", key.text), "the keys are "+keys+", and in a layer "+layerKeys)
		return &p
	}
	if ok {
		return nil
	}
	p := key.problem(d.file, key.text+" cannot be read", "it must be "+want)
	return &p
}

// scalar returns the text of a YAML scalar as it was written, so that the date
// 2024-07 and the version 1.10 stay what they are.
func scalar(n ast.Node) field {
	f := field{line: n.GetToken().Position.Line + 1}
	switch n := n.(type) {
	case *ast.StringNode:
		f.text = n.Value
	case *ast.LiteralNode:
		f.text = n.Value.Value
	case ast.ScalarNode:
		f.text = n.GetToken().Value
	}
	f.text = strings.TrimSpace(f.text)
	return f
}

func oneLine(n ast.Node) (field, bool) {
	switch n.(type) {
	case *ast.NullNode:
		return field{}, true
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return field{}, false
	case ast.ScalarNode:
		f := scalar(n)
		return f, !strings.Contains(f.text, "\n")
	}
	return field{}, false
}

// truth is oneLine for true and false.
func truth(n ast.Node) (field, bool) {
	f, ok := oneLine(n)
	return f, ok && (f.text == "true" || f.text == "false")
}

func lines(n ast.Node) ([]field, bool) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		_, null := n.(*ast.NullNode)
		return nil, null
	}
	var fields []field
	for _, v := range list.Values {
		f, ok := oneLine(v)
		if !ok {
			return nil, false
		}
		fields = append(fields, f)
	}
	return fields, true
}

func sources(n ast.Node) ([]draftSource, bool) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		_, null := n.(*ast.NullNode)
		return nil, null
	}
	var all []draftSource
	for _, v := range list.Values {
		m, ok := v.(*ast.MappingNode)
		if !ok {
			return nil, false
		}
		s := draftSource{line: v.GetToken().Position.Line + 1}
		for _, pair := range m.Values {
			value, ok := oneLine(pair.Value)
			if !ok {
				return nil, false
			}
			switch scalar(pair.Key).text {
			case "title":
				s.title = value
			case "url":
				s.url = value
			case "date":
				s.date = value
			default:
				return nil, false
			}
		}
		all = append(all, s)
	}
	return all, true
}

// moreHeading parts the short answer from the rest.
const moreHeading = "## More"

// readBody splits the body at the heading "## More", which is never inside a
// code fence because the short answer has none that holds it.
func (d *draft) readBody(body string, line int) {
	short, more, found := strings.Cut("\n"+body, "\n"+moreHeading+"\n")
	d.short, d.shortLine = trimBlank(strings.TrimPrefix(short, "\n"), line)
	if found {
		d.more, d.moreLine = trimBlank(more, line+strings.Count(short, "\n")+1)
	}
}

// trimBlank drops blank lines around text and returns the line it then starts on.
func trimBlank(text string, line int) (string, int) {
	trimmed := strings.TrimLeft(text, " \t\n")
	line += strings.Count(text[:len(text)-len(trimmed)], "\n")
	return strings.TrimSpace(trimmed), line
}

// missing lists what an entry cannot be served without.
func (d *draft) missing() Problems {
	var problems Problems
	need := func(ok bool, at field, what, cure string) {
		if !ok {
			problems = append(problems, at.problem(d.file, what, cure))
		}
	}
	name := strings.TrimSuffix(path.Base(d.file), ".md")
	need(d.id.text != "", d.id, "no id", fmt.Sprintf("write `id: %s`, the file's name", name))
	need(d.id.text == "" || d.id.text == name, d.id,
		fmt.Sprintf("the id %q is not the file's name", d.id.text), fmt.Sprintf("write `id: %s` or rename the file", name))
	if d.hides() || d.extends() {
		return append(problems, d.misplaced()...)
	}
	need(d.title.text != "", d.title, "no title", "write `title:` and a short question or phrase")
	need(len(d.ask) > 0, field{line: d.askLine}, "no phrasings", "list under `ask:` how learners put the question")
	need(d.short != "", field{line: d.shortLine}, "no short answer", "write it after the front matter, before `"+moreHeading+"`")
	return problems
}

// misplaced lists what a file that hides or extends an entry holds in vain.
func (d *draft) misplaced() Problems {
	switch {
	case d.hides() && (d.extends() || len(d.ask) > 0 || d.title.text != "" || d.short != ""):
		return Problems{d.hide.problem(d.file, "a file that hides an entry has more than its id", "remove the rest, or `hide: true`")}
	case d.extends() && (d.title.text != "" || d.short != ""):
		return Problems{d.extend.problem(d.file, "a file that extends an entry has a text of its own", "keep `id:` and `ask:` only, or remove `extend: true` to replace the entry")}
	case d.extends() && len(d.ask) == 0:
		return Problems{d.extend.problem(d.file, "no phrasings to extend the entry by", "list them under `ask:`")}
	}
	return nil
}

func (d *draft) entry() *Entry {
	e := &Entry{
		ID: d.id.text, Title: d.title.text, Reviewed: d.reviewed.text,
		Ask: texts(d.ask), See: texts(d.see), Short: d.short, More: d.more, Taught: d.taught.text == "true",
	}
	if dir := path.Dir(d.file); dir != "." {
		e.Section = path.Base(dir)
	}
	for _, s := range d.sources {
		e.Sources = append(e.Sources, Source{Title: s.title.text, URL: s.url.text, Date: s.date.text})
	}
	return e
}

func texts(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.text
	}
	return out
}
