package discord

import (
	"strconv"
	"strings"
	"time"

	"mentor/bot"
)

// What a button does is written in its custom_id, in words, so that it works
// after a restart and on old messages:
//
//	say:WORDS       as if the person had said them
//	dismiss:USER    take the answer away; for that user
//	pick            a menu, whose values are words
//	form:WORDS      a form: the words, then its fields' values
const (
	sayPrefix     = "say:"
	dismissPrefix = "dismiss:"
	pickID        = "pick"
	formPrefix    = "form:"
)

// maxID is the longest custom_id, and the longest value of a menu, in
// characters (Discord's component reference, August 2026).
const maxID = 100

// A press is a button or menu that somebody used.
type press struct {
	say     string // the words; empty for dismissing
	dismiss string // the user who may
}

// sayID is the custom_id that says words; it reports false for words that are
// too long for one.
func sayID(words string) (string, bool) {
	id := sayPrefix + words
	return id, words != "" && len(id) <= maxID
}

func dismissID(user string) string { return dismissPrefix + user }

// parsePress reads a custom_id and a menu's values. It reports false for what no
// version has made.
func parsePress(id string, values []string) (press, bool) {
	if words, ok := strings.CutPrefix(id, sayPrefix); ok {
		return press{say: words}, words != ""
	}
	if user, ok := strings.CutPrefix(id, dismissPrefix); ok {
		return press{dismiss: user}, isSnowflake(user)
	}
	if id == pickID && len(values) == 1 {
		return press{say: values[0]}, values[0] != ""
	}
	return press{}, false
}

// wordsOf is what picking a choice says.
func wordsOf(c bot.Choice) string {
	if c.Topic != "" {
		return "/open " + c.Topic
	}
	return c.Say
}

// platform begins accounts, groups and events of Discord.
const platform = "d"

func accountOf(user string) bot.Account { return bot.NewAccount(platform, user) }

// groupOf is the group of a guild; a direct chat has none.
func groupOf(guild string) string {
	if guild == "" {
		return ""
	}
	return platform + ":" + guild
}

// eventOf names a message or an interaction for ever: no two of Discord's
// objects have one id.
func eventOf(id string) string { return platform + ":" + id }

// nonceOf is the nonce of one part of the answer to an event: the same answer
// sent again, by whatever process, has the same. Discord takes 25 characters.
func nonceOf(event string, part int) string { return event + "." + strconv.Itoa(part) }

// discordEpoch is the first instant of snowflakes, in Unix milliseconds
// (Discord's API reference, August 2026).
const discordEpoch = 1_420_070_400_000

// timeOf is when the object of that id was made.
func timeOf(id string) (time.Time, bool) {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(n>>22) + discordEpoch), true
}

func isSnowflake(s string) bool {
	_, ok := timeOf(s)
	return ok
}
