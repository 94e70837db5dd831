package knowledge

import (
	"cmp"
	"slices"
)

// ExportSection is the folder of lessons that are written as files and have no
// section of their own.
const ExportSection = "taught"

// Export returns lessons as the files of a layer, by path: laid over the guide with
// [Guide.Lay] they answer what they answered as lessons. An entry without a month of
// review gets the one given, as 2006-01. Of the same phrasing in two lessons the
// later counts, as in [Guide.With].
func Export(lessons []Lesson, reviewed string) map[string][]byte {
	entries, ask := map[string]*Entry{}, map[string][]string{}
	taken := map[string]bool{}
	fresh := func(phrasing string) bool {
		bag := wordBag(foldPhrasing(phrasing))
		known := taken[bag]
		taken[bag] = true
		return !known && bag != ""
	}
	for _, l := range slices.Backward(lessons) {
		id, phrasings := l.Leads(), l.Ask
		if l.Entry != nil && entries[id] == nil {
			entries[id] = l.Entry
			phrasings = slices.Concat(l.Entry.Ask, l.Ask)
		}
		own := slices.DeleteFunc(slices.Clone(phrasings), func(p string) bool { return !fresh(p) })
		ask[id] = append(own, ask[id]...)
	}
	files := map[string][]byte{}
	for id, e := range entries {
		out := *e
		out.Taught, out.Reviewed, out.Ask = true, cmp.Or(e.Reviewed, reviewed), ask[id]
		if len(out.Ask) == 0 {
			out.Ask = []string{e.Title}
		}
		files[cmp.Or(e.Section, ExportSection)+"/"+id+".md"] = Write(&out)
	}
	for id, phrasings := range ask {
		if entries[id] == nil && len(phrasings) > 0 {
			files[ExportSection+"/"+id+".md"] = WriteExtension(id, phrasings)
		}
	}
	return files
}
