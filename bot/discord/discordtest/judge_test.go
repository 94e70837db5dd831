package discordtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"mentor/bot/discord/discordtest"
)

// A witness is a test that fails without failing the one it stands in.
type witness struct {
	testing.TB
	said    []string
	cleanup []func()
}

func (w *witness) Helper()             {}
func (w *witness) Cleanup(f func())    { w.cleanup = append(w.cleanup, f) }
func (w *witness) Failed() bool        { return len(w.said) > 0 }
func (w *witness) Logf(string, ...any) {}
func (w *witness) Errorf(f string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(f, args...))
}

// Fatalf ends the goroutine as a test's does.
func (w *witness) Fatalf(f string, args ...any) {
	w.Errorf(f, args...)
	panic(w)
}

// end runs what the test would run at its end.
func (w *witness) end() {
	for _, f := range w.cleanup {
		f()
	}
}

// fails runs f as a test of its own and returns what it failed with.
func fails(t *testing.T, f func(*discordtest.Server), opts ...discordtest.Option) string {
	t.Helper()
	w := &witness{TB: t}
	func() {
		defer func() {
			if r := recover(); r != nil && r != w {
				panic(r)
			}
		}()
		f(discordtest.New(w, opts...))
	}()
	w.end()
	return strings.Join(w.said, "\n")
}

func TestTheServerFailsTheTest(t *testing.T) {
	t.Parallel()
	send := func(s *discordtest.Server, body obj) got {
		t.Helper()
		ch := s.AddGuild("Learners").AddChannel("general")
		return raw{t: t, s: s}.do("POST", "channels/"+ch.ID+"/messages", body)
	}
	for _, c := range []struct {
		name string
		do   func(*discordtest.Server)
		want string
	}{
		{"nothing", func(s *discordtest.Server) { send(s, obj{"content": "x"}) }, ""},
		{"violation", func(s *discordtest.Server) { send(s, obj{"content": x(2001)}) }, "1 violations, allowed are 0"},
		{"allowed", func(s *discordtest.Server) { s.Allow(discordtest.Violations, 1); send(s, obj{}) }, ""},
		{"ping", func(s *discordtest.Server) { send(s, obj{"content": s.AddUser("bob").Mention()}) }, "1 pings, allowed are 0"},
		{"invalid", func(s *discordtest.Server) {
			for range 11 {
				raw{t: t, s: s}.do("GET", "users/@me", nil, "Authorization", "Bot wrong")
			}
		}, "11 invalid requests"},
		{"duplicate", func(s *discordtest.Server) {
			ch := s.AddGuild("Learners").AddChannel("general")
			for range 2 {
				raw{t: t, s: s}.do("POST", "channels/"+ch.ID+"/messages", obj{"content": "x"})
			}
		}, "1 duplicate messages"},
	} {
		if got := fails(t, c.do); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: the test fails with %q, want %q", c.name, got, c.want)
		}
	}
}

func TestUnansweredInteraction(t *testing.T) {
	t.Parallel()
	got := fails(t, func(s *discordtest.Server) {
		g := s.AddGuild("Learners")
		ch, alice := g.AddChannel("general"), g.AddUser("alice")
		raw{t: t, s: s}.do("PUT", "applications/"+s.ApplicationID()+"/commands", list{command(nil)})
		start(t, s)
		alice.Slash(ch, "ask")
	})
	if !strings.Contains(got, "1 unanswered interactions") || !strings.Contains(got, "/ask by alice in #general") {
		t.Errorf("the test fails with %q", got)
	}
}

func TestWaitingInVain(t *testing.T) {
	t.Parallel()
	got := fails(t, func(s *discordtest.Server) {
		g := s.AddGuild("Learners")
		ch, alice := g.AddChannel("general"), g.AddUser("alice")
		alice.Say(ch, "anybody there?")
		alice.WaitReply(t.Context(), ch)
	}, discordtest.WithPatience(10*time.Millisecond))
	for _, want := range []string{"alice waited for a reply in #general", "alice\n  anybody there?"} {
		if !strings.Contains(got, want) {
			t.Errorf("the test fails with %q, want %q in it", got, want)
		}
	}
}

// TestClientsLimits is what Discord's own client does not let a user do.
func TestClientsLimits(t *testing.T) {
	t.Parallel()
	number := commandOption(obj{"name": "n", "type": 4, "max_value": 5})
	for _, c := range []struct {
		name string
		do   func(*discordtest.User, *discordtest.Channel)
		want string
	}{
		{"unknown command", func(u *discordtest.User, ch *discordtest.Channel) { u.Slash(ch, "nope") }, "registered are /ask, /streak"},
		{"missing option", func(u *discordtest.User, ch *discordtest.Channel) { u.Slash(ch, "ask") }, "required option q is missing"},
		{"unknown option", func(u *discordtest.User, ch *discordtest.Channel) { u.Slash(ch, "ask", discordtest.Opt("z", 1)) }, "no option z"},
		{"too great", func(u *discordtest.User, ch *discordtest.Channel) { u.Slash(ch, "ask", discordtest.Opt("n", 6)) }, "does not take 6"},
		{"no subcommand", func(u *discordtest.User, ch *discordtest.Channel) { u.Slash(ch, "streak") }, "subcommand must be named"},
		{"no message", func(u *discordtest.User, _ *discordtest.Channel) {
			u.Click(discordtest.Message{ID: "1", ChannelID: u.DMChannel().ID}, "b")
		}, "cannot see message"},
		{"none of it", func(u *discordtest.User, ch *discordtest.Channel) {
			u.Slash(ch, "ask", discordtest.Opt("q", "x"))
			u.Slash(ch, "streak show")
		}, ""},
	} {
		got := fails(t, func(s *discordtest.Server) {
			g := s.AddGuild("Learners")
			raw{t: t, s: s}.do("PUT", "applications/"+s.ApplicationID()+"/commands", list{
				withOptions(commandOption(obj{"required": true}), number),
				command(obj{"name": "streak", "options": list{commandOption(obj{"type": 1, "name": "show"})}}),
			}).want(t, "commands", 200, 0)
			c.do(g.AddUser("alice"), g.AddChannel("general"))
		})
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: the test fails with %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTranscript(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	g := r.s.AddGuild("Learners")
	ch, alice := g.AddChannel("general"), g.AddUser("alice")
	alice.Say(ch, "two\nlines")
	for _, body := range []obj{
		{"embeds": list{obj{"title": "Go", "description": "A language.", "fields": list{obj{"name": "Since", "value": "2009"}}, "footer": obj{"text": "from the guide"}}}},
		components(list{row(button("a"), obj{"type": 2, "style": 5, "label": "Site", "url": "https://go.dev"}, obj{"type": 2, "style": 2, "custom_id": "c", "label": "Old", "disabled": true})}),
		components(menu(obj{"placeholder": "Pick"})),
		v2(obj{"type": 17, "components": list{obj{"type": 10, "content": "# Title"}, obj{"type": 14}, obj{"type": 9, "components": list{obj{"type": 10, "content": "beside"}}, "accessory": button("b")}}}),
	} {
		r.do("POST", "channels/"+ch.ID+"/messages", body).want(t, "send", 200, 0)
	}
	want := `alice
  two
  lines
mentor [bot]
  | **Go**
  | A language.
  | Since: 2009
  | — from the guide
mentor [bot]
  [Go] [Site ↗] (Old)
mentor [bot]
  [Pick ▾ L0 · L1 · L2]
mentor [bot]
  ┃ # Title
  ┃ ────
  ┃ beside  [Go]
`
	if got := r.s.Transcript(ch.ID); got != want {
		t.Errorf("transcript:\n%s\nwant:\n%s", got, want)
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	ch, alice := g.AddChannel("general"), g.AddUser("alice")
	dg := newSession(t, s)
	dg.AddHandler(func(dg *discordgo.Session, i *discordgo.InteractionCreate) {
		text := "You chose " + strings.Join(i.MessageComponentData().Values, ", ")
		err := dg.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: 4, Data: &discordgo.InteractionResponseData{Content: text}})
		if err != nil {
			t.Error(err)
		}
	})
	open(t, s, dg)
	raw{t: t, s: s}.do("POST", "channels/"+ch.ID+"/messages", components(menu(obj{"max_values": 2}))).want(t, "menu", 200, 0)
	m := alice.WaitReply(t.Context(), ch)
	if got := alice.Select(m, "menu", "v0", "v2").Wait(t.Context()).Content; got != "You chose v0, v2" {
		t.Errorf("answer = %q", got)
	}
}
