package slack

import (
	"strings"
	"testing"

	"mentor/bot/slack/slacktest"
)

func TestMentionIsAnsweredOnceInItsThread(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	question := alice.Mention(general, "which language is easiest?")
	if reply := alice.WaitReply(question); reply.ThreadTS != question.TS {
		t.Errorf("reply in thread %q, want %q", reply.ThreadTS, question.TS)
	}
	followUp := alice.InThread(question.TS).Say(general, "and sql?") // no mention
	alice.WaitReply(followUp)
	alice.Say(general, "who knows a good language?") // to nobody
	alice.InThread(alice.Say(general, "a thread of others").TS).Say(general, "skills, anyone?")
	s.Settle()
	if got := len(s.Ledger().Requests("chat.postMessage")); got != 2 {
		t.Errorf("%d posts, want 2:\n%s", got, s.Transcript(general))
	}
}

func TestDirectMessage(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice := s.Person("alice")
	reply := alice.WaitReply(alice.DM("which language & why <b>?"))
	if reply.ThreadTS != "" {
		t.Errorf("reply in thread %q, want none in a direct chat", reply.ThreadTS)
	}
	alice.WaitText(alice.Direct(), "sure (97 %)")
	alice.WaitReply(alice.DM("more"))
	s.Settle()
}

func TestPersonalMattersAreEphemeralInChannels(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, bob, general := s.Person("alice"), s.Person("bob"), s.Channel("general")
	alice.Mention(general, "privacy")
	alice.WaitText(general, "What I remember of you")
	for _, m := range bob.Sees(general) {
		if m.User != alice.ID {
			t.Errorf("bob sees %q", m.Text)
		}
	}
}

func TestZoneComesFromSlack(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice := s.Person("alice")
	alice.DM("zone")
	alice.WaitText(alice.Direct(), "Europe/Berlin")
	alice.SetTZ("Asia/Kolkata")
	s.Settle()
	alice.DM("my time zone")
	alice.WaitText(alice.Direct(), "Asia/Kolkata")
}

func TestNobodyIsPinged(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	alice.WaitReply(alice.Mention(general, "checkin <!channel> <@U123> @here **x** [a](b)"))
	alice.DM("streak")
	alice.WaitText(alice.Direct(), "x")
	s.Settle()
	if pings := s.Ledger().Pings(); len(pings) > 0 {
		t.Errorf("pings = %v, want none", pings)
	}
}

func TestStreakHasAPictureInTheDirectChat(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice := s.Person("alice")
	alice.WaitReply(alice.DM("checkin"))
	alice.WaitReply(alice.DM("streak"))
	call := s.WaitRequests("files.getUploadURLExternal", 1)[0]
	if alt, _ := call.Args["alt_txt"].(string); !strings.Contains(alt, "1 day") {
		t.Errorf("alt_txt = %q, want the figures in words", alt)
	}
	s.WaitRequests("files.completeUploadExternal", 1)
}

func TestPictureOfACommandComesIntoTheDirectChat(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	alice.Slash("/checkin", "", general).Wait()
	alice.WaitText(general, "1 day in a row")
	alice.Slash("/streak", "", general).Wait()
	alice.Click(alice.WaitText(general, "[Send me the picture]"), "Send me the picture").Wait()
	alice.WaitFor(alice.Direct(), "the picture", func(m slacktest.Message) bool { return len(m.Files) == 1 })
}

func TestExportIsAFile(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	alice.WaitReply(alice.DM("checkin"))
	alice.Slash("/mentor", "export", general).Wait()
	s.WaitRequests("files.completeUploadExternal", 1)
	if got := s.File("mentor-export.json"); !strings.Contains(string(got), `"streak": 1`) {
		t.Errorf("the file = %s, want the streak", got)
	}
	if got := alice.Sees(general); len(got) != 1 || len(got[0].Files) != 0 {
		t.Errorf("alice sees %v in the channel, want words alone", got)
	}
}

func TestWithoutFilesWriteTheWordsAreThere(t *testing.T) {
	t.Parallel()
	s := newSlack(t, slacktest.Manifest(strings.Replace(Manifest(), "      - files:write\n", "", 1)))
	start(t, s, newMentor(t), nil)
	s.Allow(slacktest.MissingScope, 2)
	s.WaitConnected(lines)
	alice := s.Person("alice")
	alice.WaitReply(alice.DM("checkin"))
	alice.WaitReply(alice.DM("streak"))
	alice.WaitReply(alice.DM("export"))
	alice.WaitText(alice.Direct(), `"streak": 1`)
}

func TestAdminsSetAChannelsMode(t *testing.T) {
	t.Parallel()
	s, b := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	alice.Mention(general, "setup all")
	alice.WaitText(general, "Only those who may manage")
	w := b.teams[s.Team().ID]
	w.people.put(alice.ID, person{name: "alice", zone: "Europe/Berlin", admin: true}, b.now())
	alice.Mention(general, "setup all")
	alice.WaitText(general, "In this channel: *all*")
	alice.WaitReply(alice.Say(general, "so which language should one learn first?"))
	alice.Mention(general, "setup off")
	alice.WaitText(general, "In this channel: *off*")
	alice.Mention(general, "which language?")
	s.Settle()
	if got := len(s.Ledger().Requests("chat.postMessage")); got != 1 {
		t.Errorf("%d posts, want 1", got)
	}
}

func TestTwoWorkspacesInOneProcess(t *testing.T) {
	t.Parallel()
	s := newSlack(t)
	other := s.AddTeam("evening")
	gone := s.AddTeam("gone")
	s.Deactivate(gone.BotToken)
	b := start(t, s, newMentor(t), func(c *Config, _ *Bot) { c.BotTokens = []string{gone.BotToken, s.BotToken(), other.BotToken} })
	s.WaitConnected(lines)
	for _, p := range []*slacktest.Person{s.Person("alice"), other.Person("bob")} {
		p.WaitReply(p.DM("which language?"))
	}
	for _, r := range s.Ledger().Requests("chat.postMessage") {
		if r.Token != s.BotToken() && r.Token != other.BotToken {
			t.Errorf("a post with the token %q", r.Token)
		}
	}
	if !strings.Contains(b.logged.String(), "SLACK_BOT_TOKEN (number 1 of 3) is refused (account_inactive)") {
		t.Error("the refused token is in no log")
	}
}

func TestSaid(t *testing.T) {
	for text, want := range map[string]string{
		"<@UBOT> is &lt;b&gt; &amp; c hard?":        "is <b> & c hard?",
		"see <https://x.org|the site> <https://y>":  "see the site https://y",
		"in <#C1|general> <!here> <!subteam^S1|@a>": "in #general ! !a",
		"streak <@U2|ann>":                          "streak <@U2|ann>",
	} {
		if got, _ := said(text, "UBOT"); got != want {
			t.Errorf("said(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTranscript(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	question := alice.Mention(general, "which language should I learn?")
	alice.WaitReply(question)
	followUp := alice.InThread(question.TS).Say(general, "and how do I learn sql?")
	alice.WaitReply(followUp)
	lost := alice.Mention(general, "how do I cook rice?")
	alice.WaitReply(lost)
	golden(t, "transcript.txt", []byte(s.Transcript(general)))
}
