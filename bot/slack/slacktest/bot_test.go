package slacktest_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"mentor/bot/slack/slacktest"
)

// client is a client of the Web API with the bot's token.
func client(s *slacktest.Server) *slack.Client {
	return slack.New(s.BotToken(), slack.OptionAppLevelToken(s.AppToken()), slack.OptionAPIURL(s.APIURL()))
}

// A tinyBot is a bare Socket Mode client that acknowledges and answers at once.
type tinyBot struct {
	api    *slack.Client
	socket *socketmode.Client

	mu   sync.Mutex
	mute int // events that it does not acknowledge
	done map[string]bool
}

// start runs a bot until the test ends.
func start(t *testing.T, s *slacktest.Server) *tinyBot {
	t.Helper()
	api := client(s)
	b := &tinyBot{api: api, socket: socketmode.New(api, socketmode.OptionPingInterval(2*time.Second)), done: make(map[string]bool)}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.socket.RunContext(ctx); ctx.Err() == nil {
			t.Errorf("RunContext = %v, want it to run until the end", err)
		}
	})
	running.Go(func() { b.loop(ctx, t) })
	t.Cleanup(func() { cancel(); running.Wait() })
	s.WaitConnected(1)
	return b
}

func (b *tinyBot) loop(ctx context.Context, t *testing.T) {
	t.Helper()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-b.socket.Events:
			if err := b.handle(ctx, e); err != nil && ctx.Err() == nil {
				t.Errorf("handle %s: %v", e.Type, err)
			}
		}
	}
}

func (b *tinyBot) handle(ctx context.Context, e socketmode.Event) error {
	switch data := e.Data.(type) {
	case slackevents.EventsAPIEvent:
		b.mu.Lock()
		b.mute--
		ignore := b.mute >= 0
		b.mu.Unlock()
		if ignore {
			return nil
		}
		if err := b.socket.AckCtx(ctx, e.Request.EnvelopeID, nil); err != nil {
			return err
		}
		return b.event(ctx, data)
	case slack.SlashCommand:
		return b.socket.AckCtx(ctx, e.Request.EnvelopeID, map[string]any{"text": "You asked: " + data.Text})
	case slack.InteractionCallback:
		return b.interaction(ctx, e.Request.EnvelopeID, data)
	}
	return nil
}

// event answers a mention or a direct message once, in its thread.
func (b *tinyBot) event(ctx context.Context, e slackevents.EventsAPIEvent) error {
	switch ev := e.InnerEvent.Data.(type) {
	case *slackevents.AppMentionEvent:
		return b.answer(ctx, ev.Channel, ev.TimeStamp)
	case *slackevents.MessageEvent:
		if ev.BotID != "" || ev.SubType != "" {
			return nil
		}
		return b.answer(ctx, ev.Channel, ev.TimeStamp)
	case *slackevents.AppHomeOpenedEvent:
		_, err := b.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: ev.User, View: slack.HomeTabViewRequest{
			Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{section("Welcome home")}},
		}})
		return err
	}
	return nil
}

func (b *tinyBot) answer(ctx context.Context, channel, ts string) error {
	if b.done[channel+ts] {
		return nil
	}
	b.done[channel+ts] = true
	_, _, err := b.api.PostMessageContext(ctx, channel, slack.MsgOptionText("Here you are", false), slack.MsgOptionTS(ts),
		slack.MsgOptionBlocks(section("*Here* you are"), slack.NewActionBlock("", button("more", "More"), button("form", "Form"))),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
	return err
}

func (b *tinyBot) interaction(ctx context.Context, envelope string, i slack.InteractionCallback) error {
	switch i.Type {
	case slack.InteractionTypeBlockSuggestion:
		return b.socket.AckCtx(ctx, envelope, slack.OptionsResponse{Options: []*slack.OptionBlockObject{
			slack.NewOptionBlockObject("go", plain("Go, for "+i.Value), nil),
		}})
	case slack.InteractionTypeViewSubmission:
		if note := i.View.State.Values["note"]["note"].Value; note == "bad" {
			return b.socket.AckCtx(ctx, envelope, slack.NewErrorsViewSubmissionResponse(map[string]string{"note": "Say it better."}))
		}
		return b.socket.AckCtx(ctx, envelope, nil)
	}
	if err := b.socket.AckCtx(ctx, envelope, nil); err != nil {
		return err
	}
	if i.Type == slack.InteractionTypeBlockActions && i.ActionCallback.BlockActions[0].ActionID == "more" {
		_, _, err := b.api.PostMessageContext(ctx, "", slack.MsgOptionText("More of it", false), slack.MsgOptionResponseURL(i.ResponseURL, slack.ResponseTypeEphemeral))
		return err
	}
	_, err := b.api.OpenViewContext(ctx, i.TriggerID, form())
	return err
}

func section(text string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, false), nil, nil)
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

func button(id, label string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(id, "value of "+id, plain(label))
}

// form is a modal with an external select and a field for text.
func form() slack.ModalViewRequest {
	choice := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Language"), "lang")
	choice.MinQueryLength = new(1)
	note := slack.NewPlainTextInputBlockElement(nil, "note")
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain("A form"), Submit: plain("Send"), CallbackID: "form",
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("lang", plain("Language"), nil, choice), slack.NewInputBlock("note", plain("Note"), nil, note),
		}},
	}
}

func TestMentionIsAnsweredInItsThread(t *testing.T) {
	s := slacktest.New(t)
	start(t, s)
	alice, general := s.Person("alice"), s.Channel("general")
	question := alice.Mention(general, "which language first?")
	alice.WaitReply(question)
	s.Settle()
	want := `alice: @Mentor which language first?
    Mentor: *Here* you are
      [More] [Form]
`
	if got := s.Transcript(general); got != want {
		t.Errorf("Transcript = %q, want %q", got, want)
	}
	if p95, longest := s.Ledger().AckLatency(); p95 <= 0 || longest > time.Second {
		t.Errorf("AckLatency = %v, %v, want a short time", p95, longest)
	}
}

func TestSlashCommandIsAnsweredInTheAck(t *testing.T) {
	s := slacktest.New(t)
	start(t, s)
	alice, bob, elsewhere := s.Person("alice"), s.Person("bob"), s.Channel("elsewhere", slacktest.WithoutBot)
	if !alice.Slash("/mentor", "is <b> & c hard?", elsewhere).Wait() {
		t.Fatalf("the command failed: %v", alice.Errors())
	}
	alice.WaitText(elsewhere, "You asked: is <b> & c hard?")
	if got := bob.Sees(elsewhere); len(got) != 0 {
		t.Errorf("bob sees %v, want nothing of an ephemeral answer", got)
	}
}

func TestButtonAnswersByResponseURL(t *testing.T) {
	s := slacktest.New(t)
	start(t, s)
	alice := s.Person("alice")
	reply := alice.WaitReply(alice.DM("hello"))
	if !alice.Click(reply, "More").Wait() {
		t.Fatal("the click was not acknowledged")
	}
	alice.WaitText(alice.Direct(), "More of it")
	if got := s.Transcript(alice.Direct()); !strings.Contains(got, "(only alice sees this) Mentor: More of it") {
		t.Errorf("Transcript = %q, want the mark of an ephemeral message", got)
	}
}

func TestModalWithExternalSelect(t *testing.T) {
	s := slacktest.New(t)
	start(t, s)
	alice := s.Person("alice")
	question := alice.Mention(s.Channel("general"), "a form please")
	alice.Click(alice.WaitReply(question), "form").Wait()
	view := alice.WaitModal("A form")
	if offers := alice.Suggest(view, "lang", "begin"); len(offers) != 1 || offers[0].Label != "Go, for begin" {
		t.Errorf("Suggest = %v, want Go", offers)
	}
	if got := alice.Submit(view, map[string]string{"lang": "Go, for begin", "note": "bad"}); got.Errors["note"] != "Say it better." || got.Closed {
		t.Errorf("Submit = %+v, want an error at the note", got)
	}
	if got := alice.Submit(view, map[string]string{"lang": "go", "note": "good"}); got.Failed || !got.Closed {
		t.Errorf("Submit = %+v, want it closed", got)
	}
}

func TestShortcutAndHome(t *testing.T) {
	s := slacktest.New(t)
	start(t, s)
	alice := s.Person("alice")
	alice.Shortcut(alice.Say(s.Channel("general"), "what is SQL?"), "").Wait()
	alice.Close(alice.WaitModal("A form"))
	alice.OpenHome()
	alice.WaitHome("Welcome home")
}

func TestReconnectAfterRefreshDropAndRefusal(t *testing.T) {
	t.Parallel()
	s := slacktest.New(t)
	start(t, s)
	alice, general := s.Person("alice"), s.Channel("general")
	for i, breakIt := range []func(){s.Refresh, s.DropConnections, func() { s.CloseAfterHello("link_disabled", 2); s.Refresh() }} {
		before := s.Ledger().Connections()
		breakIt()
		s.WaitNewConnection(before)
		alice.WaitReply(alice.Mention(general, "still there? "+strings.Repeat("?", i)))
	}
	if got := s.Ledger().ConnectionsWithin(time.Minute); got < 5 {
		t.Errorf("ConnectionsWithin = %d, want 5 at least", got)
	}
}

func TestMissedAckComesAgain(t *testing.T) {
	t.Parallel()
	s := slacktest.New(t)
	b := start(t, s)
	b.mu.Lock()
	b.mute = 2
	b.mu.Unlock()
	s.Allow(slacktest.LateAck, 2)
	alice := s.Person("alice")
	question := alice.Mention(s.Channel("general"), "do you hear me?")
	s.Advance(3 * time.Second) // the first sending is overdue, the second comes at once
	s.Advance(3*time.Second + time.Minute)
	alice.WaitReply(question)
	s.Settle()
	if got := s.Ledger().Envelopes(); len(got) != 3 || got[1].Attempt != 1 || got[2].Attempt != 2 {
		t.Errorf("envelopes = %+v, want attempts 0, 1 and 2", got)
	}
}

func TestEventsWithoutConnectionComeAsRetries(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	question := alice.Mention(general, "anybody home?")
	s.Advance(time.Second)
	start(t, s)
	s.Advance(time.Minute)
	alice.WaitReply(question)
}

func TestSameEnvelopeTwice(t *testing.T) {
	s := slacktest.New(t)
	start(t, s)
	s.RepeatEnvelopes(1)
	alice := s.Person("alice")
	alice.WaitReply(alice.Mention(s.Channel("general"), "once please"))
	s.Settle()
	if got := len(s.Ledger().Requests("chat.postMessage")); got != 1 {
		t.Errorf("%d posts, want 1", got)
	}
}

func TestDeafConnectionIsNoticedByTheClient(t *testing.T) {
	t.Parallel()
	s := slacktest.New(t)
	api := client(s)
	socket := socketmode.New(api, socketmode.OptionPingInterval(600*time.Millisecond))
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = socket.RunContext(ctx) }) // it ends with the context's error
	running.Go(func() {
		for ctx.Err() == nil {
			select {
			case <-socket.Events:
			case <-ctx.Done():
			}
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	s.WaitConnected(1)
	s.Deafen()
	s.WaitNewConnection(1)
}

func TestBurstOfMentions(t *testing.T) {
	t.Parallel()
	s := slacktest.New(t, slacktest.Rate("chat.postMessage", 60000, 1000), slacktest.Patience(20*time.Second))
	start(t, s)
	alice, general := s.Person("alice"), s.Channel("general")
	const n = 300
	for range n {
		alice.Mention(general, "which language first?")
	}
	s.WaitRequests("chat.postMessage", n)
	s.Settle()
	if got := len(alice.Sees(general)); got != 2*n {
		t.Errorf("alice sees %d messages, want %d", got, 2*n)
	}
}
