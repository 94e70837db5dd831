package slack

import (
	"strconv"
	"strings"

	"mentor/bot"
)

// A press is what a button or a menu stands for. Its action_id is the kind and
// a number that makes it unique, "say.2"; its value is the words. Both work for
// as long as the message exists, whatever process runs then.
type press struct {
	kind  pressKind
	words string // as a person would type them
}

type pressKind string

// The kinds of press.
const (
	pressSay   pressKind = "say"   // say the words; the answer comes where the button is
	pressShare pressKind = "share" // say the words; the answer is for the whole channel
	pressAsk   pressKind = "ask"   // open the form to ask in
	pressPick  pressKind = "pick"  // a menu: the chosen option's value are the words
	pressWrite pressKind = "write" // say the words; the answer comes into the direct chat
)

// actionID names the n-th press of a message.
func (p press) actionID(n int) string { return string(p.kind) + "." + strconv.Itoa(n) }

// parsePress reads what actionID and the value of a button or an option say. It
// reports false for those of nobody's making.
func parsePress(actionID, value string) (press, bool) {
	kind, n, ok := strings.Cut(actionID, ".")
	if _, err := strconv.Atoi(n); err != nil || !ok {
		return press{}, false
	}
	switch k := pressKind(kind); k {
	case pressSay, pressShare, pressPick, pressWrite:
		return press{k, value}, value != ""
	case pressAsk:
		return press{k, value}, true
	}
	return press{}, false
}

// The words that open an entry, its rest, and vote on it. The slash leaves no
// doubt that they are a command.
func openWords(topic string) string { return "/open " + topic }
func moreWords(topic string) string { return "/more " + topic }
func goodWords(topic string) string { return "/good " + topic }
func badWords(topic string) string  { return "/bad " + topic }

// choiceWords are the words that picking c says.
func choiceWords(c bot.Choice) string {
	if c.Say != "" {
		return c.Say
	}
	return openWords(c.Topic)
}

// The names of the form to ask in, and of what it holds.
const (
	askCallback  = "ask_form"
	askTopic     = "topic" // block_id and action_id of the select over the guide
	askWords     = "words" // block_id and action_id of the field for own words
	answerView   = "answer"
	aboutMessage = "ask_about" // the message shortcut
	askShortcut  = "ask"       // the global shortcut

	replyCallback = "reply_form"
	teachMessage  = "teach_this" // the message shortcut that makes a lesson of it
)

// platform is the letter of accounts and groups in Slack.
const platform = "s"

func account(team, user string) bot.Account { return bot.NewAccount(platform, team, user) }
func group(team string) string              { return platform + ":" + team }
func teamOf(group string) string            { return strings.TrimPrefix(group, platform+":") }

// messageEvent names a message for ever: a ts is unique only in its channel, and
// the same message may come as app_mention and as message.
func messageEvent(team, channel, ts string) string {
	return platform + ":" + team + ":" + channel + ":" + ts
}

// envelopeEvent names a command or a click, which comes in one envelope.
func envelopeEvent(team, envelope string) string { return platform + ":" + team + ":" + envelope }

// place is where a talk goes on: a thread of a channel, or a direct chat.
func place(channel, thread string) string {
	if thread == "" {
		return channel
	}
	return channel + ":" + thread
}
