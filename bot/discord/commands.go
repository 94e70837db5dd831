package discord

import (
	"context"
	"strings"
	"unicode/utf8"
)

// A command is one as Discord registers it. What a person fills in becomes words
// that they could as well have typed: there is one grammar.
//
// Every text here is English and made for being translated: Discord takes the
// same table with name_localizations and description_localizations.
type command struct {
	Type        int       `json:"type"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Options     []commOpt `json:"options,omitempty"`
	Permissions *string   `json:"default_member_permissions,omitempty"`
	Installs    []int     `json:"integration_types,omitempty"`
	Contexts    []int     `json:"contexts,omitempty"`
}

// A commOpt is an option of a command, or a subcommand.
type commOpt struct {
	Type         int       `json:"type"`
	Name         string    `json:"name"`
	Description  string    `json:"description"`
	Required     bool      `json:"required,omitempty"`
	Autocomplete bool      `json:"autocomplete,omitempty"`
	Choices      []pick    `json:"choices,omitempty"`
	Options      []commOpt `json:"options,omitempty"`
	MinValue     *int      `json:"min_value,omitempty"`
	MaxValue     *int      `json:"max_value,omitempty"`
	MaxLength    *int      `json:"max_length,omitempty"`
}

type pick struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Types of commands and options.
const (
	slashCommand   = 1
	messageCommand = 3

	subcommand = 1
	textOption = 3
	number     = 4
	yesOrNo    = 5
	person     = 6
	aRole      = 8
)

// askAbout is the entry in a message's menu.
const askAbout = "Ask the mentor about this"

var (
	everywhere = []int{0, 1, 2} // servers, the chat with the bot, other chats
	inServers  = []int{0}
	byAnybody  = []int{0, 1} // installed in a server, or by a person for themselves
	manageIt   = "32"        // MANAGE_GUILD
)

// commands are all that are registered.
func commands() []command {
	slash := func(name, description string, options ...commOpt) command {
		return command{Type: slashCommand, Name: name, Description: description, Options: options, Installs: byAnybody, Contexts: everywhere}
	}
	inServer := func(c command) command {
		c.Installs, c.Contexts = inServers, inServers
		return c
	}
	sub := func(name, description string, options ...commOpt) commOpt {
		return commOpt{Type: subcommand, Name: name, Description: description, Options: options}
	}
	line := func(name, description string) commOpt {
		return commOpt{Type: textOption, Name: name, Description: description, MaxLength: new(200)}
	}
	step := commOpt{Type: number, Name: "step", Description: "Its number on the roadmap", Required: true, MinValue: new(1), MaxValue: new(8)}
	setup := inServer(slash("setup", "Where and how I answer in this server", commOpt{
		Type: textOption, Name: "mode", Description: "Leave out to see what is set", Choices: []pick{
			{"Only when mentioned, as a reply", "mention"},
			{"When mentioned, in a thread", "thread"},
			{"Also unasked, when I am very sure", "all"},
			{"Not at all", "off"},
			{"As the server's setting says", "default"},
		},
	}, commOpt{Type: yesOrNo, Name: "everywhere", Description: "For all channels without a setting of their own, not for this one alone"}))
	city := commOpt{Type: textOption, Name: "place", Description: "A large city in the group's time zone", Autocomplete: true, MaxLength: new(100)}
	daily := inServer(slash("daily", "A daily message in this channel: a question, and how the group does",
		line("time", "Such as 18:00; off ends it; leave out to see it"), city))
	digest := inServer(slash("digest", "The group's week in figures, for you or weekly in this channel",
		line("when", "Such as: monday 9:00; off ends it; leave out to see it now"), city))
	somebody := commOpt{Type: person, Name: "person", Description: "Who it is", Required: true}
	mentors := inServer(slash("mentors", "For this server's mentors: what I could not answer",
		sub("inbox", "The questions that I could not answer", line("question", "The number of one, to see it; leave out for the list")),
		sub("open", "What waits for the mentors"),
		sub("stats", "What is asked, and how well it is answered"),
		sub("show", "Who the mentors are"),
		sub("here", "Post questions for the mentors in this channel"),
		sub("role", "All who have a role are mentors", commOpt{Type: aRole, Name: "role", Description: "Which role", Required: true}),
		sub("add", "Make somebody a mentor", somebody),
		sub("remove", "Make somebody a mentor no more", somebody),
		sub("off", "No mentors, and no questions for them")))
	for _, c := range []*command{&setup, &daily, &digest} {
		c.Permissions = &manageIt
	}
	return []command{
		slash("ask", "Ask the guide about becoming a back-end developer", commOpt{
			Type: textOption, Name: "question", Description: "In your own words, or pick one", Required: true, Autocomplete: true, MaxLength: new(1000),
		}),
		slash("checkin", "Count today as a day of study", line("note", "What you did, in a line")),
		slash("streak", "Your days of study, seen by you alone", commOpt{Type: person, Name: "person", Description: "Somebody on this server's board"}),
		slash("remind", "One reminder a day, on days that are not done yet",
			line("time", "By your own clock, such as 19:30; off ends it; leave out to see it"),
			commOpt{Type: textOption, Name: "place", Description: "A large city in your time zone", Autocomplete: true, MaxLength: new(100)}),
		slash("zone", "Your time zone, so that your day ends when it does", commOpt{
			Type: textOption, Name: "place", Description: "A large city in it", Autocomplete: true, MaxLength: new(100),
		}),
		slash("roadmap", "The eight steps to a first job, with your ticks"),
		slash("next", "What comes next on your roadmap"),
		slash("done", "Tick a step of the roadmap", step),
		slash("undone", "Take a step's tick away", step),
		inServer(slash("board", "Days studied this month in this server",
			sub("show", "Show the board"), sub("join", "Put me on it, with my name and my days of the month"), sub("leave", "Take me off all boards"))),
		slash("my", "My settings and what protects my streak",
			sub("yesterday", "Count the day before, if it was forgotten"),
			sub("freeze", "What protects my streak"),
			sub("rest", "Days of the week that cannot be missed", line("days", "Such as: sat sun; off ends them")),
			sub("away", "A planned absence", line("when", "Such as: 20 Dec to 3 Jan, or 5 days; off ends it")),
			sub("quiet", "Hours in which I send you nothing", line("hours", "Such as: 22:00-08:00; off ends them")),
			sub("pause", "No reminders for some days", line("days", "Such as: 5 days; off ends it")),
			sub("dayend", "When my day ends", line("hour", "Such as: 3")),
			sub("link", "One streak on two accounts", line("code", "The code from the other account; leave out to get one")),
			sub("unlink", "Part this account from the others")),
		slash("privacy", "What I remember of you, and how to have it deleted"),
		slash("topics", "What the guide covers", line("section", "One section of it")),
		slash("help", "How to use me"),
		setup, daily, digest, mentors,
		inServer(slash("teach", "For mentors: teach me an answer for this server; a form opens",
			commOpt{Type: textOption, Name: "about", Description: "A question of the inbox (i3) or a lesson (t5); leave out for a new one", MaxLength: new(20)})),
		inServer(slash("taught", "For mentors: what this server has taught me",
			commOpt{Type: textOption, Name: "find", Description: "A lesson (t5), or words that are in it", MaxLength: new(100)})),
		{Type: messageCommand, Name: askAbout, Installs: byAnybody, Contexts: everywhere},
		{Type: messageCommand, Name: teachThis, Installs: inServers, Contexts: inServers},
	}
}

// isPublic reports whether what a command shows is for everybody in the channel,
// unless the mentor says that it is private.
func isPublic(name string) bool {
	switch name {
	case "ask", askAbout, "board", "checkin":
		return true
	}
	return false
}

// wordsOfCommand are the words that a command stands for.
func wordsOfCommand(d interactionData) (string, bool) {
	if d.Type == messageCommand {
		text := strings.TrimSpace(d.Resolved.Messages[d.TargetID].Content)
		return text, true // nothing readable is answered as such
	}
	name, options := d.Name, d.Options
	sub := ""
	if len(options) == 1 && options[0].Type == subcommand {
		sub, options = options[0].Name, options[0].Options
	}
	arg := map[string]string{}
	for _, o := range options {
		arg[o.Name] = strings.TrimSpace(o.text())
	}
	switch name {
	case "ask":
		return askWords(arg["question"]), true
	case "checkin", "zone", "done", "undone", "topics":
		return join("/"+name, arg["note"]+arg["place"]+arg["step"]+arg["section"]), true
	case "remind", "daily", "digest":
		return join("/"+name, strings.TrimSpace(arg["time"]+arg["when"]+" "+arg["place"])), true
	case "streak":
		if arg["person"] != "" {
			return "/streak <@" + arg["person"] + ">", true
		}
		return "/streak", true
	case "board":
		return join("/board", strings.TrimPrefix(sub, "show")), true
	case "my":
		return join("/"+sub, arg["days"]+arg["when"]+arg["hour"]+arg["hours"]+arg["code"]), sub != ""
	case "setup":
		if arg["everywhere"] == "true" && arg["mode"] != "" {
			return "/setup everywhere " + arg["mode"], true
		}
		return join("/setup", arg["mode"]), true
	case "mentors":
		return mentorsWords(sub, arg), sub != ""
	case "teach", "taught":
		return join("/"+name, arg["about"]+arg["find"]), true
	case "roadmap", "next", "privacy", "help":
		return "/" + name, true
	}
	return "", false
}

// mentorsWords are the words of a subcommand of /mentors.
func mentorsWords(sub string, arg map[string]string) string {
	switch sub {
	case "inbox", "open", "stats":
		return join("/"+sub, arg["question"])
	case "show":
		return "/setup mentors"
	case "role":
		return "/setup mentors <@&" + arg["role"] + ">"
	case "add", "remove":
		return "/setup mentors " + sub + " <@" + arg["person"] + ">"
	}
	return "/setup mentors " + sub
}

// askWords is a question that stays one, whatever command its words look like; a
// suggestion that was picked opens its entry.
func askWords(question string) string {
	if topic, ok := strings.CutPrefix(question, suggested); ok && topic != "" && !strings.Contains(topic, " ") {
		return "/open " + topic
	}
	return "/ask " + question
}

func join(word, rest string) string { return strings.TrimSpace(word + " " + rest) }

// suggested begins the value of a suggested question.
const suggested = "guide: "

// mostSuggested are for what nobody has typed much of; more is a list to read.
const (
	mostSuggested = 15
	mostZones     = 25
)

// suggestions are what autocomplete offers for the option somebody types in.
func (b *Bot) suggestions(ctx context.Context, d interactionData) []suggestion {
	var out []suggestion
	for _, o := range d.Options {
		if !o.Focused {
			continue
		}
		switch d.Name {
		case "ask":
			for _, c := range b.mentor.Suggest(ctx, o.text(), mostSuggested) {
				if value := suggested + c.Topic; utf8.RuneCountInString(value) <= maxID {
					out = append(out, suggestion{shorten(c.Title, maxID), value})
				}
			}
		case "zone", "remind", "daily", "digest":
			for _, z := range b.mentor.SuggestZones(o.text(), mostZones) {
				out = append(out, suggestion{shorten(strings.ReplaceAll(z, "_", " "), maxID), z})
			}
		}
	}
	return out
}
