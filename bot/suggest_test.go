package bot_test

import (
	"slices"
	"testing"

	"mentor/bot"
)

func topicsOf(list []bot.Choice) []string {
	out := make([]string, 0, len(list))
	for _, c := range list {
		out = append(out, c.Topic)
	}
	return out
}

func TestSuggestFewLetters(t *testing.T) {
	m := bot.New(newShelf(t))
	for range 2 {
		if _, err := m.Handle(t.Context(), bot.Question{Text: "harder", Person: "d:1", At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if got := topicsOf(m.Suggest(t.Context(), "py", 2)); len(got) != 2 || got[0] != "java" {
		t.Errorf("Suggest = %v, want two, the one shown most first", got)
	}
}

func TestSuggestAsOneTypes(t *testing.T) {
	m := bot.New(newShelf(t))
	for typed, want := range map[string][]string{
		"pyt":    {"python"},
		"salary": {"pay"},
		"harder": {"java"},
		"xyzzy":  nil,
	} {
		if got := topicsOf(m.Suggest(t.Context(), typed, 15)); !slices.Equal(got, want) {
			t.Errorf("Suggest(%q) = %v, want %v", typed, got, want)
		}
	}
}

func TestSuggestZones(t *testing.T) {
	m := bot.New(newShelf(t))
	for typed, want := range map[string]string{"": "Asia/Kolkata", "ber": "Europe/Berlin", "new y": "America/New_York", "mumbai": "Asia/Kolkata", "Berlni": "Europe/Berlin"} {
		if got := m.SuggestZones(typed, 25); !slices.Contains(got, want) || len(got) > 25 {
			t.Errorf("SuggestZones(%q) = %v, want %s in it", typed, got, want)
		}
	}
}

func TestWelcomeOnce(t *testing.T) {
	m := bot.New(newShelf(t))
	if _, ok := m.Welcome(t.Context(), "d:g"); !ok {
		t.Error("a new group got no welcome")
	}
	if _, ok := m.Welcome(t.Context(), "d:g"); ok {
		t.Error("a group was welcomed twice")
	}
}

func TestOpenAndMoreByID(t *testing.T) {
	m := bot.New(newShelf(t))
	for text, want := range map[string]string{
		"/open pay": "Short of pay.", "/more python": "More of python.", "/more java": "That is all the guide says about it.",
		"/open gone": "The guide does not have that entry any more. Please ask in your own words.",
	} {
		for range 2 { // a button can be pressed again
			r, err := m.Handle(t.Context(), bot.Question{Text: text, Person: "d:1", At: noon})
			if err != nil || r.Text != want {
				t.Errorf("%q = %q, %v, want %q", text, r.Text, err, want)
			}
		}
	}
	if r, err := m.Handle(t.Context(), bot.Question{Text: "open java-source", Person: "d:1", At: noon}); err != nil || r.Topic != "java" {
		t.Errorf("words that are no entry's id got %q, %v, want them looked up", r.Text, err)
	}
}
