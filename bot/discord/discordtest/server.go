package discordtest

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Server is one Discord. Any number may run side by side.
type Server struct {
	t       testing.TB
	http    *httptest.Server
	ledger  *Ledger
	clock   *worldClock
	limits  *limiter
	faults  *faultList
	routes  []route
	options options

	transport *http.Transport
	over      chan struct{} // closed when the test has ended

	token       string
	application string
	permissions int64

	mu           sync.Mutex // guards the world and all below
	ids          mint
	bot          *User
	guilds       []*Guild
	channels     map[string]*Channel
	users        map[string]*User
	commands     *commandSet
	interactions map[string]*interaction // by id
	tokens       map[string]*interaction // by token
	gateway      *gateway
	newDMs       []time.Time
	revoked      bool // the token was reset
	allowed      allowances
	changed      chan struct{} // closed at the next change, if anybody waits
	onPost       func(Message)
	begun        []*interaction // the latest, of a server with a short memory
}

// options is what a test can choose.
type options struct {
	clock       func() time.Time
	seed        uint64
	rateScale   float64 // rate-limit windows are so many times shorter
	noLimits    bool
	banAfter    int
	dmLimit     int
	startLimit  int
	concurrency int
	shards      int
	privileged  int64
	heartbeat   time.Duration
	noise       bool
	token       string
	permissions int64
	patience    time.Duration
	memory      int // 0 for all
}

// An Option chooses something about a server.
type Option func(*options)

// WithClock makes the world tell the time of now instead of the machine's. While
// it stands still so do the windows of rate limits: a client that waits for one
// on its own clock waits in vain.
func WithClock(now func() time.Time) Option { return func(o *options) { o.clock = now } }

// WithSeed fixes what is drawn by chance, to repeat a run whose log shows the
// seed.
func WithSeed(seed uint64) Option { return func(o *options) { o.seed = seed } }

// WithRateScale makes the windows of rate limits n times shorter than Discord's;
// 50 unless told otherwise, so that a wait of five seconds is one of 0.1.
func WithRateScale(n float64) Option { return func(o *options) { o.rateScale = n } }

// WithoutRateLimits lets every request pass as far as its rate is concerned.
func WithoutRateLimits() Option { return func(o *options) { o.noLimits = true } }

// WithBanAfter sets after how many answers 401, 403 and 429 within ten minutes the
// bot's address is banned; 100 unless told otherwise, where Discord has 10,000.
func WithBanAfter(n int) Option { return func(o *options) { o.banAfter = n } }

// WithDMLimit sets how many direct chats the bot may open in ten minutes; 1000
// unless told otherwise. Discord does not publish its limit.
func WithDMLimit(n int) Option { return func(o *options) { o.dmLimit = n } }

// WithSessionStarts sets how many Identifies a day has, 1000 unless told
// otherwise, and how many may come within five seconds, 1 unless told otherwise. Of
// shards those whose numbers leave the same rest have one Identify in that time.
func WithSessionStarts(perDay, perFiveSeconds int) Option {
	return func(o *options) { o.startLimit, o.concurrency = perDay, perFiveSeconds }
}

// WithPrivileged switches privileged intents on for the application, as its
// owner does in the developer portal: 1<<1 members, 1<<8 presences, 1<<15 message
// content. None is on unless told otherwise.
func WithPrivileged(intents int64) Option { return func(o *options) { o.privileged = intents } }

// WithHeartbeat sets the interval that Hello asks for; 41.25 s unless told
// otherwise.
func WithHeartbeat(d time.Duration) Option { return func(o *options) { o.heartbeat = d } }

// WithoutNoise keeps the server from strewing in unknown events.
func WithoutNoise() Option { return func(o *options) { o.noise = false } }

// WithToken sets the bot's token, without the word Bot.
func WithToken(token string) Option { return func(o *options) { o.token = token } }

// WithPermissions sets what the bot may do in channels that are added; the
// permissions of the invite unless told otherwise.
func WithPermissions(p int64) Option { return func(o *options) { o.permissions = p } }

// WithPatience sets how long a wait lasts whose context has no deadline; 10 s
// unless told otherwise.
func WithPatience(d time.Duration) Option { return func(o *options) { o.patience = d } }

// New starts a Discord that stops when the test ends, and then fails the test for
// whatever is beyond its allowance.
func New(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	o := options{
		clock: time.Now, seed: rand.Uint64(), rateScale: 50, banAfter: 100, dmLimit: 1000, startLimit: 1000, concurrency: 1, shards: 1,
		heartbeat: 41250 * time.Millisecond, noise: true, permissions: permissionsOfInvite,
		patience: 10 * time.Second,
	}
	o.token = "MTA0.Fake." + strings.Repeat("x", 27)
	for _, opt := range opts {
		opt(&o)
	}
	s := newServer(tb, o)
	s.http = httptest.NewServer(s)
	tb.Cleanup(s.finish)
	return s
}

func newServer(tb testing.TB, o options) *Server {
	tb.Helper()
	s := &Server{
		t: tb, options: o, token: o.token, permissions: o.permissions, allowed: defaultAllowances(),
		ledger: &Ledger{keep: o.memory, counts: map[string]int{}, messages: map[string]int{}, pending: map[string]string{}},
		clock:  &worldClock{source: o.clock},
		over:   make(chan struct{}),

		transport: &http.Transport{MaxConnsPerHost: 64, MaxIdleConnsPerHost: 64},
		faults:    &faultList{},
		channels:  map[string]*Channel{}, users: map[string]*User{}, commands: newCommandSet(),
		interactions: map[string]*interaction{}, tokens: map[string]*interaction{},
	}
	s.limits = newLimiter(o)
	s.gateway = newGateway(o)
	s.routes = allRoutes()
	s.application = s.newID()
	s.bot = &User{ID: s.newID(), Name: "mentor", Locale: "en-US", s: s, read: map[string]string{}}
	s.users[s.bot.ID] = s.bot
	return s
}

// finish stops the server and judges the bot. Requests under way are answered
// first, without their scripted delays.
func (s *Server) finish() {
	close(s.over)
	s.closeGateway()
	s.http.Close()
	s.transport.CloseIdleConnections()
	for _, fault := range s.Judge() {
		s.t.Errorf("discordtest: %s", fault)
	}
	if s.t.Failed() {
		s.t.Logf("discordtest: seed %d; the last that the server saw:\n%s", s.options.seed, s.ledger.Dump(15))
	}
}

// URL is the server's address, without a slash at its end. REST is below
// /api/v9 and /api/v10.
func (s *Server) URL() string { return s.http.URL }

// Token is the bot's token, without the word Bot.
func (s *Server) Token() string { return s.token }

// BotID is the id of the bot's user.
func (s *Server) BotID() string { return s.bot.ID }

// ApplicationID is the id of the bot's application. It differs from BotID, as it
// does for old applications.
func (s *Server) ApplicationID() string { return s.application }

// Mention is what one types to mention the bot.
func (s *Server) Mention() string { return s.bot.Mention() }

// Ledger is what the server has seen.
func (s *Server) Ledger() *Ledger { return s.ledger }

// Transport carries requests for any host to the server, for a client whose
// addresses cannot be changed. It keeps 64 connections at most, and is the same
// at every call.
func (s *Server) Transport() http.RoundTripper {
	return &redirect{base: s.transport, host: strings.TrimPrefix(s.http.URL, "http://")}
}

// A redirect sends every request to one host.
type redirect struct {
	base http.RoundTripper
	host string
}

// RoundTrip sends a copy of the request to the host.
func (r *redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	to := req.Clone(req.Context())
	to.URL.Scheme, to.URL.Host, to.Host = "http", r.host, r.host
	return r.base.RoundTrip(to)
}

// gatewayURL is the websocket's address.
func (s *Server) gatewayURL() string { return "ws" + strings.TrimPrefix(s.http.URL, "http") }

// touch wakes whoever waits for a change. The world must be locked.
func (s *Server) touch() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// nextChange is closed at the next change. The world must be locked.
func (s *Server) nextChange() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}
