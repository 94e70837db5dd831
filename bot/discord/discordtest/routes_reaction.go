package discordtest

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"
)

func addReactionRoutes(add adder) {
	const one = "channels/{channel}/messages/{message}/reactions/{emoji}"
	add(http.MethodPut, one+"/@me", onMessage((*Server).react), tight)
	add(http.MethodDelete, one+"/@me", onMessage((*Server).unreact), tight)
	add(http.MethodGet, one, onMessage((*Server).reactions))
	add(http.MethodDelete, one, onMessage((*Server).clearReactions))
	add(http.MethodDelete, one+"/{user}", onMessage((*Server).clearReactions))
	add(http.MethodDelete, "channels/{channel}/messages/{message}/reactions", onMessage((*Server).clearReactions))
}

// ownEmoji is how a server's own emoji is named in a path.
var ownEmoji = regexp.MustCompile(`^[A-Za-z0-9_]{2,32}:\d+$`)

// emoji is the call's emoji, percent-encoded in the path: name:id, or a Unicode
// one.
func emoji(c *call) (string, *apiError) {
	e, err := url.PathUnescape(c.params["emoji"])
	r, _ := utf8.DecodeRuneInString(e)
	if err != nil || !ownEmoji.MatchString(e) && (r < 0x200 || utf8.RuneCountInString(e) > 8) && !isKeycap(e) {
		return "", violation(http.StatusBadRequest, codeUnknownEmoji, "Unknown Emoji")
	}
	return e, nil
}

// isKeycap reports whether e is a digit, # or * in a key.
func isKeycap(e string) bool {
	return len(e) > 1 && []rune(e)[utf8.RuneCountInString(e)-1] == 0x20E3
}

func (s *Server) react(ch *Channel, m *Message, c *call) (answer, *apiError) {
	e, err := emoji(c)
	if err != nil {
		return answer{}, err
	}
	if !ch.can(PermReadHistory) || !ch.can(PermAddReactions) && !slices.Contains(m.Reactions, e) {
		return answer{}, refuse(http.StatusForbidden, codeMissingPermissions, "Missing Permissions")
	}
	if !slices.Contains(m.Reactions, e) {
		m.Reactions = append(m.Reactions, e)
	}
	return answer{status: http.StatusNoContent}, nil
}

func (s *Server) unreact(_ *Channel, m *Message, c *call) (answer, *apiError) {
	e, err := emoji(c)
	if err != nil {
		return answer{}, err
	}
	m.Reactions = slices.DeleteFunc(m.Reactions, func(o string) bool { return o == e })
	return answer{status: http.StatusNoContent}, nil
}

func (s *Server) reactions(_ *Channel, m *Message, c *call) (answer, *apiError) {
	e, err := emoji(c)
	if err != nil {
		return answer{}, err
	}
	list := []any{}
	if slices.Contains(m.Reactions, e) {
		list = append(list, s.bot.asJSON())
	}
	return answer{body: list}, nil
}

// clearReactions takes other people's reactions away, which needs a moderator's
// permission.
func (s *Server) clearReactions(ch *Channel, m *Message, _ *call) (answer, *apiError) {
	if !ch.can(PermManageMessages) {
		return answer{}, refuse(http.StatusForbidden, codeMissingPermissions, "Missing Permissions")
	}
	m.Reactions = nil
	return answer{status: http.StatusNoContent}, nil
}
