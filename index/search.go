package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
)

// The layout of the Bleve index: one document a phrasing and one a class, for
// the words of its answer. A document has one field, its stems. Its id is its
// row in classOf.
const stemField = "stems"

const (
	neighbours = 16   // hits that vote
	maxTerms   = 5    // of a question, the rarest: bounds the time of a long one
	commonTerm = 0.04 // share of the documents above which a word is left out when there are rarer ones
	fewTerms   = 2    // rarer words that are enough
)

// A searcher finds phrasings and answers that share words with a question.
type searcher struct {
	index   bleve.Index
	classOf []int // by document row
	classes int
	df      map[string]int // of stems in phrasings and answers
}

// newSearcher indexes phrasings (labelled with their class) and the text of each
// class, all in one batch: an in-memory scorch index never merges segments.
func newSearcher(phrasings [][]word, labels []int, texts [][]word) (*searcher, error) {
	idx, err := bleve.NewUsing("", searchMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("open an index in memory: %w", err)
	}
	s := &searcher{index: idx, classes: len(texts), df: map[string]int{}}
	batch := idx.NewBatch()
	add := func(words []word, class int) error {
		stems := stemsOf(words)
		for _, st := range stems {
			s.df[st]++
		}
		doc := document.NewDocument(strconv.Itoa(len(s.classOf)))
		doc.AddField(document.NewTextFieldCustom(stemField, nil, nil, indexOnly, stems))
		s.classOf = append(s.classOf, class)
		return batch.IndexAdvanced(doc)
	}
	for i, words := range phrasings {
		if err := add(words, labels[i]); err != nil {
			return nil, fmt.Errorf("index phrasing %d: %w", i, err)
		}
	}
	for class, words := range texts {
		if err := add(words, class); err != nil {
			return nil, fmt.Errorf("index answer %d: %w", class, err)
		}
	}
	if err := idx.Batch(batch); err != nil {
		return nil, fmt.Errorf("index the guide: %w", err)
	}
	return s, nil
}

func searchMapping() *mapping.IndexMappingImpl {
	m := bleve.NewIndexMapping()
	m.ScoringModel = "bm25"
	m.DefaultMapping = bleve.NewDocumentStaticMapping()
	return m
}

// indexOnly makes a field one that is searched, and of which nothing else is kept.
var indexOnly = (&mapping.FieldMapping{Index: true}).Options()

// A stemList is the stems of a document. To Bleve it is the analyzer of its one
// field: the words are split already. Its own splitting takes 8 kB a document.
type stemList []string

// Analyze returns the stems as tokens, whatever the field holds.
func (l stemList) Analyze([]byte) analysis.TokenStream {
	tokens := make([]analysis.Token, len(l))
	stream := make(analysis.TokenStream, len(l))
	for i, st := range l {
		tokens[i] = analysis.Token{Term: []byte(st), Position: i + 1}
		stream[i] = &tokens[i]
	}
	return stream
}

// stemsOf returns the different stems of words in order of appearance.
func stemsOf(words []word) stemList {
	stems := make(stemList, 0, len(words))
	for _, w := range words {
		if !slices.Contains(stems, w.stem) {
			stems = append(stems, w.stem)
		}
	}
	return stems
}

// votes returns how strongly the nearest phrasings and answers speak for each
// class, summing to 1, or all 0 when no word is shared.
func (s *searcher) votes(ctx context.Context, words []word) ([]float32, error) {
	votes := make([]float32, s.classes)
	terms := s.rarest(words)
	if len(terms) == 0 {
		return votes, nil
	}
	parts := make([]query.Query, len(terms))
	for i, t := range terms {
		q := bleve.NewTermQuery(t)
		q.SetField(stemField)
		parts[i] = q
	}
	hits, err := s.nearest(ctx, bleve.NewDisjunctionQuery(parts...))
	if err != nil {
		return nil, fmt.Errorf("search the guide: %w", err)
	}
	var sum float64
	for _, h := range hits {
		sum += float64(h.score * h.score) // no fusing, as in vector.dot
	}
	for _, h := range hits {
		votes[s.classOf[h.row]] += float32(h.score * h.score / sum)
	}
	return votes, nil
}

type hit struct {
	row   int
	score float64
}

// nearest returns the best hits, equal scores in the order of rows. Bleve itself
// returns equal ones in an order that changes from build to build, and sorting
// them by id there costs as much as the search: so some more are fetched and
// sorted here, and only when a tie is longer than those does Bleve sort.
func (s *searcher) nearest(ctx context.Context, q query.Query) ([]hit, error) {
	const fetch = 2 * neighbours
	hits, err := s.search(ctx, bleve.NewSearchRequestOptions(q, fetch, 0, false))
	if err != nil {
		return nil, err
	}
	if len(hits) == fetch && hits[fetch-1].score == hits[neighbours-1].score {
		req := bleve.NewSearchRequestOptions(q, neighbours, 0, false)
		req.SortByCustom(search.SortOrder{&search.SortScore{Desc: true}, &search.SortDocID{}})
		return s.search(ctx, req)
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.row, b.row))
	})
	return hits[:min(len(hits), neighbours)], nil
}

func (s *searcher) search(ctx context.Context, req *bleve.SearchRequest) ([]hit, error) {
	res, err := s.index.SearchInContext(ctx, req)
	if err != nil {
		return nil, err
	}
	hits := make([]hit, len(res.Hits))
	for i, h := range res.Hits {
		if hits[i].row, err = strconv.Atoi(h.ID); err != nil {
			return nil, fmt.Errorf("document id %q: %w", h.ID, err)
		}
		hits[i].score = h.Score
	}
	return hits, nil
}

// rarest returns the known stems of words, at most maxTerms of the rarest and
// none that is everywhere, in an order that depends on nothing but the words.
func (s *searcher) rarest(words []word) []string {
	stems := slices.DeleteFunc(stemsOf(words), func(t string) bool { return s.df[t] == 0 })
	slices.SortStableFunc(stems, func(a, b string) int { return cmp.Compare(s.df[a], s.df[b]) })
	common := int(commonTerm * float64(len(s.classOf)))
	for i := fewTerms; i < len(stems); i++ {
		if s.df[stems[i]] > common {
			stems = stems[:i]
		}
	}
	return stems[:min(len(stems), maxTerms)]
}

func (s *searcher) close() error { return s.index.Close() }
