package bottest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mentor/bot"
	"mentor/bot/streak"
)

// wantPoints checks where the account points; an empty id is nobody.
func (t *tester) wantPoints(a bot.Account, want bot.ID) {
	t.Helper()
	got, err := t.store.Find(t.ctx, a)
	if want == "" {
		if !errors.Is(err, bot.ErrNoLearner) || got != "" {
			t.Errorf("Find(%q) = %q, %v, want ErrNoLearner", a, got, err)
		}
		return
	}
	if err != nil || got != want {
		t.Errorf("Find(%q) = %q, %v, want %q", a, got, err, want)
	}
}

// wantGone checks that nobody has the id.
func (t *tester) wantGone(id bot.ID) {
	t.Helper()
	if _, err := t.store.Get(t.ctx, id); !errors.Is(err, bot.ErrNoLearner) {
		t.Errorf("Get(%q) has the error %v, want ErrNoLearner", id, err)
	}
}

// wantLearner checks that the store has the learner as it is.
func (t *tester) wantLearner(want bot.Learner) {
	t.Helper()
	t.wantSame(want, t.get(want.ID))
}

func (t *tester) wantSame(want, got bot.Learner) {
	t.Helper()
	if got.ID != want.ID {
		t.Errorf("the learner has the id %q, want %q", got.ID, want.ID)
	}
	if diff := cmp.Diff(want.Record(), got.Record()); diff != "" {
		t.Errorf("learner %s differs (-want +got)\n%s", want.ID, diff)
	}
}

// wantBoard checks the ids on the group's board in m, the first n.
func (t *tester) wantBoard(group string, m bot.Month, n int, want ...bot.ID) {
	t.Helper()
	t.wantIDs(fmt.Sprintf("Board(%q, %v, %d)", group, m, n), want, ids(t.board(group, m, n)))
}

func (t *tester) wantIDs(what string, want, got []bot.ID) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s differs (-want +got)\n%s", what, diff)
	}
}

func ids(list []bot.Learner) []bot.ID {
	out := make([]bot.ID, len(list))
	for i, l := range list {
		out[i] = l.ID
	}
	return out
}

func (t *tester) board(group string, m bot.Month, n int) []bot.Learner {
	t.Helper()
	list, err := t.store.Board(t.ctx, group, m, n)
	t.must(err)
	return list
}

// wantKept checks what the key holds.
func (t *tester) wantKept(key, want string) {
	t.Helper()
	got, err := t.store.Peek(t.ctx, key)
	if err != nil || got != want {
		t.Errorf("Peek(%q) = %q, %v, want %q", key, got, err, want)
	}
}

// crowd is how many callers "at once" is.
const crowd = 20

// atOnce calls f from many goroutines and returns when all have.
func atOnce(f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range crowd {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

// The months that the tests of boards live in.
var (
	october  = bot.MonthOf(streak.Date(2026, time.October, 1))
	november = october + 1
	december = october + 2
)

// noon is when somebody in these tests checks in on a day.
func noon(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 12, 0, 0, 0, time.UTC)
}

// member is a learner on the group's board who checked in at those times.
func member(group string, times ...time.Time) bot.Learner {
	id := bot.NewID()
	l := bot.NewLearner(id, bot.NewAccount("d", string(id)))
	l.Name, l.Boards = "Ada", []string{group}
	for _, at := range times {
		l.Streak, _ = l.Streak.CheckIn(at, "event:"+at.Format(time.DateOnly))
	}
	return l
}
