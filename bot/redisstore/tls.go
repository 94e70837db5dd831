package redisstore

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
)

// tls is how the URL wants connections secured, nil for not at all.
func (s *Store) tls() *tls.Config {
	switch {
	case s.target.cluster != nil:
		return s.target.cluster.TLSConfig
	case s.target.sentinel != nil:
		return s.target.sentinel.TLSConfig
	}
	return s.target.single.TLSConfig
}

// address is the first of the URL.
func (s *Store) address() string {
	switch {
	case s.target.cluster != nil:
		return s.target.cluster.Addrs[0]
	case s.target.sentinel != nil:
		return s.target.sentinel.SentinelAddrs[0]
	}
	return s.target.single.Addr
}

// isClosed reports whether the other side broke the connection, as one that
// expects TLS does when it is spoken to without.
func isClosed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// speaksTLS asks the address for TLS. Nothing is sent over it, so nobody's
// certificate matters.
func (s *Store) speaksTLS(ctx context.Context) bool {
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it is closed unused
	conn, err := dialer.DialContext(ctx, "tcp", s.address())
	if err != nil {
		var remote *net.OpError
		return errors.As(err, &remote) && remote.Op == "remote error" // a refusal in TLS's own words
	}
	return conn.Close() == nil
}

// speaksPlainly asks the address for a sign of life without TLS. Redis itself
// takes TLS's greeting for the beginning of a command, and waits for the rest.
func (s *Store) speaksPlainly(ctx context.Context) bool {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address())
	if err != nil {
		return false
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return false
		}
	}
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return false
	}
	var first [1]byte
	_, err = io.ReadFull(conn, first[:])
	return err == nil && (first[0] == '+' || first[0] == '-') // PONG, or that it wants a password
}
