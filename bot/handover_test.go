package bot_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
)

func TestPassOnAndResolve(t *testing.T) {
	d := newDesk(t)
	r := d.say("d:2", "how do I fix a tap")
	if len(r.Choices) != 0 {
		t.Errorf("without mentors there is %v on offer", r.Choices)
	}
	d.hears("d:2", "pass it on", "named no mentors yet", "I tell you")
	d.managerHears("d:1", "inbox 1", "Waiting to be told: 1")

	d.managerHears("d:1", "setup mentors here", "are posted in the channel")
	r = d.say("d:2", "who walks the dog")
	if n := len(r.Choices); n == 0 || r.Choices[n-1].Say != "ask a mentor" {
		t.Fatalf("under no answer there is %v on offer, want a mentor", r.Choices)
	}
	d.hears("d:2", "ask a mentor", "Passed on", "cannot say how long")
	d.hears("d:2", "ask a mentor", "with the mentors already")
	d.say("d:3", "python at work")
	d.hears("d:3", "3", "Passed on") // from the list of the choices
	d.hears("d:4", "ask a mentor", "Ask it once more")

	d.now = d.now.Add(2 * time.Hour)
	r = d.managerHears("d:1", "open", "2 questions", "**h1**, since 2 h: who walks the dog", "python at work")
	if len(r.Choices) != 2 || r.Choices[0].Say != "resolve h1" {
		t.Errorf("on offer: %v", r.Choices)
	}
	d.managerHears("d:1", "resolve h1", "Resolved after 2 h")
	d.managerHears("d:9", "resolve h1", "Somebody else was faster")
	d.managerHears("d:1", "resolve h1", "Resolved after 2 h") // the same once more
	d.managerHears("d:1", "resolve h7", "There is no question h7")
	d.managerHears("d:1", "open", "1 question", "waited about 2 h")
	d.say("d:5", "where is the moon")
	d.hears("d:5", "ask a mentor", "waited about 2 h")
	for paper, err := range d.store.Papers(t.Context(), "handover d:group") {
		if err != nil {
			t.Fatal(err)
		}
		if paper.Key == "h1" && strings.Contains(paper.Text, "dog") {
			t.Errorf("of a question that is resolved there is kept %s, want no words", paper.Text)
		}
	}
}

func TestMentorsAreNamed(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct{ words, want string }{
		{"setup mentors", "No mentors are named"},
		{"setup mentors <@&55>", "the mentors' role"},
		{"setup mentors add <@!7>", "1 named one by one"},
		{"setup mentors add <@7>", "1 named one by one"},
		{"setup mentors add Bob", "whom you mean"},
		{"setup mentors add everyone please", "do not know that setting"},
		{"setup mentors @everyone", "do not know that setting"},
		{"setup mentors remove <@7>", "the mentors' role"},
		{"setup mentors off", "No mentors are named"},
		{"setup", "`setup mentors`"},
	} {
		d.managerHears("d:1", c.words, c.want)
	}
	d.manager("d:1", "setup mentors <@&55>")
	q := bot.Question{Text: "inbox", Person: "d:2", Place: "here", Group: "d:group", At: d.now, Roles: []string{"54", "55"}}
	if r, err := d.mentor.Handle(t.Context(), q); err != nil || !strings.Contains(r.Text, "inbox is empty") {
		t.Errorf("who has the role hears %q, %v", r.Text, err)
	}
	q.Roles = []string{"54"}
	if r, err := d.mentor.Handle(t.Context(), q); err != nil || !strings.Contains(r.Text, "for this group's mentors") {
		t.Errorf("who has another role hears %q, %v", r.Text, err)
	}
}

// A postbox takes what is sent; it fails as often as it is told to.
type postbox struct {
	mu    sync.Mutex
	got   []bot.Delivery
	fails []error
}

func (p *postbox) Idempotent() bool { return false }

func (p *postbox) Send(_ context.Context, d bot.Delivery) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.fails) > 0 {
		err := p.fails[0]
		p.fails = p.fails[1:]
		return err
	}
	p.got = append(p.got, d)
	return nil
}

func (p *postbox) all() []bot.Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.got
}

// TestQuestionsReachTheMentors: one is posted in the mentors' channel, tried again
// while it surely was not sent, and belongs to somebody after a day: to who was idle
// for the longest.
func TestQuestionsReachTheMentors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		m, box := bot.New(newShelf(t), bot.WithStore(store)), &postbox{fails: []error{&bot.LaterError{Err: errors.New("busy")}}}
		m.SendBy(map[string]bot.Sender{"d": box})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { m.Tend(ctx) })
		say := func(person bot.Account, text string, admin bool) string {
			r, err := m.Handle(t.Context(), bot.Question{Text: text, Person: person, Name: "Ann <@5>", Place: "room", Group: "d:group", At: time.Now(), Admin: admin})
			if err != nil {
				t.Error(err)
			}
			return r.Text
		}
		say("d:1", "setup mentors here", true)
		say("d:1", "setup mentors add <@7>", true)
		say("d:1", "setup mentors add <@8>", true)
		for _, text := range []string{"how do I fix a tap @everyone", "who walks the dog", "where is the moon"} {
			say("d:2", text, false)
			say("d:2", "ask a mentor", false)
		}
		time.Sleep(5 * time.Second)
		posted := box.all()
		if len(posted) != 3 {
			t.Fatalf("%d posts, want one for each question", len(posted))
		}
		var texts strings.Builder
		for _, d := range posted {
			texts.WriteString(d.Reply.Text)
			if d.Group != "d:group" || d.Place != "room" || d.To != "" || len(d.Key) != 20 || len(d.Reply.Choices) != 1 {
				t.Errorf("posted %+v", d)
			}
		}
		if !strings.Contains(texts.String(), `fix a tap \@everyone`) || !strings.Contains(texts.String(), "**Ann 5** asks") {
			t.Errorf("the mentors read %q", texts.String())
		}
		say("d:7", "resolve h3", false)
		time.Sleep(25 * time.Hour)
		given := box.all()[3:]
		if len(given) != 2 || given[0].To != "d:8" || given[1].To != "d:7" {
			t.Errorf("after a day %+v, want h1 given to d:8, who did nothing yet, and h2 to d:7", given)
		}
		if text := say("d:8", "open", false); !strings.Contains(text, "yours") || !strings.Contains(text, "has an owner") {
			t.Errorf("open = %q", text)
		}
		time.Sleep(25 * time.Hour)
		if n := len(box.all()); n != 5 {
			t.Errorf("%d messages, want nobody to be told twice", n)
		}
		cancel()
		wg.Wait()
	})
}
