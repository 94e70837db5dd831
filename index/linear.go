package index

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Settings of the linear layer, chosen on the held-apart questions and on
// CLINC150's validation part.
const (
	cost      = 6   // of a violated margin against the length of the weights
	bias      = -1  // of every class before it has learnt anything: "not this one"
	meanShare = 0.6 // of the likeness to the class mean in a score
)

// A linear layer scores every class for a vector: by a one-against-the-rest
// squared-hinge classifier, and by likeness to the class's mean.
type linear struct {
	weights, means *table
}

// train learns the classes 0 to classes-1 from labelled vectors: phrasings, and
// pieces of the classes' answers, which count in the means only. It is
// deterministic whatever the number of processors: a class is learnt on its own.
func train(vectors []vector, labels []int, answers []vector, answerOf []int, classes, features int) *linear {
	l := &linear{means: classMeans(vectors, labels, answers, answerOf, classes, features)}
	likeness := make([]float32, classes*len(vectors)) // by class, then example: a class is learnt at a time
	norms := make([]float32, len(vectors))
	parallel(len(vectors), func() func(int) {
		return func(i int) {
			for class, like := range l.means.times(vectors[i]) {
				likeness[class*len(vectors)+i] = like
			}
			for _, f := range vectors[i] {
				norms[i] += float32(f.weight * f.weight)
			}
		}
	})
	columns := make([]column, classes)
	parallel(classes, func() func(int) {
		t := newTrainer(vectors, norms, features)
		return func(class int) {
			t.learn(func(i int) bool { return labels[i] == class }, likeness[class*len(vectors):][:len(vectors)], uint64(class))
			columns[class] = t.take()
		}
	})
	l.weights = newTable(columns, features)
	return l
}

// A trainer learns one class after the other by dual coordinate descent (Hsieh
// et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", 2008).
type trainer struct {
	vectors []vector
	norms   []float32
	weights []float32 // by feature
	alphas  []float32 // by example
	active  []int32   // the examples in play
	inPlay  []bool
}

func newTrainer(vectors []vector, norms []float32, features int) *trainer {
	return &trainer{
		vectors: vectors, norms: norms,
		weights: make([]float32, features), alphas: make([]float32, len(vectors)), inPlay: make([]bool, len(vectors)),
	}
}

const (
	// ease is by how much an example of another class may come nearer than the
	// margin: it keeps most examples out of play.
	ease = 0.15
	// nearLike is the likeness to the class's mean that puts an example into
	// play at once. The others join when they are found to violate the margin.
	nearLike = 0.15
	// farLike is the likeness below which an example is never in play.
	farLike = 0.06
	// looks is how often all examples are looked at.
	looks = 2
	// rounds is how often those in play are gone through after each look.
	rounds = 2
	// slack is how far beyond its margin an example is left out until the next look.
	slack = 0.25
)

// learn fits the weights of the class that isOne tells. seed orders the examples.
func (t *trainer) learn(isOne func(int) bool, likeness []float32, seed uint64) {
	clear(t.weights)
	clear(t.alphas)
	t.active = t.active[:0]
	for i := range t.vectors {
		if t.inPlay[i] = isOne(i) || likeness[i] > nearLike; t.inPlay[i] {
			t.active = append(t.active, int32(i))
		}
	}
	random := rand.New(rand.NewPCG(2026, seed))
	for look := range looks {
		if look > 0 {
			t.addViolators(likeness)
		}
		for range rounds {
			random.Shuffle(len(t.active), func(i, j int) { t.active[i], t.active[j] = t.active[j], t.active[i] })
			t.active = slices.DeleteFunc(t.active, func(i int32) bool {
				t.inPlay[i] = t.step(int(i), isOne(int(i)))
				return !t.inPlay[i]
			})
		}
	}
}

// addViolators puts the examples into play that the weights get wrong. Those that
// are least like the class are not looked at.
func (t *trainer) addViolators(likeness []float32) {
	for i, vec := range t.vectors {
		if !t.inPlay[i] && likeness[i] > farLike && vec.dot(t.weights)+bias > ease-1 {
			t.inPlay[i] = true
			t.active = append(t.active, int32(i))
		}
	}
}

// step moves the weights for example i. It reports false when the example is so
// far on its right side that it may be left out.
func (t *trainer) step(i int, one bool) bool {
	y, margin := float32(-1), float32(1-ease)
	if one {
		y, margin = 1, 1
	}
	alpha := t.alphas[i]
	gradient := float32(y*(t.vectors[i].dot(t.weights)+bias)) - margin + alpha/(2*cost)
	if alpha == 0 && gradient >= 0 {
		return gradient < slack
	}
	next := max(alpha-gradient/(t.norms[i]+1/(2*cost)), 0)
	d := (next - alpha) * y
	t.alphas[i] = next
	for _, f := range t.vectors[i] {
		t.weights[f.id] += float32(d * f.weight)
	}
	return true
}

// tooSmall is the size of a weight that changes no ranking.
const tooSmall = 0.02

// take returns the weights that matter.
func (t *trainer) take() column {
	var c column
	for id, w := range t.weights {
		if w > tooSmall || w < -tooSmall {
			c = append(c, feature{int32(id), w})
		}
	}
	return c
}

// answerWeight is how much a piece of an answer weighs in a class's mean beside
// a phrasing.
const answerWeight = 0.3

// classMeans returns the mean vector of each class, scaled to length 1.
func classMeans(vectors []vector, labels []int, answers []vector, answerOf []int, classes, features int) *table {
	type part struct {
		vector
		weight float32
	}
	of := make([][]part, classes)
	for i, class := range labels {
		of[class] = append(of[class], part{vectors[i], 1})
	}
	for i, class := range answerOf {
		of[class] = append(of[class], part{answers[i], answerWeight})
	}
	columns := make([]column, classes)
	parallel(classes, func() func(int) {
		sums := make([]float32, features)
		return func(class int) {
			var ids []int32
			for _, p := range of[class] {
				for _, f := range p.vector {
					if sums[f.id] == 0 {
						ids = append(ids, f.id)
					}
					sums[f.id] += float32(p.weight * f.weight)
				}
			}
			var squares float64
			for _, id := range ids {
				squares += float64(float64(sums[id]) * float64(sums[id])) // no fusing, as in vector.dot
			}
			col := make(column, len(ids))
			for k, id := range ids {
				col[k] = feature{id, float32(float64(sums[id]) / math.Sqrt(squares))}
				sums[id] = 0
			}
			columns[class] = col
		}
	})
	return newTable(columns, features)
}

// score returns the margin and the likeness to the class mean of every class.
func (l *linear) score(vec vector) (margins, likeness []float32) {
	margins, likeness = l.weights.times(vec), l.means.times(vec)
	for c := range margins {
		margins[c] += bias
	}
	return margins, likeness
}
