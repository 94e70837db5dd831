package discordtest

import "time"

// A ConnectFault is something that goes wrong with one gateway connection from
// its beginning.
type ConnectFault struct {
	Refuse  int  // the HTTP status in place of the websocket
	NoHello bool // silence
	NoAcks  bool // heartbeats are not answered

	// What Identify and Resume get in place of READY and RESUMED.
	Reconnect bool          // op 7
	Invalid   int           // op 9 so many times
	Resumable bool          // the op 9 says that the session can be resumed
	Close     int           // a close code
	Drop      bool          // the connection breaks without a close frame
	Delay     time.Duration // READY comes so much later
}

// FailConnects scripts a fault for each of the next gateway connections.
func (s *Server) FailConnects(faults ...ConnectFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.faults = append(s.gateway.faults, faults...)
}

// nextConnectFault is what happens to a new connection.
func (s *Server) nextConnectFault() ConnectFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.gateway
	if len(g.faults) == 0 {
		return ConnectFault{}
	}
	f := g.faults[0]
	g.faults = g.faults[1:]
	return f
}

// scripted answers an Identify or Resume as the connection's fault says, and
// reports whether it has.
func (s *Server) scripted(c *conn) bool {
	f := &c.fault
	switch {
	case f.Reconnect:
		f.Reconnect = false
		c.send(opReconnect, nil)
	case f.Invalid > 0:
		f.Invalid--
		c.send(opInvalid, f.Resumable)
	case f.Close != 0:
		s.hangUp(c, f.Close, "Scripted.")
	case f.Drop:
		c.cut()
	case f.Delay > 0:
		d := f.Delay
		f.Delay = 0
		c.hold()
		time.AfterFunc(d, c.release)
		return false
	default:
		return false
	}
	return true
}

// Reconnect asks the bot on every connection to reconnect (op 7).
func (s *Server) Reconnect() { s.onConns(func(c *conn) { c.send(opReconnect, nil) }) }

// AskForHeartbeat asks for a heartbeat at once on every connection (op 1).
func (s *Server) AskForHeartbeat() { s.onConns(func(c *conn) { c.send(opHeartbeat, nil) }) }

// InvalidateSessions tells the bot on every connection that its session is
// invalid (op 9). Unless resumable, the session is over. An Identify or Resume on
// the same connection is taken.
func (s *Server) InvalidateSessions(resumable bool) {
	s.onConns(func(c *conn) {
		if ses := c.session; ses != nil {
			ses.ended, ses.conn, ses.left = !resumable, nil, s.Now()
			c.session = nil
		}
		c.send(opInvalid, resumable)
	})
}

// DropConnections breaks every gateway connection without a close frame.
func (s *Server) DropConnections() { s.onConns((*conn).cut) }

// CloseConnections closes every gateway connection with a code.
func (s *Server) CloseConnections(code int) {
	s.onConns(func(c *conn) { s.hangUp(c, code, "Scripted.") })
}

// Stall leaves every gateway connection open, but neither reads nor writes any
// more: what happens is kept for a Resume.
func (s *Server) Stall() {
	s.onConns(func(c *conn) {
		c.stalled = true
		c.take()
		_ = c.ws.SetReadDeadline(time.Time{}) // it fails only on a connection that is closed
	})
}

// MuteAcks stops answering heartbeats on every connection.
func (s *Server) MuteAcks() { s.onConns(func(c *conn) { c.fault.NoAcks = true }) }

// ResetToken makes the bot's token invalid and ends every session.
func (s *Server) ResetToken() {
	s.mu.Lock()
	s.revoked = true
	s.mu.Unlock()
	s.CloseConnections(closeBadToken)
}

// Copies makes every event from now on arrive n times: 1 is as usual, 0 never.
func (s *Server) Copies(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.copies = n
}

// SwapNext makes the next two events change places.
func (s *Server) SwapNext() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.swap = true
}

// Connected reports whether the bot has a session on a living connection.
func (s *Server) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connected()
}

// onConns calls f for every open connection with the world locked.
func (s *Server) onConns(f func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.gateway.conns {
		f(c)
	}
}

// closeGateway cuts every connection when the test is over.
func (s *Server) closeGateway() { s.onConns((*conn).cut) }
