package bottest

import (
	"fmt"
	"strings"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// oddTexts are what people paste, and what a store that takes a value for text,
// a line or a part of a command would spoil.
var oddTexts = []string{
	"two\nlines\r\nand a tab\t", "emoji 👩🏽‍💻 and ünïcödé", "nul \x00 inside", "\x00", "bytes \xff\xfe\x80 of no text",
	"  spaces around  ", "*?[a-z]{1}", "'; DROP TABLE learners; --", "$6\r\nfoobar\r\n", "1 2 3", "-1", "\u2028\u202e",
}

func oddNotes(t *tester) {
	for _, text := range oddTexts {
		l := member("g", noon(time.November, 24))
		l.Name = text
		l.Notes = []bot.Note{{Day: 1, Text: text}, {Day: 1, Text: text}, {Day: 20_000, Text: ""}, {Day: 20_001, Text: text}}
		t.put(l)
		t.wantLearner(l)
		t.wantSame(l, t.update(l.ID, func(*bot.Learner) {}))
	}
}

func longNotes(t *tester) {
	l := member("g", noon(time.November, 24))
	for i := range bot.MaxNotes {
		l.Notes = append(l.Notes, bot.Note{Day: streak.Day(20_000 + i), Text: strings.Repeat("👩", bot.MaxNote)})
	}
	t.put(l)
	t.wantLearner(l)
	t.reopen()
	t.wantLearner(l)
}

// veteran is a learner who missed no day for ten years but some that were kept.
func veteran() bot.Learner {
	l := member("g", noon(time.November, 24))
	s := &l.Streak
	s.Days = s.Days.WithDone(streak.Date(2016, time.November, 25), streak.Date(2026, time.November, 24))
	s.Days = s.Days.WithKept(streak.Date(2016, time.January, 1), streak.Date(2016, time.November, 24))
	s.Total = s.Days.Count(streak.Date(2016, time.January, 1), s.Last)
	s.Run, s.Longest = s.Total, s.Total
	return l
}

func tenYears(t *tester) {
	l := veteran()
	t.put(l)
	t.reopen()
	t.wantLearner(l)
	next := t.update(l.ID, func(l *bot.Learner) { l.Streak, _ = l.Streak.CheckIn(noon(time.November, 25), "event:next") })
	if next.Streak.Run != l.Streak.Run+1 {
		t.Errorf("the run is %d, want %d", next.Streak.Run, l.Streak.Run+1)
	}
	t.must(t.get(l.ID).Check())
}

// full is a learner of whom everything is known that can be.
func full() bot.Learner {
	l := veteran()
	s := &l.Streak
	s.Zone, s.DayEnd, s.Rest, s.AwayFrom, s.AwayTo = "America/Argentina/ComodRivadavia", 0, streak.WeekOf(time.Saturday), s.Last+3, s.Last+9
	s.Freezes, s.Repaired, s.Moved = 2, s.Last-40, true
	s.Event = strings.Repeat("e", 64)
	s.Result = streak.Result{
		Kind: streak.Filled, Day: s.Last, Run: s.Run, Longest: s.Longest, Frozen: 1, Earned: true, Refunded: true,
		Broke: 5, Mended: 6, Milestone: 3650,
	}
	l.Accounts = []bot.Account{bot.NewAccount("d", "123456789012345678"), bot.NewAccount("s", "T012ABC", "U345DEF")}
	l.Name, l.Boards, l.Steps = "Ada Lovelace, née Byron", []string{"d:1", "s:T012ABC:C9", "t"}, 0xff
	l.Notes = []bot.Note{{Day: s.Last - 1, Text: "maps"}, {Day: s.Last, Text: "slices"}}
	for i := range bot.MaxVotes {
		l.Votes = append(l.Votes, bot.Vote{Topic: fmt.Sprint("topic-", i), Up: i%3 == 0})
	}
	l.FollowUp = bot.FollowUp{On: true, Topic: "step-3-databases", Since: 20_000, Group: "s:T1", Asked: 19_990}
	l.Code = "K7Q2M9"
	return l
}

func everything(t *tester) {
	l := full()
	t.put(l)
	t.wantLearner(l)
	t.reopen()
	t.wantLearner(l)
	bare := bot.NewLearner(l.ID, l.Accounts[0])
	t.update(l.ID, func(l *bot.Learner) { *l = bare })
	t.wantLearner(bare) // every field can be emptied
	t.reopen()
	t.wantLearner(bare)
	t.update(l.ID, func(changed *bot.Learner) { *changed = l })
	t.wantLearner(l)
}

func tombstones(t *tester) {
	into, merged := full(), member("g", noon(time.November, 24))
	t.put(into)
	t.put(merged)
	t.update(merged.ID, func(l *bot.Learner) { l.Into, l.Gone = into.ID, true })
	t.reopen()
	if l := t.get(merged.ID); l.Into != into.ID || !l.Gone {
		t.Errorf("the marks are Into %q and Gone %v, want %q and true", l.Into, l.Gone, into.ID)
	}
}

func putNew(t *tester) {
	l := full()
	t.put(l)
	t.wantLearner(l)
	for _, a := range l.Accounts {
		t.wantPoints(a, l.ID)
		if id := t.resolve(a); id != l.ID {
			t.Errorf("Resolve(%q) = %q, want %q", a, id, l.ID)
		}
	}
	t.wantOnly(l.ID)
}

func putReplaces(t *tester) {
	old := full()
	t.put(old)
	l := bot.NewLearner(old.ID, "d:new")
	t.put(l)
	check := func() {
		t.Helper()
		t.wantLearner(l)
		t.wantPoints("d:new", l.ID)
		for _, a := range old.Accounts {
			t.wantPoints(a, "")
		}
		for _, group := range old.Boards {
			t.wantBoard(group, november, 10)
		}
	}
	check()
	t.reopen()
	check()
}

func putTakesAccounts(t *tester) {
	bob := t.resolve("d:bob")
	l := full()
	l.Accounts = append(l.Accounts, "d:bob")
	t.put(l)
	t.wantPoints("d:bob", l.ID)
	t.wantLearner(bot.NewLearner(bob, "d:bob"))
}
