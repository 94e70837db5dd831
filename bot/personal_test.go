package bot_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
)

// A desk is a mentor that remembers, and the clock of a test.
type desk struct {
	t      *testing.T
	mentor *bot.Mentor
	store  bot.Store
	now    time.Time
	events int
	admins bool // who speaks manages the group
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &desk{t: t, mentor: bot.New(newShelf(t), bot.WithStore(store)), store: store}
	d.clock("2026-11-23 19:00", "Europe/Berlin")
	return d
}

// clock sets the test's clock to a wall time in a zone.
func (d *desk) clock(wall, zone string) {
	d.t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		d.t.Fatal(err)
	}
	if d.now, err = time.ParseInLocation("2006-01-02 15:04", wall, loc); err != nil {
		d.t.Fatal(err)
	}
}

// say sends a message of person and returns the reply.
func (d *desk) say(person bot.Account, text string) bot.Reply {
	d.t.Helper()
	d.events++
	r, err := d.mentor.Handle(d.t.Context(), bot.Question{
		Text: text, Person: person, Name: strings.TrimPrefix(string(person), "d:"), Place: "here", Group: "d:group", Event: fmt.Sprint("e", d.events), At: d.now, Admin: d.admins,
	})
	if err != nil {
		d.t.Fatalf("%s says %q: %v", person, text, err)
	}
	return r
}

// hears says text and holds that the reply has all the parts.
func (d *desk) hears(person bot.Account, text string, parts ...string) bot.Reply {
	d.t.Helper()
	r := d.say(person, text)
	for _, part := range parts {
		if !strings.Contains(r.Text, part) {
			d.t.Errorf("%s says %q and hears %q, want %q in it", person, text, r.Text, part)
		}
	}
	return r
}

func TestCheckInCountsOnce(t *testing.T) {
	d := newDesk(t)
	d.hears("d:ada", "zone Berlin", "Europe/Berlin, where it is 19:00 now")
	d.hears("d:ada", "checkin sql joins", "Monday, 23 November is counted: **1 day in a row**", "Today ends in 8 h, at 03:00")
	d.hears("d:ada", "done", "is counted already")
	d.clock("2026-11-24 19:00", "Europe/Berlin")
	d.hears("d:ada", "I studied sql for an hour", "**2 days in a row**")
	r := d.hears("d:ada", "streak", "**2 days in a row**", "sql joins", "Today is done")
	if r.Calendar == nil || !r.Private {
		t.Errorf("the streak came as %+v, want a private reply with a calendar", r)
	}
}

func TestSameEventSameWords(t *testing.T) {
	d := newDesk(t)
	q := bot.Question{Text: "checkin", Person: "d:ada", Place: "here", Event: "m1", At: d.now}
	var texts [3]string
	for i := range texts {
		r, err := d.mentor.Handle(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = r.Text
	}
	if texts[0] != texts[1] || texts[1] != texts[2] {
		t.Errorf("the same event got %q", texts)
	}
}

func TestSpokenCheckIns(t *testing.T) {
	for text, want := range map[string]string{
		"done": "counted", "Done!": "counted", "checked in": "counted", "check in: read about indexes": "counted", "/checkin joins": "counted",
		"i studied sql for an hour": "counted", "Studied joins today": "counted", "I’ve just finished two hours of python": "counted",
		"learned about docker this evening": "counted",
		"I finished the http chapter":       "Shall I count", "i did two katas": "Shall I count",
	} {
		if r := newDesk(t).say("d:ada", text); !strings.Contains(r.Text, want) {
			t.Errorf("%q is answered %q, want %q in it", text, r.Text, want)
		}
	}
	for _, text := range []string{
		"REST", "I read the docs with a translator next to them, is that a handicap", "I learned so little that I doubt it was worth it", "i studied law and want to switch to backend", "how do i check in", "i learned python, what next?", "done with school, which job can i get", "i did a bootcamp years ago",
		"rest api or graphql", "is rest hard", "board games", "next to python, which language", "what is a streak freeze in go", "zone of proximal development?", "next",
	} {
		r := newDesk(t).say("d:ada", text)
		if r.Kind == bot.Streak || strings.Contains(r.Text, "counted") {
			t.Errorf("the question %q was taken for a check-in: %q", text, r.Text)
		}
	}
}

func TestMaybeACheckIn(t *testing.T) {
	d := newDesk(t)
	d.hears("d:ada", "I finished the http chapter", "Shall I count")
	d.hears("d:ada", "1", "is counted: **1 day in a row**")
	d.hears("d:ada", "streak", "I finished the http chapter")
}

func TestTheFirstCheckInAsksForTheZone(t *testing.T) {
	d := newDesk(t)
	d.clock("2026-11-23 22:40", "America/New_York") // already the 24th in UTC
	d.hears("d:ada", "checkin", "Tuesday, 24 November is counted", "what time is it for you now?")
	r := d.hears("d:ada", "10:40pm", "Pick the one whose summer time is yours")
	if len(r.Choices) == 0 || !strings.Contains(r.Choices[0].Title, "America/New_York (22:40 now)") {
		t.Fatalf("offered %+v, want New York first", r.Choices)
	}
	d.hears("d:ada", "1", "America/New_York, where it is 22:40 now", "Today, Monday, 23 November, ends in 4 h 20 min")
	d.hears("d:ada", "checkin", "Monday, 23 November is counted already")
}

func TestThePlatformKnowsTheZone(t *testing.T) {
	d := newDesk(t)
	r, err := d.mentor.Handle(t.Context(), bot.Question{Text: "checkin", Person: "s:1", Zone: "Asia/Kolkata", Place: "dm", Event: "e", At: d.now})
	if err != nil || strings.Contains(r.Text, "what time is it") || !strings.Contains(r.Text, "Monday, 23 November") {
		t.Errorf("a check-in with a known zone: %q, %v", r.Text, err)
	}
}

func TestZones(t *testing.T) {
	for text, want := range map[string]string{
		"zone Europe/Berlin": "Europe/Berlin, where", "zone berlin": "Europe/Berlin, where", "zone india": "Asia/Kolkata, where", "zone new york": "America/New_York, where",
		"zone San Francisco": "America/Los_Angeles, where", "my time zone is europe/paris": "Europe/Paris, where", "timezone PST": "America/Los_Angeles, where",
		"zone Europe/Berlim": "Did you mean", "zone utc+2": "cannot follow summer time", "zone +05:30": "cannot follow summer time", "zone atlantis": "I know no time zone", "zone 19:00": "Pick the one",
		"zone brazil": "several zones", "zone IST": "Several zones", "zone <@123> @everyone": "I know no time zone", "zone": "what time is it for you", "zone 10:30": "Nowhere is it 10:30",
	} {
		r := newDesk(t).say("d:ada", text)
		if !strings.Contains(r.Text, want) || strings.ContainsAny(r.Text, "<@") {
			t.Errorf("%q is answered %q, want %q in it and no mention", text, r.Text, want)
		}
	}
}

func TestSettings(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "zone Berlin")
	d.hears("d:ada", "dayend", "ends at 03:00")
	d.hears("d:ada", "dayend 4am", "now ends at 04:00")
	d.hears("d:ada", "dayend 23", "from 0 to 9")
	d.hears("d:ada", "dayend half past", "is no full hour")
	d.hears("d:ada", "rest sat and sun", "Sat, Sun")
	d.hears("d:ada", "rest", "Your rest days: Sat, Sun")
	d.hears("d:ada", "rest off", "none")
	d.hears("d:ada", "rest mon tue wed thu fri sat sun", "at most six")
	d.hears("d:ada", "away", "No absence is planned")
	d.hears("d:ada", "away 2026-12-20 to 2027-01-03", "from Sunday, 20 December to Sunday, 3 January, 15 days")
	d.hears("d:ada", "away", "You are away from Sunday, 20 December")
	d.hears("d:ada", "away until 3 Jan", "from Monday, 23 November to Sunday, 3 January")
	d.hears("d:ada", "away 5 days", "to Friday, 27 November, 5 days")
	d.hears("d:ada", "away off", "No absence is planned any more")
	d.hears("d:ada", "away 2026-11-01 to 2026-11-03", "can begin today, 2026-11-23, or later")
	d.hears("d:ada", "away 1 Jan 2020 to 3 Jan 2020", "can begin today, 2026-11-23, or later")
	d.hears("d:ada", "away from 20 December 2026 to 3 January 2027", "15 days")
	d.hears("d:ada", "away 2026-12-05 to 2026-12-01", "before it begins")
	d.hears("d:ada", "away 99/99 to 12", "cannot read")
	d.hears("d:ada", "freeze", "You hold 0 of 2 freezes")
}

func TestYesterday(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "zone Berlin")
	d.clock("2026-11-24 09:00", "Europe/Berlin")
	d.hears("d:ada", "yesterday", "Monday, 23 November is counted", "Today, Tuesday, 24 November, is still open")
	d.hears("d:ada", "checkin", "**2 days in a row**")
	d.clock("2026-11-26 12:30", "Europe/Berlin")
	d.hears("d:ada", "i forgot yesterday", "until noon", "passed")
}

func TestBoard(t *testing.T) {
	d := newDesk(t)
	d.hears("d:ada", "board", "Nobody stands")
	for day := range 3 {
		d.now = d.now.AddDate(0, 0, 1)
		d.say("d:ada", "checkin")
		if day > 0 {
			d.say("d:bob", "checkin")
		}
		d.say("d:eve", "checkin") // never asked to be shown
	}
	d.hears("d:ada", "board join", "You stand on this group's board")
	d.hears("d:bob", "join the board", "You stand on")
	r := d.hears("d:eve", "board", "November 2026", "- **3** ada\n- **2** bob\n")
	if strings.Contains(r.Text, "eve") {
		t.Errorf("the board %q shows somebody who did not ask", r.Text)
	}
	d.hears("d:eve", "streak @ada", "ada: **3 days in a row**")
	d.hears("d:eve", "streak <@bob>", "bob: **2 days in a row**")
	d.hears("d:ada", "streak @eve", "find nobody of that name")
	d.hears("d:ada", "hide me", "no board any more")
	if r := d.say("d:eve", "board"); strings.Contains(r.Text, "ada") {
		t.Errorf("the board %q shows somebody who left", r.Text)
	}
}

func TestNamesOnTheBoardAreHarmless(t *testing.T) {
	d := newDesk(t)
	q := bot.Question{Person: "d:1", Name: "@everyone <!channel> **x** [a](http://b)\n# y", Place: "here", Group: "d:group", At: d.now}
	for _, text := range []string{"checkin", "board join", "board"} {
		q.Text, q.Event = text, text
		r, err := d.mentor.Handle(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if text == "board" && (strings.ContainsAny(strings.ReplaceAll(r.Text, "- **1** ", ""), "@<*[#!(") || !strings.Contains(r.Text, "everyone")) {
			t.Errorf("the board is %q", r.Text)
		}
	}
}

func TestLinking(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "checkin")
	d.now = d.now.AddDate(0, 0, 1)
	d.say("s:T:ada", "checkin")
	code := codeIn(t, d.hears("d:ada", "link", "say this to me from the other one"))
	second := codeIn(t, d.hears("s:T:ada", "link "+code, "go back to the account"))
	d.hears("s:T:ada", "link "+second, "not open") // only the first account may
	d.hears("d:eve", "link "+second, "not open")
	d.hears("d:ada", "link "+strings.ToLower(second), "both accounts are you now", "**2 days in a row**")
	d.hears("d:ada", "link "+second, "not open")
	d.now = d.now.AddDate(0, 0, 1)
	d.hears("s:T:ada", "done", "**3 days in a row**")
	d.hears("d:ada", "done", "is counted already: **3 days in a row**")
	d.hears("s:T:ada", "unlink", "Parted")
	d.now = d.now.AddDate(0, 0, 1)
	d.hears("s:T:ada", "done", "**4 days in a row**")
	d.hears("d:ada", "streak", "**3 days in a row**")
	d.hears("d:ada", "unlink", "linked with no other")
}

// codeIn is the code that a reply names.
func codeIn(t *testing.T, r bot.Reply) string {
	t.Helper()
	_, rest, ok := strings.Cut(r.Text, "`link ")
	code, _, ok2 := strings.Cut(rest, "`")
	if !ok || !ok2 || !r.Private {
		t.Fatalf("no code in %q, or not private", r.Text)
	}
	return code
}

func TestAnUnfinishedMergeIsFinished(t *testing.T) {
	d := newDesk(t)
	d.say("d:1", "checkin")
	d.now = d.now.AddDate(0, 0, 1)
	d.say("d:2", "checkin")
	from, err := d.store.Find(t.Context(), "d:1")
	if err != nil {
		t.Fatal(err)
	}
	into, err := d.store.Find(t.Context(), "d:2")
	if err != nil {
		t.Fatal(err)
	}
	// The program dies after the first of the merge's writes.
	if _, err := d.store.Update(t.Context(), from, func(l *bot.Learner) error { l.Into = into; return nil }); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.AddDate(0, 0, 1)
	d.hears("d:1", "checkin", "**3 days in a row**")
	d.hears("d:2", "streak", "**3 days in a row**")
	if _, err := d.store.Get(t.Context(), from); !errors.Is(err, bot.ErrNoLearner) {
		t.Errorf("the merged learner is still there: %v", err)
	}
}

func TestForgetMe(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "checkin")
	d.say("d:ada", "board join")
	r := d.hears("d:ada", "forget me", "Are you sure?")
	if len(r.Choices) != 2 {
		t.Fatalf("offered %+v, want yes and no", r.Choices)
	}
	d.hears("d:ada", "streak", "**1 day in a row**") // not yet
	d.say("d:ada", "forget me")
	d.hears("d:ada", "1", "I remember nothing of you any more")
	d.hears("d:ada", "streak", "No day is counted yet")
	d.hears("d:ada", "export", "I remember nothing")
	for _, err := range d.store.Learners(t.Context()) {
		t.Errorf("somebody is left (%v)", err)
	}
}

func TestExport(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "checkin sql")
	d.hears("d:ada", "privacy", "Not remembered: your questions")
	r := d.say("d:ada", "export")
	if r.File == nil || !strings.Contains(string(r.File.Data), `"done": [
    "2026-11-23"
  ]`) || !r.Private {
		t.Errorf("export = %+v", r)
	}
}

// brokenStore is a store that cannot be reached.
type brokenStore struct{ bot.Store }

var errDown = errors.New("dial tcp 127.0.0.1:6379: connection refused")

func (brokenStore) Resolve(context.Context, bot.Account) (bot.ID, error) { return "", errDown }
func (brokenStore) Find(context.Context, bot.Account) (bot.ID, error)    { return "", errDown }
func (brokenStore) Group(context.Context, string) (bot.Group, error)     { return bot.Group{}, errDown }

func (brokenStore) Papers(context.Context, string) iter.Seq2[bot.Paper, error] {
	return func(yield func(bot.Paper, error) bool) { yield(bot.Paper{}, errDown) }
}

func TestWithoutItsStoreTheMentorGoesOn(t *testing.T) {
	d := newDesk(t)
	d.mentor = bot.New(newShelf(t), bot.WithStore(brokenStore{}))
	r := d.hears("d:ada", "checkin", "**not counted**", "say it again")
	if r.Kind != bot.Unavailable {
		t.Errorf("the kind is %v, want Unavailable", r.Kind)
	}
	if r := d.hears("d:ada", "streak", "cannot reach what I remember"); strings.Contains(r.Text, "127.0.0.1") {
		t.Errorf("the learner was shown %q", r.Text)
	}
	d.hears("d:ada", "python", "not sure which of these you mean")
}
