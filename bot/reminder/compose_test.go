package reminder

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
	"mentor/knowledge"
)

var evening = time.Date(2026, 11, 24, 19, 30, 0, 0, time.UTC)

// learnt is somebody who studied on the given days before the evening's day, 1 is
// yesterday, and wants to be reminded.
func learnt(t *testing.T, ago ...int) bot.Learner {
	t.Helper()
	l := bot.NewLearner("ada", "d:1")
	s, err := l.Streak.SetZone("UTC")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range ago {
		s, _ = s.CheckIn(evening.AddDate(0, 0, -n), "")
	}
	l.Streak = s
	l.Reminder = bot.Reminder{On: true, Minute: 19*60 + 30, To: "d:1"}
	return l.Plan(evening.Add(-time.Minute))
}

// from counts down to 1.
func from(n int) []int {
	var out []int
	for ; n > 0; n-- {
		out = append(out, n)
	}
	return out
}

func theGuide(t *testing.T) *knowledge.Guide {
	t.Helper()
	g, err := knowledge.Load(knowledge.FS())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestMoods(t *testing.T) {
	for _, c := range []struct {
		name string
		ago  []int
		want mood
	}{
		{"nobody yet", nil, early},
		{"one day", from(1), early},
		{"two days", from(2), third},
		{"five days", from(5), beforehand},
		{"six days", from(6), milestone},
		{"eight days, a freeze in hand", from(8), ordinary},
		{"four days, nothing in hand", from(4), uncovered},
		{"a freeze covers yesterday", from(9)[:8], frozen},
		{"a short break", []int{6, 5, 4, 3}, mendable},
		{"a long break", []int{60, 59}, returning},
		{"twenty-nine days", from(29), milestone},
	} {
		l := learnt(t, c.ago...)
		if got := moodOf(l, l.Streak.View(evening)); got != c.want {
			t.Errorf("%s: mood %d, want %d", c.name, got, c.want)
		}
	}
}

func TestTextsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	moods := map[mood]int{}
	for i, p := range pool {
		moods[p.mood]++
		for _, v := range []streak.View{{Run: 1, Total: 1, Ends: evening}, {Run: 29, Total: 300, Ends: evening}} {
			if words := filled(p.words, v); words == "" || strings.ContainsAny(words, "{}") || seen[p.words] || len(words) > 200 {
				t.Errorf("text %d reads %q", i, words)
			}
		}
		seen[p.words] = true
		for _, bad := range []string{"!", "lose", "lost your", "shame", "fail", "forgot", "money", "pay", "only", "must", "should", "disappoint"} {
			if strings.Contains(strings.ToLower(p.words), bad) {
				t.Errorf("text %d says %q: %s", i, bad, p.words)
			}
		}
	}
	for m := ordinary; m <= mendable; m++ {
		if moods[m] < 2 {
			t.Errorf("mood %d has %d texts, want at least 2", m, moods[m])
		}
	}
}

func TestATextRests(t *testing.T) {
	used := uint32(0)
	for round := range 3 {
		seen := map[string]bool{}
		for seed := range uint32(8) {
			var words string
			if words, used = pick(ordinary, used, seed*2654435761); seen[words] {
				t.Errorf("round %d: %q comes again before the others of its mood", round, words)
			}
			seen[words] = true
		}
	}
}

func TestAMessageNamesTheNextStep(t *testing.T) {
	guide := theGuide(t)
	steps := bot.Roadmap(guide)
	if len(steps) != bot.RoadmapSteps {
		t.Fatalf("the guide has %d steps", len(steps))
	}
	l := learnt(t, from(4)...)
	l.Steps = l.Steps.With(1, true)
	named := map[string]bool{}
	for day := range 40 {
		l.Reminder.Day = streak.DayOn(evening) + streak.Day(day)
		r, _ := compose(guide, l, evening)
		again, _ := compose(guide, l, evening)
		if r.Text != again.Text {
			t.Errorf("the same reminder reads %q, then %q", r.Text, again.Text)
		}
		topic := r.Choices[len(r.Choices)-1]
		if guide.Entry(topic.Topic) == nil || !strings.Contains(r.Text, "**"+topic.Title+"**") {
			t.Errorf("%q names %+v, which the guide does not have", r.Text, topic)
		}
		named[topic.Topic] = true
	}
	if !named[steps[1].ID] || named[steps[0].ID] || len(named) < 3 {
		t.Errorf("named are %v, want the second step and what it leads to, and not the first", named)
	}
	for n := range bot.RoadmapSteps {
		l.Steps = l.Steps.With(n+1, true)
	}
	if r, _ := compose(guide, l, evening); len(r.Choices) != 4 {
		t.Errorf("who has done all steps gets %+v, want an entry as well", r.Choices)
	}
	empty, err := knowledge.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := compose(empty, l, evening); len(r.Choices) != 3 || r.Text == "" {
		t.Errorf("without a guide: %+v", r)
	}
}

func TestWhenNobodyAnswers(t *testing.T) {
	l := learnt(t, from(4)...)
	l.Reminder.Ignored = bot.FadeAfter
	if r, _ := compose(theGuide(t), l, evening); !strings.Contains(r.Text, "every second day") {
		t.Errorf("after three: %q", r.Text)
	}
	l.Reminder.Ignored = bot.StopAfter
	r, used := compose(theGuide(t), l, evening)
	if !strings.Contains(r.Text, "my last reminder") || r.Choices[1].Say != "remind off" || used != 0 {
		t.Errorf("after ten: %q with %+v", r.Text, r.Choices)
	}
}

func TestFates(t *testing.T) {
	l := learnt(t)
	c := bot.Claim{ID: l.ID, Due: l.Reminder.Next, Day: l.Reminder.Day}
	change := func(f func(*bot.Learner)) bot.Learner {
		l := l
		f(&l)
		return l
	}
	for _, test := range []struct {
		name string
		l    bot.Learner
		now  time.Time
		want fate
	}{
		{"on time", l, evening, toSend},
		{"by a clock that is behind", l, evening.Add(-time.Second), toSend},
		{"three hours late", l, evening.Add(3 * time.Hour), toSend},
		{"over three hours late", l, evening.Add(3*time.Hour + time.Second), toExpire},
		{"late, and at night", l, evening.Add(3*time.Hour + 30*time.Minute), toExpire},
		{"done", change(func(l *bot.Learner) { l.Streak, _ = l.Streak.CheckIn(evening, "") }), evening, toSkip},
		{"off", change(func(l *bot.Learner) { l.Reminder.On = false }), evening, toSkip},
		{"forgotten", change(func(l *bot.Learner) { l.Gone = true }), evening, toSkip},
		{"merged", change(func(l *bot.Learner) { l.Into = "eve" }), evening, toSkip},
		{"paused", change(func(l *bot.Learner) { l.Reminder.Paused = l.Reminder.Day }), evening, toSkip},
		{"quiet", change(func(l *bot.Learner) { l.Reminder.Quiet = bot.Quiet{From: 20 * 60, To: 21 * 60} }), evening.Add(40 * time.Minute), toExpire},
		{"another plan", change(func(l *bot.Learner) { l.Reminder.Next = evening.Add(time.Hour) }), evening, toLose},
	} {
		if got := fateOf(test.l, c, test.now); got != test.want {
			t.Errorf("%s: fate %d, want %d", test.name, got, test.want)
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	keys := map[string]bool{}
	for day := range 50 {
		for person := range 20 {
			l := bot.NewLearner(bot.ID(strconv.Itoa(person)), "d:1")
			l.Reminder.Day, l.Reminder.Next = streak.Day(20_000+day), evening.AddDate(0, 0, day)
			key := keyOf(l)
			l.Reminder = l.Reminder.PutOff(evening.AddDate(0, 0, day).Add(time.Minute))
			if len(key) != 20 || keys[key] || keyOf(l) != key {
				t.Fatalf("the key %q comes twice, has another length, or changes when it is put off", key)
			}
			keys[key] = true
		}
	}
}

func TestBackOffGrows(t *testing.T) {
	behind, tries := time.Duration(0), 0
	for ; behind < expiry; tries++ {
		behind += backOff(0, behind)
	}
	if tries < 10 || tries > 40 {
		t.Errorf("%d tries until it is given up, want a handful an hour", tries)
	}
	if got := backOff(time.Hour, time.Second); got != time.Hour {
		t.Errorf("asked for an hour, waits %v", got)
	}
}
