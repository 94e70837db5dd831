package discord

import (
	"context"
	"errors"
	"net"
	"testing"
)

// A link that was given up while it dialled gets no connection any more: another
// process may have the shard by then.
func TestABarredLinkDoesNotConnect(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	l := &link{}
	conn, err := l.dial(t.Context(), "tcp", listener.Addr().String())
	if err != nil || conn == nil {
		t.Fatalf("before it is given up dial = %v", err)
	}
	if err := l.broken(context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("broken = %v", err)
	}
	if conn, err := l.dial(t.Context(), "tcp", listener.Addr().String()); conn != nil || !errors.Is(err, errBarred) {
		t.Errorf("afterwards dial = %v, %v, want %v", conn, err, errBarred)
	}
}
