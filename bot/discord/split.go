package discord

import (
	"strings"
	"unicode/utf8"
)

// split parts text into pieces of at most limit characters, counted as Discord
// counts them: in code points. It parts at the end of a paragraph if it can, else
// of a line, else of a word. A code block is kept whole if one piece holds it;
// else each piece has its own fences.
func split(text string, limit int) []string {
	var parts []string
	var now strings.Builder
	length := 0
	flush := func() {
		if s := strings.Trim(now.String(), "\n"); s != "" {
			parts = append(parts, s)
		}
		now.Reset()
		length = 0
	}
	for _, p := range paragraphs(text) {
		n := utf8.RuneCountInString(p)
		if length > 0 && length+2+n > limit {
			flush()
		}
		if n <= limit {
			if length > 0 {
				now.WriteString("\n\n")
				length += 2
			}
			now.WriteString(p)
			length += n
			continue
		}
		parts = append(parts, splitParagraph(p, limit)...)
	}
	flush()
	return parts
}

// paragraphs are the pieces of text between empty lines; a code block with empty
// lines in it is one.
func paragraphs(text string) []string {
	var out, now []string
	fenced := false
	flush := func() {
		if len(now) > 0 {
			out = append(out, strings.Join(now, "\n"))
		}
		now = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if isFence(line) {
			if fenced = !fenced; fenced {
				flush()
			} else {
				now = append(now, line)
				flush()
				continue
			}
		}
		if strings.TrimSpace(line) == "" && !fenced {
			flush()
			continue
		}
		now = append(now, line)
	}
	flush()
	return out
}

// splitParagraph parts one that is too long for a piece.
func splitParagraph(p string, limit int) []string {
	open, fenced := "", isFence(p)
	lines := strings.Split(p, "\n")
	if fenced {
		open = strings.TrimSpace(lines[0])
		lines = lines[1:]
		if n := len(lines); n > 0 && isFence(lines[n-1]) {
			lines = lines[:n-1]
		}
		limit -= utf8.RuneCountInString(open) + len("\n\n```")
	}
	var parts []string
	for _, piece := range packed(lines, limit) {
		if strings.TrimSpace(piece) == "" {
			continue
		}
		if fenced {
			piece = open + "\n" + piece + "\n```"
		}
		parts = append(parts, piece)
	}
	return parts
}

// packed joins lines into pieces of at most limit characters.
func packed(lines []string, limit int) []string {
	var parts []string
	now, length := []string{}, 0
	for _, line := range lines {
		for _, l := range cutLine(line, limit) {
			n := utf8.RuneCountInString(l)
			if len(now) > 0 && length+1+n > limit {
				parts = append(parts, strings.Join(now, "\n"))
				now, length = nil, 0
			}
			now = append(now, l)
			length += n + 1
		}
	}
	return append(parts, strings.Join(now, "\n"))
}

// cutLine parts a line that is too long, behind a space if it has one.
func cutLine(line string, limit int) []string {
	var out []string
	runes := []rune(line)
	for len(runes) > limit {
		at := limit
		for i := limit; i > limit/2; i-- {
			if runes[i] == ' ' {
				at = i
				break
			}
		}
		out = append(out, string(runes[:at]))
		for at < len(runes) && runes[at] == ' ' {
			at++
		}
		runes = runes[at:]
	}
	return append(out, string(runes))
}

// shorten is text of at most n characters, with a sign where it was cut.
func shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:n-1]), " ") + "…"
}
