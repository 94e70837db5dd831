package bottest

import (
	"errors"

	"github.com/google/go-cmp/cmp"

	"mentor/bot"
)

func (t *tester) wantTallies(want map[string]bot.Tally) {
	t.Helper()
	got, err := t.store.Tallies(t.ctx)
	t.must(err)
	if len(want) == 0 && len(got) == 0 {
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Tallies differ (-want +got)\n%s", diff)
	}
}

// vote makes these the learner's votes.
func (t *tester) vote(id bot.ID, votes ...bot.Vote) {
	t.Helper()
	t.update(id, func(l *bot.Learner) { l.Votes = votes })
}

func tallies(t *tester) {
	t.wantTallies(nil)
	t.vote(t.resolve("d:1"), bot.Vote{Topic: "rest-vs-graphql", Up: true}, bot.Vote{Topic: "what-is-api"})
	t.vote(t.resolve("d:2"), bot.Vote{Topic: "what-is-api"}, bot.Vote{Topic: "rest-vs-graphql", Up: true})
	t.vote(t.resolve("d:3"), bot.Vote{Topic: "what-is-api", Up: true})
	want := map[string]bot.Tally{"rest-vs-graphql": {Up: 2}, "what-is-api": {Up: 1, Down: 2}}
	t.wantTallies(want)
	t.reopen()
	t.wantTallies(want)
}

func talliesFollow(t *tester) {
	id := t.resolve("d:1")
	t.vote(id, bot.Vote{Topic: "a", Up: true}, bot.Vote{Topic: "b", Up: true})
	t.vote(id, bot.Vote{Topic: "b"}, bot.Vote{Topic: "c"})
	t.wantTallies(map[string]bot.Tally{"b": {Down: 1}, "c": {Down: 1}})
	refusal := errors.New("no")
	if _, err := t.store.Update(t.ctx, id, func(l *bot.Learner) error { l.Votes = nil; return refusal }); !errors.Is(err, refusal) {
		t.Errorf("Update has the error %v, want %v", err, refusal)
	}
	t.wantTallies(map[string]bot.Tally{"b": {Down: 1}, "c": {Down: 1}})
	l := full()
	l.ID, l.Votes = id, []bot.Vote{{Topic: "c", Up: true}}
	t.put(l)
	t.wantTallies(map[string]bot.Tally{"c": {Up: 1}})
	t.forget(id)
	t.wantTallies(nil)
	t.reopen()
	t.wantTallies(nil)
}

func talliesAtOnce(t *tester) {
	ids := t.populate(crowd)
	atOnce(func(i int) {
		_, err := t.store.Update(t.ctx, ids[i], func(l *bot.Learner) error {
			l.Votes = []bot.Vote{{Topic: "a", Up: i%4 == 0}}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.wantTallies(map[string]bot.Tally{"a": {Up: crowd / 4, Down: crowd - crowd/4}})
}

// talliesAgain: one learner who votes the same from many places at once is one voter.
func talliesAgain(t *tester) {
	id := t.resolve("d:1")
	atOnce(func(i int) {
		_, err := t.store.Update(t.ctx, id, func(l *bot.Learner) error {
			l.Votes = []bot.Vote{{Topic: "a", Up: i%2 == 0}}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.vote(id, bot.Vote{Topic: "a", Up: true})
	t.vote(id, bot.Vote{Topic: "a", Up: true})
	t.wantTallies(map[string]bot.Tally{"a": {Up: 1}})
}
