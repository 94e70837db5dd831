package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mentor/bot/streak"
	"mentor/knowledge"
)

// A Kind tells an adapter how a reply wants to look.
type Kind int

// The kinds of reply.
const (
	Answer      Kind = iota // the guide's words
	Choices                 // near entries to pick from
	None                    // the guide does not cover it
	SmallTalk               // a greeting returned, thanks taken
	Help                    // about the mentor's own commands, or a setting of the learner's
	Streak                  // the learner's own days
	Unavailable             // what is remembered cannot be reached just now
	Unreadable              // the message could not be read; Text says why
	Nudge                   // a reminder, for which nobody asked just now
)

// A Reply is what the mentor says. Text is Markdown of the guide's kind, or the
// mentor's own words; it never holds a word of the asker's but what they teach.
type Reply struct {
	Kind       Kind
	Topic      string             // the entry it comes from; empty when it comes from none
	Title      string             // of that entry
	Confidence float64            // 0 to 1; of the first match for Choices and None
	Text       string             // never empty
	Sources    []knowledge.Source // of the entry
	Choices    []Choice           // what else was near, best first, at most three
	Related    []Choice           // what a reader of the entry asks next, at most three
	HasMore    bool               // "more" would show the rest
	Private    bool               // for the asker's eyes only
	OwnThread  bool               // to be said in a thread of the question's own
	Calendar   *streak.Calendar   // a picture of the learner's days; nil for none
	View       *streak.View       // their figures, beside Calendar
	Days       *GroupDays         // a picture of a group's days; nil for none
	File       *File              // goes along with the reply; nil for none
	CheckIn    streak.Kind        // what a check-in did; streak.Nothing for every other reply
	Taught     time.Time          // when the group's mentors approved what it says; zero for the guide's own words
	Form       *Form              // to be filled in; where there are no forms, Text says the words instead. nil for none
}

// A File is something to save.
type File struct {
	Name string
	Data []byte
}

// A Choice is something on offer: an entry of the guide, or words to say.
type Choice struct {
	Topic      string  `json:"topic"` // the entry's id; empty for words
	Title      string  `json:"title"`
	Confidence float64 `json:"confidence"`
	Say        string  `json:"say,omitempty"` // what picking it says, at most MaxSay bytes; empty for an entry
}

// MaxSay bounds the words that a choice stands for, so that a button can carry
// them (Discord's custom_id has at most 100 characters; its documentation, 2026).
const MaxSay = 90

// maxChoices is how many entries a reply offers: what a thumb finds at a glance.
const maxChoices = 3

// Outcome says which of the three honest outcomes the reply is. Small talk
// claims nothing from the guide: None.
func (r Reply) Outcome() knowledge.Outcome {
	switch {
	case r.Kind == Answer || r.Kind == Help && r.Topic != "":
		return knowledge.Answer
	case r.Kind == Choices:
		return knowledge.Choices
	}
	return knowledge.None
}

// Offered is what the reply lists with numbers: a later "2" picks from it.
func (r Reply) Offered() []Choice { return slices.Clone(r.offered()) }

func (r Reply) offered() []Choice {
	if len(r.Related) > 0 || r.Kind == Answer {
		return r.Related
	}
	return r.Choices
}

// Sureness is a word on how sure an answer is, for people who do not read
// decimals.
func (r Reply) Sureness() string {
	switch {
	case r.Confidence >= 0.9:
		return "sure"
	case r.Confidence >= 0.75:
		return "fairly sure"
	}
	return "not quite sure"
}

// HowSure is Sureness with a percentage, "sure (97 %)"; empty for an entry that was
// asked for by name. It never says 100.
func (r Reply) HowSure() string {
	if r.Confidence == 1 {
		return ""
	}
	return fmt.Sprintf("%s (%.0f %%)", r.Sureness(), min(99, 100*r.Confidence))
}

// Origin says who answers, "from the guide" or "taught by this group, 2 January
// 2006".
func (r Reply) Origin() string {
	if r.Taught.IsZero() {
		return "from the guide"
	}
	return "taught by this group, " + r.Taught.UTC().Format("2 January 2006")
}

func (g *groupLibrary) answer(f knowledge.Finding) Reply {
	entry := f.Matches[0].Entry
	return Reply{
		Kind: Answer, Topic: entry.ID, Title: entry.Title, Confidence: f.Matches[0].Confidence,
		Text: entry.Short, Sources: entry.Sources, HasMore: entry.More != "",
		Choices: near(f.Matches[1:]),
		Related: choicesOf(g.Guide().Related(entry)),
		Taught:  g.taught[entry.ID],
	}
}

// answerFirst answers the first of several questions and offers the others.
func (g *groupLibrary) answerFirst(first knowledge.Finding, others []*knowledge.Entry) Reply {
	r := g.answer(first)
	r.Text += "\n\nYou asked more than one thing: pick the next from the list."
	r.Related = choicesOf(slices.Concat(others, g.Guide().Related(first.Matches[0].Entry)))
	return r
}

func choices(f knowledge.Finding) Reply {
	return Reply{
		Kind: Choices, Confidence: f.Matches[0].Confidence, Choices: near(f.Matches),
		Text: "I am not sure which of these you mean. Pick one by its number, or put it in other words:",
	}
}

// nearby is how likely an entry must be to be named as nearby in a refusal.
const nearby = 0.02

func none(f knowledge.Finding) Reply {
	r := Reply{Kind: None, Text: "The guide does not cover that, and I would rather say so than guess."}
	if len(f.Matches) > 0 {
		r.Confidence = f.Matches[0].Confidence
		r.Choices = near(slices.DeleteFunc(slices.Clone(f.Matches), func(m knowledge.Match) bool { return m.Confidence < nearby }))
	}
	if len(r.Choices) > 0 {
		r.Text += " The nearest it has:"
	} else {
		r.Text += " `topics` lists what it does cover."
	}
	return r
}

// near turns matches into choices, at most three.
func near(matches []knowledge.Match) []Choice {
	out := make([]Choice, 0, maxChoices)
	for _, m := range matches[:min(len(matches), maxChoices)] {
		out = append(out, Choice{Topic: m.Entry.ID, Title: m.Entry.Title, Confidence: m.Confidence})
	}
	return out
}

func choicesOf(entries []*knowledge.Entry) []Choice {
	out := make([]Choice, 0, maxChoices)
	for _, e := range entries[:min(len(entries), maxChoices)] {
		out = append(out, Choice{Topic: e.ID, Title: e.Title})
	}
	return out
}

// aboutTopic is the guide's entry on the mentor itself.
const aboutTopic = "about-mentor"

const askText = `Ask me anything about becoming a back-end developer, in your own words. For example:

- which backend language is easiest?
- how long does it take to learn?
- will AI replace backend developers?

After an answer, ` + "`more`" + ` shows the rest, a number picks from a list, and you can just go on: "and java?"
` + "`topics`" + ` lists what the guide covers. I search a written guide; what it does not cover, I say so.`

const keepText = `

I also keep your days of study:

- ` + "`checkin`" + ` (or "done", or "i studied sql for an hour") counts today; ` + "`yesterday`" + ` counts the day before, until noon
- ` + "`streak`" + ` shows your days, ` + "`freeze`" + ` what protects them, ` + "`rest sat sun`" + ` and ` + "`away 5 days`" + ` what cannot be missed
- ` + "`remind 19:30`" + ` reminds you every day on which you have not checked in, ` + "`pause 5 days`" + ` and ` + "`quiet 22:00-08:00`" + ` keep it still
- ` + "`zone Berlin`" + ` and ` + "`dayend 3`" + ` set your clock
- ` + "`roadmap`" + `, ` + "`done 3`" + ` and ` + "`next`" + ` are the road in eight steps, with ticks
- ` + "`ask a mentor`" + ` passes your last question on to the people who mentor the group; theirs are ` + "`inbox`" + `, ` + "`open`" + ` and ` + "`stats`" + `
- ` + "`board`" + ` shows the group's active days, ` + "`board join`" + ` puts you on it
- ` + "`teach`" + ` and ` + "`taught`" + ` are for a group's mentors: answers of the group's own
- ` + "`link`" + ` joins your accounts, ` + "`privacy`" + ` says what is stored, ` + "`export`" + ` gives it to you, ` + "`forget me`" + ` deletes it`

func (m *Mentor) help(q Question) Reply {
	r := Reply{Kind: Help, Text: askText, Confidence: 1}
	if m.store != nil {
		r.Text += keepText
	}
	if about := q.guide.Guide().Entry(aboutTopic); about != nil {
		r.Topic, r.Title, r.HasMore = about.ID, about.Title, about.More != ""
		r.Related = choicesOf(q.guide.Guide().Related(about))
	}
	m.talks.remember(q, turn{asked: "help", topic: r.Topic, offered: r.offered()})
	return r
}

// topics lists the sections of the guide, or the entries of one section.
func (m *Mentor) topics(q Question, section string) Reply {
	bySection := map[string][]*knowledge.Entry{}
	var sections []string
	for _, e := range q.guide.Guide().Entries() {
		if bySection[e.Section] == nil {
			sections = append(sections, e.Section)
		}
		bySection[e.Section] = append(bySection[e.Section], e)
	}
	var b strings.Builder
	if entries := bySection[section]; entries != nil && section != "" {
		fmt.Fprintf(&b, "The guide on %s:\n\n", section)
		for _, e := range entries {
			fmt.Fprintf(&b, "- %s\n", e.Title)
		}
		b.WriteString("\nAsk for one in your own words.")
	} else {
		fmt.Fprintf(&b, "The guide has %d topics:\n\n", len(q.guide.Guide().Entries()))
		for _, s := range sections {
			fmt.Fprintf(&b, "- **%s** (%d): %s\n", s, len(bySection[s]), bySection[s][0].Title)
		}
		b.WriteString("\n`topics` and a section's name lists all of it, for example `topics " + sections[0] + "`.")
	}
	m.talks.forget(q)
	return Reply{Kind: Help, Text: b.String()}
}
