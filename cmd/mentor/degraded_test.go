package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"mentor/bot/discord/discordtest"
	"mentor/bot/slack"
	"mentor/bot/slack/slacktest"
)

// served is where a program shows how it is, as its log has it.
var served = regexp.MustCompile(`"address":"(127\.0\.0\.1:\d+)"`)

// A shown is what a program shows of itself.
type shown struct {
	log     *log
	address string
	client  *http.Client
}

// watching waits until a program shows how it is.
func watching(t *testing.T, l *log) *shown {
	t.Helper()
	s := &shown{log: l, client: &http.Client{Timeout: 2 * time.Second}}
	s.until(t, "the program to serve", func() bool {
		found := served.FindStringSubmatch(l.String())
		if found != nil {
			s.address = found[1]
		}
		return found != nil
	})
	return s
}

// until waits for what nothing tells of.
func (s *shown) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); {
		if time.Since(began) > 20*time.Second {
			_, ready := s.get("/readyz")
			t.Fatalf("waited in vain for %s; /readyz:\n%s\nlog:\n%s", what, ready, s.log)
		}
		time.Sleep(20 * time.Millisecond) // real time: the sockets are real
	}
}

// get is a path's status and text; 0 when it cannot be reached.
func (s *shown) get(path string) (int, string) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+s.address+path, nil)
	if err != nil {
		return 0, err.Error()
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(body)
}

// wait waits until /readyz has a status and a line, and /metrics a line.
func (s *shown) wait(t *testing.T, status int, line, metric string) {
	t.Helper()
	s.until(t, line, func() bool {
		got, ready := s.get("/readyz")
		return got == status && strings.Contains(ready, line)
	})
	s.until(t, metric, func() bool {
		_, metrics := s.get("/metrics")
		return strings.Contains(metrics, metric+"\n")
	})
}

// logged checks that the log has a text once.
func (s *shown) logged(t *testing.T, text string) {
	t.Helper()
	if n := strings.Count(s.log.String(), text); n != 1 {
		t.Errorf("the log has %q %d times, want once:\n%s", text, n, s.log)
	}
}

// both is an environment that joins both and shows how it is.
func both(t *testing.T, d *discordtest.Server, s *slacktest.Server, more map[string]string) map[string]string {
	t.Helper()
	all := env(t, d, s)
	all["MENTOR_HTTP_ADDR"], all["MENTOR_LOG_LEVEL"] = "127.0.0.1:0", "info"
	maps.Copy(all, more)
	return all
}

// TestRedisIsAway and back: questions are answered meanwhile, a check-in is refused
// in words, and the log has one line of each kind however much is asked.
func TestRedisIsAway(t *testing.T) {
	long(t)
	t.Parallel()
	d, s, redis := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest())), newRelay(t)
	ada := d.AddUser("ada")
	d.AddGuild("Learners").Join(ada)
	p := startRun(t, both(t, d, s, map[string]string{"MENTOR_STORE": "redis://" + redis.Addr().String()}))
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	shown := watching(t, p.log)
	shown.wait(t, http.StatusOK, "ok   store: read and written\n", `mentor_part_well{part="store"} 1`)
	redis.cut()
	for _, text := range []string{"which language is easiest?", "done", "which language is easiest?", "done"} {
		ada.DM(text)
		ada.WaitReply(t.Context(), ada.DMChannel())
	}
	shown.wait(t, http.StatusServiceUnavailable, "BAD  store: ", `mentor_part_well{part="store"} 0`)
	if seen := d.Transcript(ada.DMChannel().ID, discordtest.For(ada)); strings.Count(seen, "Python is the easiest") != 2 || strings.Contains(seen, "in a row") {
		t.Errorf("while Redis is away ada sees:\n%s", seen)
	}
	for _, line := range []string{`"msg":"a part is not well","part":"store"`, `"msg":"the store failed a command"`, `"msg":"the store cannot tell whether an event is new"`, `"msg":"reminders cannot be claimed; trying on"`} {
		shown.logged(t, line)
	}
	redis.away.Store(false)
	shown.wait(t, http.StatusOK, "ok   store: read and written\n", `mentor_part_well{part="store"} 1`)
	shown.logged(t, `"msg":"a part is well again","part":"store"`)
	ada.DM("done")
	ada.WaitReply(t.Context(), ada.DMChannel())
	if seen := d.Transcript(ada.DMChannel().ID, discordtest.For(ada)); !strings.Contains(seen, "1 day in a row") {
		t.Errorf("when Redis is back ada sees:\n%s", seen)
	}
	p.stop()
	if err := p.wait(t); err != nil {
		t.Errorf("the end of the program: %v", err)
	}
}

// TestOnePlatformIsAway and back: the other one answers meanwhile.
func TestOnePlatformIsAway(t *testing.T) {
	long(t)
	t.Parallel()
	d, s := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest()))
	p := startRun(t, both(t, d, s, nil))
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	shown := watching(t, p.log)
	shown.wait(t, http.StatusOK, "ok   discord: connected\nok   slack: connected\n", `mentor_platform_connected{platform="discord"} 1`)
	d.FailConnects(make503(3)...)
	d.DropConnections()
	shown.wait(t, http.StatusServiceUnavailable, "BAD  discord: not connected since ", `mentor_platform_connected{platform="discord"} 0`)
	ann := s.Person("ann")
	ann.WaitReply(ann.DM("which language is easiest?"))
	if _, ready := shown.get("/readyz"); !strings.Contains(ready, "ok   slack: connected\n") {
		t.Errorf("while Discord is away /readyz is:\n%s", ready)
	}
	shown.wait(t, http.StatusOK, "ok   discord: connected\n", `mentor_platform_connections_opened_total{platform="discord"} 2`)
	shown.logged(t, `"msg":"the connection to discord is over; connecting again"`)
}

// make503 are n connections that are answered with an error.
func make503(n int) []discordtest.ConnectFault {
	out := make([]discordtest.ConnectFault, n)
	for i := range out {
		out[i].Refuse = http.StatusServiceUnavailable
	}
	return out
}

// TestTheClockJumps: it is seen and counted, and nobody is refused for it.
func TestTheClockJumps(t *testing.T) {
	t.Parallel()
	d, s := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest()))
	var ahead atomic.Int64
	p := startAt(t, both(t, d, s, nil), func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	shown := watching(t, p.log)
	shown.wait(t, http.StatusOK, "ok   clock: steady\n", "mentor_clock_jumps_total 0")
	ahead.Store(int64(36 * time.Hour))
	shown.wait(t, http.StatusOK, "odd  clock: jumped by 36h0m0s, ", "mentor_clock_jumps_total 1")
	shown.logged(t, `"msg":"the clock jumped; reminders go by the new time"`)
	ahead.Store(0)
	shown.wait(t, http.StatusOK, "odd  clock: jumped by -36h0m0s, ", "mentor_clock_jumps_total 2")
	ann := s.Person("ann")
	ann.WaitReply(ann.DM("which language is easiest?"))
}

// TestAGuideThatIsBroken: a whole guide keeps the program from starting, with the
// file's name; layers do not, and are used once they are put right.
func TestAGuideThatIsBroken(t *testing.T) {
	long(t)
	t.Parallel()
	d, s := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest()))
	all := both(t, d, s, nil)
	broken := func(dir string) string {
		file := filepath.Join(dir, "languages", "lang-ruby.md") // of a name that the built-in guide has
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("---\nid: [\n---\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		return file
	}
	broken(all["--guide"])
	p := startRun(t, all)
	if err := p.wait(t); err == nil || !strings.Contains(err.Error(), "lang-ruby.md") {
		t.Errorf("the end of the program: %v, want one that names the file", err)
	}

	layer := t.TempDir()
	file := broken(layer)
	all["--guide"], all["MENTOR_GUIDE"] = "", layer
	p = startRun(t, all)
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	shown := watching(t, p.log)
	shown.wait(t, http.StatusOK, "odd  guide: 131 topics; a newer one is not used: ", `mentor_part_well{part="guide"} 1`)
	shown.logged(t, "THE GUIDE'S LAYERS ARE NOT IN USE")
	if err := os.WriteFile(file, []byte("---\nid: lang-ruby\nhide: true\n---\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shown.wait(t, http.StatusOK, "ok   guide: 130 topics\n", `mentor_part_well{part="guide"} 1`)
}

// TestTheLogHasNoWords that people wrote, at any level, though the store fails.
func TestTheLogHasNoWords(t *testing.T) {
	t.Parallel()
	d, s, redis := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest())), newRelay(t)
	ada := d.AddUser("ada")
	d.AddGuild("Learners").Join(ada)
	p := startRun(t, both(t, d, s, map[string]string{"MENTOR_STORE": "redis://" + redis.Addr().String(), "MENTOR_LOG_LEVEL": "debug"}))
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	ann := s.Person("ann")
	ann.WaitReply(ann.DM("done pomegranate"))
	redis.cut()
	for _, text := range []string{"is pomegranate a language?", "checkin pomegranate"} {
		ada.DM(text)
		ada.WaitReply(t.Context(), ada.DMChannel())
		ann.WaitReply(ann.DM(text))
	}
	p.stop()
	if err := p.wait(t); err != nil {
		t.Errorf("the end of the program: %v", err)
	}
	if !strings.Contains(p.log.String(), "the store failed a command") || strings.Contains(p.log.String(), "pomegranate") {
		t.Errorf("the log has what people wrote, or not what failed:\n%s", p.log)
	}
}

// A relay is the way to a Redis, which can be cut without giving up its address.
type relay struct {
	net.Listener
	away  atomic.Bool
	lines atomic.Int64
}

// cut ends every connection, and each that comes.
func (r *relay) cut() {
	for r.away.Store(true); r.lines.Load() > 0; {
		time.Sleep(time.Millisecond) // real time: the sockets are real
	}
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	redis := miniredis.RunT(t)
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not wait for anybody
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l}
	var carrying sync.WaitGroup
	carrying.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			carrying.Go(func() { r.carry(conn, redis.Addr()) })
		}
	})
	t.Cleanup(func() {
		l.Close() //nolint:errcheck,gosec // only to end it
		r.away.Store(true)
		carrying.Wait()
	})
	return r
}

// carry carries what is said over conn until one side ends or the way is cut.
func (r *relay) carry(conn net.Conn, to string) {
	r.lines.Add(1)
	defer r.lines.Add(-1)
	defer conn.Close()
	if r.away.Load() {
		return
	}
	redis, err := net.Dial("tcp", to) //nolint:noctx // it is here
	if err != nil {
		return
	}
	defer redis.Close()
	over := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{conn, redis}, {redis, conn}} {
		go func() {
			io.Copy(way[0], way[1]) //nolint:errcheck,gosec // it ends as it ends
			over <- struct{}{}
		}()
	}
	for {
		select {
		case <-over:
			return
		case <-time.After(10 * time.Millisecond):
			if r.away.Load() {
				return
			}
		}
	}
}
