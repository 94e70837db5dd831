// Package knowledge holds the guide: what the mentor knows about becoming a
// back-end developer, as Markdown entries that people write and review.
//
// It reads entries, says what is wrong with them, and hands them out. It does
// not search them (package index does), does not decide what a learner is
// told (package bot does), and never makes up a word: an answer is always an
// entry's own text.
package knowledge

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

// An Entry is one topic of the guide. Its text is Markdown.
type Entry struct {
	ID       string   // stable for ever: links, feedback and roadmap ticks refer to it
	Section  string   // the folder it stands in; empty for a guide without folders
	Title    string   // a short question or phrase
	Ask      []string // how learners put it; at least one
	See      []string // ids of related entries, nearest first
	Sources  []Source // where its figures come from; empty when it has none
	Reviewed string   // the month somebody last read it whole, as 2006-01
	Short    string   // the answer in a few sentences, complete in itself
	More     string   // the rest; empty when the short answer is all
	Taught   bool     // a group's mentors wrote it in their chat: it may be short and have few phrasings
}

// A Source is where a figure was read.
type Source struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Date  string `json:"date"` // 2006, 2006-01 or 2006-01-02: when the source was published
}

// A Guide is a set of entries with unique ids. It never changes once loaded,
// so it may be read from any number of goroutines.
type Guide struct {
	entries []*Entry
	byID    map[string]*Entry
}

// Load reads every .md file below fsys as one entry; the folder a file stands
// in is its section. It refuses entries that could not be served (broken
// front matter, a missing id, title, phrasing or answer, an id used twice) with
// an error of type [Problems] that lists all of them. The finer rules of
// writing are [Check]'s.
func Load(fsys fs.FS) (*Guide, error) {
	drafts, problems, err := readDrafts(fsys)
	if err != nil {
		return nil, err
	}
	if problems = append(problems, checkBelow(drafts, &Guide{})...); len(problems) > 0 {
		return nil, problems
	}
	g := &Guide{byID: make(map[string]*Entry, len(drafts))}
	for _, d := range drafts {
		e := d.entry()
		g.entries = append(g.entries, e)
		g.byID[e.ID] = e
	}
	g.sort()
	return g, nil
}

// sort puts the entries in the order that Entries promises.
func (g *Guide) sort() {
	slices.SortFunc(g.entries, func(a, b *Entry) int {
		return cmp.Or(strings.Compare(a.Section, b.Section), strings.Compare(a.ID, b.ID))
	})
}

// clone returns a guide with the same entries that may be changed.
func (g *Guide) clone() *Guide {
	return &Guide{entries: slices.Clone(g.entries), byID: maps.Clone(g.byID)}
}

// put adds e, in the place of the entry with the same id if there is one.
func (g *Guide) put(e *Entry) {
	if old := g.byID[e.ID]; old != nil {
		g.entries[slices.Index(g.entries, old)] = e
	} else {
		g.entries = append(g.entries, e)
	}
	g.byID[e.ID] = e
}

// New makes a guide of entries, for guides that do not come from files. The
// entries' ids must be unique.
func New(entries []*Entry) (*Guide, error) {
	g := &Guide{entries: slices.Clone(entries), byID: make(map[string]*Entry, len(entries))}
	for _, e := range entries {
		if g.byID[e.ID] != nil {
			return nil, fmt.Errorf("guide: two entries have the id %q; ids must be unique", e.ID)
		}
		g.byID[e.ID] = e
	}
	return g, nil
}

// Entries returns all entries, by section and id. The slice must not be changed.
func (g *Guide) Entries() []*Entry { return g.entries }

// Entry returns the entry with the id, or nil when the guide has none.
func (g *Guide) Entry(id string) *Entry { return g.byID[id] }

// Related returns the entries that e points to, nearest first. Ids that the
// guide does not have are left out.
func (g *Guide) Related(e *Entry) []*Entry {
	var related []*Entry
	for _, id := range e.See {
		if other := g.byID[id]; other != nil {
			related = append(related, other)
		}
	}
	return related
}

//go:embed guide
var embedded embed.FS

// FS is the built-in guide as files, laid out as [Load] and [Check] want them.
func FS() fs.FS {
	sub, err := fs.Sub(embedded, "guide")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// Builtin returns the guide that the program carries. It is parsed once.
var Builtin = sync.OnceValue(func() *Guide {
	g, err := Load(FS())
	if err != nil {
		panic(fmt.Sprintf("built-in guide: %v", err)) // a test loads it
	}
	return g
})

// readDrafts parses every entry below fsys. The problems it returns are those
// that keep an entry from being served.
func readDrafts(fsys fs.FS) ([]*draft, Problems, error) {
	var drafts []*draft
	var problems Problems
	byID := map[string]*draft{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(d.Name(), ".") && name != "."
		if d.IsDir() && hidden {
			return fs.SkipDir
		}
		if d.IsDir() || hidden || path.Ext(name) != ".md" {
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		entry, broken := parseDraft(name, data)
		if first := byID[entry.id.text]; first != nil && entry.id.text != "" {
			broken = append(broken, entry.id.problem(name,
				fmt.Sprintf("the id %q is taken by %s", entry.id.text, first.file), "give each entry its own id"))
		} else {
			byID[entry.id.text] = entry
		}
		drafts = append(drafts, entry)
		problems = append(problems, broken...)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read guide: %w", err)
	}
	if len(drafts) == 0 {
		return nil, nil, errors.New("read guide: no entries found; an entry is a file <section>/<id>.md")
	}
	return drafts, problems, nil
}
