package main

import (
	"strings"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
)

var t0 = time.Now()

// A scene is a run that went well: a question, a check-in, a reminder.
type scene struct {
	w                          *world
	c                          *crowd
	r                          row
	felt                       []window
	asked, done                *exchange
	checking, reminded, silent *learner
}

func newScene() *scene {
	s := &scene{w: &world{book: newBook()}, r: row{trial: trial{load: load{lasts: time.Minute, bar: 250 * time.Millisecond}}}}
	s.checking = &learner{id: bot.NewID(), account: "d:1", before: daysBefore}
	s.reminded = &learner{id: bot.NewID(), account: "d:2", before: daysBefore, due: t0}
	s.silent = &learner{id: bot.NewID(), account: "d:3", before: daysBefore}
	s.c = &crowd{checking: []*learner{s.checking}, reminded: []*learner{s.reminded}, silent: []*learner{s.silent}}
	s.asked = &exchange{kind: question, at: t0}
	s.done = &exchange{kind: checkIn, at: t0, by: s.checking}
	s.w.book.asked("q", "", s.asked)
	s.w.book.asked("c", "", s.done)
	s.w.book.replied("q", "Python.")
	s.w.book.replied("c", "Tuesday, 24 November is counted: **6 days in a row**.")
	s.w.book.reminded("d:2")
	s.asked.took, s.done.took = 3*time.Millisecond, 5*time.Millisecond
	return s
}

// judged is the bars that a scene broke, with the store as the mentor left it.
func (s *scene) judged(t *testing.T, stored func(*bot.Learner)) string {
	t.Helper()
	store, err := boltstore.Open(t.TempDir()+"/mentor.db", boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for l := range s.c.all {
		kept, err := l.stored(morning(t0), t0)
		if err != nil {
			t.Fatal(err)
		}
		if l == s.checking {
			kept.Streak, _ = kept.Streak.CheckIn(t0, "today")
		}
		stored(&kept)
		if err := store.Put(t.Context(), kept); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.r.judge(t.Context(), store, s.w, s.c, s.felt); err != nil {
		t.Fatal(err)
	}
	return strings.Join(s.r.broken, "\n")
}

func unchanged(*bot.Learner) {}

func TestJudgeFindsWhatBrokeABar(t *testing.T) {
	never := func(*scene) {}
	for _, tt := range []struct {
		name   string
		change func(*scene)
		stored func(*scene) func(*bot.Learner)
		want   string // empty for nothing
	}{
		{name: "all is well", change: never},
		{name: "no reply", change: func(s *scene) { s.w.book.asked("q2", "", &exchange{at: t0}) }, want: "1 questions and check-ins got no reply"},
		{name: "two replies", change: func(s *scene) { s.w.book.replied("q", "Python.") }, want: "1 questions and check-ins got two replies"},
		{name: "a busy machine", change: func(s *scene) { s.r.late = 2 * time.Second }, want: "the load came up to 2s late"},
		{name: "slow", change: func(s *scene) { s.asked.took = time.Second; s.done.took = time.Second }, want: "99 in 100 replies came within 1s"},
		{name: "slow in a fault", change: func(s *scene) {
			s.asked.took, s.felt = time.Second, []window{{"a fault", t0.Add(-time.Second), t0.Add(time.Second)}}
		}},
		{name: "not counted", change: func(s *scene) { s.done.counted = false }, want: "1 check-ins were not counted"},
		{name: "a reminder twice", change: func(s *scene) { s.w.book.reminded("d:2") }, want: "1 of 1 reminders came twice"},
		{name: "no reminder", change: func(s *scene) { clear(s.w.book.reminders) }, want: "1 of 1 reminders were lost"},
		{name: "a late reminder", change: func(s *scene) { s.reminded.due = t0.Add(-2 * time.Minute) }, want: "1 of 1 reminders came more than 1m0s late"},
		{name: "a reminder after a check-in", change: func(s *scene) {
			s.reminded.early = &exchange{kind: checkIn, at: t0.Add(-time.Minute), by: s.reminded, counted: true, replies: 1}
		}, want: "1 of 1 reminders came after a check-in"},
		{name: "a check-in is lost", change: never, stored: func(s *scene) func(*bot.Learner) {
			return func(l *bot.Learner) {
				if l.ID == s.checking.id {
					before, err := s.checking.stored(morning(t0), t0)
					if err != nil {
						panic(err)
					}
					*l = before
				}
			}
		}, want: "1 learners lost a check-in"},
		{name: "a check-in that nobody made", change: never, stored: func(s *scene) func(*bot.Learner) {
			return func(l *bot.Learner) {
				if l.ID == s.silent.id {
					l.Streak, _ = l.Streak.CheckIn(t0, "?")
				}
			}
		}, want: "1 learners have days that they never checked in on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newScene()
			tt.change(s)
			stored := unchanged
			if tt.stored != nil {
				stored = tt.stored(s)
			}
			got := s.judged(t, stored)
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("broken: %q, want %q", got, tt.want)
			}
		})
	}
}

// TestGrowthIsJudged takes a process that loses 1 MiB and a file in every minute
// of half an hour, and one that only swings.
func TestGrowthIsJudged(t *testing.T) {
	run := func(of func(i int) sample) string {
		r := row{trial: trial{load: load{lasts: 30 * time.Minute}}}
		for i := range 180 {
			r.samples = append(r.samples, of(i))
		}
		r.judgeGrowth()
		return strings.Join(r.broken, "\n")
	}
	leaking := run(func(i int) sample { return sample{heap: 60<<10 + i*256, files: 40 + i/3, goroutines: 100 + i} })
	for _, want := range []string{"memory", "open files", "goroutines"} {
		if !strings.Contains(leaking, want) {
			t.Errorf("a leak of %s was not found: %q", want, leaking)
		}
	}
	if steady := run(func(i int) sample { return sample{heap: 60<<10 + i%7*2048, files: 40 + i%5, goroutines: 100 + i%20} }); steady != "" {
		t.Errorf("a steady process was found to grow: %q", steady)
	}
}

// TestEarlyAndPrivateReplies belong to who caused them, in whatever order.
func TestEarlyAndPrivateReplies(t *testing.T) {
	b := newBook()
	b.replied("key", "the day is counted") // before its cause was written down
	early := &exchange{kind: checkIn}
	b.asked("key", "channel ann", early)
	if early.replies != 1 || !early.counted {
		t.Errorf("the early reply: %+v, want it counted", early)
	}
	private := &exchange{kind: checkIn}
	b.asked("key2", "channel ann", private)
	b.whispered("channel ann", "this check-in was **not counted**")
	b.whispered("channel bob", "to nobody")
	if private.replies != 1 || private.counted || b.unanswered() != 0 {
		t.Errorf("the private reply: %+v, %d unanswered, want it not counted and nothing open", private, b.unanswered())
	}
}
