package watch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/reminder"
	"mentor/bot/streak"
	"mentor/knowledge"
)

// A shaky store fails when it is told to.
type shaky struct {
	bot.Store
	broken atomic.Pointer[error]
	looks  atomic.Int64
}

func (s *shaky) breakWith(err error) { s.broken.Store(&err) }

func (s *shaky) Health(context.Context) error {
	s.looks.Add(1)
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// opened is a store in a file.
func opened(tb testing.TB) bot.Store {
	tb.Helper()
	s, err := boltstore.Open(filepath.Join(tb.TempDir(), "mentor.db"), boltstore.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

const token = "0123456789abcdef"

// A rig is a Watch whose parts a test moves.
type rig struct {
	*Watch
	store  *shaky
	line   bot.Line
	log    *buffer
	ahead  atomic.Int64 // of the time of day
	closed atomic.Bool  // no file can be opened
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newRig(tb testing.TB, store bot.Store) *rig {
	tb.Helper()
	r := &rig{store: &shaky{Store: store}, log: &buffer{}}
	r.Watch = New(Config{
		Token: token, Version: "v0", Store: r.store, Guide: knowledge.Builtin, Reminders: new(reminder.Counters), Posts: new(reminder.Counters), Meter: NewMeter("v0"),
		Platforms: []Platform{{"discord", func() bot.Connection { return r.line.Connection(3) }}},
		Log:       slog.New(slog.NewTextHandler(r.log, nil)),
		Now:       func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) },
	})
	r.pulse.openFiles = func() error {
		if r.closed.Load() {
			return errors.New("too many open files")
		}
		return nil
	}
	return r
}

// get asks for a path as somebody who has the token.
func (r *rig) get(tb testing.TB, path string) *httptest.ResponseRecorder {
	tb.Helper()
	req := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, path, nil)
	req.SetBasicAuth("admin", token)
	out := httptest.NewRecorder()
	r.Handler().ServeHTTP(out, req)
	return out
}

// beating runs the pulse until the test's bubble is left.
func (r *rig) beating(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { r.pulse.run(ctx) })
	return func() { cancel(); wg.Wait() }
}

// wants checks the status of /readyz and a line of it, and how often the log has
// a text.
func (r *rig) wants(t *testing.T, status int, line, logged string, times int) {
	t.Helper()
	out := r.get(t, "/readyz")
	if out.Code != status || !strings.Contains(out.Body.String(), line) {
		t.Errorf("/readyz is %d:\n%s\nwant %d and %q", out.Code, out.Body, status, line)
	}
	if n := strings.Count(r.log.String(), logged); n != times {
		t.Errorf("the log has %q %d times, want %d:\n%s", logged, n, times, r.log)
	}
}

// wantsPart checks the gauge of a part.
func (r *rig) wantsPart(t *testing.T, part string, want string) {
	t.Helper()
	if seen := r.get(t, "/metrics").Body.String(); !strings.Contains(seen, `mentor_part_well{part="`+part+`"} `+want+"\n") {
		t.Errorf("mentor_part_well of %s is not %s", part, want)
	}
}

// TestAStoreThatIsAway is seen at once, logged once in an hour, and seen to be back.
func TestAStoreThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.line.Opened()
		stop := r.beating(t)
		defer stop()
		time.Sleep(5 * time.Second)
		r.wants(t, http.StatusOK, "ok   store: read and written\n", "part=store", 0)
		r.store.breakWith(errors.New("redis at 127.0.0.1 cannot be reached"))
		r.Meter.StoreCall("get", time.Second, errors.New("away"))
		time.Sleep(5 * time.Second)
		r.wants(t, http.StatusServiceUnavailable, "BAD  store: redis at 127.0.0.1 cannot be reached\n", "a part is not well", 1)
		r.wantsPart(t, "store", "0")
		time.Sleep(time.Hour)
		r.wants(t, http.StatusServiceUnavailable, "BAD  store", "part=store", 1)
		r.store.broken.Store(nil)
		time.Sleep(storeAgain + 2*beat)
		r.wants(t, http.StatusOK, "ok   store: read and written\n", "a part is well again", 1)
		r.wantsPart(t, "store", "1")
	})
}

// TestAStoreThatFailsNowAndThen: its health is fine, its calls are not, as on a full
// disk. That is told without the ids in a call's error.
func TestAStoreThatFailsNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.line.Opened()
		stop := r.beating(t)
		defer stop()
		time.Sleep(2 * time.Second)
		for range 60 {
			r.Meter.StoreCall("write", time.Millisecond, fmt.Errorf("update learner %s: %w", secret, syscall.ENOSPC))
			time.Sleep(time.Second)
		}
		r.wants(t, http.StatusOK, "odd  store: read and written, but calls fail: no space left on device\n", "a part is not well", 1)
		if strings.Contains(r.get(t, "/readyz").Body.String()+r.log.String(), secret) {
			t.Error("a call's own error is shown")
		}
		time.Sleep(lately + 2*beat)
		r.wants(t, http.StatusOK, "ok   store: read and written\n", "a part is well again", 1)
	})
}

// TestAHealthyStoreIsSeldomAsked: a look at it is a write.
func TestAHealthyStoreIsSeldomAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		stop := r.beating(t)
		defer stop()
		time.Sleep(time.Hour)
		if n := r.store.looks.Load(); n < 100 || n > 121 {
			t.Errorf("the store was asked %d times in an hour, want one in 30 s", n)
		}
	})
}

// TestAPlatformThatIsAway: a short break shows in /readyz alone, a long one in one
// line of the log.
func TestAPlatformThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		stop := r.beating(t)
		defer stop()
		time.Sleep(2500 * time.Millisecond)
		r.wants(t, http.StatusServiceUnavailable, "BAD  discord: not connected yet\n", "part=discord", 0)
		r.line.Opened()
		time.Sleep(2 * beat)
		r.wants(t, http.StatusOK, "ok   discord: connected\n", "part=discord", 0)
		r.line.Closed()
		time.Sleep(3 * time.Second)
		r.wants(t, http.StatusServiceUnavailable, "BAD  discord: not connected since ", "part=discord", 0)
		r.line.Opened()
		time.Sleep(2 * beat)
		r.line.Closed()
		time.Sleep(time.Hour)
		r.wants(t, http.StatusServiceUnavailable, "BAD  discord: not connected since ", "a part is not well", 1)
		r.wantsPart(t, "discord", "0")
		r.line.Opened()
		time.Sleep(2 * beat)
		r.wants(t, http.StatusOK, "ok   discord: connected\n", "part is well again\" part=discord", 1)
		r.wantsPart(t, "discord", "1")
		r.line.Closed()
		r.line.StandBy(true)
		time.Sleep(time.Hour)
		r.wants(t, http.StatusOK, "ok   discord: standing by: other processes hold all connections\n", "a part is not well", 1)
	})
}

// TestAClockThatJumps is told by how much, and forgotten after a while; a clock that
// is only put right is not told of.
func TestAClockThatJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.line.Opened()
		stop := r.beating(t)
		defer stop()
		time.Sleep(2 * time.Second)
		r.ahead.Add(int64(time.Second))
		time.Sleep(2 * time.Second)
		r.wants(t, http.StatusOK, "ok   clock: steady\n", "clock", 0)
		for _, by := range []time.Duration{3 * time.Hour, -3 * time.Hour} {
			r.ahead.Add(int64(by))
			time.Sleep(2 * time.Second)
			r.wants(t, http.StatusOK, fmt.Sprintf("odd  clock: jumped by %v, ", by), fmt.Sprintf("by=%v", by), 1)
		}
		if n := testutil.ToFloat64(r.Meter.jumps); n != 2 {
			t.Errorf("%v jumps are counted, want 2", n)
		}
		time.Sleep(remembered + 2*beat)
		r.wants(t, http.StatusOK, "ok   clock: steady\n", "the clock jumped", 2)
	})
}

// TestNoMoreFiles is told with the cure, once, and is over when it is over.
func TestNoMoreFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.line.Opened()
		stop := r.beating(t)
		defer stop()
		time.Sleep(2 * time.Second)
		r.closed.Store(true)
		time.Sleep(time.Hour)
		r.wants(t, http.StatusServiceUnavailable, "BAD  files: none can be opened (too many open files); raise the limit", "part=files", 1)
		r.wantsPart(t, "files", "0")
		r.closed.Store(false)
		time.Sleep(2 * beat)
		r.wants(t, http.StatusOK, "ok   files: can be opened\n", "a part is well again", 1)
	})
}

// TestEveryPartHasALine, and /healthz is alive before any look.
func TestEveryPartHasALine(t *testing.T) {
	r := newRig(t, nil)
	if out := r.get(t, "/healthz"); out.Code != http.StatusOK || out.Body.String() != "ok\n" {
		t.Errorf("/healthz is %d %q", out.Code, out.Body)
	}
	if out := r.get(t, "/readyz"); out.Code != http.StatusServiceUnavailable {
		t.Errorf("before the first look /readyz is %d, want 503", out.Code)
	}
	r.line.Opened()
	r.pulse.look(t.Context())
	want := fmt.Sprintf("ok   discord: connected\nok   store: read and written\nok   guide: %d topics\nok   clock: steady\nok   files: can be opened\n", len(knowledge.Builtin().Entries()))
	if got := r.get(t, "/readyz").Body.String(); got != want {
		t.Errorf("/readyz is:\n%s\nwant:\n%s", got, want)
	}
}

// secret is something that somebody wrote.
const secret = "my salary is 12345"

// answered is a turn in which the entry answered.
func answered(topic string) bot.Turn {
	return turned(bot.Reply{Kind: bot.Answer, Topic: topic, Confidence: 0.93, Text: secret})
}

func turned(r bot.Reply) bot.Turn {
	now := time.Now()
	return bot.Turn{Came: now, Asked: now, Said: now.Add(time.Millisecond), Sent: now.Add(80 * time.Millisecond), Reply: r}
}

// TestTurnsAreCounted by what became of them, without a word of them.
func TestTurnsAreCounted(t *testing.T) {
	r := newRig(t, opened(t))
	tell := r.Meter.Turns("discord")
	tell(answered("salary"))
	tell(turned(bot.Reply{Kind: bot.None, Text: secret, Confidence: 0.02, Choices: []bot.Choice{{Topic: "salary"}}}))
	tell(turned(bot.Reply{Kind: bot.Streak, Text: secret, CheckIn: streak.Counted}))
	byName := answered("salary")
	byName.Reply.Confidence = 1
	tell(byName)
	broke := turned(bot.Reply{Kind: bot.Unavailable, Text: secret})
	broke.Broke, broke.Lost = true, true
	tell(broke)
	seen := r.get(t, "/metrics").Body.String()
	for _, line := range []string{
		`mentor_questions_total{outcome="answer",platform="discord"} 2`, `mentor_questions_total{outcome="none",platform="discord"} 1`,
		`mentor_questions_total{outcome="command",platform="discord"} 1`, `mentor_questions_total{outcome="broken",platform="discord"} 1`,
		`mentor_reply_seconds_bucket{platform="discord",le="0.1"} 5`, `mentor_reply_seconds_bucket{platform="discord",le="0.05"} 0`,
		`mentor_answer_confidence_ratio_count 2`, `mentor_checkins_total{platform="discord",result="counted"} 1`, `mentor_replies_unsent_total{platform="discord"} 1`,
	} {
		if !strings.Contains(seen, line+"\n") {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	if strings.Contains(seen, secret) {
		t.Error("/metrics has what somebody wrote")
	}
}

// TestThePage: it is shown to who has the token, has the figures, and lets nothing
// in but its own style.
func TestThePage(t *testing.T) {
	store := opened(t)
	now := time.Now()
	l := bot.NewLearner(bot.NewID(), "d:99")
	l.Name, l.Notes = "Grace <script>", []bot.Note{{Text: secret}}
	l.Streak, _ = l.Streak.CheckIn(now, "")
	if err := store.Put(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, store)
	r.line.Opened()
	r.pulse.look(t.Context())
	tell := r.Meter.Turns("discord")
	tell(answered("salary"))
	tell(turned(bot.Reply{Kind: bot.None, Text: secret, Choices: []bot.Choice{{Topic: "what-is-api"}}}))
	out := r.get(t, "/")
	page := out.Body.String()
	for _, part := range []string{
		"all is well", knowledge.Builtin().Entry("salary").Title, knowledge.Builtin().Entry("what-is-api").Title, "<svg", `aria-label="Learners with a day of study, by week. Week of `,
		`studied this week</th><td class="n">1<`, `sections</th><td class="n">`,
	} {
		if out.Code != http.StatusOK || !strings.Contains(page, part) {
			t.Errorf("the page (%d) lacks %q", out.Code, part)
		}
	}
	for _, part := range []string{secret, "Grace", "d:99", string(l.ID), "<script", "javascript"} {
		if strings.Contains(page, part) {
			t.Errorf("the page has %q", part)
		}
	}
	_, style, _ := strings.Cut(page, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	hash := sha256.Sum256([]byte(style))
	if policy := out.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+"'") {
		t.Errorf("the policy %q does not let the page's style in", policy)
	}
	if out.Header().Get("X-Frame-Options") != "DENY" {
		t.Error("the page may be framed")
	}
}

// TestThePageIsForTheToken: not without it, not with another, and not at all where
// there is none.
func TestThePageIsForTheToken(t *testing.T) {
	r := newRig(t, opened(t))
	ask := func(name, password string) int {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		if name != "" {
			req.SetBasicAuth(name, password)
		}
		out := httptest.NewRecorder()
		r.Handler().ServeHTTP(out, req)
		if out.Code == http.StatusUnauthorized && out.Header().Get("WWW-Authenticate") == "" {
			t.Error("a browser is not told to ask for the token")
		}
		return out.Code
	}
	for password, want := range map[string]int{"": 401, token: 200, token + "0": 401, token[1:]: 401} {
		if got := ask("anybody", password); got != want {
			t.Errorf("with the password %q the page is %d, want %d", password, got, want)
		}
	}
	if got := ask("", ""); got != 401 {
		t.Errorf("without a password the page is %d, want 401", got)
	}
	r.Token = ""
	if got := ask("anybody", ""); got != 404 {
		t.Errorf("where there is no token the page is %d, want 404", got)
	}
	for method, want := range map[string]int{http.MethodPost: 405, http.MethodPut: 405, http.MethodHead: 200} {
		out := httptest.NewRecorder()
		r.Handler().ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), method, "/healthz", nil))
		if out.Code != want {
			t.Errorf("%s is %d, want %d", method, out.Code, want)
		}
	}
}

// TestWeeksAreKept over a restart, by two processes at once, for a quarter.
func TestWeeksAreKept(t *testing.T) {
	store := opened(t)
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	first, second := newRig(t, store), newRig(t, store)
	for i := range keptWeeks + 2 {
		for _, r := range []*rig{first, second} {
			r.Meter.Turns("slack")(answered("salary"))
			r.Reminders.Sent.Add(2)
			if err := r.weekly.keep(t.Context(), monday.AddDate(0, 0, 7*i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	weeks, err := newRig(t, store).weekly.weeks(t.Context(), monday.AddDate(0, 0, 7*(keptWeeks+1)))
	if err != nil {
		t.Fatal(err)
	}
	if len(weeks) != keptWeeks || weeks[0].Monday != "2026-12-07" {
		t.Errorf("there are %d weeks from %v on, want %d from 2026-12-07", len(weeks), weeks[0].Monday, keptWeeks)
	}
	for _, w := range weeks {
		if w.Topics["salary"] != 2 || w.Outcomes["answer"] != 2 || w.Reminders["sent"] != 4 {
			t.Errorf("the week of %s is %+v, want 2 answers and 4 reminders", w.Monday, w.week)
		}
	}
	papers := 0
	for _, err := range store.Papers(t.Context(), shelf) {
		if err != nil {
			t.Fatal(err)
		}
		papers++
	}
	if papers != keptWeeks {
		t.Errorf("%d papers are kept, want %d", papers, keptWeeks)
	}
}

// TestNoGuideFillsTheStore: topics over the bound are counted together.
func TestNoGuideFillsTheStore(t *testing.T) {
	var all tally
	for i := range 2 * maxTopics {
		all.add(answered(strings.Repeat("x", 64)+strconv.Itoa(i)), "answer", "")
	}
	w := all.take()
	if len(w.Topics) > maxTopics+1 || w.Topics[others] != maxTopics {
		t.Errorf("%d topics, of which %d are counted together", len(w.Topics), w.Topics[others])
	}
}
