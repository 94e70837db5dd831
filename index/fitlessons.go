package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"mentor/knowledge"
)

// A trial is an index that was built without some topics, which are taught to it
// as lessons instead: as a group would, with few phrasings.
type trial struct {
	*lessons
	taught  map[string]bool // the topics that are lessons
	heldOut []Labelled      // phrasings of theirs that were not taught
}

// trialFolds is how many parts the topics are cut into; one is taught at a time.
const trialFolds = 8

// Of a taught topic, so many phrasings are asked, and at most so many are taught.
const (
	trialAsked  = 10
	trialTaught = 5
)

// newTrial teaches the topics of a fold. seed chooses their phrasings.
func newTrial(guide *knowledge.Guide, fold int, seed uint64) (*trial, error) {
	random := rand.New(rand.NewPCG(seed, uint64(fold)))
	tr := &trial{taught: map[string]bool{}}
	var rest []*knowledge.Entry
	var taught []knowledge.Lesson
	for i, e := range guide.Entries() {
		if i%trialFolds != fold {
			rest = append(rest, e)
			continue
		}
		asks := slices.Clone(e.Ask)
		random.Shuffle(len(asks), func(i, j int) { asks[i], asks[j] = asks[j], asks[i] })
		n := 1 + random.IntN(trialTaught)
		lesson := *e
		lesson.Ask = asks[:n]
		taught = append(taught, knowledge.Lesson{Entry: &lesson})
		tr.taught[e.ID] = true
		for _, ask := range asks[n:min(len(asks), n+trialAsked)] {
			tr.heldOut = append(tr.heldOut, Labelled{ask, []string{e.ID}})
		}
	}
	without, err := knowledge.New(rest)
	if err != nil {
		return nil, err
	}
	x, err := Build(without)
	if err != nil {
		return nil, err
	}
	tr.lessons = x.teach(taught)
	return tr, nil
}

// covers reports whether the question is about a lesson.
func (tr *trial) covers(q Labelled) bool {
	return slices.ContainsFunc(q.Topics, func(id string) bool { return tr.taught[id] })
}

// FitTaught learns the gate for lessons and returns the content of taught.json.
// A part of the topics at a time is taught to an index that does not have them;
// their other phrasings, the calibration questions and the off-topic messages
// are asked.
func FitTaught(ctx context.Context, guide *knowledge.Guide, calibration []Labelled) ([]byte, error) {
	var all []observation
	for fold := range trialFolds {
		tr, err := newTrial(guide, fold, 1)
		if err != nil {
			return nil, err
		}
		seen, err := tr.observe(ctx, fold, calibration)
		if err := errors.Join(err, tr.base.Close()); err != nil {
			return nil, err
		}
		all = append(all, seen...)
	}
	return json.MarshalIndent(fitTaught(all), "", "\t")
}

// observe looks at the evidence for the nearest lesson. An observation is known
// when the question is about a lesson, and covered when the guide has no answer
// of its own to it either.
func (tr *trial) observe(ctx context.Context, fold int, calibration []Labelled) ([]observation, error) {
	questions := slices.Concat(tr.heldOut, calibration)
	for i, message := range offTopic() {
		if i%trialFolds == fold {
			questions = append(questions, Labelled{Question: message})
		}
	}
	var all []observation
	for _, q := range questions {
		raw := normalize(q.Question)
		ranked, ev, err := tr.base.weighWords(ctx, tr.base.speller.repair(raw))
		if err != nil {
			return nil, fmt.Errorf("observe %q: %w", clip(q.Question), err)
		}
		lesson, own := tr.gather(tr.repair(raw), ranked, ev)
		if lesson < 0 {
			continue
		}
		all = append(all, observation{
			evidence: own, known: tr.covers(q), covered: len(q.Topics) == 0,
			right: slices.Contains(q.Topics, tr.leads[lesson]),
		})
	}
	return all, nil
}

// What the gate for lessons must keep to, on the observations.
const (
	mostMistaken = 0.02  // share of the questions about a lesson that get another lesson's answer
	mostTaken    = 0.002 // share of the guide's questions that a lesson answers
	mostFalse    = 0.002 // share of the off-topic messages that a lesson answers
	mostOffered  = 0.015 // share of the guide's questions that a lesson is offered for
)

// leastSure is the least probability from which a lesson answers, whatever the
// observations allow: of 80 questions about 20 lessons none more is answered right
// below it, and one is answered wrong (November 2026).
const leastSure = 0.9

// Shares of the messages of a group, for the weights of the observations: about
// its lessons, about the guide, off topic.
const lessonShare, guideShare, offShare = 0.15, 0.6, 0.25

// lessonRidge is the ridge of its regression.
const lessonRidge = 0.01

func fitTaught(all []observation) lessonGate {
	about := func(o observation) bool { return o.known }
	guides := func(o observation) bool { return !o.known && !o.covered }
	off := func(o observation) bool { return !o.known && o.covered }
	weight := func(group func(observation) bool, share float64) {
		n := 0.0
		for _, o := range all {
			n += count(group(o))
		}
		for i, o := range all {
			if group(o) {
				all[i].weight = share * float64(len(all)) / n
			}
		}
	}
	weight(about, lessonShare)
	weight(guides, guideShare)
	weight(off, offShare)
	g := lessonGate{Right: fitLogistic(all, func(o observation) bool { return o.right }, lessonRidge)}
	wrong := func(o observation) bool { return !o.right }
	g.AnswerAt = max(leastSure,
		threshold(all, g.Right.probability, about, wrong, mostMistaken),
		threshold(all, g.Right.probability, guides, wrong, mostTaken),
		threshold(all, g.Right.probability, off, wrong, mostFalse))
	g.ChoicesAt = min(g.AnswerAt, threshold(all, g.Right.probability, guides, wrong, mostOffered))
	return g
}
