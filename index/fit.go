package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"mentor/knowledge"
)

// folds is how many parts cross-fitting cuts its examples into.
const folds = 5

// An observation is the evidence for one message and what was true of it.
type observation struct {
	evidence
	known   bool // some entry covers the message
	right   bool // the first entry was right
	covered bool // one of the first three was
	weight  float64
}

// FitGates learns both gates and returns the content of gates.json.
//
// The guide's gate learns from calibration questions, which must not be
// phrasings of the guide, and from the off-topic messages, each looked at by an
// index that has not learnt it. The gate for any subject learns from other
// labelled questions, a fifth at a time asked of an index that learnt the rest,
// and from messages that are covered by none of their topics.
func FitGates(ctx context.Context, guide *knowledge.Guide, calibration, other, otherUncovered []Labelled) ([]byte, error) {
	own, err := observeGuide(ctx, guide, calibration)
	if err != nil {
		return nil, err
	}
	plain, err := observeOther(ctx, other, otherUncovered)
	if err != nil {
		return nil, err
	}
	g := gates{
		Guide: fitGate(own, bounds{wrong: 0.025, falseAnswers: 0.03, offered: 0.25}),
		Plain: fitGate(plain, bounds{wrong: 0.05, falseAnswers: 0.08, offered: 0.06}),
	}
	return json.MarshalIndent(g, "", "\t")
}

func observeGuide(ctx context.Context, guide *knowledge.Guide, calibration []Labelled) ([]observation, error) {
	x, err := Build(guide)
	if err != nil {
		return nil, err
	}
	defer x.Close()
	all, err := x.observe(ctx, calibration)
	if err != nil {
		return nil, err
	}
	messages := offTopic()
	for fold := range folds {
		var learnt []string
		var asked []Labelled
		for i, m := range messages {
			if i%folds == fold {
				asked = append(asked, Labelled{Question: m})
			} else {
				learnt = append(learnt, m)
			}
		}
		x, err := build(guide.Entries(), guide, learnt, nil)
		if err != nil {
			return nil, err
		}
		uncovered, err := x.observe(ctx, asked)
		if err := errors.Join(err, x.Close()); err != nil {
			return nil, err
		}
		all = append(all, uncovered...)
	}
	return balance(all), nil
}

func observeOther(ctx context.Context, questions, uncovered []Labelled) ([]observation, error) {
	var all []observation
	for fold := range folds {
		var learnt, asked []Labelled
		for i, q := range questions {
			if i%folds == fold {
				asked = append(asked, q)
			} else {
				learnt = append(learnt, q)
			}
		}
		guide, err := TrainingGuide(learnt)
		if err != nil {
			return nil, err
		}
		x, err := build(guide.Entries(), guide, nil, nil)
		if err != nil {
			return nil, err
		}
		seen, err := x.observe(ctx, slices.Concat(asked, uncovered))
		if err := errors.Join(err, x.Close()); err != nil {
			return nil, err
		}
		all = append(all, seen...)
	}
	return balance(all), nil
}

// observe asks the index each question; one without topics is covered by none.
func (x *Index) observe(ctx context.Context, questions []Labelled) ([]observation, error) {
	var all []observation
	for _, q := range questions {
		ranked, ev, err := x.weigh(ctx, q.Question)
		if err != nil {
			return nil, fmt.Errorf("observe %q: %w", clip(q.Question), err)
		}
		if len(ranked) == 0 {
			continue
		}
		position := slices.IndexFunc(ranked, func(r rank) bool { return slices.Contains(q.Topics, x.entries[r.class].ID) })
		all = append(all, observation{evidence: ev, known: len(q.Topics) > 0, right: position == 0, covered: position >= 0 && position < 3})
	}
	return all, nil
}

// uncoveredShare is how many of the messages a mentor gets are taken to be
// uncovered by its guide.
const uncoveredShare = 0.25

// balance sets the weights so that uncovered messages have their share.
func balance(all []observation) []observation {
	var known, unknown float64
	for _, o := range all {
		if o.known {
			known++
		} else {
			unknown++
		}
	}
	each := uncoveredShare / (1 - uncoveredShare) * known / max(unknown, 1)
	for i, o := range all {
		all[i].weight = each
		if o.known {
			all[i].weight = 1
		}
	}
	return all
}

// bounds are what a gate's thresholds must keep to, on the observations.
type bounds struct {
	wrong        float64 // share of the covered questions that get a wrong answer
	falseAnswers float64 // share of the uncovered messages that get an answer
	offered      float64 // share of the uncovered messages that get an answer or choices
}

// fitGate learns the probabilities, and the lowest thresholds within the bounds.
func fitGate(all []observation, b bounds) gate {
	known := func(o observation) bool { return o.known }
	unknown := func(o observation) bool { return !o.known }
	right := func(o observation) bool { return o.right }
	g := gate{
		Known:   fitLogistic(all, known, knownRidge),
		Right:   fitLogistic(slices.DeleteFunc(slices.Clone(all), unknown), right, rightRidge),
		Covered: fitLogistic(all, func(o observation) bool { return o.covered }, coveredRidge),
	}
	g.AnswerAt = max(
		threshold(all, g.right, known, func(o observation) bool { return !o.right }, b.wrong),
		threshold(all, g.right, unknown, unknown, b.falseAnswers))
	g.ChoicesAt = threshold(all, g.Covered.probability, unknown, unknown, b.offered)
	return g
}

// threshold returns the lowest probability above which, of the observations of
// one group, at most the given share are bad.
func threshold(all []observation, probability func(evidence) float64, group, bad func(observation) bool, share float64) float64 {
	var ps []float64
	n := 0
	for _, o := range all {
		if !group(o) {
			continue
		}
		n++
		if bad(o) {
			ps = append(ps, probability(o.evidence))
		}
	}
	slices.Sort(ps)
	allowed := int(share * float64(n))
	if allowed >= len(ps) {
		return 0
	}
	return math.Ceil(ps[len(ps)-1-allowed]*1e4) / 1e4
}

// Ridges of the regressions: the fewer the observations that tell, the wider. That
// the first entry is right is learnt from a few hundred questions alone.
const (
	knownRidge   = 0.01
	coveredRidge = 0.01
	rightRidge   = 10
)

// fitLogistic fits a logistic regression by Newton's method. The ridge keeps the
// weights small where the observations tell nothing.
func fitLogistic(all []observation, isTrue func(observation) bool, ridge float64) evidence {
	const steps = 30
	var w evidence
	for range steps {
		var gradient evidence
		var hessian [evidenceSize][evidenceSize]float64
		for i := range gradient {
			gradient[i] = -ridge * w[i]
			hessian[i][i] = ridge
		}
		for _, o := range all {
			p := w.probability(o.evidence)
			d := o.weight * (count(isTrue(o)) - p)
			h := o.weight * p * (1 - p)
			for i, a := range o.evidence {
				gradient[i] += d * a
				for j, b := range o.evidence {
					hessian[i][j] += h * a * b
				}
			}
		}
		step := solve(hessian, gradient)
		for i := range w {
			w[i] += step[i]
		}
	}
	for i := range w {
		w[i] = math.Round(w[i]*1e4) / 1e4
	}
	return w
}

// solve returns x with a x = b, for a positive definite, by elimination.
func solve(a [evidenceSize][evidenceSize]float64, b evidence) evidence {
	for i := range a {
		for r := i + 1; r < len(a); r++ {
			f := a[r][i] / a[i][i]
			for c := i; c < len(a); c++ {
				a[r][c] -= f * a[i][c]
			}
			b[r] -= f * b[i]
		}
	}
	for i := len(a) - 1; i >= 0; i-- {
		for c := i + 1; c < len(a); c++ {
			b[i] -= a[i][c] * b[c]
		}
		b[i] /= a[i][i]
	}
	return b
}
