// Package index finds the entry of the guide that answers a question, and
// knows how far it may be trusted.
//
// It learns from the guide alone, when it is built: from the phrasings of every
// entry and the words of its answer. It holds no pre-trained weights, calls
// nothing outside the process, and gives the same finding for the same guide and
// question on every run and machine. It does not decide what a learner is told:
// it returns matches, a calibrated confidence and one of three outcomes.
//
// Two engines look at a question. A linear layer scores every entry from words,
// pairs of words, parts of words and ideas; a Bleve index (BM25) finds the
// nearest phrasings and answers and lets them vote. The sum of both ranks the
// entries, the first five contend once more by how near their phrasings are and how
// much of the question they cover, and a gate turns the evidence into a probability.
package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"mentor/knowledge"
)

// An Index answers for one guide. It never changes, so it may be used from any
// number of goroutines. Close it when no Find is running.
type Index struct {
	guide     *knowledge.Guide
	entries   []*knowledge.Entry
	speller   *speller
	vocab     *vocabulary
	phrasings []packed  // by class
	offTopic  *table    // a column a message
	verbatim  *keyTable // the classes of phrasings, by phrasingKey
	linear    *linear
	searcher  *searcher
	gate      *gate
	spreads   sync.Pool // of *spread
}

// Build learns a guide. The built-in one takes about seven tenths of a second on two
// processors and several times the memory that the index keeps: see the benchmarks.
func Build(guide *knowledge.Guide) (*Index, error) {
	return build(guide.Entries(), guide, offTopic(), guideGate())
}

// BuildBeside is Build beside an index that answers questions: it takes longer and
// leaves half of the processors to them. It learns the same.
func BuildBeside(guide *knowledge.Guide) (*Index, error) {
	gentle.Add(1)
	defer gentle.Add(-1)
	return Build(guide)
}

// BuildPlain learns a guide whose subject is not back-end development, such as
// public test data: without the off-topic messages, by the gate for any subject.
func BuildPlain(guide *knowledge.Guide) (*Index, error) {
	return build(guide.Entries(), guide, nil, plainGate())
}

// build learns entries; messages of offTopic belong to none of them.
func build(entries []*knowledge.Entry, guide *knowledge.Guide, offTopic []string, gate *gate) (*Index, error) {
	collectAsUsual := collectLess()
	var messages []string
	var labels []int
	for class, e := range entries {
		for _, ask := range append([]string{e.Title}, e.Ask...) {
			messages, labels = append(messages, ask), append(labels, class)
		}
	}
	for _, message := range offTopic {
		messages, labels = append(messages, message), append(labels, len(entries))
	}
	kin := newKinship(entries, min(1, len(offTopic)))
	phrasings := normalizeAll(messages)
	texts := make([][]word, len(entries))
	parallel(len(entries), func() func(int) {
		return func(i int) { texts[i] = normalize(entries[i].Short + "\n" + entries[i].More) }
	})
	x := &Index{guide: guide, entries: entries, gate: gate, speller: newSpeller(phrasings, texts)}
	parallel(len(phrasings), func() func(int) { return func(i int) { phrasings[i] = x.speller.repair(phrasings[i]) } })
	stems := stemmer{}
	for _, words := range phrasings {
		stems.fill(words)
	}
	for _, words := range texts {
		stems.fill(words)
	}
	var g errgroup.Group
	g.SetLimit(min(2, workers()))
	g.Go(func() (err error) {
		// As usual from here on: the collections during training free Bleve's large
		// buffers, which would else stay, 10 MiB of a waiting process.
		defer collectAsUsual()
		own := len(phrasings) - len(offTopic)
		x.searcher, err = newSearcher(phrasings[:own], labels[:own], texts)
		return err
	})
	g.Go(func() error {
		chunks, chunkOf := pieces(texts)
		vocab, vectors, answers := newVocabulary(phrasings, chunks)
		x.vocab = vocab
		if len(vocab.rarity) > maxFeatures {
			return fmt.Errorf("learn the guide: it has %d features, more than the %d there is room for; give it fewer phrasings", len(vocab.rarity), maxFeatures)
		}
		own := len(vectors) - len(offTopic)
		x.verbatim = verbatim(phrasings[:own], labels)
		x.offTopic = vocab.offTopicTable(vectors[own:])
		x.phrasings = vocab.pack(vectors[:own], labels, len(entries))
		x.linear = train(vectors, labels, answers, chunkOf, kin, len(vocab.rarity))
		return nil
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return x, nil
}

func normalizeAll(messages []string) [][]word {
	out := make([][]word, len(messages))
	parallel(len(messages), func() func(int) { return func(i int) { out[i] = normalize(messages[i]) } })
	return out
}

// pieceLen is how many words of an answer are taken together: about a sentence.
const pieceLen = 12

// pieces cuts the answers of the classes into pieces and says whose each is.
func pieces(texts [][]word) (all [][]word, of []int) {
	for class, words := range texts {
		for piece := range slices.Chunk(words, pieceLen) {
			all, of = append(all, piece), append(of, class)
		}
	}
	return all, of
}

// Guide returns the guide that x answers for.
func (x *Index) Guide() *knowledge.Guide { return x.guide }

// Close frees the Bleve index.
func (x *Index) Close() error { return x.searcher.close() }

// maxMatches is how many matches a finding holds.
const maxMatches = 10

// Find looks a question up. A question without a word finds nothing.
func (x *Index) Find(ctx context.Context, question string) (knowledge.Finding, error) {
	return x.find(ctx, question, nil)
}

// find is Find with the votes that may move entries.
func (x *Index) find(ctx context.Context, question string, votes sways) (knowledge.Finding, error) {
	ranked, ev, err := x.weigh(ctx, question)
	if err != nil {
		return knowledge.Finding{}, fmt.Errorf("find an answer: %w", err)
	}
	return votes.move(x.finding(ranked, ev), ranked), nil
}

// finding is what the gate makes of classes ranked by the evidence.
func (x *Index) finding(ranked []rank, ev evidence) knowledge.Finding {
	if len(ranked) == 0 {
		return knowledge.Finding{}
	}
	outcome, confidence := x.gate.judge(ev)
	if ranked[0].verbatim {
		outcome, confidence = knowledge.Answer, max(confidence, surelyMeant)
	}
	confidence = min(confidence, surest)
	f := knowledge.Finding{Outcome: outcome}
	for i, r := range ranked[:min(len(ranked), maxMatches)] {
		c := confidence
		if i > 0 {
			c *= float64(r.share / ranked[0].share)
		}
		f.Matches = append(f.Matches, knowledge.Match{Entry: x.entries[r.class], Confidence: c})
	}
	return f
}

// A rank is a class with its fused score and its share of the softmax.
type rank struct {
	class        int
	score, share float32
	verbatim     bool // the question is one of its phrasings, word for word
}

// voteShare is how much the votes of Bleve weigh beside the linear margins.
const voteShare = 0.3

// weigh ranks the classes for a question and gathers the evidence.
func (x *Index) weigh(ctx context.Context, question string) ([]rank, evidence, error) {
	return x.weighWords(ctx, x.speller.repair(normalize(question)))
}

// weighWords is weigh for words that are normalised and mended already.
func (x *Index) weighWords(ctx context.Context, words []word) ([]rank, evidence, error) {
	fillStems(words)
	vec, known := x.vocab.vector(words)
	if len(vec) == 0 {
		return nil, evidence{}, nil
	}
	margins, likeness := x.linear.score(vec)
	votes, err := x.searcher.votes(ctx, words)
	if err != nil {
		return nil, evidence{}, err
	}
	ranked := make([]rank, len(x.entries))
	for c := range ranked {
		ranked[c] = rank{class: c, score: margins[c] + float32(meanShare*likeness[c]) + float32(voteShare*votes[c])}
	}
	x.rankVerbatim(ranked, words)
	sortRanks(ranked)
	near := x.contend(ranked, vec)
	ev := gather(ranked, near, margins, likeness, votes, known, len(words))
	return ranked, ev, nil
}

func sortRanks(ranked []rank) {
	slices.SortStableFunc(ranked, func(a, b rank) int { return cmp.Compare(b.score, a.score) })
}
