package bottest

import (
	"errors"
	"strings"

	"mentor/bot"
)

func newAccount(t *tester) {
	id := t.resolve("d:1")
	if again := t.resolve("d:1"); again != id {
		t.Errorf("Resolve = %q, and again %q", id, again)
	}
	if other := t.resolve("d:2"); other == id {
		t.Errorf("two accounts have the learner %q", id)
	}
	t.wantPoints("d:1", id)
	t.wantLearner(bot.NewLearner(id, "d:1"))
	t.reopen()
	t.wantPoints("d:1", id)
	t.wantLearner(bot.NewLearner(id, "d:1"))
}

func newAccountAtOnce(t *tester) {
	var ids [crowd]bot.ID
	atOnce(func(i int) {
		id, err := t.store.Resolve(t.ctx, "d:1")
		if err != nil {
			t.Error(err)
		}
		ids[i] = id
	})
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("one account was given the learners %q", ids)
		}
	}
	t.wantPoints("d:1", ids[0])
	t.wantOnly(ids[0]) // losers leave nobody behind
}

func findUnknown(t *tester) {
	before := t.in.Dump()
	t.wantPoints("d:1", "")
	if t.in.Dump() != before {
		t.Error("Find wrote something")
	}
	t.wantOnly()
}

func getUnknown(t *tester) {
	id := bot.NewID()
	if l, err := t.store.Get(t.ctx, id); !errors.Is(err, bot.ErrNoLearner) || l.ID != "" {
		t.Errorf("Get of an unknown id = %+v, %v, want ErrNoLearner", l, err)
	}
}

func oddAccounts(t *tester) {
	accounts := []bot.Account{
		bot.NewAccount("s", "T 1", "U/2"), bot.NewAccount("s", "T 1/U", "2"), bot.NewAccount("s", "{tag}", "*?[x]"),
		bot.NewAccount("d", "Ü🙂\x00"), bot.NewAccount("d", strings.Repeat("9", 200)), "d:1", "d:11", "D:1",
	}
	ids := map[bot.ID]bool{}
	for _, a := range accounts {
		id := t.resolve(a)
		ids[id] = true
		t.wantPoints(a, id)
		t.wantLearner(bot.NewLearner(id, a))
	}
	if len(ids) != len(accounts) {
		t.Errorf("%d accounts have %d learners", len(accounts), len(ids))
	}
}

func addedAccount(t *tester) {
	ada, bob := t.resolve("d:ada"), t.resolve("d:bob")
	t.update(ada, func(l *bot.Learner) { l.Accounts = append(l.Accounts, "s:new", "d:bob") })
	check := func() {
		t.Helper()
		t.wantPoints("d:ada", ada)
		t.wantPoints("s:new", ada)
		t.wantPoints("d:bob", ada)
		if again := t.resolve("s:new"); again != ada {
			t.Errorf("Resolve of an added account = %q, want %q", again, ada)
		}
	}
	check()
	t.reopen()
	check()
	t.wantLearner(bot.NewLearner(bob, "d:bob")) // the store asks nobody else
}

func removedAccount(t *tester) {
	id := t.resolve("d:1")
	t.update(id, func(l *bot.Learner) { l.Accounts = []bot.Account{"d:1", "d:2", "d:3"} })
	t.update(id, func(l *bot.Learner) { l.Accounts = []bot.Account{"d:2"} })
	check := func() {
		t.Helper()
		t.wantPoints("d:1", "")
		t.wantPoints("d:2", id)
		t.wantPoints("d:3", "")
	}
	check()
	t.reopen()
	check()
	if other := t.resolve("d:1"); other == id {
		t.Error("a removed account was given the same learner again")
	}
}

func removedAccountElsewhere(t *tester) {
	ada, bob := t.resolve("d:1"), t.resolve("d:2")
	t.update(ada, func(l *bot.Learner) { l.Accounts = append(l.Accounts, "d:2") })
	t.update(bob, func(l *bot.Learner) { l.Accounts = []bot.Account{"d:3"} })
	t.wantPoints("d:2", ada)
	t.wantPoints("d:3", bob)
}
