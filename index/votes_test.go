package index

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"mentor/knowledge"
)

// TestVotesAreBounded: one person moves next to nothing, and no number of them
// more than half of the bound.
func TestVotesAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := Votes{rapid.IntRange(0, 3000).Draw(t, "up"), rapid.IntRange(0, 3000).Draw(t, "down")}
		s := float64(v.sway())
		if math.Abs(s) > mostSway/2 || v.Up+v.Down < fewestVoters && s != 0 || float64(v.Up-v.Down)*s < 0 {
			t.Errorf("%+v sway by %v, want at most %v, in the direction of most", v, s, mostSway/2)
		}
		for _, one := range []Votes{{v.Up + 1, v.Down}, {v.Up, v.Down + 1}} {
			if step := math.Abs(float64(one.sway()) - s); step > mostSway/10 {
				t.Errorf("one more voter moves %+v by %v, want at most %v", v, step, mostSway/10)
			}
		}
	})
}

// TestABrigadeChangesOnlyWhatIsNear lets 20, and then a million, accounts vote an
// entry down and all others up. Only questions whose first two are nearer than
// the bound may change, nothing becomes an answer, and one account changes nothing.
func TestABrigadeChangesOnlyWhatIsNear(t *testing.T) {
	for _, brigade := range []int{1, 20, 1_000_000} {
		moved := 0
		for _, q := range heldApart(t) {
			ranked, ev, err := builtin().weigh(t.Context(), q.Question)
			if err != nil {
				t.Fatal(err)
			}
			before := builtin().finding(ranked, ev)
			votes := map[string]Votes{}
			for _, e := range builtin().entries {
				votes[e.ID] = Votes{Up: brigade}
			}
			votes[before.Matches[0].Entry.ID] = Votes{Down: brigade}
			after := swaysOf(votes).move(builtin().finding(ranked, ev), ranked)
			if before.Matches[0].Entry == after.Matches[0].Entry && before.Outcome == after.Outcome {
				continue
			}
			moved++
			lead := ranked[0].score - ranked[1].score
			if brigade == 1 || lead > mostSway || after.Outcome != knowledge.Choices || before.Outcome == knowledge.None {
				t.Errorf("%d accounts move %q, with a lead of %.3f, from %v %s to %v %s", brigade, q.Question, lead,
					before.Outcome, before.Matches[0].Entry.ID, after.Outcome, after.Matches[0].Entry.ID)
			}
		}
		t.Logf("%d accounts against the first entry of each of %d questions move %d", brigade, len(heldApart(t)), moved)
	}
}

func TestALiveIndexHeedsVotes(t *testing.T) {
	l := NewLive(builtin())
	question := ""
	for _, q := range heldApart(t) {
		ranked, ev, err := builtin().weigh(t.Context(), q.Question)
		if err != nil {
			t.Fatal(err)
		}
		if f := builtin().finding(ranked, ev); f.Outcome == knowledge.Choices && ranked[0].score-ranked[1].score < mostSway/4 {
			question = q.Question
			break
		}
	}
	before := find(t, builtin(), question)
	l.SetVotes(map[string]Votes{before.Matches[1].Entry.ID: {Up: 400}})
	for name, library := range map[string]knowledge.Library{"the guide": l, "a group's": l.With(hackathon())} {
		f, err := library.Find(t.Context(), question)
		if err != nil || f.Matches[0].Entry.ID != before.Matches[1].Entry.ID || f.Outcome != knowledge.Choices {
			t.Errorf("%s: after 400 votes for %s, Find(%q) = %v %v, %v", name, before.Matches[1].Entry.ID, question, f.Outcome, ids(f), err)
		}
	}
}
