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
	classes int
	table   *table // the weights of every class, and behind them the means
}

// train learns the classes of a kinship from labelled vectors: phrasings, and
// pieces of the classes' answers, which count in the means only. It is
// deterministic whatever the number of processors: a class is learnt on its own.
func train(vectors []vector, labels []int, answers []vector, answerOf []int, kin kinship, features int) *linear {
	classes := len(kin)
	means := classMeans(vectors, labels, answers, answerOf, classes, features)
	likeness := likenesses(newTable(means, features), vectors)
	columns := make([]column, classes)
	parallel(classes, func() func(int) {
		t := newTrainer(vectors, labels, features)
		return func(class int) {
			t.learn(class, kin[class], likeness[class])
			columns[class] = t.take()
		}
	})
	return &linear{classes, newTable(slices.Concat(columns, means), features)}
}

// likenesses returns how like the mean of each class each vector is: by class,
// because a class is learnt at a time.
func likenesses(means *table, vectors []vector) [][]float32 {
	// A worker takes so many vectors at a time that two do not write to the same
	// line of a processor's cache: that takes 20 ms of processor time less.
	const block = 64
	all := make([][]float32, means.classes)
	for class := range all {
		all[class] = make([]float32, len(vectors))
	}
	parallel((len(vectors)+block-1)/block, func() func(int) {
		like := make([]float32, len(all))
		return func(b int) {
			for i := b * block; i < min((b+1)*block, len(vectors)); i++ {
				means.times(vectors[i], like)
				for class := range all {
					all[class][i] = like[class]
				}
			}
		}
	})
	return all
}

// A trainer learns one class after the other by dual coordinate descent (Hsieh
// et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", 2008).
type trainer struct {
	vectors []vector
	labels  []int
	weights []float32 // by feature
	alphas  []float32 // by example
	active  []int32   // the examples in play
	inPlay  []bool
	taken   column // what take fills before it copies
}

func newTrainer(vectors []vector, labels []int, features int) *trainer {
	return &trainer{
		vectors: vectors, labels: labels,
		weights: make([]float32, features), alphas: make([]float32, len(vectors)), inPlay: make([]bool, len(vectors)),
	}
}

const (
	// ease is by how much an example of another class may come nearer than the
	// margin: it keeps most examples out of play.
	ease = 0.15
	// kinEase is ease for the examples of a class's kin: a question may be about
	// both. Of 1,343 questions ten more are answered right by that (November 2026).
	kinEase = 0.4
	// nearLike is the likeness to the class's mean that puts an example into
	// play at once. The others join when they are found to violate the margin.
	nearLike = 0.15
	// farLike is the likeness below which an example is never in play.
	farLike = 0.06
	// slack is how far beyond its margin an example is left out until the next look.
	slack = 0.25
)

// rounds is how often the examples in play are gone through, by look: all are looked
// at before each.
var rounds = [...]int{1, 2}

// learn fits the weights of a class. kin tells which classes are its kin, and
// likeness how like its mean the examples are.
func (t *trainer) learn(class int, kin []bool, likeness []float32) {
	clear(t.weights)
	clear(t.alphas)
	t.active = t.active[:0]
	for i := range t.vectors {
		if t.inPlay[i] = t.labels[i] == class || likeness[i] > nearLike; t.inPlay[i] {
			t.active = append(t.active, int32(i))
		}
	}
	random := rand.New(rand.NewPCG(2026, uint64(class)))
	for look, times := range rounds {
		if look > 0 {
			t.addViolators(likeness)
		}
		for range times {
			random.Shuffle(len(t.active), func(i, j int) { t.active[i], t.active[j] = t.active[j], t.active[i] })
			t.active = slices.DeleteFunc(t.active, func(i int32) bool {
				t.inPlay[i] = t.step(int(i), t.side(int(i), class, kin))
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

// A side is where an example belongs: y is 1 for one of the class, and -1 for
// another, which must be beyond the margin.
type side struct{ y, margin float32 }

func (t *trainer) side(i, class int, kin []bool) side {
	switch label := t.labels[i]; {
	case label == class:
		return side{1, 1}
	case kin[label]:
		return side{-1, 1 - kinEase}
	}
	return side{-1, 1 - ease}
}

// step moves the weights for example i. It reports false when the example is so
// far on its right side that it may be left out.
func (t *trainer) step(i int, s side) bool {
	vec, weights, alpha := t.vectors[i], t.weights, t.alphas[i]
	gradient := float32(s.y*(vec.dot(weights)+bias)) - s.margin + alpha/(2*cost)
	if alpha == 0 && gradient >= 0 {
		return gradient < slack
	}
	// The exact step is a thirteenth shorter: divided by the square of the vector's
	// length, which is 1, and 1/(2*cost). The gates are fitted to this one.
	next := max(alpha-gradient, 0)
	d := (next - alpha) * s.y
	t.alphas[i] = next
	for _, f := range vec {
		weights[f.id] += float32(d * f.weight)
	}
	return true
}

// tooSmall is the size of a weight, and tooUnlike that of a part of a mean, that is
// not kept. With 0.02 and nothing there were twice as many, and no more questions
// were answered right (November 2026).
const (
	tooSmall  = 0.05
	tooUnlike = 0.0045
)

// take returns the weights that matter.
func (t *trainer) take() column {
	c := t.taken[:0]
	for id, w := range t.weights {
		if w > tooSmall || w < -tooSmall {
			c = append(c, featureWeight{int32(id), inGrains(w)})
		}
	}
	t.taken = c
	return slices.Clone(c)
}

// answerWeight is how much a piece of an answer weighs in a class's mean beside
// a phrasing.
const answerWeight = 0.3

// classMeans returns the mean vector of each class, scaled to length 1.
func classMeans(vectors []vector, labels []int, answers []vector, answerOf []int, classes, features int) []column {
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
		var ids []int32
		return func(class int) {
			ids = ids[:0]
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
			col := make(column, 0, len(ids))
			for _, id := range ids {
				if w := float32(float64(sums[id]) / math.Sqrt(squares)); w > tooUnlike {
					col = append(col, featureWeight{id, inGrains(w)})
				}
				sums[id] = 0
			}
			columns[class] = col
		}
	})
	return columns
}

// score returns the margin and the likeness to the class mean of every class.
func (l *linear) score(vec vector) (margins, likeness []float32) {
	product := make([]float32, 2*l.classes)
	l.table.times(vec, product)
	margins, likeness = product[:l.classes:l.classes], product[l.classes:]
	for c := range margins {
		margins[c] += bias
	}
	return margins, likeness
}

// has reports whether a feature has a part in the mean of a class.
func (l *linear) has(feature int32, class int) bool { return l.table.has(feature, l.classes+class) }
