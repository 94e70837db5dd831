package slacktest

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What posts are searched for. Links and mentions are tokens in <…>; escaping
// and tokens: docs.slack.dev/messaging/formatting-message-text, November 2026.
var (
	code       = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	residue    = regexp.MustCompile(`\*\*|\]\(|(?m)^#{1,6} |\| *:?-{3,}`)
	pingTokens = regexp.MustCompile(`<@[UW][A-Z0-9]+(\|[^>]*)?>|<!(channel|here|everyone|subteam\^[A-Z0-9]+)(\|[^>]*)?>`)
	tokens     = regexp.MustCompile(`<([@#][A-Z0-9]+|![a-z]+[^<>]*|(https?://|mailto:|tel:)[^<>|]+)(\|[^<>]*)?>`)
	entities   = regexp.MustCompile(`&(amp|lt|gt);`)
	quotes     = regexp.MustCompile(`(?m)^(>>>|>) ?`)
)

// lintPost looks at a chat.postMessage that Slack takes. The caller holds s.mu.
func (s *Server) lintPost(c *call, d draft) {
	s.lintDraft(c.method, d)
	if c.truth("unfurl_links", true) || c.truth("unfurl_media", true) {
		s.violate(Unfurl, c.method+": set unfurl_links and unfurl_media to false: "+short(d.text))
	}
	if c.truth("link_names", false) || c.str("parse") == "full" {
		s.ping("link_names or parse=full makes any @name a ping")
	}
}

// lintDraft looks at the content of a message that Slack takes.
func (s *Server) lintDraft(from string, d draft) {
	texts := textsOf(d.blocks)
	if d.text != "" {
		texts = append(texts, markup{"mrkdwn", d.text})
	}
	if d.markdown != "" {
		texts = append(texts, markup{"markdown", d.markdown})
	}
	if len(d.blocks) > 0 && d.text == "" {
		s.violate(NoText, from+": blocks need text beside them for notifications and screen readers")
	}
	if n := utf8.RuneCountInString(d.text); n > maxText {
		s.violate(LongText, from+": more than 4,000 characters: "+short(d.text))
	}
	s.lintTexts(from, texts, true)
}

// lintTexts looks at texts. Mentions count once for each person, and only where
// they are posted: in a view they notify nobody.
func (s *Server) lintTexts(from string, texts []markup, posted bool) {
	pings := make(map[string]bool)
	for _, t := range texts {
		if posted && t.kind != "plain_text" {
			for _, token := range pingTokens.FindAllString(t.text, -1) {
				pings[token] = true
			}
		}
		if m := residue.FindString(code.ReplaceAllString(t.text, "")); m != "" && t.kind != "markdown" {
			s.violate(MarkdownResidue, from+": "+strings.TrimSpace(m)+" is shown as it is: "+short(t.text))
		}
		if t.kind == "mrkdwn" && unescaped(t.text) {
			s.violate(Unescaped, from+": & < > must be sent as &amp; &lt; &gt;: "+short(t.text))
		}
	}
	for token := range pings {
		s.ping(token)
	}
}

// ping counts a mention, and records it unless that person may be pinged.
func (s *Server) ping(token string) {
	s.ledger.pings = append(s.ledger.pings, token)
	who, _, _ := strings.Cut(strings.TrimSuffix(token, ">"), "|")
	if !s.ledger.meant[who+">"] {
		s.violate(Ping, token)
	}
}

// unescaped reports whether a text holds one of & < > that is neither escaped,
// nor part of a token, nor the mark of a quotation.
func unescaped(text string) bool {
	text = tokens.ReplaceAllString(text, "")
	text = entities.ReplaceAllString(text, "")
	text = quotes.ReplaceAllString(text, "")
	return strings.ContainsAny(text, "&<>")
}

// A markup is a text and the language it is in: mrkdwn, markdown or plain_text.
type markup struct{ kind, text string }

// textsOf finds the texts in blocks, in an order that never changes.
func textsOf(v any) []markup {
	switch v := v.(type) {
	case []any:
		all := make([]markup, 0, len(v))
		for _, e := range v {
			all = append(all, textsOf(e)...)
		}
		return all
	case obj:
		return textsOfObject(v)
	}
	return nil
}

func textsOfObject(o obj) []markup {
	text, isText := o["text"].(string)
	kind := member(o, "type")
	if isText && slices.Contains([]string{"mrkdwn", "markdown", "plain_text"}, kind) {
		return []markup{{kind, text}}
	}
	if kind == "rich_text" || kind == "raw_text" {
		return []markup{{"plain_text", flatten(o)}} // shown as it is
	}
	var all []markup
	for _, key := range sortedKeys(o) {
		all = append(all, textsOf(o[key])...)
	}
	return all
}

func sortedKeys(o obj) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// short is the beginning of a text, on one line.
func short(text string) string {
	runes := []rune(strings.ReplaceAll(text, "\n", "⏎"))
	if len(runes) > 80 {
		return string(runes[:79]) + "…"
	}
	return string(runes)
}
