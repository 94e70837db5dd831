package watch

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"mentor/bot"
	"mentor/bot/streak"
)

// busy is a Watch of which every figure has been told.
func busy(tb testing.TB) *rig {
	tb.Helper()
	r := newRig(tb, opened(tb))
	r.pulse.look(tb.Context())
	tell := r.Meter.Turns("discord")
	tell(answered("salary"))
	tell(turned(bot.Reply{Kind: bot.Streak, CheckIn: streak.Counted}))
	r.Meter.StoreCall("read", time.Millisecond, errors.New("away"))
	return r
}

// TestMetricsAreWellNamed by the rules of Prometheus's own linter.
func TestMetricsAreWellNamed(t *testing.T) {
	problems, err := testutil.GatherAndLint(busy(t).Meter.registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "mentor_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// What is left of a query when metrics are looked for: strings, ranges and the labels
// by which it groups or selects are taken away, the labels being looked at first.
var (
	quoted    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	ranged    = regexp.MustCompile(`\[[^\]]*\]`)
	selectors = regexp.MustCompile(`\{([^}]*)\}`)
	groupings = regexp.MustCompile(`\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)`)
	word      = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*\s*\(?`)
	labelWord = regexp.MustCompile(`[a-zA-Z_][a-zA-Z0-9_]*`)
)

// names are the metrics and the labels in a query.
func names(query string) (metrics, labels []string) {
	query = ranged.ReplaceAllString(quoted.ReplaceAllString(query, ""), "")
	for _, group := range []*regexp.Regexp{selectors, groupings} {
		for _, found := range group.FindAllStringSubmatch(query, -1) {
			labels = append(labels, labelWord.FindAllString(found[1], -1)...)
		}
		query = group.ReplaceAllString(query, "")
	}
	for _, w := range word.FindAllString(query, -1) {
		if !strings.HasSuffix(w, "(") && !slices.Contains([]string{"and", "or", "unless", "bool", "offset"}, strings.TrimSpace(w)) {
			metrics = append(metrics, strings.TrimSpace(w))
		}
	}
	return metrics, labels
}

func TestNamesOfAQuery(t *testing.T) {
	metrics, labels := names(`histogram_quantile(0.5, sum by (le, part) (rate(a_bucket{job=~"x b", q!="1"}[5m]))) > 3 * c and time() - d`)
	if !slices.Equal(metrics, []string{"a_bucket", "c", "d"}) || !slices.Equal(labels, []string{"job", "q", "le", "part"}) {
		t.Errorf("names = %q, %q", metrics, labels)
	}
}

// known are the series and labels that /metrics has, with those that Prometheus adds.
func known(t *testing.T) (series, labels map[string]bool) {
	t.Helper()
	series, labels = map[string]bool{"up": true}, map[string]bool{"job": true, "instance": true}
	for line := range strings.Lines(busy(t).get(t, "/metrics").Body.String()) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, ok := strings.Cut(strings.TrimSpace(line), "{")
		if !ok {
			name, _, _ = strings.Cut(name, " ")
		}
		series[name] = true
		for _, pair := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(rest, -1) {
			labels[pair[1]] = true
		}
	}
	return series, labels
}

// check looks whether all that a query names is there; it notes the metrics in used.
func check(t *testing.T, where, query string, used map[string]bool) {
	t.Helper()
	series, labels := known(t)
	metrics, selected := names(query)
	if len(metrics) == 0 {
		t.Errorf("%s: %q names no metric", where, query)
	}
	for _, m := range metrics {
		if !series[m] {
			t.Errorf("%s: there is no metric %s", where, m)
		}
		used[m] = true
	}
	for _, l := range selected {
		if !labels[l] {
			t.Errorf("%s: no metric has the label %s", where, l)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../cmd/mentor/deploy/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestAlertsNameWhatThereIs, and each says what is wrong and what to do.
func TestAlertsNameWhatThereIs(t *testing.T) {
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.NewDecoder(bytes.NewReader(read(t, "alerts.yaml")), yaml.DisallowUnknownField()).Decode(&rules); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			check(t, r.Alert, r.Expr, map[string]bool{})
			if seen[r.Alert] || r.Annotations["summary"] == "" || r.Annotations["cure"] == "" || !slices.Contains([]string{"page", "ticket"}, r.Labels["severity"]) {
				t.Errorf("%q: want one of that name, with a summary, a cure, and the severity page or ticket", r.Alert)
			}
			seen[r.Alert] = true
		}
	}
	if len(seen) < 10 {
		t.Errorf("there are %d alerts: %v", len(seen), slices.Sorted(maps.Keys(seen)))
	}
}

// TestTheDashboardNamesWhatThereIs, and shows every metric of the mentor's.
func TestTheDashboardNamesWhatThereIs(t *testing.T) {
	var dashboard struct {
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(read(t, "grafana.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	used, ids := map[string]bool{}, map[int]bool{}
	for _, p := range dashboard.Panels {
		if ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("%s: want an id of its own and a place within 24 columns", p.Title)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			check(t, p.Title, target.Expr, used)
		}
	}
	series, _ := known(t)
	for name := range series {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if strings.HasPrefix(name, "mentor_") && !used[name] && !used[base+"_bucket"] && !used[base+"_sum"] {
			t.Errorf("no panel shows %s", name)
		}
	}
}
