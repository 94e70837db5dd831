package watch

import (
	"time"

	"mentor/knowledge"
)

// staleAfter is from how many months on an entry wants to be read again, as
// `mentor guide stale` has it by default.
const staleAfter = 12

// guideFigures are the figures of a guide.
type guideFigures struct {
	Topics, Phrasings, Sections int
	Oldest, Newest              string // months of review, as 2006-01; empty for none
	Stale                       int    // entries that were not reviewed for staleAfter months
}

// guideFacts counts a guide, which may be nil. Without a date nothing is stale.
func guideFacts(g *knowledge.Guide, today time.Time) guideFigures {
	var f guideFigures
	if g == nil {
		return f
	}
	sections := map[string]bool{}
	for _, e := range g.Entries() {
		f.Topics++
		f.Phrasings += len(e.Ask)
		sections[e.Section] = true
		f.Newest = max(f.Newest, e.Reviewed)
		if e.Reviewed != "" && (f.Oldest == "" || e.Reviewed < f.Oldest) {
			f.Oldest = e.Reviewed
		}
	}
	f.Sections = len(sections)
	if !today.IsZero() {
		f.Stale = len(g.Stale(today, staleAfter))
	}
	return f
}
