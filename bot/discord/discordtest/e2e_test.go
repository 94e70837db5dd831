package discordtest_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"mentor/bot/discord/discordtest"
)

// newSession is a discordgo client of the server, not yet connected.
func newSession(t *testing.T, s *discordtest.Server) *discordgo.Session {
	t.Helper()
	dg, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	dg.Client = &http.Client{Transport: s.Transport(), Timeout: 5 * time.Second}
	dg.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	dg.ShouldReconnectOnError = false
	dg.LogLevel = -1 // what it complains of is scripted
	return dg
}

// open connects a client, and cuts it off when the test ends: a polite Close of
// discordgo takes a second.
func open(t *testing.T, s *discordtest.Server, dg *discordgo.Session) {
	t.Helper()
	var mu sync.Mutex
	var conns []net.Conn
	dialer := *dg.Dialer
	dialer.NetDialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		mu.Lock()
		defer mu.Unlock()
		conns = append(conns, conn)
		return conn, err
	}
	dg.Dialer = &dialer
	if err := dg.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range conns {
			if c != nil {
				_ = c.Close() // it may be closed already
			}
		}
	})
	s.WaitConnected(t.Context())
}

// echo answers messages that mention the bot, as replies that ping nobody.
func echo(t *testing.T, s *discordtest.Server) func(*discordgo.Session, *discordgo.MessageCreate) {
	t.Helper()
	return func(dg *discordgo.Session, m *discordgo.MessageCreate) {
		if m.Author == nil || m.Author.ID == s.BotID() {
			return
		}
		text := strings.TrimSpace(strings.ReplaceAll(m.Content, s.Mention(), ""))
		_, err := dg.ChannelMessageSendComplex(m.ChannelID, &discordgo.MessageSend{
			Content: "You said: " + text, Reference: m.Reference(), AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
		})
		if err != nil {
			t.Errorf("send: %v", err)
		}
	}
}

func TestMessageRoundTrip(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	general := s.AddGuild("Learners").AddChannel("general")
	alice := s.AddUser("alice")
	s.AddGuild("Others").Join(alice)
	dg := newSession(t, s)
	dg.AddHandler(echo(t, s))
	open(t, s, dg)

	alice.Say(general, s.Mention()+" hello")
	got := alice.WaitReply(t.Context(), general)
	if want := "You said: hello"; got.Content != want {
		t.Errorf("reply = %q, want %q", got.Content, want)
	}
	alice.DM("in private")
	if got := alice.WaitReply(t.Context(), alice.DMChannel()); got.Content != "You said: in private" {
		t.Errorf("reply in the direct chat = %q", got.Content)
	}
	want := "alice\n  @mentor hello\nmentor [bot]\n  You said: hello\n"
	if got := s.Transcript(general.ID); got != want {
		t.Errorf("transcript = %q, want %q", got, want)
	}
	if n := s.Ledger().Identifies(); n != 1 {
		t.Errorf("Identifies = %d, want 1", n)
	}
}

func TestContentIsBlankWithoutMention(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	general := s.AddGuild("Learners").AddChannel("general")
	alice := s.AddUser("alice")
	dg := newSession(t, s)
	heard := make(chan string, 2)
	dg.AddHandler(func(_ *discordgo.Session, m *discordgo.MessageCreate) { heard <- m.Content })
	open(t, s, dg)
	alice.Say(general, "nothing for a bot")
	if got := <-heard; got != "" {
		t.Errorf("content without the intent = %q, want nothing", got)
	}
	alice.Say(general, "but this "+s.Mention())
	if got := <-heard; got != "but this "+s.Mention() {
		t.Errorf("content of a mention = %q", got)
	}
}

// ask is a command with an option that completes, and a button in its answer.
var ask = &discordgo.ApplicationCommand{
	Name: "ask", Description: "Ask the guide",
	Options: []*discordgo.ApplicationCommandOption{{
		Type: discordgo.ApplicationCommandOptionString, Name: "question", Description: "In your own words", Required: true, Autocomplete: true,
	}},
}

// guideBot answers the command ask in every way an interaction can be answered.
func guideBot(t *testing.T) func(*discordgo.Session, *discordgo.InteractionCreate) {
	t.Helper()
	respond := func(dg *discordgo.Session, i *discordgo.InteractionCreate, kind discordgo.InteractionResponseType, d *discordgo.InteractionResponseData) {
		if err := dg.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: kind, Data: d}); err != nil {
			t.Errorf("respond: %v", err)
		}
	}
	return func(dg *discordgo.Session, i *discordgo.InteractionCreate) {
		switch i.Type {
		case discordgo.InteractionApplicationCommandAutocomplete:
			respond(dg, i, 8, &discordgo.InteractionResponseData{Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "What is Go?", Value: "what is go"}}})
		case discordgo.InteractionApplicationCommand:
			respond(dg, i, 5, nil)
			text := "About " + i.ApplicationCommandData().GetOption("question").StringValue()
			row := discordgo.ActionsRow{Components: []discordgo.MessageComponent{
				discordgo.Button{Label: "More", CustomID: "more"}, discordgo.Button{Label: "Feedback", CustomID: "feedback", Style: 2},
			}}
			if _, err := dg.InteractionResponseEdit(i.Interaction, &discordgo.WebhookEdit{Content: &text, Components: &[]discordgo.MessageComponent{row}}); err != nil {
				t.Errorf("edit: %v", err)
			}
		case discordgo.InteractionMessageComponent:
			if i.MessageComponentData().CustomID == "more" {
				respond(dg, i, 7, &discordgo.InteractionResponseData{Content: i.Message.Content + ", and more"})
				return
			}
			respond(dg, i, 9, &discordgo.InteractionResponseData{Title: "Feedback", CustomID: "form", Components: []discordgo.MessageComponent{
				discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.TextInput{CustomID: "text", Label: "What was missing?", Style: 2, Required: true}}},
			}})
		case discordgo.InteractionModalSubmit:
			respond(dg, i, 4, &discordgo.InteractionResponseData{Content: "Thank you.", Flags: discordgo.MessageFlagsEphemeral})
		}
	}
}

func TestInteractionRoundTrip(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice, bob := g.AddChannel("general"), g.AddUser("alice"), g.AddUser("bob")
	dg := newSession(t, s)
	dg.AddHandler(guideBot(t))
	open(t, s, dg)
	if _, err := dg.ApplicationCommandBulkOverwrite(s.ApplicationID(), "", []*discordgo.ApplicationCommand{ask}); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	s.WaitCommand(ctx, "ask")

	choices := alice.Type(general, "ask", "question", "what").WaitChoices(ctx)
	if len(choices) != 1 || choices[0].Value != "what is go" {
		t.Errorf("choices = %v", choices)
	}
	asked := alice.Slash(general, "ask", discordtest.Opt("question", "Go"))
	m := asked.Wait(ctx)
	if m.Content != "About Go" {
		t.Errorf("answer = %q", m.Content)
	}
	form := bob.Click(m, "feedback")
	form.WaitModal(ctx)
	bob.SubmitModal(form, map[string]string{"text": "pictures"}).Wait(ctx)
	if m := alice.Click(m, "more").Wait(ctx); m.Content != "About Go, and more" {
		t.Errorf("changed message = %q", m.Content)
	}
	want := "mentor [bot]\n  About Go, and more\nmentor [bot] (only bob sees this)\n  Thank you.\n"
	if got := s.Transcript(general.ID, discordtest.For(bob)); got != want {
		t.Errorf("bob sees %q, want %q", got, want)
	}
	if got := alice.Sees(general); len(got) != 1 {
		t.Errorf("alice sees %d messages, want 1", len(got))
	}
	if n := len(s.Ledger().RequestsTo("POST /interactions/{interaction}/{token}/callback")); n != 5 {
		t.Errorf("first answers sent = %d, want 5", n)
	}
	if l := s.Ledger().FirstAnswers(); l.Count != 5 || l.Max > 3*time.Second {
		t.Errorf("first answers = %+v", l)
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	for name, interrupt := range map[string]func(*discordtest.Server){
		"dead TCP":    (*discordtest.Server).DropConnections,
		"close code":  func(s *discordtest.Server) { s.CloseConnections(4000) },
		"asked (op7)": (*discordtest.Server).Reconnect,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			general := s.AddGuild("Learners").AddChannel("general")
			alice := s.AddUser("alice")
			dg := newSession(t, s)
			dg.AddHandler(echo(t, s))
			gone := make(chan struct{}, 1)
			dg.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { gone <- struct{}{} })
			open(t, s, dg)
			interrupt(s)
			<-gone
			alice.Say(general, s.Mention()+" while you were away")
			if err := dg.Open(); err != nil {
				t.Fatal(err)
			}
			alice.WaitReply(t.Context(), general)
			if l := s.Ledger(); l.Identifies() != 1 || l.Resumes() != 1 {
				t.Errorf("Identifies, Resumes = %d, %d; want 1, 1", l.Identifies(), l.Resumes())
			}
		})
	}
}

func TestInvalidSession(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	general := s.AddGuild("Learners").AddChannel("general")
	alice := s.AddUser("alice")
	dg := newSession(t, s)
	dg.AddHandler(echo(t, s))
	open(t, s, dg)
	s.Advance(6 * time.Second) // or the next Identify is one too many
	s.InvalidateSessions(false)
	s.WaitConnected(t.Context())
	alice.Say(general, s.Mention()+" again")
	alice.WaitReply(t.Context(), general)
	if n := s.Ledger().Identifies(); n != 2 {
		t.Errorf("Identifies = %d, want 2", n)
	}
}

// TestOddities is that a client gets over events nobody should send.
func TestOddities(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	general := s.AddGuild("Learners").AddChannel("general")
	alice := s.AddUser("alice")
	dg := newSession(t, s)
	dg.AddHandler(echo(t, s))
	open(t, s, dg)
	s.DispatchOddities(general, alice)
	alice.Say(general, s.Mention()+" still there?")
	alice.WaitFor(t.Context(), general, "the true answer", func(m discordtest.Message) bool { return m.Content == "You said: still there?" })
}

func TestCommandsOneByOne(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	dg := newSession(t, s)
	app := s.ApplicationID()
	made, err := dg.ApplicationCommandCreate(app, "", ask)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dg.ApplicationCommandEdit(app, "", made.ID, &discordgo.ApplicationCommand{Name: "ask", Description: "changed"}); err != nil {
		t.Error(err)
	}
	list, err := dg.ApplicationCommands(app, "")
	if err != nil || len(list) != 1 || list[0].ID != made.ID || list[0].Description != "changed" {
		t.Errorf("commands = %v, %v", list, err)
	}
	if err := dg.ApplicationCommandDelete(app, "", made.ID); err != nil || len(s.Commands()) != 0 {
		t.Errorf("delete: %v; left are %v", err, s.Commands())
	}
}

// TestHundredPresses is a hundred people at one button, with a slow line.
func TestHundredPresses(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithoutRateLimits())
	g := s.AddGuild("Learners")
	general := g.AddChannel("general")
	dg := newSession(t, s)
	dg.AddHandler(guideBot(t))
	open(t, s, dg)
	m, err := dg.ChannelMessageSendComplex(general.ID, &discordgo.MessageSend{Content: "x", Components: []discordgo.MessageComponent{
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Feedback", CustomID: "feedback"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.Fail(discordtest.Fault{Route: "POST /interactions/{interaction}/{token}/callback", Delay: 20 * time.Millisecond, Times: 100})
	presses := make([]*discordtest.Interaction, 100)
	for i := range presses {
		presses[i] = g.AddUser(fmt.Sprint("learner", i)).Click(discordtest.Message{ID: m.ID, ChannelID: m.ChannelID}, "feedback")
	}
	for _, p := range presses {
		p.WaitModal(t.Context())
	}
	if l := s.Ledger().FirstAnswers(); l.Count != 100 || l.Max > 3*time.Second {
		t.Errorf("first answers = %+v", l)
	}
}

func TestBurst(t *testing.T) {
	t.Parallel()
	const n = 500 // 2000 took 0.7 s in November 2026, most of it the client's
	s := discordtest.New(t, discordtest.WithoutRateLimits(), discordtest.WithPatience(time.Minute))
	g := s.AddGuild("Learners")
	alice := s.AddUser("alice")
	dg := newSession(t, s)
	dg.AddHandler(echo(t, s))
	open(t, s, dg)
	channels := make([]*discordtest.Channel, n)
	for i := range channels {
		channels[i] = g.AddChannel(fmt.Sprint("room", i))
	}
	for _, c := range channels {
		alice.Say(c, s.Mention()+" hello")
	}
	for _, c := range channels {
		alice.WaitReply(t.Context(), c)
	}
}

// BenchmarkInteractions is how long one slash command takes from the learner to
// the bot's first answer, with hundreds under way.
func BenchmarkInteractions(b *testing.B) {
	s := discordtest.New(b, discordtest.WithoutRateLimits())
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	dg, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		b.Fatal(err)
	}
	dg.Client = &http.Client{Transport: s.Transport()}
	slots := make(chan struct{}, 256)
	dg.AddHandler(func(dg *discordgo.Session, i *discordgo.InteractionCreate) {
		err := dg.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: 4, Data: &discordgo.InteractionResponseData{Content: "x"}})
		if err != nil {
			b.Error(err)
		}
		<-slots
	})
	if err := dg.Open(); err != nil {
		b.Fatal(err)
	}
	if _, err := dg.ApplicationCommandBulkOverwrite(s.ApplicationID(), "", []*discordgo.ApplicationCommand{{Name: "hi", Description: "d"}}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		slots <- struct{}{}
		alice.Slash(general, "hi")
	}
	for range cap(slots) {
		slots <- struct{}{}
	}
	b.Logf("%+v", s.Ledger().FirstAnswers())
}
