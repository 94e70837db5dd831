package discord_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
)

func ills(findings []discord.Finding) map[string]string {
	out := map[string]string{}
	for _, f := range findings {
		if !f.OK {
			out[f.What] = f.Detail + "; " + f.Cure
		}
	}
	return out
}

func TestInvite(t *testing.T) {
	u, err := url.Parse(discord.Invite("123"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("client_id") != "123" || q.Get("scope") != "bot applications.commands" || q.Get("permissions") != "309237746688" {
		t.Errorf("Invite = %v", u)
	}
}

func TestDiagnose(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t, discordtest.WithPermissions(discord.Permissions))
	g := s.AddGuild("Learners")
	general := g.AddChannel("general")
	start(t, s)
	c := discord.Config{Token: s.Token(), APIURL: s.URL()}
	findings := discord.Diagnose(t.Context(), c, general.ID)
	if bad := ills(findings); len(bad) != 0 || len(findings) < 6 {
		t.Errorf("a sound bot has %v", bad)
	}
	general.Delete()
	if bad := ills(discord.Diagnose(t.Context(), c, general.ID)); !strings.Contains(bad["channel "+general.ID], "does not exist") {
		t.Errorf("with a deleted channel: %v", bad)
	}
	c.ReadMessages = true
	if bad := ills(discord.Diagnose(t.Context(), c)); !strings.Contains(bad["intents"], "Message Content Intent") {
		t.Errorf("with an intent that is not switched on: %v", bad)
	}
}

func TestDiagnoseFaults(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	c := discord.Config{Token: s.Token(), APIURL: s.URL()}
	if bad := ills(discord.Diagnose(t.Context(), c)); !strings.Contains(bad["commands"], "start the mentor") {
		t.Errorf("without commands: %v", bad)
	}
	s.ResetToken()
	if found := discord.Diagnose(t.Context(), c); len(found) != 1 || found[0].OK || !strings.Contains(found[0].Cure, "DISCORD_TOKEN") {
		t.Errorf("with a bad token: %+v", found)
	}
	if bad := ills(discord.Diagnose(t.Context(), discord.Config{})); len(bad) != 1 {
		t.Errorf("without a token: %v", bad)
	}
}

// TestStopWithAnAnswerInHand is SIGTERM while an answer is on its way: it goes out.
func TestStopWithAnAnswerInHand(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	r := prepare(t, s)
	r.shelf.delay = 700 * time.Millisecond
	r.run(t)
	s.WaitCommand(t.Context(), "ask")
	alice.Say(general, s.Mention()+" "+python)
	i := alice.Slash(general, "ask", discordtest.Opt("question", python))
	eventually(t, "the events to be handed over", func() bool { return r.bot.Waiting() == 2 })
	began := time.Now()
	if err := r.stop(); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("Run ended with %v after %v", err, time.Since(began))
	}
	i.Wait(t.Context())
	if n := s.Ledger().MessagesIn(general.ID); n != 2 {
		t.Errorf("%d answers went out, want 2", n)
	}
}
