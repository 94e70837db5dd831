package knowledge_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"mentor/knowledge"
)

// today is the day the tests are run on, as far as the guide's dates go.
var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const sound = `---
id: sound
title: Is this entry sound?
ask:
%s
see: []
sources:
  - {title: "A survey", url: "https://example.org/survey", date: 2025-07}
reviewed: 2026-11
---
%s

## More
In the survey of 2025, 40 %% of 5,000 developers agreed.

- one
- two, as [A survey](https://example.org/survey) says
`

// words returns n words of prose in sentences of ten.
func words(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("word")
		if i%10 == 9 || i == n-1 {
			b.WriteString(".")
		}
		b.WriteString(" ")
	}
	return strings.TrimSpace(b.String())
}

// asks returns n phrasings as lines of a YAML list.
func asks(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  - phrasing number %d\n", i)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func soundEntry() string { return fmt.Sprintf(sound, asks(20), words(50)) }

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return fsys
}

func TestBuiltinGuideKeepsEveryRule(t *testing.T) {
	problems, err := knowledge.Check(knowledge.FS(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		t.Errorf("the built-in guide breaks its rules:\n%s", problems.Lines())
	}
}

func TestLoadReadsAnEntryWhole(t *testing.T) {
	entry := strings.Replace(soundEntry(), "see: []", "see: [other]", 1)
	g, err := knowledge.Load(folder(map[string]string{"basics/sound.md": "\uFEFF" + strings.ReplaceAll(entry, "\n", "\r\n")}))
	if err != nil {
		t.Fatal(err)
	}
	got := g.Entry("sound")
	if len(got.Ask) != 20 || got.Ask[0] != "phrasing number 0" {
		t.Errorf("Ask = %q, want 20 phrasings", got.Ask)
	}
	got.Ask = nil
	want := &knowledge.Entry{
		ID: "sound", Section: "basics", Title: "Is this entry sound?", See: []string{"other"}, Reviewed: "2026-11",
		Sources: []knowledge.Source{{Title: "A survey", URL: "https://example.org/survey", Date: "2025-07"}},
		Short:   words(50),
		More:    "In the survey of 2025, 40 % of 5,000 developers agreed.\n\n- one\n- two, as [A survey](https://example.org/survey) says",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	if related := g.Related(got); len(related) != 0 {
		t.Errorf("Related = %v, want none: the guide has no entry %q", related, "other")
	}
}

// change returns a sound entry with old replaced by new.
func change(t *testing.T, old, replacement string) string {
	t.Helper()
	e := soundEntry()
	if !strings.Contains(e, old) {
		t.Fatalf("the sound entry does not contain %q", old)
	}
	return strings.Replace(e, old, replacement, 1)
}

func TestCheckFindsEachBrokenRule(t *testing.T) {
	more := "## More\n"
	for _, c := range []struct{ name, entry, want string }{
		{"no front matter", "Hello.", "sound.md:1: no front matter"},
		{"open front matter", "---\nid: sound\n", "sound.md:1: no front matter"},
		{"no YAML", change(t, "see: []", "see: ["), "the front matter is not YAML"},
		{"no list of keys", "---\n- a\n---\nText.", "is not a list of `key: value`"},
		{"unknown key", change(t, "see: []", "sea: []"), "sound.md:25: unknown key \"sea\""},
		{"id of another file", change(t, "id: sound", "id: sand"), "sound.md:2: the id \"sand\" is not the file's name"},
		{"no id", change(t, "id: sound\n", ""), "no id"},
		{"no title", change(t, "title: Is this entry sound?", "title:"), "no title"},
		{"title that is a list", change(t, "title: Is this entry sound?", "title: [a]"), "title cannot be read"},
		{"no phrasings", change(t, asks(20), "  []"), "no phrasings"},
		{"few phrasings", change(t, asks(20), asks(19)), "sound.md:4: 19 phrasings"},
		{"phrasing twice", change(t, "phrasing number 7", "Phrasing, number 8!"), "sound.md:13: the phrasing"},
		{"empty phrasing", change(t, "phrasing number 7", `"?!"`), "sound.md:12: an empty phrasing"},
		{"dead see", change(t, "see: []", "see: [gone]"), "sound.md:25: `see:` names \"gone\""},
		{"see itself", change(t, "see: []", "see: [sound]"), "points to itself"},
		{"undated source", change(t, ", date: 2025-07", ""), "sound.md:27: a source with the date \"\""},
		{"source of the future", change(t, "date: 2025-07", "date: 2027-01"), "a source with the date \"2027-01\""},
		{"source without address", change(t, `"https://example.org/survey", date`, `"example.org", date`), "a source with the url"},
		{"source without title", change(t, `title: "A survey", `, ""), "a source without a title"},
		{"not reviewed", change(t, "reviewed: 2026-11\n", ""), "no review date"},
		{"reviewed some day", change(t, "reviewed: 2026-11", "reviewed: soon"), "the review date \"soon\""},
		{"short answer too short", change(t, words(50), words(39)), "the short answer has 39 words"},
		{"short answer too long", change(t, words(50), words(121)), "the short answer has 121 words"},
		{"long sentence", change(t, words(50), strings.Repeat("word ", 46)), "a sentence of the short answer has 46 words"},
		{"no short answer", change(t, words(50), ""), "no short answer"},
		{"long line", change(t, "see: []", "see: ["+strings.Repeat("a, ", 1000)+"]"), "sound.md:25: this line of the front matter is too long"},
		{"deep nesting", change(t, "see: []", "see: "+strings.Repeat("[", 30)), "sound.md:25: this line of the front matter is too long or nests too deeply"},
		{"long text", change(t, more, more+strings.Repeat("word ", 3000)), "the text has"},
		{"image", change(t, more, more+"![x](https://example.org/x.png)\n\n"), "an image"},
		{"HTML", change(t, more, more+"<b>bold</b>\n\n"), "HTML"},
		{"quote", change(t, more, more+"> said\n\n"), "a block quote"},
		{"rule", change(t, more, more+"***\n\n"), "a rule"},
		{"deep list", change(t, more, more+"- a\n  - b\n    - c\n\n"), "a list three levels deep"},
		{"second-level heading", change(t, more, more+"## Even more\n\n"), "a heading of level 2"},
		{"struck-out text", change(t, more, more+"~~no~~\n\n"), "struck-out text"},
		{"task box", change(t, more, more+"- [ ] do\n\n"), "a task box"},
		{"indented code", change(t, more, more+"Text.\n\n    code\n\n"), "an indented code block"},
		{"link to nowhere", change(t, more, more+"[x](other.md)\n\n"), "a link to \"other.md\""},
		{"money", change(t, more, more+"It pays $90,000 a year.\n\n"), `sound.md:33: the figure in "It pays $90,000 a year."`},
		{"per cent in a table", change(t, more, more+"| a | b |\n|---|---|\n| x | 7 % |\n\n"), "the figure in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems, err := knowledge.Check(folder(map[string]string{"basics/sound.md": c.entry}), today)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(problems.Lines(), c.want) {
				t.Errorf("Check = %q, want a line with %q", problems.Lines(), c.want)
			}
		})
	}
}

func TestCheckAcceptsASoundEntry(t *testing.T) {
	problems, err := knowledge.Check(folder(map[string]string{"basics/sound.md": soundEntry(), "README.txt": "no entry"}), today)
	if err != nil || len(problems) > 0 {
		t.Errorf("Check = %q, %v, want no problems", problems.Lines(), err)
	}
}

func TestOneEntryByItself(t *testing.T) {
	sound := knowledge.Entry{ID: "a-lesson", Title: "When do we meet?", Ask: []string{"when do we meet"}, Short: "On Thursdays.", Reviewed: "2026-11", Taught: true}
	if problems := sound.Check(today); len(problems) > 0 {
		t.Errorf("Check = %q, want no problems: for what is taught the least lengths do not hold", problems.Lines())
	}
	for want, breaks := range map[string]func(*knowledge.Entry){
		"the id":                            func(e *knowledge.Entry) { e.ID = "A lesson" },
		"no phrasings":                      func(e *knowledge.Entry) { e.Ask = nil },
		"no short answer":                   func(e *knowledge.Entry) { e.Short = "" },
		"the short answer has 121 words":    func(e *knowledge.Entry) { e.Short = words(121) },
		"HTML":                              func(e *knowledge.Entry) { e.More = "<b>x</b>" },
		"a heading of level 2":              func(e *knowledge.Entry) { e.Short = "## More" },
		"a source with the url \"nowhere\"": func(e *knowledge.Entry) { e.Sources = []knowledge.Source{{Title: "x", URL: "nowhere", Date: "2026"}} },
		"no past month":                     func(e *knowledge.Entry) { e.Reviewed = "2027-01" },
	} {
		e := sound
		breaks(&e)
		if problems := e.Check(today); !strings.Contains(problems.Lines(), want) {
			t.Errorf("Check = %q, want %q in it", problems.Lines(), want)
		}
	}
}

func TestIDsAreUnique(t *testing.T) {
	_, err := knowledge.Load(folder(map[string]string{"a/sound.md": soundEntry(), "b/sound.md": soundEntry()}))
	want := "guide entry b/sound.md:2: the id \"sound\" is taken by a/sound.md; give each entry its own id"
	if err == nil || err.Error() != want {
		t.Errorf("Load = %v, want %s", err, want)
	}
}

func TestPhrasingsOfTwoTopicsHaveOtherWords(t *testing.T) {
	one := soundEntry()
	two := strings.NewReplacer("id: sound", "id: other", "phrasing number 3", "3 number, phrasing?").Replace(one)
	for i := range 20 {
		if i != 3 {
			two = strings.Replace(two, fmt.Sprintf("phrasing number %d\n", i), fmt.Sprintf("words of its own %d\n", i), 1)
		}
	}
	problems, err := knowledge.Check(folder(map[string]string{"a/sound.md": one, "b/other.md": two}), today)
	if err != nil {
		t.Fatal(err)
	}
	if got := problems.Lines(); len(problems) != 1 || !strings.Contains(got, "has the same words as") {
		t.Errorf("Check = %q, want one line that says the words are the same", got)
	}
}

func TestLoadOfAnEmptyFolder(t *testing.T) {
	if _, err := knowledge.Load(folder(nil)); err == nil || !strings.Contains(err.Error(), "no entries found") {
		t.Errorf("Load = %v, want an error that says there are no entries", err)
	}
}

func TestStale(t *testing.T) {
	old := strings.Replace(soundEntry(), "reviewed: 2026-11", "reviewed: 2025-06", 1)
	g, err := knowledge.Load(folder(map[string]string{"a/sound.md": old}))
	if err != nil {
		t.Fatal(err)
	}
	for months, want := range map[int]int{12: 1, 17: 0} {
		if got := len(g.Stale(today, months)); got != want {
			t.Errorf("Stale after %d months = %d entries, want %d", months, got, want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(soundEntry()))
	f.Add([]byte("---\nid: &a [*a]\nsources: {x: !!binary y}\n---\n- - - |\n"))
	f.Add([]byte("---\nask: |\n  x\n---\n# a\n![](x)\n\n|a|\n|-|\n|<b>|\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		problems, err := knowledge.Check(fstest.MapFS{"sound.md": {Data: data}}, today)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.What == "" || p.Cure == "" || !utf8.ValidString(p.String()) {
				t.Errorf("problem %+v names no place, fault or cure", p)
			}
		}
	})
}

func ExampleLoad() {
	guide := knowledge.Builtin()
	fmt.Println(guide.Entry("easiest-language").Title)
	// Output: Which back-end language is easiest?
}
