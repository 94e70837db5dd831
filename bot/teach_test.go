package bot_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/knowledge"
)

const meeting = "When do we meet?"

// manages says text as somebody who may manage the group.
func (d *desk) manages(person bot.Account, text string, parts ...string) bot.Reply {
	d.t.Helper()
	return d.in(d.mentor, bot.Question{Person: person, Text: text, Group: "d:group", Admin: true}, parts...)
}

// in asks a mentor in full and holds that the reply has all the parts.
func (d *desk) in(m *bot.Mentor, q bot.Question, parts ...string) bot.Reply {
	d.t.Helper()
	d.events++
	q.Place, q.Event, q.At = "here "+q.Group, fmt.Sprint("e", d.events), d.now
	r, err := m.Handle(d.t.Context(), q)
	if err != nil {
		d.t.Fatalf("%s says %q: %v", q.Person, q.Text, err)
	}
	for _, part := range parts {
		if !strings.Contains(r.Text, part) {
			d.t.Errorf("%s says %q and hears %q, want %q in it", q.Person, q.Text, r.Text, part)
		}
	}
	return r
}

// names makes people the group's mentors, so that a second one has to approve.
func (d *desk) names(mentors ...bot.Account) {
	d.t.Helper()
	_, err := d.store.UpdateGroup(d.t.Context(), "d:group", func(g *bot.Group) error { g.Mentors = mentors; return nil })
	if err != nil {
		d.t.Fatal(err)
	}
}

func TestTaughtByOneApprovedByAnother(t *testing.T) {
	d := newDesk(t)
	d.names("d:ada", "d:bob")
	if r := d.hears("d:kim", meeting); r.Kind != bot.None {
		t.Fatalf("the guide answers %q with %v before it is taught", meeting, r)
	}
	d.hears("d:ada", "teach "+meeting+" => On Thursdays at 18:00, in the library.", "t1", "a draft", "On Thursdays", "second mentor")
	if r := d.hears("d:kim", meeting); r.Kind != bot.None {
		t.Errorf("a draft answers: %v", r)
	}
	d.hears("d:ada", "approve t1", "A second mentor approves what you wrote")
	r := d.hears("d:bob", "approve t1", "Live from now on", "live since 23 November 2026")
	if got := says(r); !slices.Equal(got, []string{"teach t1", "withdraw t1"}) {
		t.Errorf("the buttons of a live lesson say %q", got)
	}
	r = d.hears("d:kim", meeting, "On Thursdays at 18:00")
	if r.Kind != bot.Answer || r.Origin() != "taught by this group, 23 November 2026" || r.Private {
		t.Errorf("the answer is %v from %q, private: %v", r.Kind, r.Origin(), r.Private)
	}
	if elsewhere := d.in(d.mentor, bot.Question{Person: "d:kim", Text: meeting, Group: "d:other"}); elsewhere.Kind != bot.None {
		t.Errorf("another group is answered %q", elsewhere.Text)
	}
	if direct := d.in(d.mentor, bot.Question{Person: "d:kim", Text: meeting}); direct.Kind != bot.None {
		t.Errorf("a direct chat is answered %q", direct.Text)
	}
	if guide := d.hears("d:kim", "java"); guide.Origin() != "from the guide" {
		t.Errorf("the guide's answer is %q", guide.Origin())
	}
}

func says(r bot.Reply) []string {
	out := make([]string, 0, len(r.Choices))
	for _, c := range r.Choices {
		out = append(out, c.Say)
	}
	return out
}

func TestWhoManagesAGroupOfNoMentorsApprovesAlone(t *testing.T) {
	d := newDesk(t)
	d.manages("d:ada", "teach "+meeting+" => On Thursdays.", "you may do so yourself")
	d.manages("d:ada", "approve 1", "Live from now on")
	d.names("d:bob")
	d.hears("d:bob", "teach Where do we meet? => In the library.", "you may do so yourself")
	d.hears("d:bob", "approve t2", "Live from now on")
	d.names("d:bob", "d:ada")
	d.hears("d:bob", "teach Who are we? => A study group.")
	d.hears("d:bob", "approve t3", "A second mentor approves")
}

// TestLearnersMayNotTeach goes through every command, as words, as a forged button
// (which says the words with a slash) and as an old one.
func TestLearnersMayNotTeach(t *testing.T) {
	d := newDesk(t)
	d.names("d:bob")
	d.hears("d:bob", "teach "+meeting+" => On Thursdays.")
	for _, words := range []string{
		"teach Q: x A: y", "teach a => b", "teach t1", "teach last", "teach form", "approve t1", "reject t1", "withdraw t1", "taught", "taught t1", `point "pay" java`, "point i1 java",
	} {
		for _, said := range []string{words, "/" + words} {
			r := d.hears("d:kim", said, "for this group's mentors")
			if r.Form != nil || !r.Private || len(r.Choices) > 0 {
				t.Errorf("%q gives a learner %+v", said, r)
			}
		}
	}
	d.names() // an old button of who was a mentor once
	d.hears("d:bob", "approve t1", "for this group's mentors")
	d.in(d.mentor, bot.Question{Person: "d:bob", Text: "approve t1"}, "belongs to a group")
	if r := d.hears("d:kim", meeting); r.Kind != bot.None {
		t.Errorf("the lesson is live: %v", r.Text)
	}
}

func TestOrdinaryWordsAreNoTeaching(t *testing.T) {
	d := newDesk(t)
	for _, words := range []string{"teach me java", "teach yourself java", "point me to java", "taught java at school", "approve java", "withdraw from java", "reject java"} {
		if r := d.hears("d:kim", words); r.Topic != "java" {
			t.Errorf("%q is answered with %q, want java", words, r.Text)
		}
	}
}

func TestLessonInFull(t *testing.T) {
	d := newDesk(t)
	full := "teach\r\nQ: when do we meet?\nmeeting times\nA: On Thursdays at 18:00.\n\nBring a laptop.\nMore: ### Where\n\n- in the library\n- or online\nSources: The plan | https://example.org/plan | 2026-10\n"
	d.manages("d:ada", full, "When do we meet?", "Bring a laptop.", "### Where", "Also asked", "[The plan](https://example.org/plan)")
	d.manages("d:ada", "approve t1")
	r := d.hears("d:kim", "meeting times", "On Thursdays at 18:00.\n\nBring a laptop.")
	if !r.HasMore || len(r.Sources) != 1 || r.Sources[0].Date != "2026-10" {
		t.Errorf("the answer is %+v", r)
	}
	d.hears("d:kim", "more", "in the library")
	d.hears("d:kim", "/open "+r.Topic, "Bring a laptop")
	d.hears("d:kim", "topics", "taught")
	d.hears("d:kim", "good "+r.Topic, "helped")
	// In one line, as a terminal has it.
	d.manages("d:ada", "teach Q: Who are we? A: A study group. Sources: One | https://example.org/1 | 2025; Two | https://example.org/2 | 2026-01", "[One](https://example.org/1)", "[Two](https://example.org/2)")
}

// TestFormSaysTheWords holds that a form's submission is words of the grammar, and
// that no value gets into another field.
func TestFormSaysTheWords(t *testing.T) {
	d := newDesk(t)
	r := d.manages("d:ada", "teach")
	if r.Form == nil || r.Form.Say != "teach" || len(r.Form.Fields) > bot.MaxFields {
		t.Fatalf("teach gives the form %+v", r.Form)
	}
	words := r.Form.Words(map[string]string{"Q": meeting, "A": "More: is not a field here.\nSources: neither.", "More": "Q: this stays.\n"})
	d.manages("d:ada", words, "More: is not a field here.", "Sources: neither.", "Q: this stays.")
	again := d.manages("d:ada", "teach t1").Form
	if again.Say != "teach t1" || again.Fields[0].Value != meeting || again.Fields[1].Value != "More: is not a field here.\n Sources: neither." {
		t.Errorf("the form to change it is %+v", again)
	}
	// A field that was emptied is empty.
	d.manages("d:ada", again.Words(map[string]string{"Q": meeting, "A": "On Thursdays."}))
	if text := d.manages("d:ada", "taught t1").Text; strings.Contains(text, "this stays.\n") {
		t.Errorf("More is still there: %q", text)
	}
	prefilled := d.manages("d:ada", "teach form\nQ: Where?\nA: In the library.").Form
	if prefilled == nil || prefilled.Fields[0].Value != "Where?" || prefilled.Fields[1].Value != "In the library." {
		t.Errorf("the prefilled form is %+v", prefilled)
	}
}

func TestTeachLast(t *testing.T) {
	d := newDesk(t)
	d.manages("d:ada", "teach last", "asked nothing here")
	d.manages("d:ada", meeting)
	if f := d.manages("d:ada", "teach last", "teach last => ANSWER").Form; f == nil || f.Fields[0].Value != meeting {
		t.Errorf("the form is %+v, want it to begin with the question", f)
	}
	d.manages("d:ada", "teach last => On Thursdays.", meeting, "On Thursdays.")
}

func TestChangeOfALiveLesson(t *testing.T) {
	d := newDesk(t)
	d.names("d:ada", "d:bob")
	d.hears("d:ada", "teach "+meeting+" => On Thursdays.")
	d.hears("d:bob", "approve t1")
	d.hears("d:bob", "teach t1 => On Fridays.", "live, a change waits", "On Fridays.")
	d.hears("d:kim", meeting, "On Thursdays.") // until it is approved
	d.hears("d:bob", "approve t1", "A second mentor approves")
	d.hears("d:ada", "reject t1 we do not", "Rejected.", "On Thursdays.")
	d.hears("d:kim", meeting, "On Thursdays.")
	d.hears("d:bob", "teach t1 => On Sundays.")
	d.hears("d:ada", "approve t1", "On Sundays.")
	d.hears("d:kim", meeting, "On Sundays.")
	d.hears("d:ada", "withdraw t1", "Withdrawn")
	if r := d.hears("d:kim", meeting); r.Kind != bot.None {
		t.Errorf("a withdrawn lesson answers %q", r.Text)
	}
	d.hears("d:ada", "taught t1", "taught by you", "approved by another mentor", "edited by another mentor; before: On Thursdays.", "rejected by you: we do not", "withdrawn by you")
	d.hears("d:ada", "teach t1 => On Mondays.", "a draft")
	d.hears("d:ada", "taught", "1 lesson: 0 live, 1 waiting")
}

func TestRulesOfALesson(t *testing.T) {
	d := newDesk(t)
	long := strings.Repeat("word ", 121)
	for words, want := range map[string]string{
		"teach => On Thursdays.":                                              "the question is missing",
		"teach " + meeting + " =>":                                            "the answer is missing",
		"teach Q: a b":                                                        "the answer is missing",
		"teach ?? => Yes.":                                                    "has no words",
		"teach " + strings.Repeat("x", 201) + " => Yes.":                      "201 characters",
		"teach " + meeting + " => Ask <b>Ada</b>.":                            "HTML",
		"teach " + meeting + " => ![x](https://example.org/x.png)":            "An image",
		"teach " + meeting + " => See [here](javascript:alert(1)).":           "no web address",
		"teach " + meeting + " => " + long + ".":                              "122 words",
		"teach " + meeting + " => Hello @everyone.":                           "calls people",
		"teach " + meeting + " => Ask <@123>.":                                "calls people",
		"teach " + meeting + " => Ask <!channel>.":                            "calls people",
		"teach who is @here => Ada.":                                          "calls people",
		"teach Q: a b A: Yes. Sources: somewhere":                             "a source is its title",
		"teach Q: a b A: Yes. Sources: Plan | ftp://example.org | 2026":       "the url",
		"teach Q: a b A: Yes. Sources: Plan | https://example.org | tomorrow": "the date",
		"teach\nQ: a b\nA: Yes.\nMore: " + strings.Repeat("x ", 1501):         "keep it below 3000",
		"teach\nQ: " + strings.Repeat("a b\n", 21) + "A: Yes.":                "20 ways to ask",
		"/teach words without sense":                                          "cannot tell the question",
		"approve t9":                                                          "no lesson t9",
		"/approve":                                                            "say which lesson",
		"teach i9 => Yes.":                                                    "no such question in the inbox",
	} {
		r := d.manages("d:ada", words)
		if !strings.Contains(strings.ToLower(r.Text), strings.ToLower(want)) {
			t.Errorf("%.60q hears %q, want %q in it", words, r.Text, want)
		}
	}
	d.manages("d:ada", "taught", "Nothing is taught here")
	d.manages("d:ada", "teach "+meeting+" => On Thursdays.")
	d.manages("d:ada", "teach when do WE meet => On Fridays.", "t1 has the question")
}

func TestPointsTo(t *testing.T) {
	d := newDesk(t)
	r := d.manages("d:ada", `point "jvm stuff" java`, "a draft", "These questions lead to `java`", "jvm stuff")
	if got := says(r); got[0] != "approve t1" {
		t.Errorf("the buttons say %q", got)
	}
	d.manages("d:ada", "approve t1")
	if r := d.hears("d:kim", "jvm stuff"); r.Topic != "java" || r.Origin() != "from the guide" {
		t.Errorf("jvm stuff is answered with %q %s", r.Topic, r.Origin())
	}
	r = d.manages("d:ada", `point "how much" salary`, "Where is", "`pay`")
	if got := says(r); len(got) != 1 || got[0] != `point "how much" pay` {
		t.Errorf("the topics on offer say %q", got)
	}
	d.manages("d:ada", `point "how much" nothing`, "No topic is near")
	d.manages("d:ada", "teach t1 => An answer", "no answer of its own")
	d.manages("d:ada", "teach t1\nQ: jvm stuff\nthe jvm", "the jvm")
}

func TestTwoDecideAtOnce(t *testing.T) {
	d := newDesk(t)
	d.manages("d:ada", "teach "+meeting+" => On Thursdays.")
	var won, told int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i, words := range []string{"approve t1", "approve t1", "reject t1", "reject t1"} {
		wg.Go(func() {
			r, err := d.mentor.Handle(t.Context(), bot.Question{
				Text: words, Person: bot.Account(fmt.Sprint("d:", i)), Place: "here", Group: "d:group", Event: fmt.Sprint("at once", i), At: d.now, Admin: true,
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case strings.HasPrefix(r.Text, "Live"), strings.HasPrefix(r.Text, "Rejected"):
				won++
			case strings.Contains(r.Text, "omebody was faster"):
				told++
			default:
				t.Errorf("%q hears %q", words, r.Text)
			}
		})
	}
	wg.Wait()
	if won != 1 || told != 3 {
		t.Errorf("%d won and %d were told, want 1 and 3", won, told)
	}
}

// TestLiveInEveryProcess has two mentors on one store.
func TestLiveInEveryProcess(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store, err := boltstore.Open(dir+"/mentor.db", boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		d := &desk{t: t, mentor: bot.New(newShelf(t), bot.WithStore(store)), store: store, now: time.Now()}
		other := bot.New(newShelf(t), bot.WithStore(store))
		ctx, cancel := context.WithCancel(t.Context())
		var watching sync.WaitGroup
		watching.Go(func() { other.WatchLessons(ctx) })
		defer watching.Wait()
		defer cancel()
		question := bot.Question{Person: "d:kim", Text: meeting, Group: "d:group"}
		if r := d.in(other, question); r.Kind != bot.None {
			t.Errorf("before: %v", r)
		}
		d.manages("d:ada", "teach "+meeting+" => On Thursdays.")
		d.manages("d:ada", "approve t1")
		time.Sleep(2 * time.Second)
		d.in(other, question, "On Thursdays.")
		d.manages("d:ada", "withdraw t1")
		time.Sleep(2 * time.Second)
		if r := d.in(other, question); r.Kind != bot.None {
			t.Errorf("after: %v", r)
		}
	})
}

// A slowPapers is a store whose papers never come.
type slowPapers struct{ bot.Store }

func (slowPapers) Papers(ctx context.Context, _ string) iter.Seq2[bot.Paper, error] {
	return func(yield func(bot.Paper, error) bool) {
		<-ctx.Done()
		yield(bot.Paper{}, ctx.Err())
	}
}

func TestQuestionsDoNotWaitForLessons(t *testing.T) {
	d := newDesk(t)
	m := bot.New(newShelf(t), bot.WithStore(slowPapers{d.store}))
	for i, most := range []time.Duration{time.Second, 50 * time.Millisecond} { // the first may look for a moment
		began := time.Now()
		if r := d.in(m, bot.Question{Person: "d:kim", Text: "java", Group: "d:group"}); r.Topic != "java" || time.Since(began) > most {
			t.Errorf("question %d is answered with %q after %v", i, r.Topic, time.Since(began))
		}
	}
}

func TestAsManyLessonsAsAGroupMayHave(t *testing.T) {
	d := newDesk(t)
	var writing sync.WaitGroup
	for i := range bot.MaxTaught {
		writing.Go(func() {
			_, err := d.store.UpdatePaper(t.Context(), "taught d:group", strconv.Itoa(i+1), func(string) (string, error) {
				return fmt.Sprintf(`{"topic":"java","ask":["words number %d"],"by":"x","state":"live","at":"2026-11-01T00:00:00Z"}`, i), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	writing.Wait()
	d.manages("d:ada", "teach "+meeting+" => On Thursdays.", "as many as I keep")
	d.manages("d:ada", "withdraw t7")
	d.manages("d:ada", "teach "+meeting+" => On Thursdays.", "t501")
	d.manages("d:ada", "taught t7", "no lesson t7")
	r := d.manages("d:ada", "taught", "500 lessons: 499 live", "And 480 more")
	if len(r.Text) > 4_000 || len(r.Choices) > 25 {
		t.Errorf("the list has %d bytes and %d choices", len(r.Text), len(r.Choices))
	}
	d.manages("d:ada", "/taught number 42", "t43")
}

// TestLessonsOfAGroup is what an export reads.
func TestLessonsOfAGroup(t *testing.T) {
	d := newDesk(t)
	d.manages("d:ada", "teach\nQ: "+meeting+"\nmeeting times\nA: On Thursdays.")
	d.manages("d:ada", "teach Where? => Here.")
	d.manages("d:ada", `point "jvm stuff" java`)
	d.manages("d:ada", "approve t1")
	d.manages("d:ada", "approve t3")
	lessons, err := bot.Lessons(t.Context(), d.store, "d:group")
	if err != nil || len(lessons) != 2 {
		t.Fatalf("Lessons = %v, %v, want two", lessons, err)
	}
	e := lessons[0].Entry
	if e.Title != meeting || e.Short != "On Thursdays." || e.Reviewed != "2026-11" || !slices.Equal(e.Ask, []string{meeting, "meeting times"}) || e.Section == "" {
		t.Errorf("the first lesson is %+v", e)
	}
	if problems := e.Check(d.now); len(problems) > 0 {
		t.Errorf("it breaks %v", problems)
	}
	if l := lessons[1]; l.Entry != nil || l.Topic != "java" || !slices.Equal(l.Ask, []string{"jvm stuff"}) {
		t.Errorf("the second lesson is %+v", l)
	}
	files := fstest.MapFS{}
	for name, text := range knowledge.Export(lessons, "2026-11") {
		files[name] = &fstest.MapFile{Data: text}
	}
	if problems, err := knowledge.CheckLayer(files, newShelf(t).guide, d.now); err != nil || len(problems) > 0 || len(files) != 2 {
		t.Errorf("the export has %d files, and the check says %q, %v", len(files), problems.Lines(), err)
	}
	if none, err := bot.Lessons(t.Context(), d.store, "d:other"); err != nil || none != nil {
		t.Errorf("Lessons of a group without any = %v, %v", none, err)
	}
}

func FuzzTeach(f *testing.F) {
	for _, s := range []string{"Q: a A: b", "\nQ: a\nA: b\nMore: c\nSources: d | e | f", "a => b", "i3", "t5 => x", "form\nQ:", "last", "Q:", "=>", "\xff=>"} {
		f.Add(s)
	}
	store, err := boltstore.Open(f.TempDir()+"/mentor.db", boltstore.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := store.Close(); err != nil {
			f.Error(err)
		}
	})
	m := bot.New(newShelf(f), bot.WithStore(store))
	f.Fuzz(func(t *testing.T, s string) {
		r, err := m.Handle(t.Context(), bot.Question{Text: "/teach " + s, Person: "d:ada", Place: "p", Group: "d:g", At: noon, Admin: true})
		if err != nil || r.Text == "" {
			t.Errorf("%q: %v, %v", s, r, err)
		}
		if r.Form != nil && len(r.Form.Say) > bot.MaxSay {
			t.Errorf("%q: the form says %q", s, r.Form.Say)
		}
	})
}
