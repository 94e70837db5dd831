package watch

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
)

// Listen opens the address, as host:port, that a Watch is to serve. The error
// names the cure.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address) //nolint:noctx // it does not wait for anybody
	switch {
	case err == nil:
		return newDoor(l), nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken by another program; choose another port", address)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("this user may not listen on %s; choose a port above 1023", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s is no address of this machine; write 127.0.0.1:9090 for this machine alone, or :9090 for everybody", address)
	}
	return nil, fmt.Errorf("listen on %s: %w; write host:port, such as 127.0.0.1:9090", address, err)
}

// maxVisitors bounds the connections that are open at once.
const maxVisitors = 64

// A door lets at most maxVisitors in, and one even when the process can open no
// more files: for that it keeps a file open that it can close. So how the mentor is
// can be seen just when it is not well.
type door struct {
	net.Listener
	slots chan struct{}
	over  chan struct{}
	close sync.Once

	mu    sync.Mutex
	spare *os.File // nil when it was given up for a visitor
}

func newDoor(l net.Listener) *door {
	d := &door{Listener: l, slots: make(chan struct{}, maxVisitors), over: make(chan struct{})}
	d.keepSpare()
	return d
}

// keepSpare opens the spare file unless it is open; when it cannot be, the next
// visitor that leaves makes room.
func (d *door) keepSpare() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spare == nil {
		d.spare, _ = os.Open(os.DevNull) // nil when it fails
	}
}

// giveSpare reports whether there was a spare file to close.
func (d *door) giveSpare() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spare == nil {
		return false
	}
	err := d.spare.Close()
	d.spare = nil
	return err == nil
}

// Accept implements net.Listener.
func (d *door) Accept() (net.Conn, error) {
	select {
	case d.slots <- struct{}{}:
	case <-d.over:
		return nil, net.ErrClosed
	}
	conn, err := d.Listener.Accept()
	if err != nil && (errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)) && d.giveSpare() {
		conn, err = d.Listener.Accept()
	}
	if err != nil {
		<-d.slots
		d.keepSpare()
		return nil, err
	}
	return &visitor{Conn: conn, door: d}, nil
}

// Close implements net.Listener. To close again is no error.
func (d *door) Close() (err error) {
	d.close.Do(func() {
		close(d.over)
		err = d.Listener.Close()
		d.giveSpare()
	})
	return err
}

// A visitor makes room when it leaves.
type visitor struct {
	net.Conn
	door *door
	left sync.Once
}

// Close implements net.Conn.
func (v *visitor) Close() error {
	err := v.Conn.Close()
	v.left.Do(func() {
		<-v.door.slots
		v.door.keepSpare()
	})
	return err
}
