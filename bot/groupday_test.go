package bot_test

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
	"mentor/knowledge"
)

// admin says a message as one who may manage the group, in one of its channels.
func (d *desk) admin(channel, text string) bot.Reply {
	d.t.Helper()
	d.events++
	r, err := d.mentor.Handle(d.t.Context(), bot.Question{
		Text: text, Person: "d:boss", Name: "boss", Place: channel, Channel: channel, Group: "d:group", Event: fmt.Sprint("e", d.events), At: d.now, Admin: true,
	})
	if err != nil {
		d.t.Fatalf("the admin says %q: %v", text, err)
	}
	if !r.Private {
		d.t.Errorf("%q is answered for all to see: %q", text, r.Text)
	}
	return r
}

// told says text as an admin in the channel and holds that the reply has all the parts.
func (d *desk) told(channel, text string, parts ...string) bot.Reply {
	d.t.Helper()
	r := d.admin(channel, text)
	for _, part := range parts {
		if !strings.Contains(r.Text, part) {
			d.t.Errorf("the admin says %q and hears %q, want %q in it", text, r.Text, part)
		}
	}
	return r
}

// written is what a group is told on the clock's date.
func (d *desk) written(kind bot.PostKind) bot.Reply {
	d.t.Helper()
	r, err := d.mentor.WritePost(d.t.Context(), bot.PostKey{Group: "d:group", Channel: "general", Kind: kind}, streak.DayOn(d.now), d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func TestTheDailyMessageIsSet(t *testing.T) {
	d := newDesk(t) // Monday, 23 November 2026, 19:00 in Berlin
	d.told("general", "daily", "gets no daily message", "It would say now:", "Question of the day")
	d.told("general", "daily 18:00", "By which clock?", "18:00 Berlin")
	d.told("general", "daily 18:00 Berlin", "every day at 18:00, Europe/Berlin; next on Tuesday, 24 November")
	d.told("general", "daily 20:00 Berlin", "next on Monday, 23 November")
	d.told("general", "daily preview", "every day at 20:00", "Question of the day")
	d.told("other", "daily", "gets no daily message")
	d.told("other", "daily 9", "In the morning or in the evening?")
	d.told("other", "zone Lisbon")
	d.told("other", "daily 7pm", "every day at 19:00, Europe/Lisbon")
	d.told("other", "daily off", "no daily message any more")
	d.told("other", "daily", "gets no daily message")
	d.told("general", "/daily soon", `cannot read "soon" as a time`)
	d.told("general", "daily 25:00", `cannot read "25:00" as a time`)
	d.told("general", "/daily 18:00 nowhereland", "no time zone")
	if r := d.told("general", "/daily 18:00 CST", "Did you mean"); len(r.Choices) == 0 || !strings.HasPrefix(r.Choices[0].Say, "daily 18:00 ") {
		t.Errorf("a zone that may be several offers %+v", r.Choices)
	}
}

func TestTheDigestIsSet(t *testing.T) {
	d := newDesk(t)
	d.told("mods", "digest", "gets no weekly digest", "The week from 16 November to 22 November**")
	d.told("mods", "digest monday 9:00 Berlin", "every Monday at 09:00, Europe/Berlin; next on Monday, 30 November")
	d.told("mods", "digest tue 9am Berlin", "every Tuesday at 09:00", "next on Tuesday, 24 November")
	d.told("mods", "digest off", "no weekly digest any more")
	d.told("mods", "/digest 9:00 Berlin", "as a day of the week and a time")
}

func TestOnlyAdminsSetPosts(t *testing.T) {
	d := newDesk(t)
	for _, text := range []string{"daily", "daily 18:00 Berlin", "digest", "digest monday 9:00 Berlin", "daily off"} {
		d.hears("d:ada", text, "Only those who may manage this group")
	}
	for p, err := range bot.Posts(t.Context(), d.store) {
		t.Errorf("there is a post %+v, %v", p, err)
	}
	// To the mentor alone it is a wish for a reminder, as ever.
	r, err := d.mentor.Handle(t.Context(), bot.Question{Text: "daily 19:30", Person: "d:ada", Place: "dm", Event: "x", At: d.now})
	if err != nil || !strings.Contains(r.Text, "I remind you every day at 19:30") {
		t.Errorf("alone, daily 19:30 = %q, %v", r.Text, err)
	}
	for _, text := range []string{"daily 25:00", "every day at 25:00"} {
		r, err = d.mentor.Handle(t.Context(), bot.Question{Text: text, Person: "d:ada", Place: "dm", Event: text, At: d.now})
		if err != nil || !strings.Contains(r.Text, "25:00\" as a time") {
			t.Errorf("alone, %s = %q, %v", text, r.Text, err)
		}
	}
	r, err = d.mentor.Handle(t.Context(), bot.Question{Text: "digest", Person: "d:ada", Place: "dm", Event: "y", At: d.now, Admin: true})
	if err != nil || !strings.Contains(r.Text, "belongs to a group") {
		t.Errorf("alone, digest = %q, %v", r.Text, err)
	}
}

func TestAGroupHasOnlySoManyPosts(t *testing.T) {
	d := newDesk(t)
	for i := range 20 {
		d.told(fmt.Sprint("channel", i), "daily 18:00 Berlin", "Set.")
	}
	d.told("one more", "digest monday 9:00 Berlin", "which is the most")
	d.told("channel3", "daily 19:00 Berlin", "Set.")
	d.told("channel3", "daily off")
	d.told("one more", "digest monday 9:00 Berlin", "Set.")
}

// TestASecondPostOnADate does not come, even when it was switched off in between.
func TestASecondPostOnADate(t *testing.T) {
	d := newDesk(t)
	key := bot.PostKey{Group: "d:group", Channel: "general", Kind: bot.DailyPost}
	d.told("general", "daily 20:00 Berlin", "next on Monday, 23 November")
	d.told("general", "daily off")
	for p, err := range bot.Posts(t.Context(), d.store) {
		t.Errorf("a post that never came is remembered after it was switched off: %+v, %v", p, err)
	}
	d.told("general", "daily 20:00 Berlin", "next on Monday, 23 November")
	d.clock("2026-11-23 20:01", "Europe/Berlin")
	_, err := bot.UpdatePost(t.Context(), d.store, key, func(p bot.Post) (bot.Post, error) {
		p, err := p.Take(key.Kind, "a", d.now, lease)
		if err != nil {
			return p, err
		}
		return p.Settle("a", false)
	})
	if err != nil {
		t.Fatal(err)
	}
	d.told("general", "daily off")
	d.told("general", "daily 21:00 Berlin", "next on Tuesday, 24 November")
}

// TestManyTakeAPostAtOnce, and one of them gets it.
func TestManyTakeAPostAtOnce(t *testing.T) {
	d := newDesk(t)
	key := bot.PostKey{Group: "d:group", Channel: "general", Kind: bot.DailyPost}
	d.told("general", "daily 20:00 Berlin", "Set.")
	d.clock("2026-11-23 20:01", "Europe/Berlin")
	var got atomic.Int64
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			_, err := bot.UpdatePost(t.Context(), d.store, key, func(p bot.Post) (bot.Post, error) { return p.Take(key.Kind, strconv.Itoa(i), d.now, lease) })
			switch {
			case err == nil:
				got.Add(1)
			case !errors.Is(err, bot.ErrPostLost):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		t.Errorf("%d have the post, want 1", got.Load())
	}
}

func TestAPostThatCannotBeReadIsSetAnew(t *testing.T) {
	d := newDesk(t)
	key := bot.PostKey{Group: "d:group", Channel: "general", Kind: bot.DailyPost}
	if _, err := d.store.UpdatePaper(t.Context(), "posts", key.String(), func(string) (string, error) { return "{", nil }); err != nil {
		t.Fatal(err)
	}
	d.told("other", "daily 18:00 Berlin", "Set.")
	broken := 0
	for _, err := range bot.Posts(t.Context(), d.store) {
		if err != nil {
			broken++
			if !strings.Contains(err.Error(), `set it anew`) {
				t.Errorf("the error %q names no cure", err)
			}
		}
	}
	if broken != 1 {
		t.Errorf("%d posts cannot be read, want 1 and the other read", broken)
	}
	d.told("general", "daily 18:00 Berlin", "Set.")
}

func TestThePostsKeysComeBack(t *testing.T) {
	d := newDesk(t)
	for _, key := range []bot.PostKey{{"d:1", "2", bot.DailyPost}, {"s:T 1*", "", bot.DigestPost}, {"", "C +%9", bot.DailyPost}} {
		if _, err := bot.UpdatePost(t.Context(), d.store, key, func(p bot.Post) (bot.Post, error) { p.Zone = "UTC"; return p, nil }); err != nil {
			t.Fatal(err)
		}
		found := false
		for p, err := range bot.Posts(t.Context(), d.store) {
			found = found || err == nil && p.PostKey == key && p.Zone == "UTC"
		}
		if !found {
			t.Errorf("the post of %+v does not come back", key)
		}
	}
}

func TestWhatTheGroupIsTold(t *testing.T) {
	d := newDesk(t)
	d.now = d.now.AddDate(0, 0, -9)
	for day := range 10 {
		for i, person := range []bot.Account{"d:ada", "d:bob", "d:eve", "d:kim"} {
			if day%(i+1) == 0 {
				d.say(person, "checkin")
			}
		}
		d.now = d.now.AddDate(0, 0, 1)
	}
	r := d.written(bot.DailyPost)
	if !strings.Contains(r.Text, "Nobody stands on this group's board yet") || r.Days != nil {
		t.Errorf("without a board the group is told %q", r.Text)
	}
	for _, person := range []bot.Account{"d:ada", "d:bob", "d:kim"} {
		d.hears(person, "board join", "while your day is open")
	}
	d.say("d:ada", "checkin")
	d.say("d:kim", "rest tue") // a day off
	r = d.written(bot.DailyPost)
	for _, want := range []string{"**Question of the day:**", "12 active days in the last 7 days, by 3 people", "**Still open today:** bob.", "Done already: 1."} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("the group is told %q, want %q in it", r.Text, want)
		}
	}
	if strings.Contains(r.Text, "eve") || strings.Contains(r.Text, "kim") || strings.Contains(r.Text, "<@") {
		t.Errorf("%q names somebody who did not ask for it, or has the day off", r.Text)
	}
	if r.Days == nil || r.Days.Last != streak.DayOn(d.now)-1 || len(r.Days.Counts) != 14 {
		t.Errorf("the picture has %+v", r.Days)
	}
	if len(r.Choices) != 1 || !strings.HasPrefix(r.Choices[0].Say, "/answer ") || len(r.Choices[0].Say) > bot.MaxSay {
		t.Fatalf("the message offers %+v", r.Choices)
	}
	answer := d.say("d:eve", r.Choices[0].Say)
	if answer.Kind != bot.Answer || !answer.Private || answer.Topic == "" {
		t.Errorf("the button brings %+v, want the answer for their own eyes", answer)
	}
	d.say("d:bob", "hide me")
	if r = d.written(bot.DailyPost); strings.Contains(r.Text, "bob") {
		t.Errorf("%q names somebody who hid", r.Text)
	}
	d.say("d:bob", "board join")
	d.say("d:bob", "pause 5 days")
	if r = d.written(bot.DailyPost); strings.Contains(r.Text, "bob") {
		t.Errorf("%q names somebody who pauses", r.Text)
	}
}

// TestManyAreCounted: at most fifty names, which no name's signs can change.
func TestManyAreCounted(t *testing.T) {
	d := newDesk(t)
	q := bot.Question{Place: "here", Group: "d:group"}
	for i := range 60 {
		q.Person, q.Name, q.At = bot.NewAccount("d", strconv.Itoa(i)), fmt.Sprintf("@here %02d http://x.example <@1>", i), d.now
		for _, text := range []string{"checkin", "board join"} {
			q.Text, q.Event = text, fmt.Sprint(text, i)
			if _, err := d.mentor.Handle(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.now = d.now.AddDate(0, 0, 1)
	r := d.written(bot.DailyPost)
	if !strings.Contains(r.Text, " and 10 more.") || strings.Count(r.Text, "here ") != 50 || strings.ContainsAny(r.Text, "@<") || strings.Contains(r.Text, "http://") {
		t.Errorf("the group is told %q", r.Text)
	}
}

// TestQuestionsRest: on the built-in guide none comes twice within sixty days, two
// groups have different ones, and the same group and day always the same.
func TestQuestionsRest(t *testing.T) {
	guide, err := knowledge.Load(knowledge.FS())
	if err != nil {
		t.Fatal(err)
	}
	store := newDesk(t).store
	m := bot.New(shelf{guide}, bot.WithStore(store))
	question := func(group string, day streak.Day) string {
		t.Helper()
		r, err := m.WritePost(t.Context(), bot.PostKey{Group: group, Kind: bot.DailyPost}, day, noon)
		if err != nil {
			t.Fatal(err)
		}
		topic := strings.TrimPrefix(r.Choices[0].Say, "/answer ")
		if e := guide.Entry(topic); e == nil || !strings.Contains(r.Text, e.Title) || !strings.Contains(e.Title, "?") || strings.HasPrefix(topic, "step-") {
			t.Fatalf("the question is %q of %q", r.Text, topic)
		}
		return topic
	}
	last := map[string]streak.Day{}
	first := streak.Date(2026, 11, 24)
	differ := 0
	for day := first; day < first+400; day++ {
		topic := question("d:1", day)
		if before, ok := last[topic]; ok && day-before < 60 {
			t.Fatalf("%s comes on %v and on %v", topic, before, day)
		}
		last[topic] = day
		if question("d:2", day) != topic {
			differ++
		}
	}
	if again := question("d:1", first); last[again] < first || (last[again]-first)%streak.Day(len(last)) != 0 {
		t.Errorf("the question of %v is %s now, which came on %v", first, again, last[again])
	}
	if differ < 350 || len(last) < 60 {
		t.Errorf("%d questions, %d of 400 days differ between two groups", len(last), differ)
	}
}

func TestTheDigestTells(t *testing.T) {
	d := newDesk(t)
	d.clock("2026-11-18 12:00", "UTC") // Wednesday
	for range 3 {
		d.say("d:ada", "java")
		d.say("d:ada", "checkin")
		d.now = d.now.AddDate(0, 0, 1)
	}
	d.say("d:ada", "board join")
	d.say("d:ada", "java")
	d.say("d:ada", "/good java")
	d.say("d:ada", "/good java") // says nothing new
	d.say("d:bob", "/good python")
	d.say("d:eve", "/bad pay")
	d.say("d:bob", "pay or python") // choices
	d.say("d:new", "something else entirely")
	d.say("d:bob", "/open pay")
	d.say("d:bob", "/answer python") // the question of the day: nobody asked
	d.clock("2026-11-23 09:00", "UTC")
	r := d.written(bot.DigestPost)
	for _, want := range []string{
		"**The week from 16 November to 22 November**", "3 active days, by 1 person of 1 on the board, 3 more than in the same days of the week before",
		"5 questions answered, 1 met with a choice, 1 unanswered", "**Asked most:** Java? (4), Pay? (1)", "2 said that an answer helped, 1 that it did not", "never who asked",
	} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("the digest is %q, want %q in it", r.Text, want)
		}
	}
	d.clock("2026-11-27 09:00", "UTC")
	if r = d.written(bot.DigestPost); !strings.Contains(r.Text, "23 November to 29 November, so far**") || !strings.Contains(r.Text, "**Questions:** none.") {
		t.Errorf("on a Friday the digest is %q", r.Text)
	}
}

func TestWeeks(t *testing.T) {
	for date, want := range map[string]string{
		"2026-11-23": "2026-W48", "2026-11-29": "2026-W48", "2026-11-30": "2026-W49", "2024-12-30": "2025-W01", "2021-01-03": "2020-W53", "2027-01-03": "2026-W53", "2026-01-01": "2026-W01",
	} {
		day, err := streak.ParseDay(date)
		if err != nil {
			t.Fatal(err)
		}
		year, week := time.Unix(int64(day)*86400, 0).UTC().ISOWeek()
		if got := bot.WeekOf(day).String(); got != want || got != fmt.Sprintf("%d-W%02d", year, week) {
			t.Errorf("WeekOf(%s) = %s, want %s", date, got, want)
		}
	}
}

var weekPaper = regexp.MustCompile(`^\d{4}-W\d{2}$`)

// TestOldWeeksAreDropped, and no week holds a word that somebody said or who it was.
func TestOldWeeksAreDropped(t *testing.T) {
	d := newDesk(t)
	for range 20 {
		d.say("d:ada", "java, said the secret gardener")
		d.written(bot.DigestPost) // writes down what was counted
		d.now = d.now.AddDate(0, 0, 7)
	}
	weeks := 0
	for paper, err := range d.store.Papers(t.Context(), "asked d:group") {
		if err != nil {
			t.Fatal(err)
		}
		weeks++
		if !weekPaper.MatchString(paper.Key) || paper.Text != `{"answered":{"java":1}}` {
			t.Errorf("remembered is %q: %s", paper.Key, paper.Text)
		}
	}
	if weeks != 13 {
		t.Errorf("%d weeks are kept, want 13", weeks)
	}
}
