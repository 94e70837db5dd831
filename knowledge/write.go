package knowledge

import (
	"fmt"
	"strconv"
	"strings"
)

// Write returns an entry as the file <section>/<id>.md that [Load] and [Guide.Lay]
// read back as the same entry. What the front matter holds on one line (title,
// phrasings, sources) has its line breaks made spaces.
func Write(e *Entry) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nid: %s\ntitle: %s\n", fence, e.ID, quoted(e.Title))
	writeList(&b, "ask", e.Ask)
	writeList(&b, "see", e.See)
	if len(e.Sources) > 0 {
		b.WriteString("sources:\n")
	}
	for _, s := range e.Sources {
		fmt.Fprintf(&b, "  - {title: %s, url: %s, date: %s}\n", quoted(s.Title), quoted(s.URL), quoted(s.Date))
	}
	if e.Taught {
		b.WriteString("taught: true\n")
	}
	if e.Reviewed != "" {
		fmt.Fprintf(&b, "reviewed: %s\n", e.Reviewed)
	}
	fmt.Fprintf(&b, "%s\n%s\n", fence, strings.TrimSpace(e.Short))
	if e.More != "" {
		fmt.Fprintf(&b, "\n%s\n%s\n", moreHeading, strings.TrimSpace(e.More))
	}
	return []byte(b.String())
}

// WriteExtension returns the file <section>/<id>.md of a layer that gives the
// entry with the id more phrasings.
func WriteExtension(id string, ask []string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nid: %s\nextend: true\n", fence, id)
	writeList(&b, "ask", ask)
	b.WriteString(fence + "\n")
	return []byte(b.String())
}

// ValidID reports whether id can name an entry and its file: small letters, digits
// and single hyphens.
func ValidID(id string) bool { return idForm.MatchString(id) }

func writeList(b *strings.Builder, key string, values []string) {
	if len(values) == 0 {
		return
	}
	b.WriteString(key + ":\n")
	for _, v := range values {
		fmt.Fprintf(b, "  - %s\n", quoted(v))
	}
}

// quoted is s as one line in the double quotes of YAML, which go by the rules of
// JSON where both have one.
func quoted(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case !strconv.IsPrint(r) && r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
