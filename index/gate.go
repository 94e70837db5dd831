package index

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"

	"mentor/knowledge"
)

// evidence is what the gate looks at for one question. Every part is on the
// same scale for every guide, so that a gate learnt on one serves another.
type evidence [evidenceSize]float64

// The parts of the evidence.
const (
	constant       = iota // 1
	topMargin             // how sure the linear layer is of the first entry
	topLead               // the first entry's score over the second's
	topShare              // the first entry's share of the softmax
	threeShare            // the first three entries' share
	topLikeness           // likeness of the question to the first entry's mean
	topVotes              // share of the nearest phrasings that are the first entry's
	nearest               // likeness of the question to the nearest phrasing of the first entry
	nearestThree          // mean likeness to the nearest three
	nearestLead           // nearest over the second entry's
	covered               // how much of the question the first entry has at all
	coveredLead           // that over the second entry's
	knownWords            // share of the question's words, by rarity, that the guide knows
	length                // logarithm of the number of words
	offMargin             // how sure the linear layer is that the message is off topic
	offLead               // the first entry's margin over that
	offLikeness           // likeness of the message to the mean of the off-topic ones
	offNearest            // likeness to the nearest of them
	nearestOffLead        // likeness to the nearest phrasing of the first entry over that
	secondMargin          // how sure the linear layer is of the second entry
	marginSquared         // and products of the strongest parts, which a straight line through them misses
	marginKnown           //
	marginCovered         //
	nearestKnown          //
	nearestLength         //
	marginLength          //
	evidenceSize          // number of parts
)

// sharpness of the softmax over scores.
const sharpness = 5

func softmax(ranked []rank) {
	best := float32(math.Inf(-1))
	for _, r := range ranked {
		best = max(best, r.score)
	}
	var sum float64
	for i, r := range ranked {
		e := math.Exp(sharpness * float64(r.score-best))
		ranked[i].share = float32(e)
		sum += e
	}
	for i := range ranked {
		ranked[i].share = float32(float64(ranked[i].share) / sum)
	}
}

// gather makes the evidence of classes ranked by score. margins and likeness have one
// class more than ranked when off-topic messages were learnt.
func gather(ranked []rank, near closest, margins, likeness, votes []float32, known float64, words int) evidence {
	top := ranked[0]
	ev := evidence{
		constant: 1, topMargin: float64(margins[top.class]), topShare: float64(top.share),
		topLikeness: float64(likeness[top.class]), topVotes: float64(votes[top.class]),
		knownWords: known, length: math.Log(float64(words) + 1),
	}
	for _, r := range ranked[:min(3, len(ranked))] {
		ev[threeShare] += float64(r.share)
	}
	ev[nearest], ev[nearestThree], ev[nearestLead] = near.first.one, near.first.three, near.first.one-near.second.one
	ev[covered], ev[coveredLead] = near.first.covered, near.first.covered-near.second.covered
	if len(ranked) > 1 {
		ev[secondMargin] = float64(margins[ranked[1].class])
	}
	ev[topLead] = ev[topMargin] - float64(bias) // a guide with one entry has no second
	if len(ranked) > 1 {
		ev[topLead] = float64(top.score - ranked[1].score)
	}
	ev[marginSquared] = ev[topMargin] * ev[topMargin]
	ev[marginCovered] = ev[topMargin] * ev[covered]
	ev[marginKnown] = ev[topMargin] * ev[knownWords]
	ev[nearestKnown] = ev[nearest] * ev[knownWords]
	ev[nearestLength] = ev[nearest] * ev[length]
	ev[marginLength] = ev[topMargin] * ev[length]
	if len(margins) > len(ranked) {
		off := float64(margins[len(ranked)])
		ev[offMargin] = off
		ev[offLead] = ev[topMargin] - off
		ev[offLikeness] = float64(likeness[len(ranked)])
		ev[offNearest], ev[nearestOffLead] = near.offTopic, near.first.one-near.offTopic
	}
	return ev
}

// A gate turns evidence into probabilities and an outcome.
type gate struct {
	Known     evidence `json:"known"`     // weights: some entry answers it
	Right     evidence `json:"right"`     // weights: if so, it is the first one
	Covered   evidence `json:"covered"`   // weights: one of the first three is right
	AnswerAt  float64  `json:"answerAt"`  // answer from this probability on
	ChoicesAt float64  `json:"choicesAt"` // offer choices from this one on
}

func (g *gate) judge(ev evidence) (knowledge.Outcome, float64) {
	right := g.right(ev)
	switch {
	case right >= g.AnswerAt:
		return knowledge.Answer, right
	case g.Covered.probability(ev) >= g.ChoicesAt:
		return knowledge.Choices, right
	}
	return knowledge.None, right
}

// right is the probability that the first entry is right. Whether the guide has the
// answer and whether it is the first entry's are told by different parts of the
// evidence: two questions asked apart refuse more of what is off topic, with fewer
// wrong answers, than one for both (November 2026).
func (g *gate) right(ev evidence) float64 {
	return g.Known.probability(ev) * g.Right.probability(ev)
}

// probability is the logistic function of the weighted evidence.
func (weights evidence) probability(ev evidence) float64 {
	var sum float64
	for i, w := range weights {
		sum += float64(w * ev[i])
	}
	return 1 / (1 + math.Exp(-sum))
}

// gates.json holds what fit learnt: the gate for the guide and the one for any
// subject.
//
//go:embed gates.json
var gatesJSON []byte

type gates struct {
	Guide gate `json:"guide"`
	Plain gate `json:"plain"`
}

var builtinGates = sync.OnceValue(func() *gates {
	var g gates
	if err := json.Unmarshal(gatesJSON, &g); err != nil {
		panic(fmt.Sprintf("gates.json: %v", err)) // a test reads it
	}
	return &g
})

func guideGate() *gate { return &builtinGates().Guide }
func plainGate() *gate { return &builtinGates().Plain }
