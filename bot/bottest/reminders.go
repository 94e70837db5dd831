package bottest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"mentor/bot"
)

func dueInOrder(t *tester) {
	third, first := t.planned("d:3", -time.Minute), t.planned("d:1", -3*time.Minute)
	second, soon := t.planned("d:2", -2*time.Minute), t.planned("d:4", 3*time.Second)
	t.planned("d:5", long)
	t.wantDue(first, second, third)
	t.wantDue()
	t.pass(3 * time.Second)
	t.wantDue(soon)
	t.wantDue()
}

func dueLimit(t *tester) {
	all := make([]bot.Learner, 7)
	for i := range all {
		all[i] = t.planned(bot.Account(fmt.Sprint("d:", i)), time.Duration(i-10)*time.Minute)
	}
	for _, n := range []int{0, -1} {
		if claims := t.claim(n); len(claims) != 0 {
			t.Errorf("Claim(%d) = %+v, want none", n, claims)
		}
	}
	for _, want := range all[:4] {
		t.only(want, t.claim(1))
	}
	t.wantDue(all[4:]...)
}

// dueTogether: as many want to be reminded at seven.
func dueTogether(t *tester) {
	want := map[bot.ID]bool{}
	for i := range 150 {
		want[t.planned(bot.Account(fmt.Sprint("d:", i)), -time.Minute).ID] = true
	}
	for _, n := range []int{60, 60, 30, 0} {
		claims := t.claim(60)
		if len(claims) != n {
			t.Errorf("there are %d claims, want %d", len(claims), n)
		}
		for _, c := range claims {
			if !want[c.ID] {
				t.Errorf("learner %s was claimed twice, or is nobody", c.ID)
			}
			delete(want, c.ID)
		}
	}
}

func dueNever(t *tester) {
	t.resolve("d:1")
	l := full()
	l.Reminder = bot.Reminder{On: true, Day: 20_000} // without a time there is no plan
	t.put(l)
	t.wantDue()
	t.wantVerdict("Begin of no claim", t.begin(bot.Claim{ID: l.ID}, long, yes), bot.Lost)
	t.wantVerdict("Begin of nobody's claim", t.begin(bot.Claim{ID: bot.NewID(), Token: "x"}, long, yes), bot.Lost)
	t.wantVerdict("Finish of no claim", t.finish(bot.Claim{ID: l.ID}, later), bot.Lost)
	t.wantVerdict("Finish of nobody's claim", t.finish(bot.Claim{ID: bot.NewID(), Token: "x"}, later), bot.Lost)
	t.release(bot.Claim{ID: l.ID})
}

func claimAtOnce(t *tester) {
	const learners = 3 * crowd
	for i := range learners {
		t.planned(bot.Account(fmt.Sprint("d:", i)), -time.Minute)
	}
	var mu sync.Mutex
	times, tokens := map[bot.ID]int{}, map[string]bool{}
	atOnce(func(int) {
		for {
			claims, err := t.store.Claim(t.ctx, 2, long)
			if err != nil {
				t.Error(err)
			}
			if len(claims) == 0 {
				return
			}
			mu.Lock()
			for _, c := range claims {
				times[c.ID]++
				tokens[c.Token] = true
			}
			mu.Unlock()
		}
	})
	for id, n := range times {
		if n != 1 {
			t.Errorf("learner %s was claimed %d times, want once", id, n)
		}
	}
	if len(times) != learners || len(tokens) != learners {
		t.Errorf("%d learners were claimed with %d tokens, want %d of each", len(times), len(tokens), learners)
	}
}

func leaseEnds(t *tester) {
	l := t.planned("d:1", -time.Minute)
	old := t.only(l, t.claimFor(10, moment))
	t.pass(2 * moment)
	t.wantLost(old)
	c := t.claimOne(l)
	if c.Token == old.Token || !c.Begun.IsZero() {
		t.Errorf("the second claim is %+v, want another token than %q, and not begun", c, old.Token)
	}
	t.wantLost(old)
	t.wantVerdict("Begin", t.begin(c, long, yes), bot.Send)
	t.wantLost(old)
	t.wantVerdict("Finish", t.finish(c, later), bot.Done)
	t.wantLost(c)
}

func beginSkips(t *tester) {
	l := t.planned("d:1", -time.Minute)
	c := t.claimOne(l)
	before := t.in.Dump()
	t.wantVerdict("Begin", t.begin(c, moment, no), bot.Skip)
	if t.in.Dump() != before {
		t.Error("a reminder that is not to be sent was written")
	}
	t.pass(2 * moment)
	t.wantVerdict("Finish", t.finish(c, later), bot.Done) // the lease is the claim's
	t.wantLost(c)
}

func beginSees(t *tester) {
	l := t.planned("d:1", -time.Minute)
	c := t.claimOne(l)
	t.update(l.ID, func(l *bot.Learner) { l.Streak, _ = l.Streak.CheckIn(noon(time.November, 24), "event:1") })
	seen := bot.Learner{}
	v := t.begin(c, long, func(l bot.Learner) bool { seen = l; return l.Streak.Total == 0 })
	t.wantVerdict("Begin after a check-in", v, bot.Skip)
	t.wantLearner(seen)
	t.wantVerdict("Finish", t.finish(c, later), bot.Done)
}

// planChanges: another plan takes the claim away, at any time, and the new plan
// is due when it says.
func planChanges(t *tester) {
	soon := func(l *bot.Learner) { l.Reminder.Next = l.Reminder.Next.Add(time.Second) }
	for name, change := range map[string]func(*bot.Learner){
		"another time": soon,
		"another day":  func(l *bot.Learner) { l.Reminder.Day++ },
	} {
		for _, begun := range []bool{false, true} {
			l := t.planned(bot.Account(fmt.Sprint("d:", name, begun)), -time.Minute)
			c := t.claimOne(l)
			if begun {
				t.wantVerdict("Begin", t.begin(c, long, yes), bot.Send)
			}
			l = t.update(l.ID, change)
			t.wantLost(c)
			if c = t.claimOne(l); !c.Begun.IsZero() {
				t.Errorf("after %s: the claim of the new plan was begun at %v, want never", name, c.Begun)
			}
		}
	}
	l := t.planned("d:off", -time.Minute)
	c := t.claimOne(l)
	t.update(l.ID, never)
	t.wantLost(c)
	l.Reminder.Next = l.Reminder.Next.Add(-time.Second)
	t.put(l)
	t.wantLost(c)
	t.claimOne(l)
}

// planStays: what else is written of a learner leaves the claim alone.
func planStays(t *tester) {
	l := t.planned("d:1", -time.Minute)
	c := t.claimOne(l)
	t.update(l.ID, func(l *bot.Learner) { l.Name = "Ada" })
	t.wantDue()
	t.wantVerdict("Begin", t.begin(c, long, yes), bot.Send)
	l = t.update(l.ID, func(l *bot.Learner) { l.Boards = []string{"g"} })
	t.put(l)
	t.wantDue()
	t.wantVerdict("Finish", t.finish(c, later), bot.Done)
	if got := t.get(l.ID); got.Name != "Ada" || got.Reminder.Sent != l.Reminder.Day {
		t.Errorf("the learner is %+v, want the name and the reminder that were written", got)
	}
}

func finishPlans(t *tester) {
	l := t.planned("d:1", -time.Minute)
	c := t.claimOne(l)
	t.wantVerdict("Begin", t.begin(c, long, yes), bot.Send)
	t.wantVerdict("Begin again", t.begin(c, long, yes), bot.Send) // as a client does that got no answer
	t.wantVerdict("Finish", t.finish(c, func(l *bot.Learner) {
		l.Reminder.Sent, l.Reminder.Next, l.Reminder.Day = l.Reminder.Day, t.now().Add(-30*time.Second), l.Reminder.Day+1
		l.Accounts, l.Boards, l.Votes = append(l.Accounts, "d:2"), []string{"g"}, []bot.Vote{{Topic: "a", Up: true}}
	}), bot.Done)
	t.wantLost(c)
	t.wantPoints("d:2", l.ID)
	t.wantTallies(map[string]bot.Tally{"a": {Up: 1}})
	got := t.get(l.ID)
	if got.Reminder.Sent != l.Reminder.Day {
		t.Errorf("the reminder was sent for %v, want %v", got.Reminder.Sent, l.Reminder.Day)
	}
	if c = t.claimOne(got); !c.Begun.IsZero() {
		t.Errorf("the next reminder was begun at %v, want never", c.Begun)
	}
	t.wantVerdict("Finish without Begin", t.finish(c, later), bot.Done)
	t.wantDue()
}

// finishFrees: a reminder that is not planned anew is due again.
func finishFrees(t *tester) {
	l := t.planned("d:1", -time.Minute)
	c := t.claimOne(l)
	t.wantVerdict("Begin", t.begin(c, long, yes), bot.Send)
	t.wantVerdict("Finish", t.finish(c, func(*bot.Learner) {}), bot.Done)
	if c = t.claimOne(l); !c.Begun.IsZero() {
		t.Errorf("the claim was begun at %v, want never", c.Begun)
	}
}

func finishOff(t *tester) {
	l := t.planned("d:1", -time.Minute)
	c := t.claimFor(1, moment)[0]
	t.wantVerdict("Finish", t.finish(c, never), bot.Done)
	t.pass(2 * moment)
	t.wantDue()
	if r := t.get(l.ID).Reminder; !r.Next.IsZero() || r.On {
		t.Errorf("the reminder is %+v, want none", r)
	}
}

func finishRefused(t *tester) {
	c := t.claimOne(t.planned("d:1", -time.Minute))
	before, refusal := t.in.Dump(), errors.New("not now")
	v, err := t.store.Finish(t.ctx, c, func(l *bot.Learner) error { never(l); return refusal })
	if err != refusal { //nolint:errorlint // the contract is that it comes as it is
		t.Errorf("Finish has the error %v, want change's own, as it is", err)
	}
	t.wantVerdict("Finish that is refused", v, bot.Lost)
	if t.in.Dump() != before {
		t.Error("a refused Finish wrote something")
	}
	t.wantVerdict("Finish", t.finish(c, later), bot.Done)
}

// begunNotFinished: who claims it is told when the sending began first, however
// often it began since.
func begunNotFinished(t *tester) {
	l := t.planned("d:1", -time.Minute)
	c := t.claimOne(l)
	at := t.now()
	t.wantVerdict("Begin", t.begin(c, moment, yes), bot.Send)
	t.pass(2 * moment)
	t.wantLost(c)
	again := t.claimOne(l)
	if d := again.Begun.Sub(at).Abs(); d > 10*time.Second {
		t.Errorf("the claim was begun at %v, want about %v", again.Begun, at)
	}
	t.wantLost(c)
	t.wantVerdict("Begin", t.begin(again, moment, yes), bot.Send)
	t.pass(2 * moment)
	third := t.claimOne(l)
	if !third.Begun.Equal(again.Begun) {
		t.Errorf("the third claim was begun at %v, want %v as before", third.Begun, again.Begun)
	}
	t.wantVerdict("Finish", t.finish(third, later), bot.Done)
	t.wantDue()
}

func release(t *tester) {
	l := t.planned("d:1", -time.Minute)
	c := t.claimOne(l)
	t.release(c)
	t.wantLost(c)
	c = t.claimFor(10, long)[0]
	t.wantVerdict("Begin", t.begin(c, moment, yes), bot.Send)
	t.pass(2 * moment)
	c = t.claimOne(l)
	t.release(c) // it was begun by another
	t.wantLost(c)
	if again := t.claimOne(l); again.Begun.IsZero() || !again.Begun.Equal(c.Begun) {
		t.Errorf("the claim after a release was begun at %v, want %v", again.Begun, c.Begun)
	}
}

// releaseFor: nobody has what was given back until its time has come.
func releaseFor(t *tester) {
	first, begun := t.planned("d:1", -2*time.Minute), t.planned("d:2", -time.Minute)
	claims := t.claimFor(1, long)
	t.must(t.store.Release(t.ctx, claims[0], 2*time.Second))
	t.wantLost(claims[0])
	c := t.claimOne(begun)
	t.wantVerdict("Begin", t.begin(c, moment, yes), bot.Send)
	t.pass(2 * moment)
	c = t.claimOne(begun)
	t.must(t.store.Release(t.ctx, c, 2*time.Second))
	t.wantLost(c)
	t.wantDue()
	t.pass(3 * time.Second)
	for _, again := range t.claim(10) {
		if wasBegun := !again.Begun.IsZero(); wasBegun != (again.ID == begun.ID) || again.ID != first.ID && again.ID != begun.ID {
			t.Errorf("after its rest %+v is claimed", again)
		}
	}
	t.wantDue()
}

func forgetDue(t *tester) {
	waiting, claimed, begun := t.planned("d:3", long), t.planned("d:2", -2*time.Minute), t.planned("d:1", -3*time.Minute)
	claims := t.claim(2)
	t.wantVerdict("Begin", t.begin(claims[0], long, yes), bot.Send)
	for _, l := range []bot.Learner{waiting, claimed, begun} {
		t.must(t.store.Bury(t.ctx, bot.Dead{ID: l.ID, Day: l.Reminder.Day, At: t.now(), Reason: "blocked"}))
		t.forget(l.ID)
	}
	for _, c := range claims {
		t.wantLost(c)
	}
	t.wantDue()
	for _, l := range []bot.Learner{waiting, claimed, begun} {
		if strings.Contains(t.in.Dump(), string(l.ID)) {
			t.Error("the store still holds the id of a forgotten learner")
		}
	}
}

// mergeDue goes the way that linking two accounts does.
func mergeDue(t *tester) {
	from, into := t.planned("d:1", -time.Minute), t.planned("d:2", -2*time.Minute)
	claims := t.claim(2)
	from = t.update(from.ID, func(l *bot.Learner) { l.Into = into.ID })
	into = t.update(into.ID, func(l *bot.Learner) { *l = l.Merge(from) })
	t.forget(from.ID)
	t.wantVerdict("Begin for who is left", t.begin(claims[0], long, yes), bot.Send)
	t.wantLost(claims[1])
	t.wantVerdict("Finish for who is left", t.finish(claims[0], later), bot.Done)
	t.wantDue()
	if strings.Contains(t.in.Dump(), string(from.ID)) {
		t.Error("the store still holds the id of a merged learner")
	}
}

func putPlans(t *tester) {
	l := t.planned("d:1", -time.Minute)
	t.claimOne(l)
	other := l
	later(&other)
	t.put(other)
	t.wantDue()
	l.Reminder.Next = l.Reminder.Next.Add(-time.Second)
	t.put(l)
	c := t.claimOne(l)
	t.put(bot.NewLearner(l.ID, "d:1"))
	t.wantLost(c)
	t.wantDue()
}

func remindersLast(t *tester) {
	due, claimed, begun := t.planned("d:1", -time.Minute), t.planned("d:2", -2*time.Minute), t.planned("d:3", -3*time.Minute)
	claims := t.claim(2)
	t.wantVerdict("Begin", t.begin(claims[0], long, yes), bot.Send)
	t.reopen()
	t.wantDue(due)
	t.wantVerdict("Begin after reopening", t.begin(claims[1], long, yes), bot.Send)
	t.reopen()
	t.wantVerdict("Finish after reopening", t.finish(claims[0], later), bot.Done)
	t.wantVerdict("Finish after reopening", t.finish(claims[1], later), bot.Done)
	t.reopen()
	t.wantDue()
	for _, l := range []bot.Learner{claimed, begun} {
		if sent := t.get(l.ID).Reminder.Sent; sent != l.Reminder.Day {
			t.Errorf("the reminder was sent for %v, want %v", sent, l.Reminder.Day)
		}
	}
}

func buryDead(t *tester) {
	want := make([]bot.Dead, bot.MaxDead+5)
	for i := range want {
		want[len(want)-1-i] = bot.Dead{ID: bot.NewID(), Day: 20_000, At: noon(time.November, 24).Add(time.Duration(i)), Reason: oddTexts[i%4]}
	}
	t.wantDead(nil)
	for i := range want[5:] {
		t.must(t.store.Bury(t.ctx, want[len(want)-1-i]))
	}
	t.wantDead(want[5:])
	for i := range 5 {
		t.must(t.store.Bury(t.ctx, want[4-i]))
	}
	t.wantDead(want[:bot.MaxDead])
	t.reopen()
	t.wantDead(want[:bot.MaxDead])
}

func (t *tester) wantDead(want []bot.Dead) {
	t.Helper()
	got, err := t.store.Dead(t.ctx)
	t.must(err)
	if len(got) != len(want) {
		t.Errorf("%d reminders were given up, want %d", len(got), len(want))
		return
	}
	for i, d := range got {
		w := want[i]
		if d.ID != w.ID || d.Day != w.Day || !d.At.Equal(w.At) || d.Reason != w.Reason {
			t.Errorf("number %d of those given up is %+v, want %+v", i, d, w)
			return
		}
	}
}
