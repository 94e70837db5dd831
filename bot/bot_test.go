package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/knowledge"
)

// noon is when the tests' questions are asked unless they say otherwise.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A shelf is a small working library: a question finds the entries that have
// one of its words as a phrasing, the more the better. "sure" makes it answer.
type shelf struct{ guide *knowledge.Guide }

func newShelf(tb testing.TB) shelf {
	tb.Helper()
	entry := func(id, title, more string, see []string, ask ...string) *knowledge.Entry {
		return &knowledge.Entry{ID: id, Section: "basics", Title: title, Ask: ask, See: see, Short: "Short of " + id + ".", More: more}
	}
	guide, err := knowledge.New([]*knowledge.Entry{
		entry("python", "Python?", "More of python.", []string{"java", "pay"}, "python", "easiest"),
		entry("java", "Java?", "", []string{"python"}, "java", "harder"),
		entry("pay", "Pay?", "More of pay.", nil, "pay", "salary", "python"),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return shelf{guide}
}

func (s shelf) Guide() *knowledge.Guide { return s.guide }

func (s shelf) With(lessons []knowledge.Lesson) bot.Library { return shelf{s.guide.With(lessons)} }

func (s shelf) Find(ctx context.Context, question string) (knowledge.Finding, error) {
	if strings.Contains(question, "broken") {
		return knowledge.Finding{}, errors.New("the index is broken")
	}
	var f knowledge.Finding
	for _, e := range s.guide.Entries() {
		hits := 0
		for _, a := range e.Ask {
			hits += strings.Count(strings.ToLower(question), strings.ToLower(a))
		}
		if hits > 0 {
			f.Matches = append(f.Matches, knowledge.Match{Entry: e, Confidence: 1 - 0.4/float64(hits)})
		}
	}
	switch {
	case len(f.Matches) == 1 || len(f.Matches) > 1 && strings.Contains(question, "sure"):
		f.Outcome = knowledge.Answer
	case len(f.Matches) > 1:
		f.Outcome = knowledge.Choices
	}
	return f, ctx.Err()
}

// A speaker asks a mentor as one person in one place.
type speaker struct {
	t      *testing.T
	mentor *bot.Mentor
	q      bot.Question
}

func speak(t *testing.T, m *bot.Mentor) *speaker {
	t.Helper()
	return &speaker{t, m, bot.Question{Person: "ada", Place: "here", At: noon}}
}

func (s *speaker) say(text string) bot.Reply {
	s.t.Helper()
	q := s.q
	q.Text = text
	r, err := s.mentor.Handle(s.t.Context(), q)
	if err != nil {
		s.t.Fatalf("Handle(%q): %v", text, err)
	}
	if r.Text == "" {
		s.t.Errorf("Handle(%q) has no text", text)
	}
	return r
}

// wants checks the kind and topic of the reply to text.
func (s *speaker) wants(text string, kind bot.Kind, topic string) bot.Reply {
	s.t.Helper()
	r := s.say(text)
	if r.Kind != kind || r.Topic != topic {
		s.t.Errorf("Handle(%q) = kind %d, topic %q, want kind %d, topic %q", text, r.Kind, r.Topic, kind, topic)
	}
	return r
}

func TestThreeHonestReplies(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	r := s.wants("is java good", bot.Answer, "java")
	if r.Text != "Short of java." || r.Outcome() != knowledge.Answer {
		t.Errorf("answer = %q with outcome %v, want the entry's short text", r.Text, r.Outcome())
	}
	r = speak(t, bot.New(newShelf(t))).wants("python", bot.Choices, "")
	if len(r.Choices) != 2 || r.Choices[0].Topic != "python" || r.Outcome() != knowledge.Choices {
		t.Errorf("choices = %+v, want python and pay", r.Choices)
	}
	r = s.wants("how do I fix a tap", bot.None, "")
	if !strings.Contains(r.Text, "does not cover") || len(r.Choices) != 0 {
		t.Errorf("none = %q with %v, want an honest refusal", r.Text, r.Choices)
	}
}

func TestMoreShowsTheRestOnce(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	s.wants("more", bot.Help, "")
	s.wants("sure, python", bot.Answer, "python")
	if r := s.wants("tell me more", bot.Answer, "python"); r.Text != "More of python." || r.HasMore {
		t.Errorf("more = %q, HasMore %v, want the rest and no more", r.Text, r.HasMore)
	}
	s.wants("why?", bot.Help, "")
	s.wants("java", bot.Answer, "java")
	s.wants("more", bot.Help, "")
}

func TestANumberPicks(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	s.wants("python", bot.Choices, "")
	s.wants("2", bot.Answer, "pay")
	s.wants("sure python", bot.Answer, "python")
	s.wants("the first one", bot.Answer, "java") // what the answer points to
	s.wants("9", bot.Help, "")
	speak(t, bot.New(newShelf(t))).wants("2", bot.Help, "")
}

func TestFollowUpsLeanOnTheLastTurn(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	s.wants("which is the easiest", bot.Answer, "python")
	s.wants("and java?", bot.Answer, "java")
	s.wants("is it good", bot.Answer, "java")
	s.wants("are they paid", bot.Answer, "java")
	s.wants("is 8gb ok", bot.Choices, "") // a guess at most
	s.wants("how do I fix my leaking tap", bot.None, "")

	other := speak(t, s.mentor)
	other.q.Place = "elsewhere"
	other.wants("is it", bot.None, "")
}

func TestSeveralQuestionsInOneMessage(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	r := s.wants("Is java really good? And what salary will I get? And a tap?", bot.Answer, "java")
	if r.Related[0].Topic != "pay" || !strings.Contains(r.Text, "more than one thing") {
		t.Errorf("reply %q offers %v, want pay first", r.Text, r.Related)
	}
	s.wants("1", bot.Answer, "pay")
	s.wants("my tap? leaks again? and java", bot.Answer, "java") // looked up whole
}

func TestTalkIsForgotten(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	s.wants("python", bot.Choices, "")
	s.q.At = noon.Add(14 * time.Minute)
	s.wants("2", bot.Answer, "pay")
	s.q.At = s.q.At.Add(16 * time.Minute)
	s.wants("2", bot.Help, "")
}

func TestTalksAreBounded(t *testing.T) {
	m := bot.New(newShelf(t))
	first := speak(t, m)
	first.wants("python", bot.Choices, "")
	for i := range 10_000 {
		s := speak(t, m)
		s.q.Person = bot.Account(fmt.Sprint("person ", i))
		s.say("python")
	}
	first.wants("2", bot.Help, "")
	if got := m.Talks(); got != 10_000 {
		t.Errorf("%d talks are remembered, want 10000", got)
	}
}

func TestSmallTalk(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	for text, want := range map[string]string{
		"hi": "Hello", "Hello everyone!": "Hello", "good morning": "Hello", "hey mentor :)": "Hello",
		"thanks!": "You are welcome", "thank you so much 🙏": "You are welcome", "ok thx": "You are welcome",
		"bye": "Good-bye", "thanks, bye": "Good-bye", "ok cool": "I am here",
	} {
		if r := s.wants(text, bot.SmallTalk, ""); !strings.HasPrefix(r.Text, want) {
			t.Errorf("Handle(%q) = %q, want it to begin with %q", text, r.Text, want)
		}
	}
	s.wants("hi, is java hard", bot.Answer, "java")
}

func TestWordsOfCrisis(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	for _, text := range []string{"I want to kill myself", "failed again, i don’t want to live", "honestly better off dead", "python made me suicidal", "i just want to die"} {
		if r := s.wants(text, bot.SmallTalk, ""); !strings.Contains(r.Text, "crisis line") {
			t.Errorf("Handle(%q) = %q, want a humane reply", text, r.Text)
		}
	}
	for _, text := range []string{"how do I kill a java process", "is java dead", "deadline for java"} {
		s.wants(text, bot.Answer, "java")
	}
}

func TestHelpAndTopics(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	if r := s.wants("Help!", bot.Help, ""); !strings.Contains(r.Text, "easiest") {
		t.Errorf("help = %q, want an example", r.Text)
	}
	if r := s.wants("topics", bot.Help, ""); !strings.Contains(r.Text, "**basics** (3)") {
		t.Errorf("topics = %q, want the section", r.Text)
	}
	if r := s.wants("topics basics", bot.Help, ""); !strings.Contains(r.Text, "- Java?") {
		t.Errorf("topics basics = %q, want its entries", r.Text)
	}
	s.wants("ask is java good", bot.Answer, "java")
}

func TestUnreadableMessages(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	for text, want := range map[string]string{
		"":                          "is empty",
		" \n\t ":                    "is empty",
		"java \xff":                 "not valid UTF-8",
		strings.Repeat("é", 40_001): "has 40001 characters",
	} {
		if r := s.wants(text, bot.Unreadable, ""); !strings.Contains(r.Text, want) {
			t.Errorf("Handle(%.10q) = %q, want %q", text, r.Text, want)
		}
	}
	s.wants(strings.Repeat("x", 39_990)+" java", bot.Answer, "java")
}

func TestABrokenSearchIsAnError(t *testing.T) {
	_, err := bot.New(newShelf(t)).Handle(t.Context(), bot.Question{Text: "broken", At: noon})
	if err == nil || !strings.Contains(err.Error(), "the index is broken") {
		t.Errorf("Handle = %v, want the cause", err)
	}
}

func TestRepliesNeverRepeatTheAsker(t *testing.T) {
	s := speak(t, bot.New(newShelf(t)))
	for _, text := range []string{"@everyone look", "<!channel> xyzzy", "topics xyzzy", "more xyzzy", "\x1b[31mxyzzy"} {
		if r := s.say(text); strings.Contains(r.Text, "xyzzy") || strings.Contains(r.Text, "@everyone") || strings.Contains(r.Text, "\x1b") {
			t.Errorf("Handle(%q) = %q, which repeats the asker's words", text, r.Text)
		}
	}
}

func TestManyAskAtOnce(t *testing.T) {
	m := bot.New(newShelf(t))
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			for _, text := range []string{"python", "2", "more", "and java?"} {
				q := bot.Question{Text: text, Person: bot.Account(strconv.Itoa(i % 5)), Place: "here", At: noon}
				if _, err := m.Handle(context.Background(), q); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzHandle(f *testing.F) {
	for _, seed := range []string{"python", "2", "more", "ask \x00", "topics \u202e", "/ask", "#99", "i want to die", "and it?"} {
		f.Add(seed)
	}
	s := newShelf(f)
	f.Fuzz(func(t *testing.T, text string) {
		m := bot.New(s)
		for _, say := range []string{"python", text, text} {
			r, err := m.Handle(context.Background(), bot.Question{Text: say, At: noon})
			if err != nil && !strings.Contains(text, "broken") {
				t.Fatalf("Handle(%q): %v", say, err)
			}
			if err == nil && r.Text == "" {
				t.Errorf("Handle(%q) has no text", say)
			}
		}
	})
}
