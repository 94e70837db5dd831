package knowledge

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What an entry must hold. The bounds are this guide's own rules of writing.
const (
	minPhrasings = 20  // below it a topic is found too seldom
	minShort     = 40  // words; less does not stand alone
	maxShort     = 120 // words; more does not fit a phone's screen
)

// Check returns every broken rule of writing in the guide below fsys, in the
// order of files and lines; none means the guide is fit to be served. today
// bounds the dates. The error is for a guide that cannot be read at all.
func Check(fsys fs.FS, today time.Time) (Problems, error) {
	return CheckLayer(fsys, &Guide{}, today)
}

// CheckLayer is [Check] for a folder that is laid over the guide below: its
// entries may point to, hide and extend those of below.
func CheckLayer(fsys fs.FS, below *Guide, today time.Time) (Problems, error) {
	drafts, problems, err := readDrafts(fsys)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		problems = append(problems, d.checkFrontMatter(today)...)
		problems = append(problems, d.checkBody()...)
	}
	problems = append(problems, checkPhrasings(drafts)...)
	problems = append(problems, checkSee(drafts, below)...)
	problems = append(problems, checkBelow(drafts, below)...)
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(problems), nil
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (d *draft) checkFrontMatter(today time.Time) Problems {
	var problems Problems
	report := func(at field, what, cure string) {
		problems = append(problems, at.problem(d.file, what, cure))
	}
	if d.id.text != "" && !idForm.MatchString(d.id.text) {
		report(d.id, fmt.Sprintf("the id %q is not plain", d.id.text), "use small letters, digits and single hyphens")
	}
	if d.hides() || d.extends() {
		return problems
	}
	if n := len(d.ask); n > 0 && n < minPhrasings && d.taught.text != "true" {
		report(field{line: d.askLine}, fmt.Sprintf("%d phrasings", n), fmt.Sprintf("write at least %d, each of another shape", minPhrasings))
	}
	for _, s := range d.sources {
		problems = append(problems, d.checkSource(s, today)...)
	}
	switch {
	case d.reviewed.text == "":
		report(d.reviewed, "no review date", "write `reviewed: "+today.Format("2006-01")+"` when you have read the entry whole")
	case !validDate(d.reviewed.text, today):
		report(d.reviewed, fmt.Sprintf("the review date %q is no past month", d.reviewed.text), "write it as 2006-01")
	}
	return problems
}

func (d *draft) checkSource(s draftSource, today time.Time) Problems {
	var problems Problems
	at := field{line: s.line}
	if s.title.text == "" {
		problems = append(problems, at.problem(d.file, "a source without a title", "write {title: …, url: …, date: …}"))
	}
	if !webAddress(s.url.text) {
		problems = append(problems, at.problem(d.file, fmt.Sprintf("a source with the url %q", s.url.text), "write its whole address, https://…"))
	}
	if !validDate(s.date.text, today) {
		problems = append(problems, at.problem(d.file, fmt.Sprintf("a source with the date %q", s.date.text), "write when it was published: 2006, 2006-01 or 2006-01-02"))
	}
	return problems
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// validDate reports whether s is a year, month or day that has begun by today.
func validDate(s string, today time.Time) bool {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return !t.After(today)
		}
	}
	return false
}

// checkPhrasings finds phrasings that stand twice, in one entry or in two: a
// phrasing teaches one topic, so one of the places must be wrong.
func checkPhrasings(drafts []*draft) Problems {
	type place struct {
		file string
		line int
	}
	var problems Problems
	seen, alike := map[string]place{}, map[string]place{}
	for _, d := range drafts {
		for _, a := range d.ask {
			key := foldPhrasing(a.text)
			if key == "" {
				problems = append(problems, a.problem(d.file, "an empty phrasing", "remove it"))
				continue
			}
			if first, ok := seen[key]; ok {
				problems = append(problems, a.problem(d.file,
					fmt.Sprintf("the phrasing %q stands in %s:%d too", a.text, first.file, first.line), "keep it where it fits best"))
				continue
			}
			seen[key] = place{d.file, a.line}
			bag := wordBag(key)
			if first, ok := alike[bag]; ok && first.file != d.file {
				problems = append(problems, a.problem(d.file,
					fmt.Sprintf("the phrasing %q has the same words as %s:%d", a.text, first.file, first.line), "keep one, or say in each what makes its topic another"))
				continue
			}
			alike[bag] = place{d.file, a.line}
		}
	}
	return problems
}

// wordBag makes folded phrasings equal that have the same words in any order.
func wordBag(folded string) string {
	words := strings.Fields(folded)
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

var notWord = regexp.MustCompile(`[^\pL\pN+#]+`)

// foldPhrasing makes phrasings equal that differ only in case, spaces and
// punctuation. A phrasing without a letter or digit folds to "".
func foldPhrasing(s string) string {
	return strings.TrimSpace(notWord.ReplaceAllString(strings.ToLower(s), " "))
}

// checkBelow finds files that hide or extend what the guide below does not have.
func checkBelow(drafts []*draft, below *Guide) Problems {
	var problems Problems
	for _, d := range drafts {
		at, verb := d.hide, "hides"
		if d.extends() {
			at, verb = d.extend, "extends"
		}
		if (d.hides() || d.extends()) && below.Entry(d.id.text) == nil {
			problems = append(problems, at.problem(d.file,
				fmt.Sprintf("it %s %q, which is no entry of the guide below it", verb, d.id.text), "name an id that `mentor guide list` shows, or remove the file"))
		}
	}
	return problems
}

func checkSee(drafts []*draft, below *Guide) Problems {
	ids := map[string]bool{}
	for _, d := range drafts {
		ids[d.id.text] = true
	}
	var problems Problems
	for _, d := range drafts {
		for _, see := range d.see {
			switch {
			case see.text == d.id.text:
				problems = append(problems, see.problem(d.file, "the entry points to itself", "remove it from `see:`"))
			case !ids[see.text] && below.Entry(see.text) == nil:
				problems = append(problems, see.problem(d.file, fmt.Sprintf("`see:` names %q, which is no entry", see.text), "name an existing id"))
			}
		}
	}
	return problems
}

// Stale returns the entries that were last reviewed more than months before
// today, longest ago first. An entry without a readable date counts as stale.
func (g *Guide) Stale(today time.Time, months int) []*Entry {
	limit := today.AddDate(0, -months, 0).Format("2006-01")
	var stale []*Entry
	for _, e := range g.entries {
		if e.Reviewed < limit || !validDate(e.Reviewed, today) {
			stale = append(stale, e)
		}
	}
	slices.SortStableFunc(stale, func(a, b *Entry) int { return strings.Compare(a.Reviewed, b.Reviewed) })
	return stale
}
