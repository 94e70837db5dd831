package main

import (
	"fmt"
	"path/filepath"
	"testing"

	"mentor/bot"
	"mentor/bot/boltstore"
)

// TestVotesAreCounted: one a person, and they make nothing an answer.
func TestVotesAreCounted(t *testing.T) {
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	r, _, _ := startReloader(t)
	const both = "is the easiest language learnt in months"
	f, err := r.live.Find(t.Context(), both)
	if err != nil || len(f.Matches) != 2 {
		t.Fatalf("Find(%q) = %v, %v, want two matches", both, f, err)
	}
	second := f.Matches[1].Entry.ID
	for i := range 40 {
		id := bot.ID(fmt.Sprintf("learner%d", i))
		l := bot.NewLearner(id, bot.NewAccount("d", string(id)))
		l.Votes = []bot.Vote{{Topic: second, Up: true}}
		if err := store.Put(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	countVotes(t.Context(), store, r.live, silent)
	tallies, err := store.Tallies(t.Context())
	if err != nil || tallies[second].Up != 40 {
		t.Fatalf("Tallies = %v, %v, want 40 for %s", tallies, err, second)
	}
	if moved, err := r.live.Find(t.Context(), both); err != nil || moved.Outcome > f.Outcome {
		t.Errorf("after the votes Find = %v, %v; before it was %v: votes make nothing an answer", moved.Outcome, err, f.Outcome)
	}
}
