package watch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestAnAddressThatCannotBeHad names the cure.
func TestAnAddressThatCannotBeHad(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for address, cure := range map[string]string{
		l.Addr().String(): "is taken by another program; choose another port",
		"192.0.2.1:9090":  "is no address of this machine; write 127.0.0.1:9090",
		"127.0.0.1:x":     "write host:port",
	} {
		if other, err := Listen(address); err == nil || !strings.Contains(err.Error(), cure) {
			t.Errorf("Listen(%q) = %v, %v; want %q", address, other, err, cure)
		}
	}
}

// TestItServesUntilItIsStopped, and is gone then.
func TestItServesUntilItIsStopped(t *testing.T) {
	r := newRig(t, opened(t))
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx, l) }()
	if status := visit(t, "http://"+l.Addr().String()+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz is %d", status)
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it did not end in 10 s")
	}
	dialer := net.Dialer{Timeout: time.Second}
	if conn, err := dialer.DialContext(t.Context(), "tcp", l.Addr().String()); err == nil {
		conn.Close() //nolint:errcheck,gosec // it should not be there
		t.Error("it still listens")
	}
}

func visit(t *testing.T, url string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

// A full listener can open no more files, until its door has given one up.
type full struct {
	net.Listener
	mu    sync.Mutex
	tries int
}

func (f *full) Accept() (net.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.tries++; f.tries == 1 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	server, client := net.Pipe()
	client.Close() //nolint:errcheck,gosec // nobody speaks
	return server, nil
}

// TestOneVisitorGetsInWithoutFiles, for the file that was kept open for them.
func TestOneVisitorGetsInWithoutFiles(t *testing.T) {
	d := newDoor(&full{})
	conn, err := d.Accept()
	if err != nil {
		t.Fatalf("the first visitor: %v", err)
	}
	if d.spare != nil {
		t.Error("the file that was kept is still open")
	}
	if err := conn.Close(); err != nil || d.spare == nil {
		t.Errorf("after the visit: %v, and the file is kept: %v", err, d.spare != nil)
	}
}

// TestVisitorsAreBounded: one that is too many waits until another leaves.
func TestVisitorsAreBounded(t *testing.T) {
	d := newDoor(&full{tries: 1})
	in := make([]net.Conn, 0, maxVisitors)
	for range maxVisitors {
		conn, err := d.Accept()
		if err != nil {
			t.Fatal(err)
		}
		in = append(in, conn)
	}
	came := make(chan error, 1)
	go func() {
		conn, err := d.Accept()
		if err == nil {
			err = conn.Close()
		}
		came <- err
	}()
	select {
	case err := <-came:
		t.Fatalf("visitor %d was let in, or turned away: %v", maxVisitors+1, err)
	case <-time.After(50 * time.Millisecond):
	}
	in[0].Close() //nolint:errcheck,gosec // a pipe's
	if err := <-came; err != nil {
		t.Error(err)
	}
	in[1].Close() //nolint:errcheck,gosec // a pipe's
	d.Listener = closed{}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := d.Accept(); err == nil {
		t.Error("a closed door lets somebody in")
	}
}

// closed is a listener that is.
type closed struct{ net.Listener }

func (closed) Accept() (net.Conn, error) { return nil, errors.New("closed") }
func (closed) Close() error              { return nil }
