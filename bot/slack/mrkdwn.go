package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Slack's own markup, mrkdwn, has no headings, no tables, other stars than
// Markdown, and three characters to escape (docs.slack.dev, "Formatting message
// text", November 2026). This file turns the Markdown that a reply may hold into it.

// joint is a space of no width: it parts signs that Slack would read together
// or not at all.
const joint = "\u200b"

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text show as it is: it can mention, link and notify nobody.
func escape(text string) string { return escaper.Replace(text) }

// mrkdwn is a line of Markdown, such as a paragraph, in Slack's markup.
func mrkdwn(line string) string {
	in := inline{src: line}
	in.run(len(line))
	return in.out.String()
}

// plain is a line of Markdown without any markup, not escaped.
func plain(line string) string {
	in := inline{src: line, bare: true}
	in.run(len(line))
	return in.out.String()
}

// inline converts running text from at on.
type inline struct {
	src  string
	at   int
	bare bool // words only, neither escaped nor marked
	out  strings.Builder
}

// run converts up to end.
func (in *inline) run(end int) {
	for in.at < end {
		rest := in.src[in.at:end]
		if n := in.markup(rest); n > 0 {
			in.at += n
			continue
		}
		_, n := utf8.DecodeRuneInString(rest)
		in.text(rest[:n])
		in.at += n
	}
}

// markup converts what rest begins with and returns its length, 0 for plain text.
func (in *inline) markup(rest string) int {
	switch rest[0] {
	case '\\':
		return in.escaped(rest)
	case '`':
		return in.code(rest)
	case '*', '_':
		return in.emphasis(rest)
	case '[':
		return in.link(rest)
	case '<':
		return in.autolink(rest)
	}
	return 0
}

func (in *inline) text(s string) {
	if in.bare {
		in.out.WriteString(s)
		return
	}
	in.out.WriteString(escape(s))
}

// escaped takes a backslash and the sign that it makes a plain one.
func (in *inline) escaped(rest string) int {
	if len(rest) < 2 || rest[1] >= utf8.RuneSelf || !strings.ContainsRune("\\`*_{}[]()<>#+-.!|~&\"'", rune(rest[1])) {
		return 0
	}
	in.text(rest[1:2])
	if !in.bare && strings.IndexByte("*_~`[]#", rest[1]) >= 0 {
		in.out.WriteString(joint)
	}
	return 2
}

func (in *inline) code(rest string) int {
	ticks := len(rest) - len(strings.TrimLeft(rest, "`"))
	fence := rest[:ticks]
	end := strings.Index(rest[ticks:], fence)
	if end < 0 {
		return 0
	}
	inside := strings.TrimSpace(rest[ticks : ticks+end])
	if inside == "" || in.bare {
		in.text(inside)
	} else {
		in.apart()
		in.out.WriteString("`" + escape(strings.ReplaceAll(inside, "`", "'")) + "`")
		in.partBefore(rest[2*ticks+end:])
	}
	return 2*ticks + end
}

// emphasis takes **strong** and *light* text, with either sign.
func (in *inline) emphasis(rest string) int {
	mark, shown := rest[:1], "_"
	if strings.HasPrefix(rest, mark+mark) {
		mark, shown = mark+mark, "*"
	}
	before, _ := utf8.DecodeLastRuneInString(in.src[:in.at])
	if mark[0] == '_' && isWord(before) {
		return 0 // snake_case
	}
	end := closing(rest, mark)
	if end < 0 {
		return 0
	}
	if !in.bare {
		in.apart()
		in.out.WriteString(shown)
	}
	inner := inline{src: rest[len(mark):end], bare: in.bare}
	inner.run(len(inner.src))
	in.out.WriteString(inner.out.String())
	if !in.bare {
		in.out.WriteString(shown)
		in.partBefore(rest[end+len(mark):])
	}
	return end + len(mark)
}

// closing is where the mark that rest begins with is closed, -1 for nowhere.
func closing(rest, mark string) int {
	first, _ := utf8.DecodeRuneInString(rest[len(mark):])
	if first == utf8.RuneError || unicode.IsSpace(first) {
		return -1
	}
	for i := len(mark) + 1; i+len(mark) <= len(rest); i++ {
		switch {
		case rest[i-1] == '\\':
		case rest[i] == '`': // no mark inside of code counts
			if n := strings.IndexByte(rest[i+1:], '`'); n >= 0 {
				i += n + 1
			}
		case len(mark) == 1 && strings.HasPrefix(rest[i:], mark+mark):
			n := closing(rest[i:], mark+mark) // strong inside of light
			if n < 0 {
				continue
			}
			i += n + 1
		case strings.HasPrefix(rest[i:], mark):
			after, _ := utf8.DecodeRuneInString(rest[i+len(mark):])
			if unicode.IsSpace(rune(rest[i-1])) || mark[0] == '_' && isWord(after) {
				continue
			}
			if strings.HasPrefix(rest[i:], mark+mark[:1]) { // ***: the inner one closes first
				i++
			}
			return i
		}
	}
	return -1
}

var linkForm = regexp.MustCompile(`^\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\(\s*<?((?:[^\s()<>\\]|\\.|\([^\s()]*\))+)>?(?:\s+"[^"]*")?\s*\)`)

func (in *inline) link(rest string) int {
	found := linkForm.FindStringSubmatch(rest)
	if found == nil {
		return 0
	}
	label, address := plain(found[1]), strings.ReplaceAll(found[2], `\`, "")
	if in.bare {
		in.out.WriteString(label)
	} else {
		in.out.WriteString(link(address, label))
	}
	return len(found[0])
}

// link is a link with a label. What is no web address gives the label alone.
func link(address, label string) string {
	label = escape(strings.ReplaceAll(label, "|", "/"))
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") || strings.ContainsAny(address, "<>| ") {
		return label
	}
	if label == "" {
		return "<" + escape(address) + ">"
	}
	return "<" + escape(address) + "|" + label + ">"
}

var autoForm = regexp.MustCompile(`^<(https?://[^\s<>|]+)>`)

func (in *inline) autolink(rest string) int {
	found := autoForm.FindStringSubmatch(rest)
	if found == nil {
		return 0
	}
	if in.bare {
		in.out.WriteString(found[1])
	} else {
		in.out.WriteString(link(found[1], ""))
	}
	return len(found[0])
}

// apart writes a joint when the next sign would stand in the middle of a word,
// where Slack does not read it as markup.
func (in *inline) apart() {
	if r, _ := utf8.DecodeLastRuneInString(in.out.String()); isWord(r) {
		in.out.WriteString(joint)
	}
}

// partBefore does the same after a sign.
func (in *inline) partBefore(rest string) {
	if r, _ := utf8.DecodeRuneInString(rest); isWord(r) {
		in.out.WriteString(joint)
	}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
