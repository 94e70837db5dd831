package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// A link is one session of discordgo with what it takes to use it safely:
// handles to break its connections, the reason of its last end, and a lock on
// the Identifies that discordgo would send unasked. It may be opened again, which
// resumes the session, until it is spent.
type link struct {
	session *discordgo.Session
	event   func(*discordgo.Event)

	mu     sync.Mutex
	conn   net.Conn
	resume string        // the address that READY names for resuming
	moved  bool          // discordgo is to ask for an address before it dials
	asked  int           // how often for an address since READY
	ended  error         // why the last connection ended
	began  bool          // READY has come: there is a session to resume
	spent  bool          // there is none any more
	barred bool          // no connection is to come any more, not even of an attempt under way
	alive  chan struct{} // closed when READY or RESUMED has come
	down   chan struct{} // closed when the connection is over
}

// errInvalid is the end of a connection whose session Discord calls invalid.
var errInvalid = errors.New("discord calls the session invalid (op 9)")

// newLink makes a session that is not yet open. Its REST side asks for nothing but
// the gateway's address.
func newLink(token string, s shard, intents discordgo.Intent, agent string, client *http.Client, event func(*discordgo.Event)) (*link, error) {
	session, err := discordgo.New("Bot " + token)
	if err != nil {
		return nil, err
	}
	l := &link{session: session, event: event}
	session.Client = client
	session.UserAgent = agent
	session.Identify.Intents = intents
	if s.of > 1 {
		session.Identify.Shard = &[2]int{s.number, s.of}
	}
	session.StateEnabled = false
	session.ShouldReconnectOnError = false // the supervisor does
	session.ShouldRetryOnRateLimit = false
	session.MaxRestRetries = 0
	session.LogLevel = discordgo.LogWarning // see watchLog
	// Events are handed over in the reading goroutine, in order; what they lead to
	// is done elsewhere, so that heartbeats are not held up.
	session.SyncEvents = true
	dialer := *websocket.DefaultDialer
	dialer.HandshakeTimeout = callTime
	dialer.NetDialContext = l.dial
	session.Dialer = &dialer
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { l.handle(e) })
	session.AddHandler(func(*discordgo.Session, *discordgo.Connect) { l.lock() })
	session.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { l.end(nil) })
	return l, nil
}

// errMoved makes discordgo ask for the gateway's address anew: it keeps the old
// one until it cannot be dialled, and does not look at the one that READY names.
var errMoved = errors.New("sessions are resumed at another address")

// dial keeps the connection, which is the only handle on a session that hangs.
func (l *link) dial(ctx context.Context, network, address string) (net.Conn, error) {
	l.mu.Lock()
	moved := l.moved
	l.moved = false
	l.mu.Unlock()
	if moved {
		return nil, errMoved
	}
	conn, err := (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext(ctx, network, address)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.barred && conn != nil {
		return nil, errors.Join(errBarred, conn.Close())
	}
	l.conn = conn
	return conn, err
}

// errBarred is the end of an attempt to connect that nobody waits for any more.
var errBarred = errors.New("the session was given up meanwhile")

// lock makes discordgo refuse to send another Identify on its own: it answers
// op 9 with one at once, without end (17,000 in a second, measured in November
// 2026), but not for a shard beyond the number of shards. It runs in the
// goroutine that opens the session, before the one that reads begins.
func (l *link) lock() {
	if l.session.ShardCount != 2 {
		l.session.ShardID, l.session.ShardCount = 2, 2
	}
}

// handle takes one event.
func (l *link) handle(e *discordgo.Event) {
	switch e.Type {
	case "READY", "RESUMED":
		address := resumeAddress(e)
		l.mu.Lock()
		if e.Type == "READY" {
			l.resume, l.moved, l.asked = address, address != "", 0
		}
		l.began = true
		if l.alive != nil {
			close(l.alive)
			l.alive = nil
		}
		l.mu.Unlock()
	}
	l.event(e)
}

// resumeAddress is the address that READY names; empty for none.
func resumeAddress(e *discordgo.Event) string {
	var r struct {
		Address string `json:"resume_gateway_url"`
	}
	if err := json.Unmarshal(e.RawData, &r); err != nil {
		return ""
	}
	return strings.TrimSuffix(r.Address, "/")
}

// resumeTries is how often a session is resumed at the address that READY named;
// when it cannot be reached so often, the plain one is tried.
const resumeTries = 3

// address is where the session is to be resumed; empty for the plain address.
// discordgo asks again only when it could not dial what it was told.
func (l *link) address() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked++; l.asked > resumeTries {
		return ""
	}
	return l.resume
}

// note remembers why the connection is about to end; the first reason stays.
func (l *link) note(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended == nil {
		l.ended = why
	}
}

// end notes that the connection is over.
func (l *link) end(why error) {
	l.note(why)
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(why, errInvalid) {
		l.spent = true
	}
	if l.down != nil {
		close(l.down)
		l.down = nil
	}
}

// cut breaks the connection without a word, so that the session stays one that
// can be resumed.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.conn.Close() //nolint:errcheck,gosec // it is being broken
	}
}

// errSilent is the end of a connection on which nothing comes.
var errSilent = errors.New("the gateway does not speak")

// open connects and waits for READY or RESUMED, at most limit. A link that was
// open before goes on with its session. After an error other than a lost network
// it is spent.
//
// Where discordgo hangs in Open for good (after op 7 as the first packet), its
// goroutine is left behind: nothing frees it.
func (l *link) open(ctx context.Context, limit time.Duration) (down <-chan struct{}, err error) {
	alive, gone := make(chan struct{}), make(chan struct{})
	l.mu.Lock()
	l.ended, l.alive, l.down = nil, alive, gone
	l.mu.Unlock()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	opened := make(chan error, 1)
	go func() {
		err := l.session.Open()
		if errors.Is(err, errMoved) {
			err = l.session.Open()
		}
		opened <- err
	}()
	for {
		select {
		case err := <-opened:
			if err != nil {
				return nil, l.broken(err)
			}
			opened = nil // wait for READY
		case <-alive:
			if opened != nil {
				alive = nil // replayed events come before Open returns
				continue
			}
			return gone, nil
		case <-gone:
			return nil, l.broken(l.reason())
		case <-timer.C:
			return nil, l.broken(errSilent)
		case <-ctx.Done():
			return nil, l.broken(ctx.Err())
		}
		if opened == nil && alive == nil {
			return gone, nil
		}
	}
}

// broken ends an attempt to open. Only a session that had begun, and that
// discordgo is not stuck in, is worth another attempt.
func (l *link) broken(err error) error {
	l.cut()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended != nil {
		err = l.ended
	}
	if errors.Is(err, discordgo.ErrWSShardBounds) {
		err = errInvalid
	}
	if !l.began || errors.Is(err, errInvalid) || errors.Is(err, errSilent) || startsAnew(err) {
		l.spent = true
	}
	l.barred = l.spent || errors.Is(err, context.Canceled)
	return err
}

// spend gives the session up.
func (l *link) spend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spent = true
}

// reason is why the last connection ended.
func (l *link) reason() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if startsAnew(l.ended) {
		l.spent = true
	}
	if l.ended == nil {
		return errors.New("the connection to the gateway broke")
	}
	return l.ended
}

// isSpent reports whether the session cannot be resumed.
func (l *link) isSpent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spent
}

// lastAck is when a heartbeat was last answered.
func (l *link) lastAck() time.Time {
	l.session.RLock()
	defer l.session.RUnlock()
	return l.session.LastHeartbeatAck
}

// close ends the session for good, politely if that takes no longer than limit.
func (l *link) close(limit time.Duration) {
	l.mu.Lock()
	l.barred = true
	l.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.session.Close() //nolint:errcheck,gosec // the process is done with it either way
	}()
	select {
	case <-done:
	case <-time.After(limit):
	}
	l.cut()
}

// startsAnew reports whether a connection ended with a close code that takes the
// session along (Discord's page on gateway codes, August 2026).
func startsAnew(err error) bool {
	code, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		return false
	}
	switch code.Code {
	case websocket.CloseNormalClosure, websocket.CloseGoingAway, 4007, 4009:
		return true
	}
	return false
}

// fatal is the error for a close code after which Discord wants no other attempt,
// with the cure; nil for all others (the same page).
func fatal(err error) error {
	if errors.Is(err, errToken) {
		return errToken
	}
	code, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		return nil
	}
	switch code.Code {
	case 4004:
		return errToken
	case 4010, 4011:
		return errors.New("discord does not take this number of shards (one holds 2,500 servers at most); unset DISCORD_SHARDS or set it higher, end all processes of the mentor, and start them again")
	case 4012:
		return errors.New("discord no longer speaks the version of its gateway that this program knows; install a newer mentor")
	case 4013:
		return errors.New("discord does not know an intent that this program asks for; install a newer mentor")
	case 4014:
		return errors.New("discord refuses the privileged intent; switch on Message Content Intent in the developer portal, page Bot, or run without reading messages")
	}
	return nil
}
