package discordtest

import (
	"math"
	"net/http"
	"slices"
)

func addInteractionRoutes(add adder) {
	add(http.MethodPost, "interactions/{interaction}/{token}/callback", (*Server).firstAnswer, byToken)
	add(http.MethodPost, "webhooks/{application}/{token}", byWebhook((*Server).followUp), byToken)
	const one = "webhooks/{application}/{token}/messages/{which}"
	add(http.MethodGet, one, byWebhook((*Server).getAnswer), byToken)
	add(http.MethodPatch, one, byWebhook((*Server).editAnswer), byToken)
	add(http.MethodDelete, one, byWebhook((*Server).deleteAnswer), byToken)
}

// firstAnswer answers an interaction for the first time.
func (s *Server) firstAnswer(c *call) (answer, *apiError) {
	i := s.interactions[c.params["interaction"]]
	if i == nil || i.token != c.params["token"] {
		return answer{}, violation(http.StatusNotFound, codeUnknownInteraction, "Unknown interaction")
	}
	took := s.Now().Sub(i.at)
	if took > firstAnswerIn && i.answered == 0 {
		s.ledger.note(func() { delete(s.ledger.pending, i.id) }) // counted as a violation instead
		return answer{}, violation(http.StatusNotFound, codeUnknownInteraction, "Unknown interaction")
	}
	if i.answered != 0 && i.doubted {
		return answer{}, fact(http.StatusBadRequest, codeAlreadyAnswered, "Interaction has already been acknowledged.")
	}
	if i.answered != 0 {
		return answer{}, refuse(http.StatusBadRequest, codeAlreadyAnswered, "Interaction has already been acknowledged.")
	}
	kind := int(c.body().key("type").integer(0, math.MaxInt32, 0))
	if c.body().key("type").required() && !i.accepts(kind) {
		c.body().key("type").fail("INTERACTION_CALLBACK_INVALID_TYPE", "A response of type %d does not fit an interaction of type %d.", kind, i.kind)
	}
	if err := c.form.err(); err != nil {
		return answer{}, err
	}
	if err := s.answerWith(i, kind, c); err != nil {
		return answer{}, err
	}
	i.answered, i.doubted = kind, c.fault.fails()
	s.ledger.note(func() {
		delete(s.ledger.pending, i.id)
		s.ledger.latencies = append(tail(s.ledger.latencies, s.ledger.keep), took)
	})
	return s.callbackAnswer(i, c), nil
}

// accepts reports whether an answer of that type fits the interaction.
func (i *interaction) accepts(kind int) bool {
	fits := map[int][]int{
		kindCommand:      {answerMessage, answerDefer, answerModal},
		kindComponent:    {answerMessage, answerDefer, answerDeferUpdate, answerUpdate, answerModal},
		kindAutocomplete: {answerChoices},
		kindModal:        {answerMessage, answerDefer},
	}[i.kind]
	if i.kind == kindModal && i.isFromMessage() {
		fits = append(fits, answerDeferUpdate, answerUpdate)
	}
	return slices.Contains(fits, kind)
}

// callbackAnswer is empty unless with_response asks for the message.
func (s *Server) callbackAnswer(i *interaction, c *call) answer {
	if c.query.Get("with_response") != "true" {
		return answer{status: http.StatusNoContent}
	}
	b := map[string]any{"interaction": map[string]any{"id": i.id, "type": i.kind}, "resource": map[string]any{"type": i.answered}}
	if i.original != nil {
		b["resource"] = map[string]any{"type": i.answered, "message": s.messageJSON(i.ch, i.original)}
	}
	return answer{body: b}
}

// answerWith does what the first answer says.
func (s *Server) answerWith(i *interaction, kind int, c *call) *apiError {
	data := c.body().key("data")
	switch kind {
	case answerMessage:
		d, err := readDraft(c, data, flagsOfAnswer)
		if err != nil {
			return err
		}
		i.original = s.answerMessage(i, d)
	case answerDefer:
		return s.deferAnswer(i, data)
	case answerDeferUpdate:
		i.original = i.message
	case answerUpdate:
		d, err := readEdit(c, data, i.message)
		if err != nil {
			return err
		}
		i.original = i.message
		s.change(i.ch, i.message, d)
		i.changed(i.message)
	case answerChoices:
		return s.offer(i, data)
	case answerModal:
		return s.showModal(i, data)
	}
	return nil
}

// answerMessage posts a message as an answer.
func (s *Server) answerMessage(i *interaction, d *draft) *Message {
	m := s.newMessage(i.ch, s.bot)
	s.fill(m, d)
	m.interaction, m.kind = i.id, typeSlashAnswer
	if i.kind == kindCommand && i.command.Type != CommandSlash {
		m.kind = typeMenuAnswer
	}
	if m.Ephemeral() {
		m.SeenBy = i.by.ID
	}
	s.post(i.ch, m, d)
	i.answers = append(i.answers, m)
	return m
}

// deferAnswer posts "is thinking…". It may say nothing but that the answer will be
// ephemeral.
func (s *Server) deferAnswer(i *interaction, data field) *apiError {
	flags := data.key("flags").integer(0, math.MaxInt32, 0)
	if flags&^FlagEphemeral != 0 {
		data.key("flags").fail("MESSAGE_FLAGS_NOT_ALLOWED", "Only the EPHEMERAL flag may be set here.")
	}
	if err := data.form.err(); err != nil {
		return err
	}
	i.original = s.answerMessage(i, &draft{flags: int(flags) | FlagLoading})
	return nil
}

// offer shows the choices of autocomplete.
func (s *Server) offer(i *interaction, data field) *apiError {
	kind := int64(OptionString)
	if o, ok := findOption(i.command.Options, i.focused); ok {
		kind = int64(o.Type)
	}
	choices := data.key("choices")
	for _, one := range choices.list(0, maxChoicesPerAnswer) {
		checkChoice(one, kind)
	}
	choices.into(&i.choices)
	return data.form.err()
}

// showModal shows a modal.
func (s *Server) showModal(i *interaction, data field) *apiError {
	if data.required() {
		k := &componentCheck{draft: &draft{}, ids: map[string]bool{}}
		k.modal(data)
	}
	modal := &Modal{}
	data.into(modal)
	if err := data.form.err(); err != nil {
		return err
	}
	i.modal = modal
	return nil
}

// byWebhook makes a handler of one that needs a living interaction that has been
// answered. The codes are the least certain of the fake: see the documents'
// table.
func byWebhook(f func(*Server, *interaction, *call) (answer, *apiError)) handler {
	return func(s *Server, c *call) (answer, *apiError) {
		i := s.tokens[c.params["token"]]
		switch {
		case i == nil || c.params["application"] != s.application:
			return answer{}, violation(http.StatusNotFound, codeUnknownWebhook, "Unknown Webhook")
		case s.Now().Sub(i.at) > tokenLives:
			return answer{}, violation(http.StatusUnauthorized, codeInvalidWebhookToken, "Invalid Webhook Token")
		case i.answered == 0 && c.params["which"] != "":
			return answer{}, violation(http.StatusNotFound, codeUnknownMessage, "Unknown Message")
		case i.answered == 0:
			return answer{}, violation(http.StatusNotFound, codeUnknownWebhook, "Unknown Webhook")
		}
		return f(s, i, c)
	}
}

// followUp posts another message, or fills the first one if it still says "is
// thinking…"; whether that one is ephemeral was settled then.
func (s *Server) followUp(i *interaction, c *call) (answer, *apiError) {
	d, err := readDraft(c, c.body(), flagsOfAnswer)
	if err != nil {
		return answer{}, err
	}
	if i.more++; i.more > maxForeignFollowUps && i.ch.guild != nil && i.ch.guild.foreign {
		return answer{}, violation(http.StatusBadRequest, codeTooManyFollowUps, "Maximum number of follow up messages reached.")
	}
	if m := i.original; m != nil && m.Loading() && !m.deleted {
		s.change(i.ch, m, d)
		return answer{body: s.messageJSON(i.ch, m)}, nil
	}
	return answer{body: s.messageJSON(i.ch, s.answerMessage(i, d))}, nil
}

// which is the message a call is about: @original, or one by id.
func (i *interaction) which(c *call) (*Message, *apiError) {
	m := i.original
	if id := c.params["which"]; id != "@original" {
		m = nil
		for _, a := range i.answers {
			if a.ID == id {
				m = a
			}
		}
	}
	if m == nil || m.deleted {
		return nil, refuse(http.StatusNotFound, codeUnknownMessage, "Unknown Message")
	}
	return m, nil
}

func (s *Server) getAnswer(i *interaction, c *call) (answer, *apiError) {
	m, err := i.which(c)
	if err != nil {
		return answer{}, err
	}
	return answer{body: s.messageJSON(i.ch, m)}, nil
}

// editAnswer changes an answer. Its being ephemeral does not change.
func (s *Server) editAnswer(i *interaction, c *call) (answer, *apiError) {
	m, err := i.which(c)
	if err != nil {
		return answer{}, err
	}
	d, err := readEdit(c, c.body(), m)
	if err != nil {
		return answer{}, err
	}
	s.change(i.ch, m, d)
	i.changed(m)
	return answer{body: s.messageJSON(i.ch, m)}, nil
}

func (s *Server) deleteAnswer(i *interaction, c *call) (answer, *apiError) {
	m, err := i.which(c)
	if err != nil {
		return answer{}, err
	}
	s.deleteMessage(i.ch, m)
	return answer{status: http.StatusNoContent}, nil
}
