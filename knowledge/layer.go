package knowledge

import (
	"io/fs"
	"maps"
	"slices"
)

// Lay returns the guide with the files below fsys laid over it; g does not
// change. A file of a layer is one of:
//
//   - an entry: it is added, or replaces the entry with the same id;
//   - an id and `hide: true`: the entry is left out;
//   - an id, `ask:` and `extend: true`: the entry has those phrasings as well.
//
// A phrasing that the layer leads to another entry is taken from the one that had
// it. Files that could not be served, and those that hide or extend what there
// is not, are an error of type [Problems] that lists all of them.
func (g *Guide) Lay(fsys fs.FS) (*Guide, error) {
	drafts, problems, err := readDrafts(fsys)
	if err != nil {
		return nil, err
	}
	if problems = append(problems, checkBelow(drafts, g)...); len(problems) > 0 {
		return nil, problems
	}
	w := g.clone()
	w.giveUp(drafts)
	for _, d := range drafts {
		switch {
		case d.hides():
			w.remove(d.id.text)
		case d.extends():
			more := *w.byID[d.id.text]
			more.Ask = slices.Concat(more.Ask, texts(d.ask))
			w.put(&more)
		default:
			w.put(d.entry())
		}
	}
	w.sort()
	return w, nil
}

// giveUp takes from the entries of g the phrasings that drafts lead to others.
func (g *Guide) giveUp(drafts []*draft) {
	leads := map[string]string{} // ids by folded phrasing
	for _, d := range drafts {
		for _, a := range d.ask {
			leads[foldPhrasing(a.text)] = d.id.text
		}
	}
	for _, e := range slices.Collect(maps.Values(g.byID)) {
		taken := func(ask string) bool {
			id, ok := leads[foldPhrasing(ask)]
			return ok && id != e.ID
		}
		if slices.ContainsFunc(e.Ask, taken) {
			less := *e
			less.Ask = slices.DeleteFunc(slices.Clone(e.Ask), taken)
			g.put(&less)
		}
	}
}

// remove leaves an entry out.
func (g *Guide) remove(id string) {
	g.entries = slices.DeleteFunc(g.entries, func(e *Entry) bool { return e.ID == id })
	delete(g.byID, id)
}
