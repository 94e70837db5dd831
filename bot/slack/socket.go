package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"

	"mentor/bot"
)

// Times of a connection. The client of slack-go notices a dead one after 30 to
// 60 s, opens a new one only when the old one is gone, and opens them without
// pause when Slack closes each at once (measured with v0.35.0); hence this one.
const (
	pulse     = 10 * time.Second // between our pings
	deafAfter = 25 * time.Second // without any frame, not even a pong
	settled   = 10 * time.Second // a connection that lived so long was a good one
	firstWait = 250 * time.Millisecond
	longest   = 10 * time.Second       // wait between two tries
	maxFrame  = 4 << 20                // bytes of one; Slack's events are far smaller
	byeTime   = 150 * time.Millisecond // for envelopes on their way at the end
)

// An envelope is one frame from Slack.
type envelope struct {
	Type    string          `json:"type"`
	ID      string          `json:"envelope_id"`
	Reason  string          `json:"reason"` // of a disconnect
	Payload json.RawMessage `json:"payload"`
	Attempt int             `json:"retry_attempt"`
}

// sockets keeps the connections of the app.
type sockets struct {
	open  func(context.Context) (url string, err error)
	take  func(envelope) (answer any, ok bool) // at once; not ok leaves it unacknowledged
	log   *slog.Logger
	gate  *gate
	count *bot.Line
	pulse time.Duration
	deaf  time.Duration
	hasty atomic.Int64 // connections in a row that were to end soon after they began
}

func newSockets(app *slack.Client, take func(envelope) (any, bool), log *slog.Logger) *sockets {
	open := func(ctx context.Context) (string, error) {
		_, url, err := app.StartSocketModeContext(ctx)
		return url, err //nolint:wrapcheck // wrapped by connect
	}
	return &sockets{open: open, take: take, log: log, gate: new(gate), count: new(bot.Line), pulse: pulse, deaf: deafAfter}
}

// connect opens a connection.
func (s *sockets) connect(ctx context.Context) (*connection, error) {
	url, err := s.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open Socket Mode: %w", err)
	}
	dialer := *websocket.DefaultDialer
	dialer.HandshakeTimeout = callTime
	conn, response, err := dialer.DialContext(ctx, url, nil)
	if response != nil && response.Body != nil {
		err = errors.Join(err, response.Body.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("connect to Socket Mode: %w", err)
	}
	conn.SetReadLimit(maxFrame)
	return &connection{sockets: s, conn: conn, warned: make(chan struct{}), ended: make(chan struct{})}, nil
}

// A connection reads envelopes and acknowledges each at once.
type connection struct {
	*sockets

	conn   *websocket.Conn
	warned chan struct{} // closed when Slack says that it will end soon
	ended  chan struct{}
	once   sync.Once
	write  sync.Mutex

	deadline sync.Mutex
	ending   bool // under deadline
	hears    bool // Slack said hello; the reader's own
}

// serve reads until the connection ends, soon after ctx does.
func (c *connection) serve(ctx context.Context) {
	defer close(c.ended)
	defer c.close()
	stop := context.AfterFunc(ctx, c.bye)
	defer stop()
	var pinging sync.WaitGroup
	defer pinging.Wait()
	over := make(chan struct{})
	defer close(over)
	pinging.Go(func() { c.ping(over) })
	defer func() {
		if c.hears {
			c.count.Closed()
		}
	}()

	c.conn.SetPongHandler(func(string) error { return c.alive() })
	c.conn.SetPingHandler(func(data string) error {
		// The deadline of reading notices when it cannot be written.
		_ = c.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		return c.alive()
	})
	for c.alive() == nil {
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			if ctx.Err() == nil {
				c.log.Info("a connection to Slack ended", "err", clean(err))
			}
			return
		}
		if !c.frame(frame) {
			return
		}
	}
}

// alive gives the other side deafAfter to be heard of again, unless the
// connection is ending.
func (c *connection) alive() error {
	c.deadline.Lock()
	defer c.deadline.Unlock()
	if c.ending {
		return nil
	}
	return c.conn.SetReadDeadline(time.Now().Add(c.deaf)) //nolint:wrapcheck // only whether matters
}

// frame deals with a frame, and reports false when it was the last one.
func (c *connection) frame(frame []byte) bool {
	var e envelope
	if err := json.Unmarshal(frame, &e); err != nil {
		c.log.Error("Slack sent what cannot be read", "err", err)
		return true
	}
	switch e.Type {
	case "hello":
		c.log.Info("connected to Slack")
		if !c.hears {
			c.hears = true
			c.count.Opened()
		}
		return true
	case "disconnect":
		return c.disconnect(e.Reason)
	}
	if e.ID == "" {
		return true
	}
	if answer, ok := c.take(e); ok {
		if err := c.ack(e.ID, answer); err != nil {
			c.log.Warn("acknowledge to Slack", "err", clean(err)) // it comes again, and is known then
		}
	}
	return true
}

// disconnect is told that the connection ends, now or soon.
func (c *connection) disconnect(reason string) bool {
	switch reason {
	case "warning":
		c.once.Do(func() { close(c.warned) })
		return true
	case "link_disabled":
		c.log.Error("Slack ended the connection: Socket Mode is switched off; switch it on under Settings, Socket Mode")
	case "too_many_websockets":
		c.log.Error("Slack ended the connection: the app has over ten; stop other copies of this program")
	}
	return false
}

// maxAck is what Slack takes; larger frames it drops without a word (slack-go
// v0.35.0, package socketmode).
const maxAck = 20_000

// ack acknowledges an envelope; answer may be nil.
func (c *connection) ack(id string, answer any) error {
	ack := struct {
		ID      string `json:"envelope_id"`
		Payload any    `json:"payload,omitempty"`
	}{id, answer}
	frame, err := json.Marshal(ack)
	if err != nil || len(frame) >= maxAck {
		c.log.Error("an acknowledgement cannot be sent whole", "bytes", len(frame), "err", err)
		ack.Payload = nil
		if frame, err = json.Marshal(ack); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
	}
	c.write.Lock()
	defer c.write.Unlock()
	if err := c.conn.SetWriteDeadline(time.Now().Add(callTime / 5)); err != nil {
		return fmt.Errorf("set a deadline: %w", err)
	}
	if err := c.conn.WriteMessage(websocket.TextMessage, frame); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func (c *connection) ping(over <-chan struct{}) {
	ticker := time.NewTicker(c.pulse)
	defer ticker.Stop()
	for {
		select {
		case <-over:
			return
		case <-ticker.C:
			// The deadline of reading notices when it fails.
			_ = c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
		}
	}
}

// bye lets the connection end in byeTime. What comes meanwhile is acknowledged,
// which nothing can be once the closing is sent.
func (c *connection) bye() {
	c.deadline.Lock()
	defer c.deadline.Unlock()
	c.ending = true
	_ = c.conn.SetReadDeadline(time.Now().Add(byeTime)) // it may have ended already
}

// close ends the connection politely.
func (c *connection) close() {
	closing := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = c.conn.WriteControl(websocket.CloseMessage, closing, time.Now().Add(byeTime)) // it may have ended already
	_ = c.conn.Close()                                                                // as above
}

// At most maxOpened connections are opened in any openedIn, whatever Slack does:
// the promise is ten.
const (
	maxOpened = 8
	openedIn  = 5 * time.Second
)

// A gate spaces the openings of all lines.
type gate struct {
	mu     sync.Mutex
	opened [maxOpened]time.Time // a ring of the last ones
	next   int
}

// pass returns when a connection may be opened after so many failures in a row,
// with an error when ctx ends first.
func (g *gate) pass(ctx context.Context, fails int) error {
	if err := sleep(ctx, backOff(fails)); err != nil {
		return err
	}
	g.mu.Lock()
	now := time.Now()
	at := g.opened[g.next].Add(openedIn)
	if at.Before(now) {
		at = now
	}
	g.opened[g.next] = at
	g.next = (g.next + 1) % maxOpened
	g.mu.Unlock()
	return sleep(ctx, time.Until(at))
}

// backOff is how long to wait after so many failures in a row.
func backOff(fails int) time.Duration {
	if fails == 0 {
		return 0
	}
	d := min(longest, firstWait<<min(fails-1, 10))
	return d*3/4 + rand.N(d/2)
}

// sleep waits, or returns the context's error when that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
