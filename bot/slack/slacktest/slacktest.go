// Package slacktest is a Slack that lives inside one test: its Web API, its
// Socket Mode and the people in a workspace, on the loopback interface. A real
// client is pointed at it with its API address. It refuses what Slack refuses,
// with Slack's error codes, and writes down what Slack would let pass but a
// good bot should not do: pings nobody meant, Markdown that shows as stars,
// late acknowledgements, doubled replies. When the test ends with such a
// violation that it did not allow, the test fails.
//
//	s := slacktest.New(t)
//	api := slack.New(s.BotToken(), slack.OptionAppLevelToken(s.AppToken()), slack.OptionAPIURL(s.APIURL()))
//	go run(api) // the bot
//	s.WaitConnected(1)
//	alice, general := s.Person("alice"), s.Channel("general")
//	reply := alice.WaitReply(alice.Mention(general, "which language first?"))
//	alice.Click(reply, "More").Wait()
//	s.Settle()
//	t.Log(s.Transcript(general), s.Ledger())
//
// It draws nothing and stores nothing, knows nothing of the mentor, and does
// not guess: a method it has not learnt is answered with unknown_method.
package slacktest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A Server is one Slack with one app installed in it. It may be used from any
// number of goroutines, except that what waits or acts for a person belongs to
// the test's own goroutine.
type Server struct {
	t        testing.TB
	http     *httptest.Server
	clock    *clock
	manifest manifest
	patience time.Duration
	memory   int // of lists; 0 for all
	upgrader websocket.Upgrader
	methods  map[string]method

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced whenever something happened
	ids      int
	closed   bool
	teams    []*Team
	appToken string
	tokens   map[string]*tokenState
	views    map[string]*view
	files    map[string]*file
	triggers map[string]*trigger
	replies  map[string]*replyURL
	sockets  sockets
	faults   faults
	limits   limiter
	ledger   Ledger
	posts    posts
	onPost   func(Message)
	crowded  int            // envelopes before the next are dropped
	running  sync.WaitGroup // websocket readers and writers
}

// An Option changes how a Server is made.
type Option func(*config)

type config struct {
	manifest string
	speed    float64
	start    time.Time
	patience time.Duration
	rates    map[string]rate
	ping     time.Duration
	memory   int
}

// Manifest makes the app from this manifest in YAML instead of the default one:
// its scopes, events, commands and shortcuts are what Slack then knows of it.
func Manifest(yaml string) Option { return func(c *config) { c.manifest = yaml } }

// Speed lets Slack's clock run that many times as fast as the real one. All its
// deadlines shrink alike, the one for an acknowledgement too; most tests do
// better with [Server.Advance].
func Speed(times float64) Option { return func(c *config) { c.speed = times } }

// StartAt sets Slack's clock at the start of the test; time stamps of messages
// follow it. Without it the clock starts at the real time.
func StartAt(t time.Time) Option { return func(c *config) { c.start = t } }

// Patience is how long a helper waits in real time before it fails the test.
func Patience(d time.Duration) Option { return func(c *config) { c.patience = d } }

// PingEvery sets the real time between two websocket pings.
func PingEvery(d time.Duration) Option { return func(c *config) { c.ping = d } }

// Rate replaces the limit of a method: so many calls a minute, after a burst of
// so many at once. It counts by workspace, chat.postMessage by channel (and the
// limit of the workspace as a whole is lifted then).
func Rate(method string, perMinute float64, burst int) Option {
	return func(c *config) { c.rates[method] = rate{perMinute: perMinute, burst: float64(burst)} }
}

// New starts a Slack with one workspace, in which the app is installed. The
// test's end stops it and fails the test for each violation over what was
// allowed with [Server.Allow].
func New(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	c := config{manifest: defaultManifest, speed: 1, start: time.Now(), patience: 5 * time.Second, rates: make(map[string]rate), ping: 250 * time.Millisecond}
	for _, opt := range opts {
		opt(&c)
	}
	m, err := parseManifest(c.manifest)
	if err != nil {
		tb.Fatalf("slacktest: %v", err)
	}
	s := &Server{
		t: tb, clock: newClock(c.start, c.speed), manifest: m, patience: c.patience, memory: c.memory, methods: knownMethods(),
		changed: make(chan struct{}), appToken: "xapp-1-" + appID + "-1",
		tokens: make(map[string]*tokenState), views: make(map[string]*view), files: make(map[string]*file),
		triggers: make(map[string]*trigger), replies: make(map[string]*replyURL),
		upgrader: websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}, // clients give Slack as their origin
		sockets:  sockets{tickets: make(map[string]bool), sent: make(map[string]*envelope), waiting: make(map[string]*Envelope), ping: c.ping},
		faults:   newFaults(), limits: newLimiter(c.rates), ledger: newLedger(), posts: newPosts(),
	}
	s.clock.grace = s.letAcksArrive
	s.tokens[s.appToken] = &tokenState{kind: appToken}
	s.AddTeam("study")
	s.http = httptest.NewServer(s.routes())
	tb.Cleanup(s.close)
	return s
}

// URL is the address of the server without a path; the API is below it at /api/.
func (s *Server) URL() string { return s.http.URL }

// APIURL is what a client takes as the address of the Web API.
func (s *Server) APIURL() string { return s.http.URL + "/api/" }

// AppToken opens Socket Mode and nothing else.
func (s *Server) AppToken() string { return s.appToken }

// BotToken is the bot's token in the first workspace.
func (s *Server) BotToken() string { return s.Team().BotToken }

// Now is the time on Slack's clock.
func (s *Server) Now() time.Time { return s.clock.now() }

// Advance moves Slack's clock on, through each deadline on the way in turn. At
// each one it first gives the bot a moment of real time to acknowledge what is
// on its way, so that a jump over five minutes makes no prompt bot look late.
func (s *Server) Advance(d time.Duration) { s.clock.advance(d) }

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("GET /socket", s.serveSocket)
	mux.HandleFunc("POST /respond/{id}", s.serveReplyURL)
	mux.HandleFunc("POST /upload/{id}", s.serveUpload)
	mux.HandleFunc("/", s.serveNothing)
	return mux
}

// serveNothing answers what is no address of Slack's.
func (s *Server) serveNothing(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.violate(UnknownMethod, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	http.NotFound(w, r)
}

func (s *Server) close() {
	s.mu.Lock()
	s.closed = true
	for _, c := range s.sockets.all {
		c.drop()
	}
	s.mu.Unlock()
	s.clock.stop()
	s.http.CloseClientConnections()
	s.http.Close()
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if over := s.ledger.overAllowance(); len(over) > 0 {
		s.t.Errorf("slacktest: Slack would have refused or punished this (or a person been annoyed):\n%s", describe(over))
	}
}

// happened wakes everybody who waits. The caller holds s.mu.
func (s *Server) happened() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// nextID is a number no other thing in this Slack has. The caller holds s.mu.
func (s *Server) nextID() int {
	s.ids++
	return s.ids
}

// describe lists violations, one a line.
func describe(vs []Violation) string {
	var b strings.Builder
	for _, v := range vs {
		b.WriteString("  " + v.String() + "\n")
	}
	return b.String()
}

// obj is a JSON object on its way in or out.
type obj = map[string]any

// merged is a with the members of b, which win.
func merged(a, b obj) obj {
	out := make(obj, len(a)+len(b))
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}
