package discord

import (
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"mentor/bot"
	"mentor/bot/chart"
	"mentor/knowledge"
)

// Limits of a message of the newer components (Discord's component reference,
// August 2026): 4,000 characters of text in all, 40 components. The rest of the
// text is for the title, the sources and the headings.
const (
	maxText  = 2_900
	maxLabel = 80  // of a button
	maxEntry = 100 // of a menu
	maxTitle = 250
)

// maxButtons is how many choices are buttons, each on a line of its own; more
// become a menu.
const maxButtons = 5

// A post is one message as it is to be shown.
type post struct {
	components []discordgo.MessageComponent
	files      []file
	named      string // the user whom it notifies; empty for nobody
	silent     bool   // it makes no sound even for those who let every message make one
}

// A file is an attachment, with what those hear who do not see it.
type file struct {
	name, alt string
	data      []byte
}

// A look is what a reply's place asks of how it is drawn.
type look struct {
	asker string // who may dismiss it; empty where it needs no dismissing
	hint  string // a line in small print at its end; may be empty
}

// render draws a reply as one or more posts: the text in a frame, what one can do
// about it below the last. It is a pure function but for the time that drawing
// pictures takes. The error is for a picture; the posts are complete without it.
func render(r bot.Reply, l look) ([]post, error) {
	pictures, err := picturesOf(r)
	parts := split(format(r.Text), maxText)
	if len(parts) == 0 {
		parts = []string{"\u200b"}
	}
	posts := make([]post, len(parts))
	for i, text := range parts {
		var inner []discordgo.MessageComponent
		if title := titleOf(r); title != "" && i == 0 {
			inner = append(inner, discordgo.TextDisplay{Content: "### " + title})
		}
		inner = append(inner, discordgo.TextDisplay{Content: text})
		if i == len(parts)-1 {
			inner = append(inner, endOf(r, l, pictures)...)
			posts[i].files = pictures
		}
		posts[i].components = []discordgo.MessageComponent{discordgo.Container{AccentColor: colour(r), Components: inner}}
	}
	last := &posts[len(posts)-1]
	last.components = append(last.components, controls(r, l)...)
	return posts, err
}

// titleOf is the heading: an answer's entry. The mentor's own words need none.
func titleOf(r bot.Reply) string {
	if r.Kind != bot.Answer {
		return ""
	}
	return shorten(quiet(r.Title), maxTitle)
}

// colour is the bar at the side: one for each kind of reply.
func colour(r bot.Reply) *int {
	c := map[bot.Kind]int{bot.Answer: 0x2f81f7, bot.Choices: 0xd29922, bot.None: 0x8b949e, bot.Streak: 0x2da44e, bot.Unavailable: 0xcf222e}[r.Kind]
	if c == 0 {
		return nil
	}
	return &c
}

// endOf is what stands below the text in the frame: pictures, files, and in
// small print the sources and how sure the answer is.
func endOf(r bot.Reply, l look, files []file) []discordgo.MessageComponent {
	var out []discordgo.MessageComponent
	var gallery discordgo.MediaGallery
	for _, f := range files {
		media := discordgo.UnfurledMediaItem{URL: "attachment://" + f.name}
		if f.alt == "" {
			out = append(out, discordgo.FileComponent{File: media})
			continue
		}
		gallery.Items = append(gallery.Items, discordgo.MediaGalleryItem{Media: media, Description: &f.alt})
	}
	if len(gallery.Items) > 0 {
		out = append(out, gallery)
	}
	if small := smallPrint(r, l); small != "" {
		out = append(out, discordgo.TextDisplay{Content: small})
	}
	return out
}

// smallPrint is sources with their dates, how sure the answer is, and the hint.
func smallPrint(r bot.Reply, l look) string {
	var lines []string
	if len(r.Sources) > 0 {
		lines = append(lines, "-# Sources: "+sourcesOf(r.Sources))
	}
	if r.Kind == bot.Answer {
		line := "-# " + capital(r.Origin())
		if sure := r.HowSure(); sure != "" {
			line += " · " + sure
		}
		lines = append(lines, line)
	}
	if l.hint != "" {
		lines = append(lines, "-# "+l.hint)
	}
	return strings.Join(lines, "\n")
}

// capital is text that begins a line.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// maxSource and maxAddress bound a source, so that the small print fits beside the
// text and the title: 3 sources are under 600 characters.
const (
	maxSource  = 70
	maxAddress = 120
)

// mostSources are shown of an entry's sources; the guide names the nearest first.
const mostSources = 3

func sourcesOf(all []knowledge.Source) string {
	names := make([]string, 0, mostSources)
	for _, s := range all[:min(len(all), mostSources)] {
		names = append(names, sourceOf(s))
	}
	line := strings.Join(names, " · ")
	if more := len(all) - mostSources; more > 0 {
		line += fmt.Sprintf(" · and %d more", more)
	}
	return line
}

func sourceOf(s knowledge.Source) string {
	text := quiet(s.Title)
	text = shorten(text, maxSource)
	if len(s.URL) > 0 && len(s.URL) <= maxAddress {
		text = "[" + text + "](" + s.URL + ")"
	}
	if s.Date != "" {
		text += " (" + s.Date + ")"
	}
	return text
}

// controls are the buttons and menus below the frame.
func controls(r bot.Reply, l look) []discordgo.MessageComponent {
	var out []discordgo.MessageComponent
	if row := actions(r, l); len(row) > 0 {
		out = append(out, discordgo.ActionsRow{Components: row})
	}
	offered := r.Offered()
	if r.Kind == bot.Answer || len(r.Related) > 0 {
		if row := related(offered); len(row) > 0 {
			out = append(out, discordgo.ActionsRow{Components: row})
		}
		return out
	}
	return append(listed(offered), out...)
}

// actions are More, the votes, and Dismiss.
func actions(r bot.Reply, l look) []discordgo.MessageComponent {
	var row []discordgo.MessageComponent
	add := func(b discordgo.Button, words string) {
		if id, ok := sayID(words); ok {
			b.CustomID = id
			row = append(row, b)
		}
	}
	if r.HasMore && r.Topic != "" {
		add(discordgo.Button{Label: "More", Style: discordgo.PrimaryButton}, "/more "+r.Topic)
	}
	if r.Form != nil {
		add(discordgo.Button{Label: "Open the form", Style: discordgo.PrimaryButton}, r.Form.Say)
	}
	if r.Kind == bot.Answer {
		add(discordgo.Button{Emoji: &discordgo.ComponentEmoji{Name: "👍"}, Style: discordgo.SecondaryButton}, "/good "+r.Topic)
		add(discordgo.Button{Emoji: &discordgo.ComponentEmoji{Name: "👎"}, Style: discordgo.SecondaryButton}, "/bad "+r.Topic)
	}
	if l.asker != "" {
		row = append(row, discordgo.Button{Label: "Dismiss", Style: discordgo.SecondaryButton, CustomID: dismissID(l.asker)})
	}
	return row
}

// related are buttons for what a reader of the entry asks next, on one line.
func related(offered []bot.Choice) []discordgo.MessageComponent {
	var row []discordgo.MessageComponent
	seen := map[string]bool{}
	for _, c := range offered[:min(len(offered), maxButtons)] {
		if id, ok := sayID(wordsOf(c)); ok && !seen[id] {
			seen[id] = true
			row = append(row, discordgo.Button{Label: shorten(c.Title, maxLabel), Style: discordgo.SecondaryButton, CustomID: id})
		}
	}
	return row
}

// listed are choices with their numbers: a button on a line each, or a menu.
func listed(offered []bot.Choice) []discordgo.MessageComponent {
	if len(offered) > maxButtons {
		return menu(offered)
	}
	var out []discordgo.MessageComponent
	seen := map[string]bool{}
	for i, c := range offered {
		id, ok := sayID(wordsOf(c))
		if !ok || seen[id] {
			continue
		}
		seen[id] = true
		label := shorten(fmt.Sprintf("%d · %s", i+1, c.Title), maxLabel)
		out = append(out, discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: label, Style: discordgo.SecondaryButton, CustomID: id},
		}})
	}
	return out
}

// maxMenu is how many options a menu has at most.
const maxMenu = 25

func menu(offered []bot.Choice) []discordgo.MessageComponent {
	m := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: pickID, Placeholder: "Pick one to open it"}
	for i, c := range offered[:min(len(offered), maxMenu)] {
		if words := wordsOf(c); words != "" && len(words) <= maxID {
			m.Options = append(m.Options, discordgo.SelectMenuOption{Label: shorten(fmt.Sprintf("%d · %s", i+1, c.Title), maxEntry), Value: words})
		}
	}
	return []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{m}}}
}

// picturesOf draws the learner's or the group's days, and takes the reply's file
// along.
func picturesOf(r bot.Reply) ([]file, error) {
	var files []file
	if r.File != nil {
		files = append(files, file{name: r.File.Name, data: r.File.Data})
	}
	if r.Days != nil {
		days, err := chart.Days(r.Days.Last, r.Days.Counts)
		if err != nil {
			return files, fmt.Errorf("draw a group's days: %w", err)
		}
		files = append(files, file{"days.png", days.Alt, days.PNG})
	}
	if r.Calendar == nil || r.View == nil {
		return files, nil
	}
	calendar, err := chart.Calendar(*r.Calendar, *r.View)
	if err != nil {
		return files, fmt.Errorf("draw a calendar: %w", err)
	}
	weeks, err := chart.Weeks(*r.Calendar)
	if err != nil {
		return files, fmt.Errorf("draw weeks: %w", err)
	}
	return append(files, file{"calendar.png", calendar.Alt, calendar.PNG}, file{"weeks.png", weeks.Alt, weeks.PNG}), nil
}

// withoutFiles is p with nothing attached, for places where files are not
// allowed.
func (p post) withoutFiles() post {
	out := post{named: p.named, silent: p.silent}
	for _, c := range p.components {
		if box, ok := c.(discordgo.Container); ok {
			var kept []discordgo.MessageComponent
			for _, inner := range box.Components {
				switch inner.(type) {
				case discordgo.MediaGallery, discordgo.FileComponent:
				default:
					kept = append(kept, inner)
				}
			}
			box.Components = kept
			c = box
		}
		out.components = append(out.components, c)
	}
	return out
}
