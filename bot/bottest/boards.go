package bottest

import (
	"slices"
	"time"

	"mentor/bot"
)

// days are the noons of so many days of a month, from its first.
func days(month time.Month, n int) []time.Time {
	out := make([]time.Time, n)
	for d := range out {
		out[d] = noon(month, d+1)
	}
	return out
}

func boardJoin(t *tester) {
	t.wantBoard("g", november, 10)
	l := member("g", days(time.November, 3)...)
	l.Boards = nil
	t.put(l)
	t.wantBoard("g", november, 10)
	joined := t.update(l.ID, func(l *bot.Learner) { l.Boards = []string{"other", "g"} })
	t.wantBoard("g", november, 10, l.ID)
	t.wantSame(joined, t.board("g", november, 10)[0])
	t.reopen()
	t.wantBoard("g", november, 10, l.ID)
	t.wantBoard("other", november, 10, l.ID)
	idle := member("g") // never checked in
	t.put(idle)
	t.wantBoard("g", november, 10, l.ID)
}

func boardLeave(t *tester) {
	ada, bob := member("g", days(time.November, 3)...), member("g", days(time.November, 2)...)
	t.put(ada)
	t.put(bob)
	t.update(ada.ID, func(l *bot.Learner) { l.Boards = nil })
	t.wantBoard("g", november, 10, bob.ID)
	t.reopen()
	t.wantBoard("g", november, 10, bob.ID)
	t.update(ada.ID, func(l *bot.Learner) { l.Boards = []string{"g"} })
	t.wantBoard("g", november, 10, ada.ID, bob.ID)
}

func boardOrder(t *tester) {
	some, most, few := member("g", days(time.November, 9)...), member("g", days(time.November, 10)...), member("g", days(time.November, 2)...)
	last := member("g", days(time.November, 1)...)
	for _, l := range []bot.Learner{last, some, most, few} {
		t.put(l)
	}
	t.wantBoard("g", november, 10, most.ID, some.ID, few.ID, last.ID)
	t.reopen()
	t.wantBoard("g", november, 10, most.ID, some.ID, few.ID, last.ID)
}

func boardFollows(t *tester) {
	ada, bob := member("g", days(time.November, 2)...), member("g", days(time.November, 3)...)
	t.put(ada)
	t.put(bob)
	checkIn := func(day int) {
		t.update(ada.ID, func(l *bot.Learner) { l.Streak, _ = l.Streak.CheckIn(noon(time.November, day), "") })
	}
	t.wantBoard("g", november, 10, bob.ID, ada.ID)
	checkIn(3)
	checkIn(4)
	t.wantBoard("g", november, 10, ada.ID, bob.ID)
	if got := t.board("g", november, 10)[0].ActiveDays(november); got != 4 {
		t.Errorf("the first on the board has %d days, want 4", got)
	}
}

func boardMonths(t *tester) {
	ada := member("g", slices.Concat(days(time.October, 31), days(time.November, 1))...)
	bob := member("g", days(time.November, 2)...)
	cleo := member("g", noon(time.October, 30), noon(time.October, 31))
	for _, l := range []bot.Learner{ada, bob, cleo} {
		t.put(l)
	}
	t.wantBoard("g", november, 10, bob.ID, ada.ID)
	t.wantBoard("g", december, 10)
	t.wantBoard("g", october-1, 10)
	t.update(cleo.ID, func(l *bot.Learner) { l.Streak, _ = l.Streak.CheckIn(noon(time.November, 30), "") })
	t.update(cleo.ID, func(l *bot.Learner) { l.Streak, _ = l.Streak.CheckIn(noon(time.December, 1), "") })
	t.wantBoard("g", december, 10, cleo.ID)
}

// boardEarlierMonth: in Auckland the month is half a day older than in Berlin,
// and whoever looks at a board sees the whole of the month that they live in.
func boardEarlierMonth(t *tester) {
	ada := member("g", days(time.November, 5)...)
	bob := member("g", append(days(time.November, 9), noon(time.December, 1))...)
	cleo := member("g", noon(time.October, 31), noon(time.December, 1))
	for _, l := range []bot.Learner{ada, bob, cleo} {
		t.put(l)
	}
	t.wantBoard("g", november, 10, bob.ID, ada.ID)
	t.wantBoard("g", november, 1, bob.ID)
	t.wantBoard("g", october, 10, cleo.ID)
}

func boardLimit(t *tester) {
	var want []bot.ID
	for n := 12; n >= 1; n-- {
		l := member("g", days(time.November, n)...)
		t.put(l)
		want = append(want, l.ID)
	}
	t.wantBoard("g", november, 100, want...)
	t.wantBoard("g", november, 12, want...)
	t.wantBoard("g", november, 10, want[:10]...)
	t.wantBoard("g", november, 1, want[0])
	t.wantBoard("g", november, 0)
}

func boardTies(t *tester) {
	for range 8 {
		t.put(member("g", days(time.November, 3)...))
	}
	first := member("g", days(time.November, 4)...)
	t.put(first)
	want := ids(t.board("g", november, 100))
	if len(want) != 9 || want[0] != first.ID {
		t.Fatalf("the board is %q, want 9 with %q first", want, first.ID)
	}
	t.wantBoard("g", november, 100, want...)
	t.wantBoard("g", november, 4, want[:4]...)
	t.update(want[3], func(l *bot.Learner) { l.Name = "Somebody" })
	t.wantBoard("g", november, 100, want...)
	t.reopen()
	t.wantBoard("g", november, 100, want...)
}

func boardsApart(t *tester) {
	names := []string{"g", "g:1", "g:11", "G", "g\x00", "g\x00\x00", "{g}", "*", "gö", "g🙂"}
	for _, name := range names {
		l := member(name, days(time.November, 1)...)
		t.put(l)
		t.wantBoard(name, november, 10, l.ID)
	}
	for _, name := range names {
		if got := t.board(name, november, 10); len(got) != 1 || got[0].Boards[0] != name {
			t.Errorf("the board %q has %d learners, want its own one", name, len(got))
		}
	}
	t.wantBoard("", november, 10)
}

func boardPut(t *tester) {
	l := member("g", days(time.November, 3)...)
	t.put(l)
	l.Boards = []string{"h"}
	t.put(l)
	t.wantBoard("g", november, 10)
	t.wantBoard("h", november, 10, l.ID)
	less := member("h", days(time.November, 1)...)
	less.ID, less.Accounts = l.ID, l.Accounts
	other := member("h", days(time.November, 2)...)
	t.put(other)
	t.put(less)
	t.wantBoard("h", november, 10, other.ID, l.ID)
}
