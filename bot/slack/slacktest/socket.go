package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxSockets is how many connections an app may have at a time
// (docs.slack.dev/apis/events-api/using-socket-mode, November 2026).
const maxSockets = 10

// sockets is Socket Mode of the app.
type sockets struct {
	tickets map[string]bool // good for one connection each
	open    []*socket
	all     []*socket // the ones left as well, which may still have to be broken
	next    int       // whose turn it is
	count   int
	sent    map[string]*envelope // by the id of each sending
	waiting map[string]*Envelope // sendings neither acknowledged nor overdue

	ping        time.Duration
	refuse      int       // handshakes still to refuse
	refuseUntil time.Time // and all of them until then
	farewell    string    // reason of the disconnect right after hello
	farewells   int       // how often still
	doubles     int       // envelopes still to be sent twice
}

// A socket is one connection of the bot's.
type socket struct {
	number int
	conn   *websocket.Conn
	out    chan []byte
	gone   chan struct{}
	once   sync.Once
	deaf   bool // half-open: nothing is read, sent or pinged any more; s.mu
}

// openSocket hands out a URL that opens one connection.
func openSocket(s *Server, _ *call) (obj, *failure) {
	ticket := fmt.Sprintf("ticket-%d", s.nextID())
	s.sockets.tickets[ticket] = true
	return obj{"url": "ws" + strings.TrimPrefix(s.http.URL, "http") + "/socket?ticket=" + ticket + "&app_id=" + appID}, nil
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if status := s.admit(r.URL.Query().Get("ticket")); status != 0 {
		http.Error(w, http.StatusText(status), status)
		return
	}
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered the client
	}
	c := &socket{conn: conn, out: make(chan []byte, 4096), gone: make(chan struct{})}
	if !s.register(c) {
		c.drop()
		return
	}
	go s.write(c)
	go s.read(c)
}

// admit checks a handshake and returns the status to refuse it with, or 0.
func (s *Server) admit(ticket string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.sockets.tickets[ticket]
	delete(s.sockets.tickets, ticket)
	switch {
	case s.closed || s.clock.now().Before(s.sockets.refuseUntil):
		return http.StatusServiceUnavailable
	case s.sockets.refuse > 0:
		s.sockets.refuse--
		return http.StatusServiceUnavailable
	case !known:
		s.violate(BadToken, "a socket URL was used twice, or was made up")
		return http.StatusUnauthorized
	}
	return 0
}

// register says hello to a new connection and takes it among the open ones.
func (s *Server) register(c *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.sockets.count++
	c.number = s.sockets.count
	s.running.Add(2)
	s.ledger.opened = append(s.ledger.opened, s.clock.now())
	s.sockets.open, s.sockets.all = append(s.sockets.open, c), append(s.sockets.all, c)
	c.send(obj{
		"type": "hello", "num_connections": len(s.sockets.open), "connection_info": obj{"app_id": appID},
		"debug_info": obj{"host": "slacktest", "build_number": 1, "approximate_connection_time": 18060},
	})
	switch {
	case s.sockets.farewells > 0:
		s.sockets.farewells--
		s.bye(c, s.sockets.farewell)
	case len(s.sockets.open) > maxSockets:
		s.bye(c, "too_many_websockets")
	}
	s.happened()
	return true
}

// send queues a frame; a client that reads nothing for long loses the connection.
func (c *socket) send(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("slacktest: %v", err)) // it was built here
	}
	select {
	case c.out <- b:
	default:
		c.drop()
	}
}

// drop breaks the TCP connection.
func (c *socket) drop() {
	c.once.Do(func() {
		close(c.gone)
		hardClose(c.conn.NetConn())
	})
}

// bye sends a disconnect, after which Slack closes.
func (s *Server) bye(c *socket, reason string) {
	c.send(obj{"type": "disconnect", "reason": reason, "debug_info": obj{"host": "slacktest"}})
	s.leave(c)
	c.send(nil) // the writer closes when it comes to it
}

// leave takes a connection off the open ones. The caller holds s.mu.
func (s *Server) leave(c *socket) {
	s.sockets.open = slices.DeleteFunc(s.sockets.open, func(o *socket) bool { return o == c })
	s.happened()
}

// write sends what is queued, and pings.
func (s *Server) write(c *socket) {
	defer s.running.Done()
	ticker := time.NewTicker(s.sockets.ping)
	defer ticker.Stop()
	for {
		select {
		case <-c.gone:
			return
		case b := <-c.out:
			if s.muted(c) {
				continue
			}
			if string(b) == "null" {
				closing := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
				_ = c.conn.WriteControl(websocket.CloseMessage, closing, time.Now().Add(time.Second)) // the client may have closed first
				continue                                                                              // it is the client's turn to close; the end of the test closes otherwise
			}
			if c.conn.WriteMessage(websocket.TextMessage, b) != nil {
				return // the reader notices as well, and cleans up
			}
		case <-ticker.C:
			if !s.muted(c) {
				_ = c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)) // as above
			}
		}
	}
}

func (s *Server) muted(c *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return c.deaf
}

// read takes acknowledgements until the connection ends.
func (s *Server) read(c *socket) {
	defer s.running.Done()
	c.conn.SetPingHandler(func(data string) error {
		if !s.muted(c) {
			_ = c.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second)) // the client may have gone
		}
		return nil
	})
	for {
		_, b, err := c.conn.ReadMessage()
		s.mu.Lock()
		if err != nil {
			s.leave(c)
			s.mu.Unlock()
			c.drop()
			return
		}
		if !c.deaf {
			s.acknowledge(b)
		}
		s.mu.Unlock()
	}
}

// Connections is the number of sockets open now, deaf ones included.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets.open)
}

// Disconnect ends all connections the way Slack does every few hours: warning,
// and refresh_requested ten seconds later on Slack's clock.
func (s *Server) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.sockets.open {
		c.send(obj{"type": "disconnect", "reason": "warning", "debug_info": obj{"host": "slacktest"}})
		s.clock.after(10*time.Second, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if slices.Contains(s.sockets.open, c) {
				s.bye(c, "refresh_requested")
			}
		})
	}
}

// Refresh asks for new connections at once (refresh_requested).
func (s *Server) Refresh() { s.DisconnectFor("refresh_requested") }

// DisconnectFor sends disconnect with a reason to all connections and closes them.
func (s *Server) DisconnectFor(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range slices.Clone(s.sockets.open) {
		s.bye(c, reason)
	}
}

// DropConnections breaks all TCP connections without a word.
func (s *Server) DropConnections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range slices.Clone(s.sockets.open) {
		s.leave(c)
		c.drop()
	}
}

// Deafen makes the open connections half-open: Slack still sends events into
// them, but nothing arrives, and no ping is sent or answered.
func (s *Server) Deafen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.sockets.open {
		c.deaf = true
	}
}

// RefuseConnections answers the next n handshakes with an HTTP error.
func (s *Server) RefuseConnections(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.refuse = n
}

// RefuseConnectionsFor answers all handshakes with an HTTP error for so long on
// Slack's clock.
func (s *Server) RefuseConnectionsFor(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.refuseUntil = s.clock.now().Add(d)
}

// CloseAfterHello ends each of the next n connections right after its hello,
// with a reason such as link_disabled or too_many_websockets.
func (s *Server) CloseAfterHello(reason string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.farewell, s.sockets.farewells = reason, n
}
