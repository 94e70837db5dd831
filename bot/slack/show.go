package slack

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot"
	"mentor/bot/chart"
)

// A target is where a reply is shown.
type target struct {
	user    string // who asked
	name    string // of theirs
	words   string // that they said
	channel string
	thread  string    // "" for none
	opens   bool      // the thread would begin with the reply
	direct  bool      // the channel is the person's own with the bot
	respond string    // the address that came with a command or a click; "" for none
	hidden  bool      // only the person sees where they asked
	shared  bool      // they asked for all to see it
	write   bool      // they asked for it in their direct chat
	view    string    // id of the modal it is shown in; "" for none
	home    bool      // it is shown in the home tab
	came    time.Time // when the message reached this process
	trigger string    // opens a form within 3 s; "" for none
}

// show sends a reply to where it belongs.
func (b *Bot) show(ctx context.Context, w *workspace, t target, r bot.Reply) error {
	if w.showForm(ctx, t, r) {
		return nil
	}
	if t.write {
		channel, err := w.directChannel(ctx, t)
		if err != nil {
			return err
		}
		t = target{user: t.user, name: t.name, words: t.words, channel: channel, direct: true}
	}
	switch {
	case t.home:
		b.publishHome(ctx, w, t.user, &r)
	case t.view != "":
		if err := w.updateModal(ctx, t.view, answerModal(r, t.title(r))); err != nil {
			return fmt.Errorf("show an answer in a form: %w", err)
		}
	default:
		if err := w.say(ctx, t, r); err != nil {
			return err
		}
	}
	return w.attach(ctx, t, r)
}

// say sends a reply as messages.
func (w *workspace) say(ctx context.Context, t target, r bot.Reply) error {
	alone := !t.direct && (r.Private || t.hidden && !t.shared)
	for _, m := range render(r, t.look(r, alone)) {
		if err := w.send(ctx, t, alone, m); err != nil {
			return fmt.Errorf("send a reply: %w", err)
		}
	}
	if !alone && !t.direct && t.thread != "" {
		w.threads.note(place(t.channel, t.thread), true, w.now())
	}
	return nil
}

func (t target) look(r bot.Reply, alone bool) look {
	l := look{picture: alone && r.Calendar != nil, title: t.title(r)}
	if alone && r.Topic != "" && r.Kind == bot.Answer {
		l.share = openWords(r.Topic)
		if t.words == moreWords(r.Topic) {
			l.share = t.words
		}
	}
	if t.shared && t.name != "" {
		l.byline = "Shared by " + escape(t.name)
	}
	return l
}

// title is that of an entry which a button opened, and not somebody's own words:
// else nobody would know what is answered.
func (t target) title(r bot.Reply) string {
	if r.Kind == bot.Answer && (t.words == openWords(r.Topic) || t.words == moreWords(r.Topic)) {
		return plain(r.Title)
	}
	return ""
}

func (w *workspace) send(ctx context.Context, t target, alone bool, m message) error {
	if alone && t.opens {
		t.thread = "" // nobody looks into a thread that is none yet
	}
	if t.respond != "" && (alone || t.shared) {
		return w.respond(ctx, t.respond, t.thread, !alone, m)
	}
	if alone {
		return w.whisperOrWrite(ctx, t, m)
	}
	err := w.post(ctx, t.channel, t.thread, m)
	if t.respond != "" && slices.Contains([]string{"not_in_channel", "channel_not_found"}, codeOf(err)) {
		return w.respond(ctx, t.respond, t.thread, true, m) // works where the bot is no member
	}
	return err
}

// whisperOrWrite shows m to one person in the channel, or else writes to them.
func (w *workspace) whisperOrWrite(ctx context.Context, t target, m message) error {
	err := w.whisper(ctx, t.channel, t.thread, t.user, m)
	if !slices.Contains([]string{"user_not_in_channel", "not_in_channel", "channel_not_found"}, codeOf(err)) {
		return err
	}
	channel, err := w.directChannel(ctx, t)
	if err != nil {
		return err
	}
	return w.post(ctx, channel, "", m)
}

// directChannel is the person's own channel with the bot.
func (w *workspace) directChannel(ctx context.Context, t target) (string, error) {
	if t.direct {
		return t.channel, nil
	}
	var id string
	err := w.call(ctx, "conversations.open", harmless, func(ctx context.Context) error {
		ch, _, _, err := w.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{t.user}})
		if err == nil {
			id = ch.ID
		}
		return err //nolint:wrapcheck // call looks into it
	})
	if err != nil {
		return "", fmt.Errorf("open a direct channel: %w", err)
	}
	return id, nil
}

// attach uploads what goes along with a reply: the picture of the learner's days
// where they are alone with the bot, and a file always to them alone.
func (w *workspace) attach(ctx context.Context, t target, r bot.Reply) error {
	if r.File != nil {
		if err := w.uploadFile(ctx, t, r.File); err != nil {
			return err
		}
	}
	if !t.direct {
		return nil
	}
	if r.Calendar == nil || r.View == nil {
		return w.attachDays(ctx, t, r.Days)
	}
	picture, err := chart.Calendar(*r.Calendar, *r.View)
	if err != nil {
		return fmt.Errorf("draw a calendar: %w", err)
	}
	return w.uploadPicture(ctx, t, "streak.png", "Your days", picture)
}

// attachDays uploads the picture of a group's days, if there is one, to where t is.
func (w *workspace) attachDays(ctx context.Context, t target, days *bot.GroupDays) error {
	if days == nil {
		return nil
	}
	picture, err := chart.Days(days.Last, days.Counts)
	if err != nil {
		return fmt.Errorf("draw a group's days: %w", err)
	}
	return w.uploadPicture(ctx, t, "days.png", "The group's days", picture)
}

func (w *workspace) uploadPicture(ctx context.Context, t target, name, title string, p chart.Picture) error {
	err := w.upload(ctx, slack.UploadFileParameters{
		Reader: bytes.NewReader(p.PNG), FileSize: len(p.PNG), Filename: name, Title: title, AltTxt: p.Alt,
		Channel: t.channel, ThreadTimestamp: t.thread,
	})
	if codeOf(err) == "missing_scope" {
		w.log.Info("no picture without the scope files:write; the words are there")
		return nil
	}
	return err
}

// uploadFile puts a file into the person's direct channel; as text when it cannot
// be uploaded.
func (w *workspace) uploadFile(ctx context.Context, t target, f *bot.File) error {
	channel, err := w.directChannel(ctx, t)
	if err != nil {
		return err
	}
	err = w.upload(ctx, slack.UploadFileParameters{
		Reader: bytes.NewReader(f.Data), FileSize: len(f.Data), Filename: f.Name, Title: f.Name, Channel: channel,
	})
	if codeOf(err) != "missing_scope" {
		return err
	}
	r := bot.Reply{Kind: bot.Help, Text: "```\n" + string(f.Data) + "\n```"}
	for _, m := range render(r, look{}) {
		if err := w.post(ctx, channel, "", m); err != nil {
			return fmt.Errorf("send a file as text: %w", err)
		}
	}
	return nil
}

// upload uploads and shares a file. It is not tried again once it may have been
// shared.
func (w *workspace) upload(ctx context.Context, p slack.UploadFileParameters) error {
	err := w.call(ctx, "files", never, func(ctx context.Context) error {
		_, err := w.api.UploadFileContext(ctx, p)
		return err //nolint:wrapcheck // call looks into it
	})
	if err != nil {
		return fmt.Errorf("upload %s: %w", p.Filename, err)
	}
	return nil
}
