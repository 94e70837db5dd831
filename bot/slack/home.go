package slack

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"mentor/bot"
)

// The home tab is made of what the mentor answers to `streak`, `roadmap`,
// `remind` and `privacy`, as far as it knows these words, with a button for each thing one does there.

// maxHome is how many blocks a home tab holds (docs.slack.dev/reference/block-kit/
// blocks, November 2026).
const maxHome = 100

// publishHome shows a person their home tab as it is now, below what came of
// their last click there, if anything.
func (b *Bot) publishHome(ctx context.Context, w *workspace, user string, news *bot.Reply) {
	who := w.person(ctx, user)
	ask := func(words string) (bot.Reply, bool) {
		q := bot.Question{Text: words, Person: account(w.id, user), Name: who.name, Zone: who.zone, Place: "home of " + user, At: b.now()}
		r, err := b.mentor.Handle(ctx, q)
		if err != nil {
			b.log.Error("the mentor failed the home tab", "words", words, "err", err)
			return bot.Reply{}, false
		}
		return r, true
	}
	blocks := homeBlocks(ask, news)
	view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks[:min(len(blocks), maxHome)]}}
	err := w.call(ctx, "views.publish", harmless, func(ctx context.Context) error {
		_, err := w.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: view})
		return err //nolint:wrapcheck // call looks into it
	})
	if err != nil {
		w.log.Error("publish the home tab", "err", clean(err))
	}
}

// homeBuilder numbers the presses of the tab.
type homeBuilder struct {
	blocks  []slack.Block
	presses int
}

func homeBlocks(ask func(words string) (bot.Reply, bool), news *bot.Reply) []slack.Block {
	h := &homeBuilder{presses: 100} // render counts from 1 for the news
	if news != nil {
		h.blocks = append(viewBlocks(*news), slack.NewDividerBlock())
	}
	if r, ok := ask("streak"); ok && (r.Kind == bot.Streak || r.Kind == bot.Unavailable) {
		h.days(r)
	}
	h.add(slack.NewActionBlock("", h.button(press{kind: pressAsk}, "Ask a question", slack.StyleDefault)))
	if r, ok := ask("roadmap"); ok && len(r.Choices) == bot.RoadmapSteps {
		h.road(r)
	}
	if r, ok := ask("remind"); ok && r.Kind == bot.Help && r.Topic == "" {
		h.part("Your reminders", r)
	}
	if r, ok := ask("privacy"); ok && r.Kind == bot.Help {
		h.part("What is stored", r)
	}
	return h.blocks
}

func (h *homeBuilder) add(blocks ...slack.Block) { h.blocks = append(h.blocks, blocks...) }

func (h *homeBuilder) button(p press, label string, style slack.Style) *slack.ButtonBlockElement {
	h.presses++
	e := slack.NewButtonBlockElement(p.actionID(h.presses), p.words, plainText(label))
	e.Style = style
	return e
}

// days shows the streak, and a button for what is open.
func (h *homeBuilder) days(r bot.Reply) {
	h.add(slack.NewHeaderBlock(plainText("Your days")))
	for _, m := range render(bot.Reply{Kind: bot.Help, Text: r.Text}, look{views: true}) {
		h.add(m.blocks...)
	}
	if r.View == nil {
		return
	}
	if r.View.DoneToday {
		h.add(slack.NewContextBlock("", markup("✅ Today is done.")))
		return
	}
	h.add(slack.NewActionBlock("",
		h.button(press{pressSay, "checkin"}, "Check in for today", slack.StylePrimary),
		h.button(press{pressSay, "yesterday"}, "I forgot yesterday", slack.StyleDefault),
	))
}

// road shows the steps with ticks, each with a button that changes its tick.
func (h *homeBuilder) road(r bot.Reply) {
	h.add(slack.NewDividerBlock(), slack.NewHeaderBlock(plainText("Your roadmap")))
	for i, c := range r.Choices {
		p, label := press{pressSay, fmt.Sprintf("done %d", i+1)}, "Done"
		if strings.HasPrefix(c.Title, "☑") {
			p, label = press{pressSay, fmt.Sprintf("undone %d", i+1)}, "Not done"
		}
		s := section(escape(c.Title))
		s.Accessory = slack.NewAccessory(h.button(p, label, slack.StyleDefault))
		h.add(s)
	}
}

// part is a reply under a heading, with its choices as buttons.
func (h *homeBuilder) part(heading string, r bot.Reply) {
	h.add(slack.NewDividerBlock(), slack.NewHeaderBlock(plainText(heading)))
	for _, m := range render(bot.Reply{Kind: bot.Help, Text: r.Text}, look{views: true}) {
		h.add(m.blocks...)
	}
	buttons := make([]slack.BlockElement, 0, len(r.Choices))
	for _, c := range r.Choices {
		buttons = append(buttons, h.button(press{pressSay, choiceWords(c)}, label(c.Title), slack.StyleDefault))
	}
	if len(buttons) > 0 {
		h.add(slack.NewActionBlock("", buttons...))
	}
}
