package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mentor/bot"
	"mentor/knowledge"
)

// Render draws a reply for a terminal of the given width. took is how long the
// reply took; 0 leaves it out. A plain reply holds no escape sequence.
func Render(r bot.Reply, took time.Duration, width int, plain bool) string {
	var b strings.Builder
	b.WriteString("\n" + markdown(r.Text, width, plain))
	if r.Calendar != nil {
		b.WriteString("\n" + calendar(*r.Calendar, width, plain))
	}
	if r.Days != nil {
		b.WriteString("\n" + groupDays(*r.Days, plain))
	}
	if r.File != nil {
		b.WriteString("\n" + string(r.File.Data))
	}
	if len(r.Sources) > 0 {
		b.WriteString("\n")
	}
	for i, s := range r.Sources {
		if r.HasMore && i == shortSources {
			b.WriteString(dim(fmt.Sprintf("and %d more", len(r.Sources)-i), plain) + "\n")
			break
		}
		b.WriteString(dim(source(s, r.HasMore), plain) + "\n")
	}
	if offered := r.Offered(); len(offered) > 0 {
		b.WriteString("\n")
		for i, c := range offered {
			fmt.Fprintf(&b, "  %s %s\n", bold(strconv.Itoa(i+1), plain), c.Title)
		}
	}
	if foot := footer(r, took); foot != "" {
		b.WriteString("\n" + dim(foot, plain) + "\n")
	}
	return b.String() + "\n"
}

// shortSources is how many sources are named under a short answer; "more" names
// them all.
const shortSources = 2

// source names a source; under a short answer without its address, which "more"
// shows.
func source(s knowledge.Source, short bool) string {
	line := fmt.Sprintf("Source: %s (%s)", s.Title, s.Date)
	if !short {
		line += ", " + s.URL
	}
	return line
}

// footer says how sure an answer is, how long it took, and what "more" would do.
func footer(r bot.Reply, took time.Duration) string {
	if r.Kind != bot.Answer {
		return ""
	}
	var parts []string
	if !r.Taught.IsZero() {
		parts = append(parts, r.Origin())
	}
	if sure := r.HowSure(); sure != "" {
		parts = append(parts, sure)
	}
	if took > 0 {
		parts = append(parts, fmt.Sprintf("%.1f ms", float64(took.Microseconds())/1000))
	}
	if r.HasMore {
		parts = append(parts, "`more` for the rest")
	}
	return strings.Join(parts, " · ")
}

func dim(s string, plain bool) string {
	if plain {
		return s
	}
	return "\x1b[2m" + s + "\x1b[0m"
}

func bold(s string, plain bool) string {
	if plain {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}

func trimNewline(s string) string { return strings.TrimRight(s, "\r\n") }

// printable replaces what would move the cursor or change colours.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
