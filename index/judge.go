package index

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"

	"mentor/knowledge"
)

// The parts of the evidence for a lesson; the rest of an evidence stays 0.
const (
	lessonConstant     = iota // 1
	lessonNearest             // likeness of the question to the nearest phrasing of the lesson
	lessonMean                // likeness to the mean of its phrasings and text
	lessonLead                // nearest over that of the second lesson
	lessonKnown               // share of the question's words that the guide or a lesson knows
	lessonLength              // logarithm of the number of words
	guideRight                // how sure the guide is of its first entry, as a logit
	guideCovered              // how sure it is of its first three, as a logit
	guideNearest              // likeness of the question to the nearest phrasing of its first entry
	guideKnown                // share of the question's words that the guide knows
	nearestSquared            // and products of the strongest parts
	nearestTimesRight         //
	nearestTimesMean          //
	nearestTimesLength        //
	lessonCovers              // share of the stems and ideas of the question, by rarity, that the lesson says
	coversLead                // that, over the second
	coversTimesRight          //
)

// exactly is how sure a lesson is of a question that was taught word by word.
const exactly = 0.99

// judge returns the lesson that comes nearest to a question and the probability
// that it is what was asked for; -1 when none is near. ranked
// and ev are what the guide makes of the question.
func (t *lessons) judge(raw []word, ranked []rank, ev evidence) (lesson int, sure float64) {
	words := t.repair(raw)
	if n, ok := t.exact[joined(words)]; ok && len(words) > 0 {
		return n, exactly
	}
	if len(ranked) > 0 && ranked[0].verbatim {
		return -1, 0 // a phrasing of the guide, word for word
	}
	lesson, own := t.gather(words, ranked, ev)
	if lesson < 0 {
		return -1, 0
	}
	return lesson, taughtGate().Right.probability(own)
}

// repair mends slips as the guide does, but leaves the words of the lessons as
// they are, and mends towards them what the guide does not know.
func (t *lessons) repair(raw []word) []word {
	words := slices.Clone(raw)
	for i, w := range words {
		if t.speller.count[w.text] > 0 {
			continue
		}
		if mended, ok := t.base.speller.mend(w.text); ok {
			words[i].text = mended
		} else if mended, ok = t.speller.mend(w.text); ok && t.base.speller.count[w.text] == 0 {
			words[i].text = mended
		}
	}
	return words
}

// gather finds the nearest lesson and the evidence for it; -1 when it shares no
// word and no idea with the question.
func (t *lessons) gather(words []word, ranked []rank, ev evidence) (int, evidence) {
	fillStems(words)
	vec, known := t.vector(words)
	if len(vec) == 0 || len(t.leads) == 0 {
		return -1, evidence{}
	}
	first, second, near, like := t.nearest(vec)
	own := evidence{
		lessonConstant: 1, lessonNearest: near[first], lessonMean: like[first], lessonLead: near[first],
		lessonKnown: known, lessonLength: math.Log(float64(len(words)) + 1),
		guideRight: logit(0), guideCovered: logit(0),
	}
	covers := t.covers(words)
	if covers[first] == 0 {
		return -1, evidence{} // alike in parts of words only: keys hit at random
	}
	own[lessonCovers], own[coversLead] = covers[first], covers[first]
	if second >= 0 {
		own[lessonLead] -= near[second]
		own[coversLead] -= covers[second]
	}
	if len(ranked) > 0 {
		own[guideRight] = logit(t.base.gate.right(ev))
		own[guideCovered] = logit(t.base.gate.Covered.probability(ev))
		own[guideNearest], own[guideKnown] = ev[nearest], ev[knownWords]
	}
	own[nearestSquared] = own[lessonNearest] * own[lessonNearest]
	own[nearestTimesRight] = own[lessonNearest] * own[guideRight]
	own[nearestTimesMean] = own[lessonNearest] * own[lessonMean]
	own[coversTimesRight] = own[lessonCovers] * own[guideRight]
	own[nearestTimesLength] = own[lessonNearest] * own[lessonLength]
	return first, own
}

// covers returns, by lesson, the share of the words' stems and ideas, by rarity,
// that the lesson says, 0 to 1.
func (t *lessons) covers(words []word) []float64 {
	var vec vector
	var all float32
	seen := map[uint64]bool{}
	for _, w := range words {
		wordFeatures(w, func(kind byte, key uint64, _ float32) {
			if kind == kindWord || seen[key] {
				return
			}
			seen[key] = true
			r, _ := t.base.vocab.rarityOf(key)
			all += r
			if id, ok := t.ids[key]; ok {
				vec = append(vec, feature{id, r})
			}
		})
	}
	share, out := make([]float32, len(t.leads)), make([]float64, len(t.leads))
	t.stems.times(vec, share)
	for i, s := range share {
		out[i] = float64(s / max(all, 1))
	}
	return out
}

// logit is the inverse of the logistic function, kept within ±4.
func logit(p float64) float64 {
	const most = 4
	return max(-most, min(most, math.Log(p/(1-p))))
}

// nearest returns the two lessons that come nearest to vec, the second -1 when
// there is one lesson only, and by lesson the likeness to its nearest phrasing
// and to its mean.
func (t *lessons) nearest(vec vector) (first, second int, near, like []float64) {
	byPhrasing, byMean := make([]float32, len(t.lessonOf)), make([]float32, len(t.leads))
	t.phrasings.times(vec, byPhrasing)
	t.means.times(vec, byMean)
	near, like = make([]float64, len(t.leads)), make([]float64, len(t.leads))
	for i, d := range byPhrasing {
		near[t.lessonOf[i]] = max(near[t.lessonOf[i]], float64(d))
	}
	first, second = -1, -1
	score := func(n int) float64 { return near[n] + meanShare*like[n] }
	for n := range near {
		like[n] = float64(byMean[n])
		switch {
		case first < 0 || score(n) > score(first):
			first, second = n, first
		case second < 0 || score(n) > score(second):
			second = n
		}
	}
	return first, second, near, like
}

// lay puts a lesson's entry among the matches of f, where sure is the probability
// that the entry is what was asked for.
func (t *lessons) lay(f knowledge.Finding, entry *knowledge.Entry, sure float64) knowledge.Finding {
	g := taughtGate()
	if sure < g.ChoicesAt {
		return f
	}
	if i := slices.IndexFunc(f.Matches, func(m knowledge.Match) bool { return m.Entry == entry }); i >= 0 {
		sure = max(sure, f.Matches[i].Confidence)
		f.Matches = slices.Delete(f.Matches, i, i+1)
	}
	switch {
	case sure >= g.AnswerAt:
		f.Outcome = knowledge.Answer
		for i := range f.Matches {
			f.Matches[i].Confidence = min(f.Matches[i].Confidence, 1-sure)
		}
	case f.Outcome == knowledge.None:
		f.Outcome = knowledge.Choices
	}
	at := slices.IndexFunc(f.Matches, func(m knowledge.Match) bool { return m.Confidence < sure })
	if at < 0 {
		at = len(f.Matches)
	}
	if at == 0 && sure < g.AnswerAt {
		f.Outcome = knowledge.Choices
	}
	f.Matches = slices.Insert(f.Matches, at, knowledge.Match{Entry: entry, Confidence: sure})
	f.Matches = f.Matches[:min(len(f.Matches), maxMatches)]
	return f
}

// A lessonGate turns the evidence for a lesson into a probability and an outcome.
type lessonGate struct {
	Right     evidence `json:"right"`     // weights: the lesson is what was asked for
	AnswerAt  float64  `json:"answerAt"`  // answer from this probability on
	ChoicesAt float64  `json:"choicesAt"` // offer it from this one on
}

// taught.json holds the gate for lessons, which FitTaught learnt.
//
//go:embed taught.json
var taughtJSON []byte

var taughtGate = sync.OnceValue(func() *lessonGate {
	var g lessonGate
	if err := json.Unmarshal(taughtJSON, &g); err != nil {
		panic(fmt.Sprintf("taught.json: %v", err)) // a test reads it
	}
	return &g
})
