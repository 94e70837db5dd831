package discord_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mentor/bot"
	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
	"mentor/index"
	"mentor/knowledge"
)

// TestTranscript is a talk as a learner sees it, kept in testdata/transcript.txt
// for the documentation.
func TestTranscript(t *testing.T) {
	if raceDetector {
		t.Skip("learning the whole guide takes long; the same is tested without the detector")
	}
	t.Parallel()
	x, err := index.Build(knowledge.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 24, 18, 40, 0, 0, time.UTC)
	s := discordtest.New(t, discordtest.WithClock(func() time.Time { return at }), discordtest.WithoutRateLimits())
	g := s.AddGuild("Learners")
	general, alice := g.AddChannel("general"), g.AddUser("alice")
	start(t, s, func(c *discord.Config) { c.Mentor = bot.New(index.NewLive(x), bot.WithStore(newMemory())) })
	ctx := t.Context()
	alice.Say(general, s.Mention()+" which backend language is easiest?")
	m := alice.WaitReply(ctx, general)
	alice.Click(m, button(t, m, "More")).Wait(ctx)
	alice.Click(m, button(t, m, "👍")).Wait(ctx)
	alice.Slash(general, "checkin", discordtest.Opt("note", "SQL joins")).Wait(ctx)
	alice.Slash(general, "zone", discordtest.Opt("place", "Berlin")).Wait(ctx)
	alice.Slash(general, "streak").Wait(ctx)
	alice.Slash(general, "roadmap").Wait(ctx)
	alice.Say(general, s.Mention()+" who wins the world cup?")
	alice.WaitReply(ctx, general)
	got := s.Transcript(general.ID, discordtest.For(alice))
	const name = "testdata/transcript.txt"
	if os.Getenv("UPDATE_TRANSCRIPT") != "" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; write it with UPDATE_TRANSCRIPT=1 go test ./bot/discord -run Transcript", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); write it anew with UPDATE_TRANSCRIPT=1:\n%s", name, diff)
	}
}
