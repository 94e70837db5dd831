package index

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed offtopic.tsv
var offTopicText string

// offTopic returns messages that the guide does not answer, for the gate to
// learn from: one a line, a tab, its kind.
func offTopic() []string {
	var messages []string
	for line := range strings.Lines(offTopicText) {
		message, _, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		messages = append(messages, message)
	}
	return messages
}

// offTopicTable is the off-topic messages, a column each, without their pairs of words
// as all that is kept to compare with. They are many and each is looked at, so they are
// not packed one by one.
func (v *vocabulary) offTopicTable(messages []vector) *table {
	columns := make([]column, len(messages))
	for i, vec := range messages {
		for _, f := range v.withoutPairs(vec) {
			columns[i] = append(columns[i], featureWeight{f.id, inGrains(f.weight)})
		}
	}
	return newTable(columns, int(v.pairsFrom))
}

// nearestOffTopic returns the likeness of a question to the nearest off-topic message;
// 0 when none were learnt.
func (x *Index) nearestOffTopic(vec vector) float64 {
	if x.offTopic.classes == 0 {
		return 0
	}
	likeness := make([]float32, x.offTopic.classes)
	x.offTopic.times(x.vocab.withoutPairs(vec), likeness)
	return float64(slices.Max(likeness))
}
