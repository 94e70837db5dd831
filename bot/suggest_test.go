package bot_test

import (
	"testing"

	"mentor/bot"
)

func TestOpenAndMoreByID(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	s.wants("/open pay", bot.Answer, "pay")
	if r := s.wants("/more python", bot.Answer, "python"); r.Text != "More of python." || r.HasMore {
		t.Errorf("/more python = %+v, want the rest of it", r)
	}
	s.wants("/open gone-topic", bot.Help, "")
	s.wants("/more gone-topic", bot.Help, "")
}

func TestSuggest(t *testing.T) {
	m := bot.New(newShelf(t))
	for typed, want := range map[string]string{"py": "python", "PAY": "pay", "harder": "java", "": "python"} {
		if got := m.Suggest(typed, 1); len(got) != 1 || got[0].Topic != want {
			t.Errorf("Suggest(%q) = %v, want %s", typed, got, want)
		}
	}
	if got := m.Suggest("python nothing", 5); len(got) != 0 {
		t.Errorf("Suggest = %v, want none", got)
	}
}
