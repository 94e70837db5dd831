package bottest

import (
	"errors"
	"strings"
	"time"

	"mentor/bot"
)

// openCode gives the learner an open code, as linking an account does.
func (t *tester) openCode(id bot.ID, code string) {
	t.Helper()
	t.keep(bot.CodeKey(code), string(id), time.Hour)
	t.update(id, func(l *bot.Learner) { l.Code = code })
}

func forget(t *tester) {
	l := full()
	l.Accounts = append(l.Accounts, "d:added")
	t.put(l)
	t.openCode(l.ID, "AB12CD")
	t.wantBoard("t", november, 10, l.ID)
	t.wantKept(bot.CodeKey("AB12CD"), string(l.ID))
	t.forget(l.ID)
	check := func() {
		t.Helper()
		t.wantGone(l.ID)
		for _, a := range l.Accounts {
			t.wantPoints(a, "")
		}
		for _, group := range l.Boards {
			t.wantBoard(group, november, 10)
		}
		t.wantKept(bot.CodeKey("AB12CD"), "")
		if _, err := t.store.Update(t.ctx, l.ID, func(*bot.Learner) error { return nil }); !errors.Is(err, bot.ErrNoLearner) {
			t.Errorf("Update of a forgotten learner has the error %v, want ErrNoLearner", err)
		}
		t.wantOnly()
	}
	check()
	t.reopen()
	check()
	dump := t.in.Dump()
	for _, trace := range []string{string(l.ID), string(l.Accounts[0]), string(l.Accounts[1]), "d:added", "AB12CD", "Ada", l.Streak.Event, "topic-1"} {
		if strings.Contains(dump, trace) {
			t.Errorf("the store still holds %q of the forgotten learner", trace)
		}
	}
}

func forgetLeavesOthers(t *tester) {
	ada, bob := member("g", days(time.November, 3)...), member("g", days(time.November, 2)...)
	t.put(ada)
	t.put(bob)
	t.openCode(bob.ID, "BOB123")
	bob = t.update(bob.ID, func(l *bot.Learner) { l.Accounts = append(l.Accounts, ada.Accounts[0]) })
	t.keep("else", "stays", time.Hour)
	t.forget(ada.ID)
	t.wantGone(ada.ID)
	t.wantLearner(bob)
	t.wantPoints(bob.Accounts[0], bob.ID)
	t.wantPoints(ada.Accounts[0], bob.ID) // it had gone over to bob
	t.wantBoard("g", november, 10, bob.ID)
	t.wantKept(bot.CodeKey("BOB123"), string(bob.ID))
	t.wantKept("else", "stays")
	t.wantOnly(bob.ID)
}

func forgetNobody(t *tester) {
	id := t.resolve("d:1")
	t.forget(bot.NewID())
	t.forget(id)
	t.forget(id)
	t.wantGone(id)
}

func forgetThenResolve(t *tester) {
	l := full()
	t.put(l)
	t.forget(l.ID)
	id := t.resolve(l.Accounts[0])
	if id == l.ID {
		t.Error("a forgotten learner's id was given again")
	}
	t.wantLearner(bot.NewLearner(id, l.Accounts[0])) // knows nothing of before
	t.wantPoints(l.Accounts[1], "")
}

// forgetAtOnce: whoever comes first, nothing of the learner is left.
func forgetAtOnce(t *tester) {
	l := member("g", days(time.November, 1)...)
	t.put(l)
	atOnce(func(i int) {
		if i == crowd/2 {
			if err := t.store.Forget(t.ctx, l.ID); err != nil {
				t.Error(err)
			}
			return
		}
		_, err := t.store.Update(t.ctx, l.ID, func(l *bot.Learner) error {
			l.Streak, _ = l.Streak.CheckIn(noon(time.November, i+2), "")
			return nil
		})
		if err != nil && !errors.Is(err, bot.ErrNoLearner) {
			t.Error(err)
		}
	})
	t.forget(l.ID) // a store that needs two steps may have been overtaken between them
	t.wantGone(l.ID)
	t.wantPoints(l.Accounts[0], "")
	t.wantBoard("g", november, 10)
	if strings.Contains(t.in.Dump(), string(l.ID)) {
		t.Error("the store still holds the id of the forgotten learner")
	}
}
