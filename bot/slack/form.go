package slack

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot"
)

// maxOffers is how many options a select shows (docs.slack.dev/reference/
// block-kit/block-elements/select-menu-element, November 2026: 100); more than
// twenty are no help.
const maxOffers = 20

// offerTime is how long a suggestion may take: it is the acknowledgement itself.
const offerTime = time.Second

// offers are the guide's entries for who types into the form; none when they are
// not found in time.
func (b *Bot) offers(typed string) any {
	ctx, cancel := context.WithTimeout(context.Background(), offerTime)
	defer cancel()
	found := make(chan []bot.Choice, 1)
	b.crew.aside(func() { found <- b.suggest(ctx, typed, maxOffers) })
	options := make([]*slack.OptionBlockObject, 0, maxOffers)
	select {
	case <-ctx.Done():
	case choices := <-found:
		for _, c := range choices {
			options = append(options, slack.NewOptionBlockObject(c.Topic, plainText(label(c.Title)), nil))
		}
	}
	return slack.OptionsResponse{Options: options}
}

// form is the modal to ask in.
func form() slack.ModalViewRequest {
	topic := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plainText("Begin to type"), askTopic)
	topic.MinQueryLength = new(1)
	words := slack.NewPlainTextInputBlockElement(plainText("which language is easiest?"), askWords)
	words.Multiline = true
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: askCallback, Title: plainText("Ask the mentor"), Submit: plainText("Ask"), Close: plainText("Cancel"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock(askTopic, plainText("A question of the guide"), nil, topic).WithOptional(true),
			slack.NewInputBlock(askWords, plainText("Or in your own words"), nil, words).WithOptional(true),
		}},
	}
}

// openForm opens the form, within the 3 s that a trigger lives, so it does not
// wait for what else the person said. It reports false when there is too much to do.
func (b *Bot) openForm(w *workspace, user, trigger string) bool {
	return b.crew.add("form "+w.id+user, func(ctx context.Context) { w.openForm(ctx, trigger) })
}

func (w *workspace) openForm(ctx context.Context, trigger string) {
	err := w.call(ctx, "views.open", never, func(ctx context.Context) error {
		_, err := w.api.OpenViewContext(ctx, trigger, form())
		return err //nolint:wrapcheck // call looks into it
	})
	if err != nil {
		w.log.Error("open the form", "err", clean(err))
	}
}

// waitShown is how long Slack has to show what the form was acknowledged with: it
// comes another way than the answer, and must not overwrite it.
const waitShown = 400 * time.Millisecond

// submitted takes the form. The modal stays and shows the answer.
func (b *Bot) submitted(w *workspace, e envelope, i slack.InteractionCallback) (answer any, ok bool) {
	if i.View.CallbackID == replyCallback && i.View.State != nil {
		return nil, b.formSubmitted(w, e, i)
	}
	if i.View.CallbackID != askCallback || i.View.State == nil {
		return nil, true
	}
	topic := i.View.State.Values[askTopic][askTopic].SelectedOption.Value
	words := strings.TrimSpace(i.View.State.Values[askWords][askWords].Value)
	switch {
	case words != "":
		words = "ask " + words
	case topic != "":
		words = openWords(topic)
	default:
		return slack.NewErrorsViewSubmissionResponse(map[string]string{askWords: "Pick a question above, or write one here."}), true
	}
	t := target{user: i.User.ID, came: time.Now(), view: i.View.ID}
	q := t.question(w, words)
	q.Event, q.At = envelopeEvent(w.id, e.ID), b.now()
	wait := modal([]slack.Block{section("One moment …")})
	return slack.NewUpdateViewSubmissionResponse(&wait), b.crew.add(w.id+i.User.ID, func(ctx context.Context) {
		if sleep(ctx, waitShown) == nil {
			b.answer(ctx, w, q, bot.Command, t)
		}
	})
}

// modal is a form that only shows.
func modal(blocks []slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: answerView, Title: plainText("The mentor's answer"), Close: plainText("Close"), Blocks: slack.Blocks{BlockSet: blocks},
	}
}

// answerModal shows a reply, with a line above unless title is "".
func answerModal(r bot.Reply, title string) slack.ModalViewRequest {
	return modal(viewBlocks(r, title))
}

// viewBlocks are a reply in a modal or the home tab.
func viewBlocks(r bot.Reply, title string) []slack.Block {
	var blocks []slack.Block
	for _, m := range render(r, look{views: true, title: title}) {
		blocks = append(blocks, m.blocks...)
	}
	return blocks
}

func (w *workspace) updateModal(ctx context.Context, id string, v slack.ModalViewRequest) error {
	err := w.call(ctx, "views.update", harmless, func(ctx context.Context) error {
		_, err := w.api.UpdateViewContext(ctx, v, "", "", id)
		return err //nolint:wrapcheck // call looks into it
	})
	if codeOf(err) == "not_found" {
		return nil // closed meanwhile
	}
	if err != nil {
		return fmt.Errorf("update a modal: %w", err)
	}
	return nil
}
