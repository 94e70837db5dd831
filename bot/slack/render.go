package slack

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"mentor/bot"
	"mentor/knowledge"
)

// Limits of a message (docs.slack.dev/reference/block-kit, November 2026; the
// one on all text is undocumented, slackapi/bolt-js#2509: 13,200). Each leaves
// room for what stands beside: buttons, sources.
const (
	maxSection  = 2900 // of 3,000 characters
	maxBody     = 9000 // characters in the sections and the table of one message
	maxBlocks   = 40   // of 50
	maxFallback = 3900 // of 4,000 characters advised for text
	maxLabel    = 75   // characters on a button or an option
	maxButtons  = 5    // more choices than that become a menu
	maxRows     = 100  // of a table
	maxColumns  = 20
	maxTable    = 9000 // of 10,000 characters
)

// A message is what is sent at once. Text is what notifications and screen
// readers use.
type message struct {
	text   string
	blocks []slack.Block
}

// A look says how a reply is to be shown.
type look struct {
	share   string // words that bring the same answer for all to see; "" for no such button
	picture bool   // the picture that goes with it can be had in the direct chat
	title   string // a line above; "" for none
	views   bool   // in a modal or the home tab, where no table can be
	byline  string // a line in small print below, such as who shared it; mrkdwn
}

// render draws a reply: one message, or several for a long one. Only the last
// has buttons.
func render(r bot.Reply, l look) []message {
	var out []message
	var body bodyBuilder
	body.views = l.views
	var all []part
	for _, p := range parts(r.Text) {
		all = append(all, fit(p, l.views)...)
	}
	if len(all) == 0 { // marks alone: shown as they are
		all = fit(part{text: escape(r.Text)}, l.views)
	}
	if l.title != "" {
		all = slices.Insert(all, 0, part{text: "*" + escape(l.title) + "*"})
	}
	for _, p := range all {
		if body.full(p) {
			out = append(out, body.message())
			body = bodyBuilder{views: l.views}
		}
		body.add(p)
	}
	m := body.message()
	if small := smallPrint(r, l); small != "" {
		m.blocks = append(m.blocks, slack.NewContextBlock("", markup(small)))
	}
	m.blocks = append(m.blocks, actions(r, l)...)
	return append(out, m)
}

// A bodyBuilder gathers parts into sections.
type bodyBuilder struct {
	views   bool
	blocks  []slack.Block
	section []string
	text    []string
	runes   int
	tabled  bool
}

// full reports whether p goes into the next message: a message takes one table.
func (b *bodyBuilder) full(p part) bool {
	second := b.tabled && p.table != nil && !b.views
	return b.runes > 0 && (second || b.runes+b.size(p) > maxBody || len(b.blocks) >= maxBlocks)
}

// size is how many characters p puts into the blocks: a table's are in its cells.
func (b *bodyBuilder) size(p part) int {
	if b.views || tableBlock(p.table) == nil {
		return utf8.RuneCountInString(p.text)
	}
	n := 0
	for _, row := range p.table {
		for _, cell := range row {
			n += max(1, utf8.RuneCountInString(cell))
		}
	}
	return n
}

func (b *bodyBuilder) add(p part) {
	b.text = append(b.text, p.text)
	b.runes += b.size(p)
	if t := tableBlock(p.table); t != nil && !b.views {
		b.flush()
		b.blocks, b.tabled = append(b.blocks, t), true
		return
	}
	if n := utf8.RuneCountInString(strings.Join(b.section, "\n\n")); n > 0 && n+2+utf8.RuneCountInString(p.text) > maxSection {
		b.flush()
	}
	b.section = append(b.section, p.text)
}

// fit cuts a part into parts that each fit into a section. A table stays whole: it
// is a block of its own.
func fit(p part, views bool) []part {
	if !views && tableBlock(p.table) != nil || utf8.RuneCountInString(p.text) <= maxSection {
		return []part{p}
	}
	before, inside, after := "", p.text, ""
	if p.code {
		before, after = "```\n", "\n```"
		inside = strings.TrimSuffix(strings.TrimPrefix(p.text, before), after)
	}
	var out []part
	for _, piece := range pieces(inside, maxSection-len(before)-len(after)) {
		out = append(out, part{text: before + piece + after})
	}
	return out
}

// flush ends the section in hand.
func (b *bodyBuilder) flush() {
	if len(b.section) > 0 {
		b.blocks = append(b.blocks, section(strings.Join(b.section, "\n\n")))
		b.section = nil
	}
}

func (b *bodyBuilder) message() message {
	b.flush()
	return message{text: fallback(strings.Join(b.text, "\n\n")), blocks: b.blocks}
}

// fallback is text within what Slack advises, cut where a piece ends.
func fallback(text string) string {
	if p := pieces(text, maxFallback); len(p) > 1 {
		return strings.TrimSuffix(p[0], "```") + " …"
	}
	return text
}

// tableBlock is a table as Slack draws it; nil for one that it would refuse.
func tableBlock(rows [][]string) *slack.TableBlock {
	if len(rows) < 2 || len(rows) > maxRows || len(rows[0]) > maxColumns {
		return nil
	}
	t := slack.NewTableBlock("")
	for range rows[0] {
		t.ColumnSettings = append(t.ColumnSettings, slack.ColumnSetting{IsWrapped: true, Align: slack.ColumnAlignmentLeft})
	}
	runes := 0
	for _, row := range rows {
		var cells []slack.TableCell
		for _, c := range row {
			if c == "" {
				c = "–" // an empty cell is refused
			}
			runes += utf8.RuneCountInString(c)
			cells = append(cells, slack.NewTableRawTextCell(c))
		}
		t.Rows = append(t.Rows, cells)
	}
	if runes > maxTable {
		return nil
	}
	return t
}

// shortSources is how many sources are named under a short answer; "More" names
// them all.
const shortSources = 2

// smallPrint is what stands in small letters below: how sure the answer is,
// where its figures come from, who shared it.
func smallPrint(r bot.Reply, l look) string {
	var lines []string
	if sure := r.HowSure(); sure != "" && r.Kind == bot.Answer && r.HasMore {
		lines = append(lines, sure)
	}
	if !r.Taught.IsZero() {
		lines = append(lines, r.Origin())
	}
	for i, s := range r.Sources {
		if r.HasMore && i == shortSources {
			lines = append(lines, fmt.Sprintf("and %d more", len(r.Sources)-i))
			break
		}
		lines = append(lines, sourceLine(s))
	}
	if l.byline != "" {
		lines = append(lines, l.byline)
	}
	small := ""
	for _, line := range lines {
		if next := small + "\n" + line; utf8.RuneCountInString(next) < maxSection {
			small = next
		}
	}
	return strings.TrimPrefix(small, "\n")
}

func sourceLine(s knowledge.Source) string {
	return "Source: " + link(s.URL, s.Title) + " (" + escape(s.Date) + ")"
}

// actions are the buttons of a reply and, for a long list, a menu.
func actions(r bot.Reply, l look) []slack.Block {
	var blocks []slack.Block
	n := 0
	button := func(p press, label string) slack.BlockElement {
		n++
		return slack.NewButtonBlockElement(p.actionID(n), p.words, plainText(label))
	}
	offered := r.Offered()
	if len(offered) > maxButtons {
		n++
		blocks = append(blocks, menu(press{kind: pressPick}.actionID(n), offered))
	} else if len(offered) > 0 {
		choices := make([]slack.BlockElement, 0, len(offered))
		for _, c := range offered {
			choices = append(choices, button(press{pressSay, choiceWords(c)}, label(c.Title)))
		}
		blocks = append(blocks, slack.NewActionBlock("", choices...))
	}
	var own []slack.BlockElement
	if r.HasMore && r.Topic != "" {
		own = append(own, button(press{pressSay, moreWords(r.Topic)}, "More"))
	}
	if r.Kind == bot.Answer && r.Topic != "" {
		own = append(own, button(press{pressSay, goodWords(r.Topic)}, "👍 Helped"), button(press{pressSay, badWords(r.Topic)}, "👎 Did not help"))
	}
	if r.Form != nil {
		own = append(own, button(press{pressSay, r.Form.Say}, "Open the form"))
	}
	if l.picture {
		own = append(own, button(press{pressWrite, "streak"}, "Send me the picture"))
	}
	if l.share != "" && !r.Private {
		own = append(own, button(press{pressShare, l.share}, "Share with the channel"))
	}
	if len(own) > 0 {
		blocks = append(blocks, slack.NewActionBlock("", own...))
	}
	return blocks
}

// menu is a select over choices.
func menu(actionID string, choices []bot.Choice) slack.Block {
	s := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText("Open one"), actionID)
	for _, c := range choices {
		s.Options = append(s.Options, slack.NewOptionBlockObject(choiceWords(c), plainText(label(c.Title)), nil))
	}
	return slack.NewActionBlock("", s)
}

// label is a title as a button or an option can hold it.
func label(title string) string { return shorten(plain(title), maxLabel) }

func section(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(markup(text), nil, nil, slack.SectionBlockOptionExpand(true))
}

func markup(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, false)
}

func plainText(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, true, false)
}
