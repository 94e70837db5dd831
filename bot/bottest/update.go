package bottest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"mentor/bot"
	"mentor/bot/streak"
)

func update(t *tester) {
	id := t.resolve("d:1")
	written := t.update(id, func(l *bot.Learner) {
		l.Name = "Ada"
		l.Streak, _ = l.Streak.CheckIn(noon(time.November, 24).Add(time.Nanosecond), "event:1")
	})
	if written.Name != "Ada" || written.Streak.Total != 1 || !slices.Equal(written.Accounts, []bot.Account{"d:1"}) {
		t.Errorf("Update returned %+v, want what was written", written)
	}
	if at := noon(time.November, 24); !written.Streak.At.Equal(at) {
		t.Errorf("Update returned the time %v, want %v: as written, in whole seconds", written.Streak.At, at)
	}
	t.wantLearner(written)
	t.reopen()
	t.wantLearner(written)
}

func updateUnknown(t *tester) {
	called := false
	l, err := t.store.Update(t.ctx, bot.NewID(), func(*bot.Learner) error { called = true; return nil })
	if !errors.Is(err, bot.ErrNoLearner) || called || l.ID != "" {
		t.Errorf("Update of nobody = %+v, %v, with change called: %v; want ErrNoLearner, and no call", l, err, called)
	}
	t.wantOnly()
}

func updateRefused(t *tester) {
	id := t.resolve("d:1")
	before := t.in.Dump()
	refusal := errors.New("not today")
	_, err := t.store.Update(t.ctx, id, func(l *bot.Learner) error {
		l.Name, l.Boards, l.Accounts = "Ada", []string{"g"}, []bot.Account{"d:2"}
		return refusal
	})
	if err != refusal { //nolint:errorlint // the contract is that it comes as it is
		t.Errorf("Update has the error %v, want change's own, as it is", err)
	}
	if t.in.Dump() != before {
		t.Error("a refused update wrote something")
	}
	t.wantLearner(bot.NewLearner(id, "d:1"))
	t.wantPoints("d:1", id)
	t.wantPoints("d:2", "")
}

func updateFreshCopy(t *tester) {
	l := member("g", noon(time.November, 24))
	l.Notes = []bot.Note{{Day: 1, Text: "as it was"}}
	t.put(l)
	scribble := func(l *bot.Learner) {
		l.Notes[0].Text, l.Boards[0], l.Accounts[0] = "scribbled", "scribbled", "d:scribbled"
	}
	refusal := errors.New("no")
	if _, err := t.store.Update(t.ctx, l.ID, func(l *bot.Learner) error { scribble(l); return refusal }); !errors.Is(err, refusal) {
		t.Errorf("Update has the error %v, want %v", err, refusal)
	}
	got := t.get(l.ID)
	scribble(&got) // what was handed out is the caller's
	t.wantLearner(l)
}

func updateNothing(t *tester) {
	l := member("g", noon(time.November, 24))
	t.put(l)
	before := t.in.Dump()
	got := t.update(l.ID, func(*bot.Learner) {})
	t.wantSame(l, got)
	got = t.update(l.ID, func(l *bot.Learner) { // there and back again
		l.Boards = slices.Clone(l.Boards)
		l.Streak, _ = l.Streak.CheckIn(noon(time.November, 24), "event:2026-11-24")
	})
	t.wantSame(l, got)
	if after := t.in.Dump(); after != before {
		t.Errorf("an update that altered nothing wrote something (-before +after)\n%s", cmp.Diff(before, after))
	}
}

func updateID(t *tester) {
	id := t.resolve("d:1")
	other := bot.NewID()
	got := t.update(id, func(l *bot.Learner) { l.ID, l.Name = other, "Ada" })
	if got.ID != id || got.Name != "Ada" {
		t.Errorf("Update returned the learner %q named %q, want %q named Ada", got.ID, got.Name, id)
	}
	t.wantGone(other)
	t.wantPoints("d:1", id)
}

func updateOrder(t *tester) {
	id := t.resolve("d:9")
	want := []bot.Account{"s:z", "d:9", "a:5"}
	t.update(id, func(l *bot.Learner) { l.Accounts, l.Boards = want, []string{"z", "a"} })
	got := t.get(id)
	if !slices.Equal(got.Accounts, want) || !slices.Equal(got.Boards, []string{"z", "a"}) {
		t.Errorf("accounts %q and boards %q, want %q and z, a", got.Accounts, got.Boards, want)
	}
}

func updatesAtOnce(t *tester) {
	id := t.resolve("d:0")
	atOnce(func(i int) {
		_, err := t.store.Update(t.ctx, id, func(l *bot.Learner) error {
			l.Accounts = append(l.Accounts, bot.Account(fmt.Sprint("d:", i+1)))
			l.Streak.Total++
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	l := t.get(id)
	if l.Streak.Total != crowd || len(l.Accounts) != crowd+1 {
		t.Errorf("after %d updates the counter is %d and the accounts are %q", crowd, l.Streak.Total, l.Accounts)
	}
	for i := range crowd + 1 {
		t.wantPoints(bot.Account(fmt.Sprint("d:", i)), id)
	}
}

func updatesOfMany(t *tester) {
	var ids [5]bot.ID
	for i := range ids {
		ids[i] = t.resolve(bot.Account(fmt.Sprint("d:", i)))
	}
	refusal := errors.New("every third is refused")
	atOnce(func(i int) {
		_, err := t.store.Update(t.ctx, ids[i%len(ids)], func(l *bot.Learner) error {
			l.Streak.Total++
			if i%3 == 0 {
				return refusal
			}
			return nil
		})
		if (i%3 == 0) != errors.Is(err, refusal) || i%3 != 0 && err != nil {
			t.Errorf("update %d has the error %v", i, err)
		}
	})
	want := make([]int, len(ids))
	for i := range crowd {
		if i%3 != 0 {
			want[i%len(ids)]++
		}
	}
	for i, id := range ids {
		if got := t.get(id).Streak.Total; got != want[i] {
			t.Errorf("learner %d counts %d, want %d: the refused ones must not show", i, got, want[i])
		}
	}
}

func checkInsAtOnce(t *tester) {
	id := t.resolve("d:1")
	var results [crowd]streak.Result
	atOnce(func(i int) {
		_, err := t.store.Update(t.ctx, id, func(l *bot.Learner) error {
			l.Streak, results[i] = l.Streak.CheckIn(noon(time.November, 24), fmt.Sprint("event:", i))
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	counted := 0
	for _, r := range results {
		if r.Kind == streak.Counted {
			counted++
		}
	}
	if l := t.get(id); counted != 1 || l.Streak.Total != 1 || l.Streak.Run != 1 {
		t.Errorf("%d check-ins on one day: %d were told they counted, the total is %d, the run %d; want 1 each",
			crowd, counted, l.Streak.Total, l.Streak.Run)
	}
}

func sameEvent(t *tester) {
	id := t.resolve("d:1")
	checkIn := func(day int, event string) (result streak.Result) {
		t.update(id, func(l *bot.Learner) {
			l.Streak, result = l.Streak.CheckIn(noon(time.November, day), event)
		})
		return result
	}
	for day := 17; day <= 22; day++ {
		checkIn(day, fmt.Sprint("event:", day))
	}
	first := checkIn(23, "event:23")
	if !first.Earned || first.Milestone != 7 {
		t.Fatalf("the seventh day has the result %+v, want a freeze and a milestone", first)
	}
	if again := checkIn(23, "event:23"); again != first {
		t.Errorf("the same event again has the result %+v, want %+v", again, first)
	}
	t.reopen()
	if again := checkIn(23, "event:23"); again != first {
		t.Errorf("the same event after reopening has the result %+v, want %+v", again, first)
	}
	if total := t.get(id).Streak.Total; total != 7 {
		t.Errorf("the total is %d, want 7", total)
	}
}
