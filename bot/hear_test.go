package bot_test

import (
	"strconv"
	"testing"
	"time"

	"mentor/bot"
)

// hear is a message in a channel of a group.
func hear(t *testing.T, m *bot.Mentor, event, text string, to bot.Address) (bot.Reply, bool) {
	t.Helper()
	r, heard, err := m.Hear(t.Context(), bot.Question{Text: text, Person: "d:1", Place: "c", Channel: "c", Group: "d:g", Event: event, At: noon}, to)
	if err != nil {
		t.Fatal(err)
	}
	return r, heard
}

func TestAnEventIsHeardOnce(t *testing.T) {
	m := bot.New(newShelf(t))
	if _, heard := hear(t, m, "e1", "python", bot.Mention); !heard {
		t.Error("a mention was not heard")
	}
	if r, heard := hear(t, m, "e1", "python", bot.Mention); heard {
		t.Errorf("the same event again was answered %q", r.Text)
	}
	if _, heard := hear(t, m, "e2", "python", bot.Mention); !heard {
		t.Error("another event with the same words was not heard")
	}
}

func TestWhatIsNotAddressedIsNotHeard(t *testing.T) {
	m := bot.New(newShelf(t))
	for _, text := range []string{"sure java harder java", "done", "help", "kill myself"} {
		if r, heard := hear(t, m, "aside "+text, text, bot.Aside); heard {
			t.Errorf("%q, said to nobody, was answered %q", text, r.Text)
		}
	}
}

func TestAFloodIsStopped(t *testing.T) {
	m := bot.New(newShelf(t))
	answers, warnings := 0, 0
	for i := range 100 {
		r, heard := hear(t, m, strconv.Itoa(i), "pay", bot.Mention)
		switch {
		case heard && r.Kind == bot.Help:
			warnings++
		case heard:
			answers++
		}
	}
	if answers != 8 || warnings != 1 {
		t.Errorf("100 messages at once got %d answers and %d warnings, want 8 and 1", answers, warnings)
	}
	r, heard, err := m.Hear(t.Context(), bot.Question{Text: "pay", Person: "d:1", Place: "c", Channel: "c", Event: "later", At: noon.Add(time.Minute)}, bot.Mention)
	if err != nil || !heard || r.Kind != bot.Answer {
		t.Errorf("a minute later: %+v, %v, %v", r, heard, err)
	}
}
