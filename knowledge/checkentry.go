package knowledge

import "time"

// Check returns the broken rules of writing of one entry that stands in no file:
// those that an entry can break by itself. Files and lines mean nothing there. None
// means that the entry may be served.
func (e *Entry) Check(today time.Time) Problems {
	d := e.draft()
	return append(append(d.missing(), d.checkFrontMatter(today)...), d.checkBody()...)
}

// draft is e as if it had been read from a file.
func (e *Entry) draft() *draft {
	d := &draft{
		file: e.ID + ".md", id: field{text: e.ID}, title: field{text: e.Title}, reviewed: field{text: e.Reviewed},
		ask: fields(e.Ask), see: fields(e.See), short: e.Short, more: e.More,
	}
	if e.Taught {
		d.taught.text = "true"
	}
	for _, s := range e.Sources {
		d.sources = append(d.sources, draftSource{title: field{text: s.Title}, url: field{text: s.URL}, date: field{text: s.Date}})
	}
	return d
}

func fields(texts []string) []field {
	out := make([]field, len(texts))
	for i, t := range texts {
		out[i].text = t
	}
	return out
}
