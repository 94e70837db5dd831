// Package bottest holds the contracts that package bot asks others to keep, as
// tests that every implementation runs.
//
// It knows no implementation: what a contract needs beyond the interface itself,
// an Instance brings along.
package bottest

import (
	"context"
	"testing"
	"time"

	"mentor/bot"
)

// An Instance is a store without anybody in it, and what a test may do to it
// from outside. Who makes it closes it when the test ends, also when the test
// closed it already.
type Instance struct {
	Store bot.Store
	// Reopen closes the store and opens another on the same data.
	Reopen func() bot.Store
	// Advance lets the store's clock pass, for keys kept with Keep and for
	// reminders. A store whose clock is the real one leaves it nil.
	Advance func(time.Duration)
	// Dump is all that the store holds, as it holds it: every key, every value,
	// and what counts its writes. It is the same again when nothing was written,
	// apart from how long keys are still kept.
	Dump func() string
}

// TestStore is the contract of [bot.Store]. It calls open for each of its
// subtests, whose names are the contract in short.
func TestStore(t *testing.T, open func(t *testing.T) Instance) {
	t.Helper()
	for _, clause := range []struct {
		name string
		test func(*tester)
	}{
		{"a new account gets a learner once", newAccount},
		{"many who resolve a new account get one learner", newAccountAtOnce},
		{"finding makes nobody", findUnknown},
		{"getting an unknown learner", getUnknown},
		{"an account may have any signs", oddAccounts},
		{"an added account points to the learner", addedAccount},
		{"a removed account points to nobody", removedAccount},
		{"a removed account that points elsewhere is left", removedAccountElsewhere},

		{"update writes, returns what was written, and it lasts", update},
		{"update of an unknown learner", updateUnknown},
		{"update that refuses writes nothing and returns the refusal", updateRefused},
		{"update changes a fresh copy", updateFreshCopy},
		{"update that alters nothing writes nothing", updateNothing},
		{"update leaves the id alone", updateID},
		{"update returns accounts in their order", updateOrder},
		{"many updates at once all take effect", updatesAtOnce},
		{"many updates of many learners at once", updatesOfMany},

		{"many check-ins at once count once", checkInsAtOnce},
		{"the same event again has the same result", sameEvent},

		{"notes and names may have any signs", oddNotes},
		{"notes may be as long as allowed", longNotes},
		{"ten years of days", tenYears},
		{"everything that a learner can have", everything},
		{"marks of an unfinished merge", tombstones},

		{"put writes a new learner", putNew},
		{"put replaces the whole learner", putReplaces},
		{"put takes accounts over", putTakesAccounts},

		{"a board has those who joined it", boardJoin},
		{"a board loses those who leave it", boardLeave},
		{"a board is ordered by days", boardOrder},
		{"a board follows each check-in", boardFollows},
		{"a board begins anew with the month", boardMonths},
		{"who has gone on to the next month stays in the last", boardEarlierMonth},
		{"a board shows no more than asked for", boardLimit},
		{"a board keeps its order among equals", boardTies},
		{"boards do not mix", boardsApart},
		{"a board follows put", boardPut},

		{"forget leaves nothing", forget},
		{"forget leaves others", forgetLeavesOthers},
		{"forget of nobody", forgetNobody},
		{"an account that was forgotten is new again", forgetThenResolve},
		{"update while forgetting", forgetAtOnce},

		{"a key is kept and taken once", keep},
		{"a key that is kept anew", keepAnew},
		{"a key's time ends", keepEnds},
		{"keys and values may have any signs", keepOdd},
		{"of many who take one gets it", takeAtOnce},

		{"something is done once", once},
		{"of many who would do something once one does", onceAtOnce},

		{"a lease is one holder's, who may have it anew", lease},
		{"a lease ends with its time", leaseOver},
		{"a lease is given back by its holder", leaseGivenBack},
		{"leases do not mix with what is kept", leaseApart},
		{"of many who want a lease one gets it", leaseAtOnce},

		{"votes are counted by topic", tallies},
		{"votes are counted as they change", talliesFollow},
		{"votes of many at once", talliesAtOnce},
		{"votes are not counted twice", talliesAgain},

		{"a group has no settings at first", groupUnknown},
		{"a group's settings last", groupUpdate},
		{"settings that are refused are not written", groupRefused},
		{"settings that do not change are not written", groupNothing},
		{"many changes of a group's settings at once all take effect", groupAtOnce},
		{"all groups with settings are listed, each once", groupsListed},

		{"papers are kept apart by shelf and key", papersKept},
		{"a paper without text is gone, and its shelf with it", papersGone},
		{"a paper that is refused or the same is not written", papersRefused},
		{"many changes of a paper at once all take effect", papersAtOnce},
		{"all shelves with papers are listed, each once", shelvesListed},

		{"reminders are due in order, and not before their time", dueInOrder},
		{"a claim has no more than asked for", dueLimit},
		{"many reminders may be due in the same second", dueTogether},
		{"who has no plan is never due", dueNever},
		{"of many who claim at once one gets each reminder", claimAtOnce},
		{"a lease that ran out is claimed again, and the old claim is lost", leaseEnds},
		{"a reminder that is not to be sent is not begun", beginSkips},
		{"begin sees a check-in that came after the claim", beginSees},
		{"a claim is lost when the plan changes", planChanges},
		{"a claim holds when the plan stays", planStays},
		{"finish plans the next reminder and gives the claim back", finishPlans},
		{"finish that leaves the plan leaves it due", finishFrees},
		{"finish that ends the reminders leaves nothing due", finishOff},
		{"finish that refuses writes nothing and returns the refusal", finishRefused},
		{"begun and not finished is claimed again as begun", begunNotFinished},
		{"a claim that is released is due as before", release},
		{"a claim that is released for a while rests so long", releaseFor},
		{"forget leaves nothing due", forgetDue},
		{"merging leaves nothing due", mergeDue},
		{"put plans what the learner says", putPlans},
		{"what is due and claimed lasts", remindersLast},
		{"the newest that were given up are remembered", buryDead},

		{"learners of an empty store", learnersNone},
		{"learners yields each once", learnersOnce},
		{"learners yields each once while some are written", learnersWhileWriting},
		{"learners stops when told", learnersStop},

		{"everything lasts", lasts},
		{"a healthy store says so", healthy},
		{"all methods end with their context", contextOver},
		{"a slow change holds nobody up for longer than they wait", slowChange},
		{"close twice", closeTwice},
		{"all methods of a closed store say so", closed},
	} {
		t.Run(clause.name, func(t *testing.T) { clause.test(newTester(t, open(t))) })
	}
}

// A tester calls a store and stops the test where the store may not fail.
type tester struct {
	*testing.T
	in    Instance
	store bot.Store
	ctx   context.Context

	passed time.Duration // by the store's clock, beside real time
}

func newTester(t *testing.T, in Instance) *tester {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a test that hangs says where
	t.Cleanup(cancel)
	return &tester{T: t, in: in, store: in.Store, ctx: ctx}
}

// reopen goes on with the store opened again.
func (t *tester) reopen() { t.store = t.in.Reopen() }

// pass lets d pass for the store.
func (t *tester) pass(d time.Duration) {
	if t.in.Advance == nil {
		time.Sleep(d)
		return
	}
	t.in.Advance(d)
	t.passed += d
}

func (t *tester) must(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (t *tester) resolve(a bot.Account) bot.ID {
	t.Helper()
	id, err := t.store.Resolve(t.ctx, a)
	t.must(err)
	if id == "" {
		t.Fatalf("Resolve(%q) = an empty id", a)
	}
	return id
}

func (t *tester) get(id bot.ID) bot.Learner {
	t.Helper()
	l, err := t.store.Get(t.ctx, id)
	t.must(err)
	return l
}

func (t *tester) update(id bot.ID, change func(*bot.Learner)) bot.Learner {
	t.Helper()
	l, err := t.store.Update(t.ctx, id, func(l *bot.Learner) error { change(l); return nil })
	t.must(err)
	return l
}

func (t *tester) put(l bot.Learner) {
	t.Helper()
	t.must(t.store.Put(t.ctx, l))
}

func (t *tester) forget(id bot.ID) {
	t.Helper()
	t.must(t.store.Forget(t.ctx, id))
}

func (t *tester) keep(key, value string, d time.Duration) {
	t.Helper()
	t.must(t.store.Keep(t.ctx, key, value, d))
}
