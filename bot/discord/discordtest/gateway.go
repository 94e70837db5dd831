package discordtest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Opcodes of the gateway.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// otherOps is what a bot may send besides: presence, voice, members, sounds.
var otherOps = [...]int{3, 4, 8, 31}

// Codes with which the gateway closes.
const (
	closeUnknownError  = 4000
	closeUnknownOp     = 4001
	closeDecode        = 4002
	closeNotIdentified = 4003
	closeBadToken      = 4004
	closeIdentified    = 4005
	closeBadSeq        = 4007
	closeTooFast       = 4008
	closeTimedOut      = 4009
	closeBadShard      = 4010
	closeBadVersion    = 4012
	closeBadIntents    = 4013
	closeNotAllowed    = 4014
)

// Intents that the fake knows by name.
const (
	intentGuilds         = 1 << 0
	intentMembers        = 1 << 1
	intentPresences      = 1 << 8
	intentGuildMessages  = 1 << 9
	intentDirectMessages = 1 << 12
	intentContent        = 1 << 15
	privilegedIntents    = intentMembers | intentPresences | intentContent
	knownIntents         = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

const (
	maxPayload  = 4096            // of what a bot sends
	maxSends    = 120             // per minute and connection
	resumePath  = "/resume"       // of the address that READY names
	resumeTime  = 3 * time.Minute // remembered: a few minutes
	maxReplay   = 20000           // events that are kept for a Resume
	lateness    = 1.5             // heartbeats may be late by half an interval; remembered
	starterSpan = 5 * time.Second // in which max_concurrency Identifies may come
)

// A gateway is the sessions, the connections and what is scripted for them.
type gateway struct {
	conns    map[*conn]bool
	numbers  int
	sessions []*session
	starts   []start // Identifies of the last day
	faults   []ConnectFault
	copies   int  // of each event
	swap     bool // the next two events change places
	held     *event
}

func newGateway(options) *gateway { return &gateway{conns: map[*conn]bool{}, copies: 1} }

// gatewayInfo is the answer to GET gateway/bot.
func (s *Server) gatewayInfo() map[string]any {
	return map[string]any{
		"url": s.gatewayURL(), "shards": s.options.shards,
		"session_start_limit": map[string]any{
			"total": s.options.startLimit, "remaining": max(0, s.options.startLimit-len(s.gateway.starts)),
			"reset_after": int64(24 * time.Hour / time.Millisecond), "max_concurrency": s.options.concurrency,
		},
	}
}

// serveGateway serves one connection until it ends.
func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	fault := s.nextConnectFault()
	if fault.Refuse != 0 {
		http.Error(w, http.StatusText(fault.Refuse), fault.Refuse)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered with what was wrong
	}
	c := s.admitConn(ws, r, fault)
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.writeLoop()
	}()
	s.greet(c, r)
	s.readLoop(c)
	c.stop()
	<-written
}

// admitConn enters a new connection.
func (s *Server) admitConn(ws *websocket.Conn, r *http.Request, fault ConnectFault) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.numbers++
	c := newConn(s, ws, fault)
	c.number, c.plain = s.gateway.numbers, !strings.HasPrefix(r.URL.Path, resumePath)
	s.gateway.conns[c] = true
	s.ledger.add("connection")
	return c
}

// greet sends Hello, if the address asks for something the gateway has.
func (s *Server) greet(c *conn, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	switch {
	case q.Get("v") != "9" && q.Get("v") != "10", q.Get("encoding") != "" && q.Get("encoding") != "json":
		s.hangUp(c, closeBadVersion, "Invalid API version")
	case c.fault.NoHello:
	default:
		c.send(opHello, map[string]any{"heartbeat_interval": s.options.heartbeat.Milliseconds(), "_trace": []string{"fake"}})
	}
}

// readLoop reads what the bot sends until the connection ends.
func (s *Server) readLoop(c *conn) {
	patience := time.Duration(float64(s.options.heartbeat) * lateness)
	c.beat = time.Now()
	for {
		c.deadline(c.beat.Add(patience))
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			s.gone(c, err)
			return
		}
		s.mu.Lock()
		if !c.stalled && c.closed == 0 {
			s.receive(c, raw)
		}
		s.mu.Unlock()
	}
}

// gone ends a connection whose reading has failed. A silent one is told why; one
// that the bot has closed with 1000 or 1001 takes its session along.
func (s *Server) gone(c *conn, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() && c.closed == 0 && !c.stalled {
		s.hangUp(c, closeTimedOut, "Session timed out.")
	}
	delete(s.gateway.conns, c)
	if ses := c.session; ses != nil && ses.conn == c {
		ses.conn, ses.left = nil, s.Now()
		if c.closed == 0 && websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
			ses.ended = true
		}
	}
	s.touch()
}

// A payload is what a bot sends.
type payload struct {
	Op   *int            `json:"op"`
	Data json.RawMessage `json:"d"`
}

// receive handles one payload.
func (s *Server) receive(c *conn, raw []byte) {
	var p payload
	if err := json.Unmarshal(raw, &p); err != nil || p.Op == nil || len(raw) > maxPayload {
		s.refuseFrame(c, closeDecode, "Error while decoding payload.")
		return
	}
	c.record(Frame{FromBot: true, Op: *p.Op, Data: strings.ReplaceAll(string(p.Data), s.token, "(token)")})
	if !c.maySend(s.Now()) {
		s.refuseFrame(c, closeTooFast, "You are being rate limited.")
		return
	}
	switch *p.Op {
	case opHeartbeat:
		c.beat = time.Now()
		if !c.fault.NoAcks {
			c.send(opAck, nil)
		}
	case opIdentify:
		s.identify(c, p.Data)
	case opResume:
		s.resume(c, p.Data)
	default:
		s.other(c, *p.Op)
	}
}

// other handles what needs a session, and what nobody knows.
func (s *Server) other(c *conn, op int) {
	for _, known := range otherOps {
		if op == known {
			if c.session == nil {
				s.refuseFrame(c, closeNotIdentified, "Not authenticated.")
			}
			return
		}
	}
	s.refuseFrame(c, closeUnknownOp, "Unknown opcode.")
}

// refuseFrame closes a connection for something a bot that keeps the rules never
// does.
func (s *Server) refuseFrame(c *conn, code int, reason string) {
	s.violate("gateway connection %d closed with %d: %s", c.number, code, reason)
	s.hangUp(c, code, reason)
}

// hangUp closes a connection with a code. After some codes the session is over.
func (s *Server) hangUp(c *conn, code int, reason string) {
	c.hangUp(code, reason)
	switch code {
	case closeBadToken, closeBadSeq, closeTimedOut, closeBadShard, closeBadVersion, closeBadIntents, closeNotAllowed:
		if c.session != nil {
			c.session.ended = true
		}
	}
}
