package discordtest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// A conn is one gateway connection. Its fields are guarded by the world's lock,
// except for what is said otherwise.
type conn struct {
	s       *Server
	ws      *websocket.Conn
	number  int
	fault   ConnectFault
	plain   bool // came to the plain address
	session *session
	closed  int  // the code with which the server has hung up
	stalled bool // open, but deaf and dumb
	beat    time.Time
	sends   []time.Time // of the last minute

	mu   sync.Mutex // guards out and held
	out  []outgoing
	held bool // nothing is written until release
	wake chan struct{}
	over chan struct{} // closed when nothing more is to be written
}

// An outgoing is a frame on its way to the bot.
type outgoing struct {
	data     []byte
	compress bool
	code     int // of a close frame
}

func newConn(s *Server, ws *websocket.Conn, fault ConnectFault) *conn {
	return &conn{s: s, ws: ws, fault: fault, wake: make(chan struct{}, 1), over: make(chan struct{})}
}

// record enters a frame in the ledger.
func (c *conn) record(f Frame) {
	f.At, f.Conn = c.s.Now(), c.number
	l := c.s.ledger
	l.note(func() { l.frames = append(tail(l.frames, l.keep), f) })
}

// maySend counts a payload of the bot and reports whether it is within the
// minute's 120.
func (c *conn) maySend(now time.Time) bool {
	c.sends = append(within(c.sends, time.Minute, now), now)
	return len(c.sends) <= maxSends
}

// send sends a payload that is no event: s and t are null.
func (c *conn) send(op int, d any) {
	data := compact(d)
	c.record(Frame{Op: op, Data: data})
	c.enqueue(outgoing{data: []byte(`{"t":null,"s":null,"op":` + strconv.Itoa(op) + `,"d":` + data + `}`)})
}

// sendEvent sends an event.
func (c *conn) sendEvent(e logged) {
	c.record(Frame{Op: opDispatch, Event: e.name, Seq: e.seq, Data: string(e.data)})
	frame := fmt.Appendf(make([]byte, 0, len(e.data)+64), `{"t":%q,"s":%d,"op":0,"d":%s}`, e.name, e.seq, e.data)
	c.enqueue(outgoing{data: frame, compress: c.session != nil && c.session.compress && (len(frame) > 4096 || e.seq%8 == 0)})
}

// hangUp sends a close frame and nothing after it.
func (c *conn) hangUp(code int, reason string) {
	if c.closed != 0 {
		return
	}
	c.closed = code
	c.record(Frame{Op: -1, Event: "close", Data: strconv.Itoa(code)})
	c.enqueue(outgoing{code: code, data: []byte(reason)})
}

// enqueue never waits.
func (c *conn) enqueue(o outgoing) {
	if c.stalled {
		return
	}
	c.mu.Lock()
	c.out = append(c.out, o)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default: // it has been woken already
	}
}

// hold keeps what is sent from being written until release.
func (c *conn) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = true
}

func (c *conn) release() {
	c.mu.Lock()
	c.held = false
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default: // it has been woken already
	}
}

// take is all that waits to be written.
func (c *conn) take() []outgoing {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held {
		return nil
	}
	out := c.out
	c.out = nil
	return out
}

// stop ends the writing. It is called once, by the reader.
func (c *conn) stop() { close(c.over) }

// writeLoop writes until the reader stops it, and closes the connection.
func (c *conn) writeLoop() {
	defer c.ws.Close()
	w := newFrameWriter(c.ws)
	for {
		select {
		case <-c.wake:
			w.all(c.take())
		case <-c.over:
			w.all(c.take())
			return
		}
	}
}

// A frameWriter writes frames to one connection. After the first error it writes
// nothing more: the reader meets the error too and ends the connection.
type frameWriter struct {
	ws     *websocket.Conn
	buf    bytes.Buffer
	zlib   *zlib.Writer
	broken bool
}

func newFrameWriter(ws *websocket.Conn) *frameWriter {
	return &frameWriter{ws: ws}
}

func (w *frameWriter) all(frames []outgoing) {
	for _, o := range frames {
		if w.broken {
			return
		}
		w.broken = w.one(o) != nil
	}
}

func (w *frameWriter) one(o outgoing) error {
	soon := time.Now().Add(2 * time.Second)
	if o.code != 0 {
		err := w.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(o.code, string(o.data)), soon)
		if err == nil {
			err = w.ws.SetReadDeadline(soon) // for the other half of the handshake
		}
		return err
	}
	if err := w.ws.SetWriteDeadline(soon); err != nil {
		return err
	}
	if !o.compress {
		return w.ws.WriteMessage(websocket.TextMessage, o.data)
	}
	return w.compressed(o.data)
}

// compressed sends one zlib stream as a binary frame.
func (w *frameWriter) compressed(data []byte) error {
	w.buf.Reset()
	if w.zlib == nil {
		z, err := zlib.NewWriterLevel(&w.buf, zlib.BestSpeed)
		if err != nil {
			return err
		}
		w.zlib = z
	} else {
		w.zlib.Reset(&w.buf)
	}
	if _, err := w.zlib.Write(data); err != nil {
		return err
	}
	if err := w.zlib.Close(); err != nil {
		return err
	}
	return w.ws.WriteMessage(websocket.BinaryMessage, w.buf.Bytes())
}

// deadline sets until when something must be read, unless the connection is being
// closed, which has its own.
func (c *conn) deadline(t time.Time) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.closed != 0 {
		return
	}
	if c.stalled {
		t = time.Time{}
	}
	_ = c.ws.SetReadDeadline(t) // it fails only on a connection that is closed, as the next read will say
}

// cut breaks the connection without a close frame.
func (c *conn) cut() {
	if tcp, ok := c.ws.UnderlyingConn().(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the bot reads an end in place of a reset
	}
	_ = c.ws.UnderlyingConn().Close() // it is being broken
}
