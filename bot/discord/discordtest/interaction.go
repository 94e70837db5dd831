package discordtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Types of interactions.
const (
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5
)

// Types of answers.
const (
	answerMessage       = 4
	answerDefer         = 5
	answerDeferUpdate   = 6
	answerUpdate        = 7
	answerChoices       = 8
	answerModal         = 9
	firstAnswerIn       = 3 * time.Second  // else the token dies
	tokenLives          = 15 * time.Minute // for edits and follow-ups
	minTokenCharacters  = 120
	maxChoicesPerAnswer = 25
	maxForeignFollowUps = 5 // where only the user has installed the bot
)

// An interaction is one command, press or submission with its clock.
type interaction struct {
	id, token string
	kind      int
	by        *User
	ch        *Channel
	at        time.Time
	what      string   // for reports
	command   *Command // of a command
	focused   string   // the option that is typed, of autocomplete
	message   *Message // the component's

	answered int      // the type of the first answer, 0 before it
	doubted  bool     // the bot was told that its first answer had failed
	original *Message // what @original is
	modal    *Modal
	choices  []Choice
	answers  []*Message // made or changed by it, in order
	more     int        // follow-ups
}

// A Modal is a form that the bot has shown to a user.
type Modal struct {
	Title      string      `json:"title"`
	CustomID   string      `json:"custom_id"`
	Components []Component `json:"components"`
}

// newInteraction begins an interaction. The world must be locked.
func (s *Server) newInteraction(kind int, by *User, ch *Channel, what string) *interaction {
	i := &interaction{id: s.newID(), kind: kind, by: by, ch: ch, at: s.Now()}
	i.token = fmt.Sprintf("aW50ZXJhY3Rpb246%s%0*x", i.id, minTokenCharacters, rand.Uint64())
	i.what = fmt.Sprintf("%s by %s in %v (%s)", what, by.Name, ch, i.id)
	s.begin(i)
	return i
}

// deliver sends an interaction to the bot. Only then does it owe an answer.
func (s *Server) deliver(i *interaction, data map[string]any) {
	i.ch.heard()
	payload := s.interactionJSON(i, data)
	if s.dispatch(event{name: "INTERACTION_CREATE", guild: i.ch.guildID(), data: payload}) > 0 {
		s.ledger.note(func() { s.ledger.pending[i.id] = i.what })
	}
}

// interactionJSON is the interaction object. In a guild the caller is the
// member, in a direct chat the user.
func (s *Server) interactionJSON(i *interaction, data map[string]any) map[string]any {
	b := map[string]any{
		"id": i.id, "application_id": s.application, "type": i.kind, "token": i.token, "version": 1, "data": data,
		"channel_id": i.ch.ID, "channel": i.ch.asJSON(), "locale": i.by.Locale, "entitlements": []any{},
		"app_permissions": strconv.FormatInt(i.ch.may(), 10), "authorizing_integration_owners": i.installedBy(),
		"fake_unknown_field": "x",
	}
	if i.message != nil {
		b["message"] = s.messageJSON(i.ch, i.message)
	}
	if i.ch.guild == nil {
		b["user"], b["context"] = i.by.asJSON(), 1
		return b
	}
	b["guild_id"], b["guild_locale"], b["context"] = i.ch.guild.ID, i.ch.guild.Locale, 0
	b["guild"] = map[string]any{"id": i.ch.guild.ID, "locale": i.ch.guild.Locale, "features": []any{}}
	if m := i.ch.guild.member(i.by.ID); m != nil {
		b["member"] = m.asJSON(true)
	}
	return b
}

// installedBy is who has installed the bot where the interaction happened: the
// guild as 0, or the user as 1. Direct chats with the bot have 0 for the guild.
func (i *interaction) installedBy() map[string]any {
	switch {
	case i.ch.guild == nil:
		return map[string]any{"0": "0"}
	case i.ch.guild.foreign:
		return map[string]any{"1": i.by.ID}
	}
	return map[string]any{"0": i.ch.guild.ID}
}

// isFromMessage reports whether the interaction came from a message's component,
// directly or through a modal.
func (i *interaction) isFromMessage() bool { return i.message != nil }

// changed notes that the interaction has changed a message.
func (i *interaction) changed(m *Message) {
	if !slices.Contains(i.answers, m) {
		i.answers = append(i.answers, m)
	}
}
