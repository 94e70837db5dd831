package watch

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"mentor/knowledge"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// pagePolicy lets the page's own style in, by its hash, and nothing else.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}()

// A view is what the page shows.
type view struct {
	Style    template.CSS
	Version  string
	At, For  string // the instant, and for how long the mentor has run
	Parts    []partLine
	Well     bool
	Outcomes []count
	Total    int64 // messages of the weeks
	Topics   []titled
	Near     []titled
	Nowhere  int64
	CheckIns []count
	Results  []count // of reminders
	Late     int64
	Charts   map[string]chart
	People   figures
	Guide    guideFigures
	Trouble  []string // why something is missing
}

type partLine struct{ Word, Part, Says string }

// A titled is a topic with its title and how often it came up.
type titled struct {
	Title string
	N     int64
}

// page shows the page to who has the token.
func (w *Watch) page(out http.ResponseWriter, r *http.Request) {
	if w.Token == "" {
		text(out, http.StatusNotFound, "There is no page: set MENTOR_HTTP_TOKEN, of 16 characters or more, to have one.\n")
		return
	}
	if !w.knows(r) {
		out.Header().Set("WWW-Authenticate", `Basic realm="mentor", charset="UTF-8"`)
		text(out, http.StatusUnauthorized, "The page is for those who have the token: any name, and MENTOR_HTTP_TOKEN as the password.\n")
		return
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, w.view(r)); err != nil {
		w.Log.Error("the page cannot be made", "err", err)
		text(out, http.StatusInternalServerError, "The page cannot be made; the log says why.\n")
		return
	}
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	out.Header().Set("Content-Security-Policy", pagePolicy)
	out.Write(b.Bytes()) //nolint:errcheck,gosec // when it fails there is nobody left to tell
}

// knows reports whether a request has the token as its password. It takes as long
// for any wrong one.
func (w *Watch) knows(r *http.Request) bool {
	_, password, _ := r.BasicAuth()
	given, want := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(w.Token))
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// view gathers what the page shows. What cannot be had is named in Trouble.
func (w *Watch) view(r *http.Request) view {
	now := w.Now()
	v := view{
		Style: template.CSS(pageCSS), Version: w.Version, At: now.UTC().Format("2006-01-02 15:04 UTC"), For: roughly(now.Sub(w.began)), Well: true, //nolint:gosec // our own
		Guide: guideFacts(w.Guide(), now), Late: w.Reminders.Late.Load(), Charts: map[string]chart{},
	}
	for _, f := range w.findings() {
		v.Parts = append(v.Parts, partLine{f.level.String(), f.part, oneLine(f.says)})
		v.Well = v.Well && f.level != bad
	}
	people, err := w.census.take(r.Context(), now)
	if err != nil {
		w.Log.Warn("the learners cannot be counted for the page", "err", err)
		v.Trouble = append(v.Trouble, "The learners could not be counted just now.")
	} else {
		v.People = people
		v.Charts["active"] = newChart("Learners with a day of study, by week", mondays(mondayOf(now)), ints(people.Active))
		v.Charts["days"] = newChart("Days of study of all learners, by week", mondays(mondayOf(now)), ints(people.DaysDone))
	}
	weeks, err := w.weekly.weeks(r.Context(), now)
	if err != nil {
		w.Log.Warn("the weeks' figures cannot be read for the page", "err", err)
		v.Trouble = append(v.Trouble, "The weeks' figures could not be read just now.")
		return v
	}
	v.addWeeks(weeks, w.Guide())
	return v
}

// addWeeks adds what was asked and done in the weeks.
func (v *view) addWeeks(weeks []keptWeek, guide *knowledge.Guide) {
	var all week
	asked, sent, names := make([]int64, len(weeks)), make([]int64, len(weeks)), make([]string, len(weeks))
	for i, w := range weeks {
		all.merge(w.week)
		names[i], sent[i] = w.Monday, w.Reminders["sent"]
		for _, n := range w.Outcomes {
			asked[i] += n
			v.Total += n
		}
	}
	v.Outcomes, v.CheckIns, v.Results, v.Nowhere = most(all.Outcomes, 10), most(all.CheckIns, 10), most(all.Reminders, 10), all.Nowhere
	v.Topics, v.Near = titles(most(all.Topics, 15), guide), titles(most(all.Near, 15), guide)
	v.Charts["asked"] = newChart("Messages answered, by week", names, asked)
	v.Charts["sent"] = newChart("Reminders sent, by week", names, sent)
}

// titles gives topics their titles; one that the guide does not have keeps its id.
func titles(counts []count, guide *knowledge.Guide) []titled {
	out := make([]titled, len(counts))
	for i, c := range counts {
		out[i] = titled{c.Name, c.N}
		if guide == nil {
			continue
		}
		if e := guide.Entry(c.Name); e != nil {
			out[i].Title = e.Title
		}
	}
	return out
}

// roughly is a duration in the largest unit that is at least one.
func roughly(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d minutes", d/time.Minute)
}
