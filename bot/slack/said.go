package slack

import (
	"regexp"
	"strings"
)

// Text that Slack delivers is escaped and holds tokens for people, channels and
// links (docs.slack.dev/messaging/formatting-message-text, November 2026).
var (
	token     = regexp.MustCompile(`<([^<>|]+)(?:\|([^<>]*))?>`)
	unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// said is a message's text as its author meant it, without the mentions of the
// bot, and whether there were any. Mentions of others stay: `streak <@U1>`.
func said(text, self string) (words string, mentioned bool) {
	words = token.ReplaceAllStringFunc(text, func(found string) string {
		m := token.FindStringSubmatch(found)
		target, label := m[1], m[2]
		switch {
		case target == "@"+self:
			mentioned = true
			return ""
		case strings.HasPrefix(target, "@"):
			return found
		case strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
			return target[:1] + strings.TrimLeft(label, "@#")
		case label != "":
			return label
		}
		return target
	})
	return strings.TrimSpace(unescaper.Replace(words)), mentioned
}
