package slack

import (
	"strings"
	"testing"

	"mentor/bot/slack/slacktest"
)

func TestCommandIsForOnesOwnEyesAndCanBeShared(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, bob, elsewhere := s.Person("alice"), s.Person("bob"), s.Channel("elsewhere", slacktest.WithoutBot)
	if !alice.Slash("/ask", "which language?", elsewhere).Wait() {
		t.Fatal(alice.Errors())
	}
	answer := alice.WaitText(elsewhere, "Share with the channel")
	if got := bob.Sees(elsewhere); len(got) != 0 {
		t.Errorf("bob sees %v, want nothing", got)
	}
	alice.Click(answer, "Share with the channel").Wait()
	bob.WaitText(elsewhere, "Shared by alice")
}

func TestCommandsAreTheWordsOfTheGrammar(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	for _, c := range []struct{ command, text, want string }{
		{"/checkin", "sql joins", "1 day in a row"},
		{"/streak", "", "sql joins"},
		{"/mentor", "", "Ask me anything"},
		{"/mentor", "roadmap", "The road to a first back-end job"},
	} {
		alice.Slash(c.command, c.text, general).Wait()
		alice.WaitText(general, c.want)
	}
}

func TestButtons(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, bob, general := s.Person("alice"), s.Person("bob"), s.Channel("general")
	question := alice.Mention(general, "which language?")
	reply := alice.WaitReply(question)
	bob.Click(reply, "More").Wait()
	bob.WaitFor(general, "the rest in the thread", func(m slacktest.Message) bool {
		return m.ThreadTS == question.TS && m.TS != reply.TS && m.User != bob.ID
	})
	bob.WaitText(general, "*Which back-end language should I learn first?*")
	bob.Click(reply, "👍 Helped").Wait()
	bob.WaitText(general, "Thank you, noted")
	for _, m := range alice.Sees(general) {
		if strings.Contains(m.Text, "noted") {
			t.Error("alice sees bob's vote")
		}
	}
}

func TestButtonsWorkAfterARestart(t *testing.T) {
	t.Parallel()
	s, b := begin(t)
	alice := s.Person("alice")
	reply := alice.WaitReply(alice.DM("which language?"))
	if err := b.end(t); err != nil {
		t.Fatal(err)
	}
	s.WaitConnected(0)
	start(t, s, newMentor(t), nil)
	s.WaitConnected(lines)
	alice.Click(reply, "More").Wait()
	alice.WaitFor(alice.Direct(), "the rest", func(m slacktest.Message) bool { return m.User != alice.ID && m.TS > reply.TS })
}

func TestMenuOfTheRoadmap(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice := s.Person("alice")
	reply := alice.WaitReply(alice.DM("roadmap"))
	alice.Select(reply, "pick.1", "/open step-6-more-skills").Wait()
	alice.WaitText(alice.Direct(), "Add four skills")
}

func TestFormWithTypeahead(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, general := s.Person("alice"), s.Channel("general")
	alice.Slash("/ask", "", general).Wait()
	view := alice.WaitModal("Ask the mentor")
	if got := alice.Submit(view, nil); got.Errors[askWords] == "" {
		t.Errorf("Submit of nothing = %+v, want an error at the words", got)
	}
	offers := alice.Suggest(view, askTopic, "sql")
	if len(offers) == 0 {
		t.Fatal("nothing is offered for sql")
	}
	if got := alice.Submit(view, map[string]string{askTopic: "learn-sql"}); got.Failed {
		t.Fatalf("Submit = %+v", got)
	}
	s.WaitRequests("views.update", 1)
	answer := alice.WaitModal("The mentor's answer")
	alice.Click(answer, "More").Wait()
	s.WaitRequests("views.update", 2)
	if answer = alice.WaitModal("The mentor's answer"); !strings.Contains(answer.Text, "PostgreSQL tutorial") {
		t.Errorf("the modal shows %s, want the rest", answer.Text)
	}
}

func TestShortcuts(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice, bob, general := s.Person("alice"), s.Person("bob"), s.Channel("general")
	m := bob.Say(general, "which language pays?")
	alice.Shortcut(m, aboutMessage).Wait()
	alice.WaitText(general, "Share with the channel")
	alice.GlobalShortcut(askShortcut).Wait()
	alice.WaitModal("Ask the mentor")
}

func TestHome(t *testing.T) {
	t.Parallel()
	s, _ := begin(t)
	alice := s.Person("alice")
	alice.OpenHome()
	home := alice.WaitHome("No day is counted yet")
	for _, want := range []string{"Your days", "Your roadmap", "What is stored", "[Ask a question]"} {
		if !strings.Contains(home.Text, want) {
			t.Errorf("home = %s\nwant it to hold %q", home.Text, want)
		}
	}
	alice.Click(home, "Check in for today").Wait()
	home = alice.WaitHome("Today is done.")
	alice.Click(home, "say.106").Wait() // the third step's tick
	home = alice.WaitHome("☑")
	alice.Click(home, "Forget me").Wait()
	home = alice.WaitHome("Are you sure?")
	alice.Click(home, "Yes, forget me").Wait()
	alice.WaitHome("I remember nothing of you any more")
	alice.WaitHome("No day is counted yet")
	alice.Click(alice.WaitHome(""), "Ask a question").Wait()
	alice.WaitModal("Ask the mentor")
}
