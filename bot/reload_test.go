package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mentor/bot"
)

// A press is a reloader that remembers how it was asked.
type press struct{ asked []string }

func (p *press) Reload(_ context.Context, force bool) (string, error) {
	p.asked = append(p.asked, map[bool]string{false: "reload", true: "force"}[force])
	if !force {
		return "", errors.New("worse `by` far")
	}
	return "9 questions replayed", nil
}

func (p *press) Status() string { return "3 topics" }

func TestOperatorsReloadTheGuide(t *testing.T) {
	p := &press{}
	m := bot.New(newShelf(t), bot.WithReload(p, "ada"))
	say := func(person bot.Account, text string) string {
		t.Helper()
		r, err := m.Handle(t.Context(), bot.Question{Text: text, Person: person, Place: "here", At: noon, Admin: true})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Private {
			t.Errorf("the reply to %q is for all to see", text)
		}
		return r.Text
	}
	for _, c := range []struct {
		person     bot.Account
		text, want string
	}{
		{"bob", "reload", "MENTOR_OPERATORS names them. You are `bob`."},
		{"bob", "/reload force", "Only those who run this mentor"},
		{"ada", "reload status", "The guide: `3 topics`"},
		{"ada", "reload", "Not reloaded: `worse 'by' far`"},
		{"ada", "reload force", "The guide is reloaded.\n\n```\n9 questions replayed\n```"},
	} {
		if got := say(c.person, c.text); !strings.Contains(got, c.want) {
			t.Errorf("%s says %q: %q, want %q in it", c.person, c.text, got, c.want)
		}
	}
	if got := strings.Join(p.asked, " "); got != "reload force" {
		t.Errorf("reloaded by %q, want once by each of the operator's words", got)
	}
	m = bot.New(newShelf(t))
	if got := say("ada", "reload"); !strings.Contains(got, "cannot be reloaded here") {
		t.Errorf("without a reloader: %q", got)
	}
}
