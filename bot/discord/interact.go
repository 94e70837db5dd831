package discord

import (
	"context"
	"net/http"
	"time"

	"mentor/bot"
)

// Types of answers to interactions (Discord's interaction documents, August
// 2026).
const (
	answerMessage     = 4
	answerLater       = 5 // "is thinking…"
	answerNothing     = 6 // to a button: taken
	answerSuggestions = 8
	answerForm        = 9
)

// firstAnswer is how long a first answer is worth sending: Discord takes it within
// 3 s.
const firstAnswer = 2900 * time.Millisecond

type response struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// onInteraction hands an interaction over.
func (b *Bot) onInteraction(i interaction) {
	u, _ := i.caller()
	if i.ID == "" || i.Token == "" || u == nil || u.ID == "" || !b.seen.first(i.ID) {
		return
	}
	if b.application() == "" {
		b.app.Store(i.ApplicationID)
	}
	came := time.Now()
	b.work.do("", func(ctx context.Context) { b.interact(ctx, i, came) })
}

// interact answers an interaction, whatever happens on the way.
func (b *Bot) interact(ctx context.Context, i interaction, came time.Time) {
	ctx, cancel := context.WithTimeout(ctx, b.pace.answer)
	defer cancel()
	switch i.Type {
	case typing:
		b.suggest(ctx, i, came)
	case usedComponent:
		p, ok := parsePress(i.Data.CustomID, i.Data.Values)
		switch {
		case !ok:
			b.reply(ctx, i, came, bot.Reply{Kind: bot.Help, Text: "This button is of another version of me, and I cannot tell what it meant. Please ask in your own words.", Private: true})
		case p.dismiss != "":
			b.dismiss(ctx, i, came, p.dismiss)
		default:
			b.consult(ctx, i, came, p.say)
		}
	case submittedForm:
		words, ok := wordsOfForm(i.Data)
		if !ok {
			b.reply(ctx, i, came, bot.Reply{Kind: bot.Help, Text: "This form is of another version of me, and I cannot tell what it meant. Please open it again.", Private: true})
			return
		}
		b.consult(ctx, i, came, words)
	case usedCommand:
		if i.Data.Type == messageCommand && i.Data.Name == teachThis {
			b.consult(ctx, i, came, b.teachWords(ctx, i))
			return
		}
		words, ok := wordsOfCommand(i.Data)
		if !ok {
			b.reply(ctx, i, came, bot.Reply{Kind: bot.Help, Text: "I do not know this command any more. `/help` lists those I know.", Private: true})
			return
		}
		b.consult(ctx, i, came, words)
	}
}

// A verdict is what the mentor said to an interaction.
type verdict struct {
	reply bot.Reply
	heard bool
	turn  bot.Turn // as far as it went; of nothing when the mentor was not asked
}

// consult asks the mentor. When that takes long, the person is told to wait, and
// what was said is filled in.
func (b *Bot) consult(ctx context.Context, i interaction, came time.Time, words string) {
	asked := make(chan verdict, 1)
	go func() {
		v := apology(came)
		defer func() { asked <- v }()
		b.work.safely(func(context.Context) { v = b.ask(ctx, i, came, words) })
	}()
	patience := time.NewTimer(b.pace.patience - time.Since(came))
	defer patience.Stop()
	select {
	case v := <-asked:
		b.conclude(ctx, i, came, v)
	case <-patience.C:
		b.later(ctx, i, came, asked, isPersonal(i))
	}
}

// ask makes a question of an interaction, which came at that instant.
func (b *Bot) ask(ctx context.Context, i interaction, came time.Time, words string) verdict {
	at, ok := timeOf(i.ID)
	u, m := i.caller()
	if !ok {
		return verdict{}
	}
	q := bot.Question{Text: words, Person: accountOf(u.ID), Name: nameOf(u, m), Place: i.ChannelID, Group: groupOf(i.GuildID), Event: eventOf(i.ID), At: at}
	if i.GuildID != "" {
		c := channel{ID: i.ChannelID}
		if i.Channel != nil {
			c = *i.Channel
		}
		q.Channel = channelOf(i.ChannelID, c)
		q.Admin = m != nil && has(permissionsIn(m.Permissions), permManageGuild)
		q.Roles = rolesOf(m)
	}
	turn := bot.Turn{Came: came, Asked: time.Now()}
	r, heard, err := b.mentor.Hear(ctx, q, bot.Command)
	if err != nil {
		b.log.Error("a question broke", "err", err)
		return apology(came)
	}
	turn.Said, turn.Reply = time.Now(), r
	return verdict{r, heard, turn}
}

// apology is the verdict when the mentor failed.
func apology(came time.Time) verdict {
	now := time.Now()
	return verdict{broken, true, bot.Turn{Came: came, Asked: now, Said: now, Reply: broken, Broke: true}}
}

// sent tells whether a verdict's reply is out.
func (b *Bot) sent(v verdict, whole bool) {
	if v.heard && !v.turn.Said.IsZero() {
		v.turn.Sent, v.turn.Lost = time.Now(), !whole
		b.observe(v.turn)
	}
}

// conclude sends the first answer. What the mentor did not hear, from somebody who
// presses too fast, is taken without a word.
func (b *Bot) conclude(ctx context.Context, i interaction, came time.Time, v verdict) {
	if v.heard {
		b.sent(v, b.reply(ctx, i, came, v.reply))
		return
	}
	if i.Type == usedComponent {
		b.first(ctx, i, came, response{Type: answerNothing}, nil)
		return
	}
	b.reply(ctx, i, came, bot.Reply{Kind: bot.Help, Text: "Give me half a minute, then go on.", Private: true})
}

// reply sends a reply as the first answer, and what does not fit behind it. It
// reports whether all of it was sent.
func (b *Bot) reply(ctx context.Context, i interaction, came time.Time, r bot.Reply) bool {
	if b.showForm(ctx, i, came, r) {
		return true
	}
	hidden := hides(i, r)
	posts := b.draw(r, lookOf(i, hidden))
	return b.first(ctx, i, came, response{answerMessage, bodyOf(posts[0], hidden)}, posts[0].files) &&
		b.followUp(ctx, i, posts[1:], hidden)
}

// hides reports whether only the caller is to see a reply: what is private, and in
// company what is of use to them alone, such as what a button brings, so that
// nobody's channel is flooded.
func hides(i interaction, r bot.Reply) bool {
	return !i.isDirect() && (r.Private || isPersonal(i))
}

func lookOf(i interaction, hidden bool) look {
	if u, _ := i.caller(); !hidden && !i.isDirect() {
		return look{asker: u.ID}
	}
	return look{}
}

// isPersonal reports, before there is a reply, whether it is for the caller alone.
func isPersonal(i interaction) bool {
	return !i.isDirect() && (i.Type == usedComponent || i.Type == submittedForm || !isPublic(i.Data.Name))
}

// first sends the first answer; it reports whether it is the one that counts.
func (b *Bot) first(ctx context.Context, i interaction, came time.Time, r response, files []file) bool {
	ctx, cancel := context.WithDeadline(ctx, came.Add(firstAnswer))
	defer cancel()
	err := b.rest.do(ctx, call{
		method: http.MethodPost, path: "/interactions/" + i.ID + "/" + i.Token + "/callback", body: r, files: files, open: true,
	}, nil)
	if refusedWith(err, codeAnswered) {
		return true // a try whose answer got lost has arrived
	}
	if err != nil {
		b.logSend("an interaction could not be answered", err)
	}
	return err == nil
}

func (b *Bot) webhook(i interaction) string { return "/webhooks/" + i.ApplicationID + "/" + i.Token }

// followUp sends posts behind the first answer. They have no nonce, so one that
// may have arrived is not sent again. It reports whether all were sent.
func (b *Bot) followUp(ctx context.Context, i interaction, posts []post, hidden bool) bool {
	for _, p := range posts {
		err := b.rest.do(ctx, call{method: http.MethodPost, path: b.webhook(i), body: bodyOf(p, hidden), files: p.files, open: true, once: true}, nil)
		if err != nil {
			b.logSend("the rest of an answer could not be sent", err)
			return false
		}
	}
	return true
}

// later says "is thinking…", waits for the mentor, and fills its reply in.
func (b *Bot) later(ctx context.Context, i interaction, came time.Time, asked <-chan verdict, hidden bool) {
	wait := response{Type: answerLater}
	if hidden {
		wait.Data = map[string]int{"flags": flagEphemeral}
	}
	if !b.first(ctx, i, came, wait, nil) {
		return
	}
	v := apology(came)
	select {
	case v = <-asked:
	case <-ctx.Done():
		next, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
		defer cancel()
		ctx = next
	}
	if !v.heard {
		b.fill(ctx, i, bot.Reply{Kind: bot.Help, Text: "Give me half a minute, then go on.", Private: true}, hidden)
		return
	}
	b.sent(v, b.fill(ctx, i, v.reply, hidden))
}

// fill puts a reply in place of "is thinking…". What turns out to be private
// must not be seen where the waiting was: it takes the place of nothing. It reports
// whether all of it was sent.
func (b *Bot) fill(ctx context.Context, i interaction, r bot.Reply, hidden bool) bool {
	original := b.webhook(i) + "/messages/@original"
	if hides(i, r) && !hidden {
		if err := b.rest.do(ctx, call{method: http.MethodDelete, path: original, open: true}, nil); err != nil && !refusedWith(err, codeUnknownMessage) {
			b.logSend("a message could not be taken back", err)
			return false
		}
		return b.followUp(ctx, i, b.draw(r, look{}), true)
	}
	posts := b.draw(r, lookOf(i, hidden))
	err := b.rest.do(ctx, call{method: http.MethodPatch, path: original, body: bodyOf(posts[0], false), files: posts[0].files, open: true}, nil)
	if err != nil {
		b.logSend("an answer could not be filled in", err)
		return false
	}
	return b.followUp(ctx, i, posts[1:], hidden)
}

// dismiss takes an answer away for whoever asked, or may manage messages.
func (b *Bot) dismiss(ctx context.Context, i interaction, came time.Time, asker string) {
	u, m := i.caller()
	if u.ID != asker && (m == nil || !has(permissionsIn(m.Permissions), permManageMessages)) {
		b.reply(ctx, i, came, bot.Reply{Kind: bot.Help, Text: "Only who asked can dismiss this answer.", Private: true})
		return
	}
	if !b.first(ctx, i, came, response{Type: answerNothing}, nil) {
		return
	}
	err := b.rest.do(ctx, call{method: http.MethodDelete, path: b.webhook(i) + "/messages/@original", open: true}, nil)
	if err != nil && !refusedWith(err, codeUnknownMessage) {
		b.logSend("an answer could not be dismissed", err)
	}
}

// A suggestion is a choice that autocomplete offers.
type suggestion struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// suggest answers what somebody has typed so far.
func (b *Bot) suggest(ctx context.Context, i interaction, came time.Time) {
	choices := []suggestion{} // an empty list is an answer, none is not
	b.work.safely(func(context.Context) { choices = append(choices, b.suggestions(ctx, i.Data)...) })
	b.first(ctx, i, came, response{answerSuggestions, map[string]any{"choices": choices}}, nil)
}
