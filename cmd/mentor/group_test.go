package main

import (
	"strings"
	"testing"
	"time"

	"mentor/bot/discord"
	"mentor/bot/discord/discordtest"
	"mentor/bot/slack"
	"mentor/bot/slack/slacktest"
)

const manageGuild = 1 << 5 // Discord's permission

// TestGroupsAreTold: a daily message that an admin set comes into the channels of
// both platforms, its button shows who taps the answer, and nobody is notified.
func TestGroupsAreTold(t *testing.T) {
	d, s := discordtest.New(t, discordtest.WithPermissions(discord.Permissions)), slacktest.New(t, slacktest.Manifest(slack.Manifest()))
	guild, ada := d.AddGuild("Learners"), d.AddUser("ada")
	guild.Join(ada)
	general := guild.AddChannel("general")
	around := env(t, d, s)
	p := startRun(t, around)
	d.WaitConnected(t.Context())
	d.WaitCommand(t.Context(), "daily")
	s.WaitConnected(2)
	ann, lobby := s.Person("ann"), s.Channel("lobby")
	sees := func(what, want string) {
		t.Helper()
		if !strings.Contains(what, want) {
			t.Errorf("%q is missing in:\n%s\nlog:\n%s", want, what, p.log)
		}
	}

	at := time.Now().UTC().Add(90 * time.Minute).Format("15:04")
	set := discordtest.Opt("time", at)
	ada.Slash(general, "daily", set, discordtest.Opt("place", "UTC")).Wait(t.Context())
	sees(d.Transcript(general.ID, discordtest.For(ada)), "Only those who may manage this group")
	guild.Grant(ada, manageGuild)
	ada.Slash(general, "daily", set, discordtest.Opt("place", "UTC")).Wait(t.Context())
	sees(d.Transcript(general.ID, discordtest.For(ada)), "every day at "+at+", UTC")
	ada.Slash(general, "board join").Wait(t.Context())
	ada.Slash(general, "checkin").Wait(t.Context())
	ann.SetAdmin(true)
	s.Settle()
	ann.Slash("/mentor", "daily "+at+" UTC", lobby).Wait()
	ann.WaitText(lobby, "every day at "+at+", UTC")

	// It is stopped, and started again when it is time.
	p.stop()
	if err := p.wait(t); err != nil {
		t.Errorf("the end of the program: %v", err)
	}
	d.WaitDisconnected(t.Context())
	s.WaitConnected(0)
	p = startAt(t, around, func() time.Time { return time.Now().Add(91 * time.Minute) })
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	told := ada.WaitFor(t.Context(), general, "the daily message", func(m discordtest.Message) bool { return len(m.Attachments) > 0 })
	if told.Ephemeral() || told.Flags&discordtest.FlagSuppressNotifications == 0 {
		t.Errorf("the daily message has the flags %b", told.Flags)
	}
	sees(d.Transcript(general.ID), "Question of the day")
	answer := ada.Click(told, told.Buttons()[0]).Wait(t.Context())
	if !answer.Ephemeral() {
		t.Error("the answer is shown to all")
	}
	posted := ann.WaitText(lobby, "Question of the day")
	ann.Click(posted, "Show the answer").Wait()
	shown := ann.WaitText(lobby, "👍")
	if shown.Only != ann.ID {
		t.Errorf("the answer is shown to %q, want ann alone", shown.Only)
	}
	p.stop()
	if err := p.wait(t); err != nil {
		t.Errorf("the end of the program: %v", err)
	}
	if inDiscord, inSlack := d.Ledger().Pings(), s.Ledger().Pings(); len(inDiscord)+len(inSlack) > 0 {
		t.Errorf("notified were %v and %v", inDiscord, inSlack)
	}
}
