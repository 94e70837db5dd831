package bot

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// A pile is the items of a group with an index over their words, so that a
// question finds the item that asks the same without a look at all of them. It
// knows no store; what was changed and what went is told in changed and gone.
type pile struct {
	items   map[string]*item
	gists   map[string]map[string]gist // of an item's wordings, by its id and the text
	byStem  map[string]map[string]bool // stem to the ids of the items that have it
	byShape map[shape]map[string]bool  // to the stems of that shape: a mistyped word's are at most one off
	next    int                        // the number of the last item made
	changed map[string]bool            // ids of items that were made or asked again
	gone    []string                   // ids of items that made room
}

// A shape is a stem's first letter and its length.
type shape struct {
	first byte
	size  int
}

func shapeOf(stem string) shape { return shape{stem[0], len(stem)} }

// newPile is a pile of items, whose last number was next.
func newPile(items []item, next int) *pile {
	p := &pile{
		items: map[string]*item{}, gists: map[string]map[string]gist{}, byStem: map[string]map[string]bool{}, byShape: map[shape]map[string]bool{},
		next: next, changed: map[string]bool{},
	}
	for _, it := range items {
		p.put(it, nil)
	}
	return p
}

// add joins an asking to the item that asks the same, or makes a new item, for
// which the one least asked makes room when there are maxItems. It reports false
// for an asking that says nothing by itself.
func (p *pile) add(u unanswered) (id string, ok bool) {
	g := gistOf(u.text)
	if len(g) == 0 {
		return "", false
	}
	id = p.like(g)
	it, known := item{}, map[string]gist{u.text: g}
	if id != "" {
		it = *p.items[id]
		maps.Copy(known, p.gists[id])
		p.drop(id)
	} else {
		if len(p.items) >= maxItems {
			p.makeRoom()
		}
		p.next++
		id = "i" + strconv.Itoa(p.next)
		it.ID = id
	}
	p.put(it.askedAgain(u), known)
	p.changed[id] = true
	return id, true
}

// like finds the item nearest to g among those that ask the same; "" for none.
func (p *pile) like(g gist) string {
	best, found := alike, ""
	for _, id := range p.near(g) {
		for _, other := range p.gists[id] {
			if like := likeness(g, other); like > best || like >= alike && found == "" {
				best, found = like, id
			}
		}
	}
	return found
}

// near are the items that may ask the same as g, in order: those that have one of
// its rarest stems. Two questions as like as l share at least l/(2-l) of g's
// weight, so that whoever has none of the stems that weigh more than the rest is
// none of them.
func (p *pile) near(g gist) []string {
	type spread struct {
		forms []string
		items int
		w     float64
	}
	stems := make([]spread, 0, len(g))
	for stem, w := range g {
		s := spread{forms: p.formsOf(stem), w: w}
		for _, form := range s.forms {
			s.items += len(p.byStem[form])
		}
		stems = append(stems, s)
	}
	slices.SortFunc(stems, func(a, b spread) int { return a.items - b.items })
	ids, may := map[string]bool{}, g.weight()*(1-alike/(2-alike))+1e-9
	for _, s := range stems {
		for _, form := range s.forms {
			for id := range p.byStem[form] {
				ids[id] = true
			}
		}
		if may -= s.w; may < 0 {
			break
		}
	}
	return slices.SortedFunc(maps.Keys(ids), func(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) })
}

// formsOf are the stems that items have for one: as it is, and mistyped.
func (p *pile) formsOf(stem string) []string {
	var forms []string
	if len(p.byStem[stem]) > 0 {
		forms = append(forms, stem)
	}
	own := shapeOf(stem)
	for size := own.size - 1; size <= own.size+1; size++ {
		for other := range p.byShape[shape{own.first, size}] {
			if mistyped(stem, other) {
				forms = append(forms, other)
			}
		}
	}
	return forms
}

// put puts an item into the index; known are gists of its wordings, if there are.
func (p *pile) put(it item, known map[string]gist) {
	p.items[it.ID], p.gists[it.ID] = &it, map[string]gist{}
	for _, w := range it.Words {
		g, ok := known[w.Text]
		if !ok {
			g = gistOf(w.Text)
		}
		p.gists[it.ID][w.Text] = g
		for stem := range g {
			insert(p.byStem, stem, it.ID)
			insert(p.byShape, shapeOf(stem), stem)
		}
	}
}

func (p *pile) drop(id string) {
	for _, g := range p.gists[id] {
		for stem := range g {
			remove(p.byStem, stem, id)
			if p.byStem[stem] == nil {
				remove(p.byShape, shapeOf(stem), stem)
			}
		}
	}
	delete(p.gists, id)
	delete(p.items, id)
	delete(p.changed, id)
}

// makeRoom drops the item least asked; of equal ones that whose last asking is the oldest.
func (p *pile) makeRoom() {
	var least *item
	for _, it := range p.items {
		if least == nil || cmp.Or(it.Count-least.Count, it.Last.Compare(least.Last), len(it.ID)-len(least.ID), cmp.Compare(it.ID, least.ID)) < 0 {
			least = it
		}
	}
	p.drop(least.ID)
	p.gone = append(p.gone, least.ID)
}

// insert puts v into a set of m.
func insert[K, V comparable](m map[K]map[V]bool, key K, v V) {
	if m[key] == nil {
		m[key] = map[V]bool{}
	}
	m[key][v] = true
}

// remove takes v out of a set, and the set out of m when it is empty.
func remove[K, V comparable](m map[K]map[V]bool, key K, v V) {
	delete(m[key], v)
	if len(m[key]) == 0 {
		delete(m, key)
	}
}
