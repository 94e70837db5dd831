package index

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mentor/knowledge"
)

// A Labelled question is one with the ids of the topics that would satisfy its
// asker; none for a message that the guide does not cover.
type Labelled struct {
	Question string
	Topics   []string
}

// ReadLabelled reads lines question<TAB>topic[,topic…]. There is no header, and
// further columns are ignored. name is for errors.
func ReadLabelled(r io.Reader, name string) ([]Labelled, error) {
	return readLines(r, name, func(fields []string) (Labelled, bool) {
		if len(fields) < 2 || fields[1] == "" {
			return Labelled{}, false
		}
		return Labelled{fields[0], strings.Split(fields[1], ",")}, true
	})
}

// ReadOutOfScope reads lines whose first column is a message that the guide
// does not cover. Further columns are ignored.
func ReadOutOfScope(r io.Reader, name string) ([]Labelled, error) {
	return readLines(r, name, func(fields []string) (Labelled, bool) { return Labelled{Question: fields[0]}, true })
}

func readLines(r io.Reader, name string, parse func([]string) (Labelled, bool)) ([]Labelled, error) {
	var all []Labelled
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		l, ok := parse(strings.Split(lines.Text(), "\t"))
		if !ok {
			return nil, fmt.Errorf("%s:%d: want question<TAB>topic[,topic…], got %q", name, n, clip(lines.Text()))
		}
		all = append(all, l)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: there are no lines in it", name)
	}
	return all, nil
}

// TrainingGuide makes a guide of labelled questions: each label is an entry, its
// questions are the phrasings. It is for measuring on public data.
func TrainingGuide(questions []Labelled) (*knowledge.Guide, error) {
	byID := map[string]*knowledge.Entry{}
	var entries []*knowledge.Entry
	for _, q := range questions {
		id := q.Topics[0]
		if byID[id] == nil {
			byID[id] = &knowledge.Entry{ID: id}
			entries = append(entries, byID[id])
		}
		byID[id].Ask = append(byID[id].Ask, q.Question)
	}
	return knowledge.New(entries)
}

// An Asker is what is measured: the index alone or the whole mentor.
type Asker func(ctx context.Context, question string) (knowledge.Finding, error)

// A Report says how good an Asker is. Rates are shares, 0 to 1, of the questions;
// of the out-of-scope ones for FalseAnswers and Refused.
type Report struct {
	Questions    int     `json:"questions"`
	RightFirst   float64 `json:"rightFirst"`   // the best match is right, whatever the outcome
	RightInThree float64 `json:"rightInThree"` // one of the best three is
	Answered     float64 `json:"answered"`     // the outcome is answer
	Wrong        float64 `json:"wrong"`        // it is answer with a wrong topic
	OutOfScope   int     `json:"outOfScope"`
	FalseAnswers float64 `json:"falseAnswers"` // out of scope, and the outcome is answer
	Refused      float64 `json:"refused"`      // out of scope, and the outcome is none
	ECE          float64 `json:"ece"`          // expected calibration error, 0 to 1, over ten equal steps of confidence
	P50Micros    float64 `json:"p50Micros"`
	P99Micros    float64 `json:"p99Micros"`

	Deciles    [10]Decile  `json:"deciles"`    // of confidence
	Confusions []Confusion `json:"confusions"` // the most frequent first
	Misses     []Miss      `json:"misses"`     // every question whose best match is not right, or that got a false answer
}

// A Decile is one step of confidence: of its answers, how sure they were and
// how many were right.
type Decile struct {
	Count      int     `json:"count"`
	Confidence float64 `json:"confidence"` // mean
	Right      float64 `json:"right"`
}

// A Confusion is a topic that was taken for another.
type Confusion struct {
	Wanted string `json:"wanted"`
	Got    string `json:"got"`
	Count  int    `json:"count"`
}

// A Miss is one question that went wrong.
type Miss struct {
	Question   string   `json:"question"`
	Wanted     []string `json:"wanted"` // empty when out of scope
	Got        []string `json:"got"`
	Outcome    string   `json:"outcome"`
	Confidence float64  `json:"confidence"`
}

// Evaluate asks every question and counts.
func Evaluate(ctx context.Context, ask Asker, questions, outOfScope []Labelled) (*Report, error) {
	t := tally{Report: Report{Questions: len(questions), OutOfScope: len(outOfScope)}, confusions: map[[2]string]int{}}
	for _, q := range slices.Concat(questions, outOfScope) {
		start := time.Now()
		f, err := ask(ctx, q.Question)
		if err != nil {
			return nil, fmt.Errorf("ask %q: %w", clip(q.Question), err)
		}
		t.times = append(t.times, float64(time.Since(start).Nanoseconds())/1000)
		t.count(q, f)
	}
	return t.report(), nil
}

// A tally is a report in the making; its rates are still counts.
type tally struct {
	Report
	times      []float64
	confusions map[[2]string]int
}

func (t *tally) count(q Labelled, f knowledge.Finding) {
	got := make([]string, len(f.Matches))
	var confidence float64
	for i, m := range f.Matches {
		got[i] = m.Entry.ID
		confidence = max(confidence, m.Confidence)
	}
	position := slices.IndexFunc(got, func(id string) bool { return slices.Contains(q.Topics, id) })
	answered := f.Outcome == knowledge.Answer
	if len(got) > 0 {
		d := &t.Deciles[min(int(confidence*10), 9)]
		d.Count++
		d.Confidence += confidence
		d.Right += count(position == 0)
	}
	if len(q.Topics) == 0 {
		t.FalseAnswers += count(answered)
		t.Refused += count(f.Outcome == knowledge.None)
	} else {
		t.RightFirst += count(position == 0)
		t.RightInThree += count(position >= 0 && position < 3)
		t.Answered += count(answered)
		t.Wrong += count(answered && position != 0)
	}
	if position != 0 && (len(q.Topics) > 0 || answered) {
		t.Misses = append(t.Misses, Miss{q.Question, q.Topics, got[:min(3, len(got))], f.Outcome.String(), confidence})
		if len(q.Topics) > 0 && len(got) > 0 {
			t.confusions[[2]string{q.Topics[0], got[0]}]++
		}
	}
}

func count(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (t *tally) report() *Report {
	r := &t.Report
	for _, rate := range []*float64{&r.RightFirst, &r.RightInThree, &r.Answered, &r.Wrong} {
		*rate /= float64(max(r.Questions, 1))
	}
	for _, rate := range []*float64{&r.FalseAnswers, &r.Refused} {
		*rate /= float64(max(r.OutOfScope, 1))
	}
	total := 0
	for _, d := range r.Deciles {
		total += d.Count
	}
	for i := range r.Deciles {
		d := &r.Deciles[i]
		if d.Count == 0 {
			continue
		}
		d.Confidence /= float64(d.Count)
		d.Right /= float64(d.Count)
		r.ECE += max(d.Confidence-d.Right, d.Right-d.Confidence) * float64(d.Count) / float64(total)
	}
	for pair, n := range t.confusions {
		r.Confusions = append(r.Confusions, Confusion{pair[0], pair[1], n})
	}
	slices.SortFunc(r.Confusions, func(a, b Confusion) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Wanted, b.Wanted), cmp.Compare(a.Got, b.Got))
	})
	slices.Sort(t.times)
	if n := len(t.times); n > 0 {
		r.P50Micros, r.P99Micros = t.times[n/2], t.times[n*99/100]
	}
	return r
}
