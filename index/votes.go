package index

import (
	"cmp"
	"slices"

	"mentor/knowledge"
)

// Votes are how many different people found an entry's answer helpful, and how
// many did not.
type Votes struct{ Up, Down int }

// The effect of votes on a ranking is small, slow and bounded, so that nobody can
// buy a place: below fewestVoters they have none, each more voter moves an entry
// by a few thousandths, and all of them together change the order of two entries
// only where their scores differ by less than mostSway. Of the held-apart
// questions, one in twelve has a lead below that (November 2026).
const (
	fewestVoters = 5
	halfSwayAt   = 24 // voters of one mind that move an entry half as far as any number could
	mostSway     = 0.1
)

// sway is by how much votes move the score of an entry: at most half of mostSway,
// up or down.
func (v Votes) sway() float32 {
	n := v.Up + v.Down
	if n < fewestVoters {
		return 0
	}
	mind := float32(v.Up-v.Down) / float32(n)
	voters := float32(n - fewestVoters + 1)
	return mostSway / 2 * mind * voters / (voters + halfSwayAt - fewestVoters + 1)
}

// sways are the sways of entries, by id.
type sways map[string]float32

func swaysOf(votes map[string]Votes) sways {
	s := sways{}
	for id, v := range votes {
		if sway := v.sway(); sway != 0 {
			s[id] = sway
		}
	}
	return s
}

// swayed is how many matches contend by votes: those that a reply shows.
const swayed = 3

// move lets votes put the first matches of f in another order, where their scores
// are near enough. It makes nothing an answer: an answer whose place another entry
// takes becomes choices, "none" stays as it is, and a phrasing of the guide keeps
// its place.
func (s sways) move(f knowledge.Finding, ranked []rank) knowledge.Finding {
	if len(s) == 0 || f.Outcome == knowledge.None || ranked[0].verbatim {
		return f
	}
	n := min(swayed, len(f.Matches))
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	score := func(i int) float32 { return ranked[i].score + s[f.Matches[i].Entry.ID] }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score(b), score(a)) })
	if slices.IsSorted(order) {
		return f
	}
	moved := slices.Clone(f.Matches)
	for to, from := range order {
		moved[to].Entry = f.Matches[from].Entry // the confidences stay: the places have them
	}
	if order[0] != 0 {
		f.Outcome = knowledge.Choices
	}
	f.Matches = moved
	return f
}
