package redisstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"mentor/bot"
)

var january = bot.MonthOf(dayOf(0))

// populate puts n learners on the board g, with 1 to 20 days each.
func populate(tb testing.TB, s *Store, n int) []bot.Learner {
	tb.Helper()
	all := make([]bot.Learner, n)
	for i := range all {
		l := bot.NewLearner(bot.NewID(), bot.Account(fmt.Sprint("d:", i)))
		l.Boards = []string{"g"}
		for day := range i%20 + 1 {
			l.Streak, _ = l.Streak.CheckIn(start.AddDate(0, 0, day), fmt.Sprint("event:", day))
		}
		if err := s.Put(context.Background(), l); err != nil {
			tb.Fatal(err)
		}
		all[i] = l
	}
	return all
}

// days are those of the first n of a board in January, as text.
func days(tb testing.TB, s *Store, n int) string {
	tb.Helper()
	list, err := s.Board(context.Background(), "g", january, n)
	if err != nil {
		tb.Fatal(err)
	}
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = strconv.Itoa(l.ActiveDays(january))
	}
	return strings.Join(out, " ")
}

// TestBoardPutsRight: members who are gone, who left, whose score is too high or
// too low, and learners who were missed altogether do not show, and are put right
// where the board was read.
func TestBoardPutsRight(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), Options{})
	all := populate(t, s, 40)
	score := func(id bot.ID, days float64) {
		t.Helper()
		if _, err := server.ZAdd(boardKey("g"), float64(int(january)*100)+days, string(id)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 30 {
		score(bot.ID(fmt.Sprint("nobody", i)), 31)
		score(bot.ID(fmt.Sprint("nobody too", i)), 1234) // as if active in later years
	}
	score(all[0].ID, 30)
	score(all[19].ID, 19)
	score(all[39].ID, 1200)
	if got, want := days(t, s, 5), "20 20 19 19 18"; got != want {
		t.Errorf("the board is %s, want %s", got, want)
	}
	wantClean(t, s, 40)
}

func TestBoardAllGone(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), Options{})
	for _, l := range populate(t, s, 200)[:199] {
		server.Del(rowKey(l.ID))
	}
	if got, want := days(t, s, 1), "20"; got != want {
		t.Errorf("the board is %s, want %s", got, want)
	}
}
