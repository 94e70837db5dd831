package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"mentor/bot"
)

const untold = "my reminders could not reach you"

func TestWhoCouldNotBeReachedIsToldWithAnAnswer(t *testing.T) {
	for _, text := range []string{"which language is easiest?", "hello", "help", "topics"} {
		d := newDesk(t)
		d.say("d:ada", "remind 19:30 Berlin")
		d.reminded(func(r *bot.Reminder) { r.Tell, r.On = true, false })
		if r := d.say("d:bob", text); strings.Contains(r.Text, untold) {
			t.Errorf("%q: somebody else is told: %q", text, r.Text)
		}
		if r := d.say("d:ada", text); strings.Count(r.Text, untold) != 1 {
			t.Errorf("%q: the reply does not tell: %q", text, r.Text)
		}
		if r := d.say("d:ada", text); strings.Contains(r.Text, untold) {
			t.Errorf("%q: told twice: %q", text, r.Text)
		}
	}
}

// Nothing personal is said where the mentor was not asked.
func TestNoNewsWhereNobodyAsked(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "remind 19:30 Berlin")
	d.reminded(func(r *bot.Reminder) { r.Tell = true })
	if _, err := d.store.UpdateGroup(t.Context(), "d:group", func(g *bot.Group) error { g.Mode = bot.ModeAll; return nil }); err != nil {
		t.Fatal(err)
	}
	q := bot.Question{Text: "is java java java java java java java java good?", Person: "d:ada", Place: "c1", Channel: "c1", Group: "d:group", Event: "aside", At: d.now}
	if r, heard, err := d.mentor.Hear(t.Context(), q, bot.Aside); err != nil || !heard || strings.Contains(r.Text, "could not reach") {
		t.Errorf("said to nobody, it is answered %q, %v", r.Text, err)
	}
	if !d.reminderOf("d:ada").Tell {
		t.Error("it counts as told")
	}
}

// A stuckStore answers no question about learners.
type stuckStore struct{ bot.Store }

func (stuckStore) Find(ctx context.Context, _ bot.Account) (bot.ID, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// A store that is away holds up one answer, and not for long; the next ones not
// at all.
func TestAQuestionDoesNotWaitForTheStore(t *testing.T) {
	mentor := bot.New(newShelf(t), bot.WithStore(stuckStore{newDesk(t).store}))
	ask := func() time.Duration {
		began := time.Now()
		if _, err := mentor.Handle(t.Context(), bot.Question{Text: "which language is easiest?", Person: "d:ada", Place: "here", At: began}); err != nil {
			t.Fatal(err)
		}
		return time.Since(began)
	}
	if took := ask(); took > time.Second {
		t.Errorf("the first answer took %v", took)
	}
	began := time.Now()
	for range 50 {
		ask()
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("fifty answers took %v while the store is away", took)
	}
}
