package bot

import "strings"

// How much a word says about what a question asks. Found with the half "seen" of
// testdata/likeness.tsv, November 2026; TestLikeness measures what comes of them.
const (
	subjectWeight = 1.0  // most words
	commonWeight  = 0.35 // what many questions here speak of
	alike         = 0.74 // likeness from which on two questions are taken for one
	ownSubjects   = 0.6  // what is left of the likeness when each names something that the other does not
)

// A gist is what a question asks, as the weights of its words' stems.
type gist map[string]float64

// gistOf is nil for text that says nothing by itself: "why?", "???".
func gistOf(text string) gist {
	g := gist{}
	for _, w := range wordsOf(text) {
		if emptyWords[w] {
			continue
		}
		stem := stemOf(w)
		if meant, ok := sameWords[w]; ok {
			stem = stemOf(meant)
		} else if meant, ok := sameWords[stem]; ok {
			stem = stemOf(meant)
		}
		if commonStems[stem] {
			g[stem] = commonWeight
		} else {
			g[stem] = subjectWeight
		}
	}
	if g.weight() <= commonWeight {
		return nil
	}
	return g
}

func (g gist) weight() float64 {
	sum := 0.0
	for _, w := range g {
		sum += w
	}
	return sum
}

// likeness is how much two questions ask the same: 0 for nothing in common, 1 for
// the same words in any order and form. A word that was mistyped counts as the one
// that was meant.
func likeness(a, b gist) float64 {
	both, all := 0.0, a.weight()+b.weight()
	if all == 0 {
		return 0
	}
	taken := map[string]bool{}
	ownA := 0.0
	for stem, w := range a {
		other, ok := b.near(stem, taken)
		switch {
		case ok:
			taken[other] = true
			both += w + b[other]
		default:
			ownA = max(ownA, w)
		}
	}
	like := both / all
	if ownB := b.besides(taken); ownA > 0 && ownB > 0 && max(ownA, ownB) == subjectWeight {
		like *= ownSubjects
	}
	return like
}

// near finds a stem of g that means the same and is not taken.
func (g gist) near(stem string, taken map[string]bool) (string, bool) {
	if g[stem] > 0 && !taken[stem] {
		return stem, true
	}
	for other := range g {
		if !taken[other] && mistyped(stem, other) {
			return other, true
		}
	}
	return "", false
}

// besides is the weight of the weightiest stem that is not taken; 0 for none.
func (g gist) besides(taken map[string]bool) float64 {
	most := 0.0
	for stem, w := range g {
		if !taken[stem] {
			most = max(most, w)
		}
	}
	return most
}

// mistyped reports whether two stems are one word with a slip: two neighbours
// swapped, one letter wrong, missing or too many, in a word of five or more bytes.
func mistyped(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 5 || a[0] != b[0] || len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) < len(b):
		return a[i:] == b[i+1:]
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// stemOf takes the endings off a word of English.
func stemOf(w string) string {
	for _, list := range endings {
		for _, s := range list {
			if base, ok := strings.CutSuffix(w, s.end); ok && len(base) >= s.least {
				w = base + s.put
				break
			}
		}
	}
	if n := len(w); n > 4 && w[n-1] == w[n-2] && w[n-1] != 's' && w[n-1] != 'l' {
		w = w[:n-1] // stopped, stop
	}
	if len(w) > 3 {
		w = strings.TrimSuffix(w, "e") // caching, cache
	}
	return w
}

// endings are those of the plural, then those of the verb: of each the first that
// leaves so many bytes.
var endings = [2][]struct {
	end   string
	least int
	put   string
}{
	{{"ies", 3, "y"}, {"sses", 2, "ss"}, {"xes", 2, "x"}, {"ss", 2, "ss"}, {"us", 2, "us"}, {"is", 3, "is"}, {"s", 2, ""}},
	{{"ing", 3, ""}, {"ed", 3, ""}},
}

// sameWords are other words for one thing, and forms that no ending explains.
var sameWords = func() map[string]string {
	m := map[string]string{}
	for meant, words := range map[string]string{
		"cv": "resume résumé resumes cvs", "go": "golang", "js": "javascript", "node": "nodejs", "postgres": "postgresql psql", "kubernetes": "k8s kube", "mongo": "mongodb",
		"db": "database databases", "license": "licence licences", "centre": "center centered centering", "organiser": "organizer organizers",
		"hard": "difficult tough harder hardest difficulty", "easy": "easier easiest simple simplest", "salary": "earn earns earnings wage pays salaries", "cost": "expensive price costs prices",
		"allowed": "permitted", "versus": "vs difference differences differ", "job": "jobs work position", "developer": "dev devs developers programmer engineer engineers programmers",
		"backend": "be", "frontend": "fe", "best": "better good greatest", "course": "courses", "wrong": "incorrect", "begin": "start beginning starts starting began", "homework": "homeworks",
		"inside": "internally internals", "two": "2", "three": "3", "exam": "exams test", "degree": "degrees", "find": "found", "build": "built", "buy": "bought", "learn": "learnt",
	} {
		for w := range strings.FieldsSeq(words) {
			m[w] = meant
		}
	}
	return m
}()

// emptyWords say nothing of what is asked.
var emptyWords = wordSet(`a an the i im ive id me my mine we our us you your he she it its they them their this that these those there here
	am is are was were be been being do does did doing done dont doesnt have has had having can could should would shall will may might must cant couldnt shouldnt
	what whats which who whom how and or but so if then than as at by for from in into of off on onto out over to up with about also just too very really please pls
	any some all get gets getting got gotten make makes making use uses using used need needs needed want wants wanted like know tell explain show help hi hello hey thanks
	idea ideas recommend recommended recommendation mean means meaning ok one ones possible able way ways work works working see exactly actually still again
	now not sure someone somebody anyone anybody everyone thing things kind lot much many such set put going gonna wanna`)

// commonStems are of words that half the questions in a study group have.
var commonStems = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("learn study backend developer programming code job begin become course people group question guide problem year month day company money worth write find buy software new junior when where why") {
		m[stemOf(w)] = true
	}
	return m
}()
