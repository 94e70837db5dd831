package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// isRedis reports whether a store's address is one of Redis.
func isRedis(address string) bool { return strings.Contains(address, "://") }

// A server is a redis-server of this program's own, set up as the mentor asks of
// an operator: it writes down what it takes, and forgets nothing.
type server struct {
	addr string
	args []string
	cmd  *exec.Cmd
}

// startRedis starts a redis-server that keeps its data in a folder.
func startRedis(ctx context.Context, dir string) (*server, error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return nil, fmt.Errorf("%w; install it, or use -store file", err)
	}
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("the address of Redis: %w", err)
	}
	s := &server{addr: addr, args: []string{
		"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--logfile", filepath.Join(dir, "redis.log"),
		"--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
	}}
	return s, s.start(ctx)
}

// start starts the process, again after a kill, and waits until it answers.
func (s *server) start(ctx context.Context) error {
	s.cmd = exec.Command("redis-server", s.args...) //nolint:gosec,noctx // built above; kill ends it
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !s.answers(ctx) {
		if !sleep(ctx, 20*time.Millisecond) {
			return errors.New("redis-server does not answer")
		}
	}
	return nil
}

// answers reports whether the server takes commands: while it reads its data, it
// answers PING with an error.
func (s *server) answers(ctx context.Context) bool {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return false
	}
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(time.Second)) != nil {
		return false
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	answer := make([]byte, 5)
	_, err = conn.Read(answer)
	return err == nil && string(answer) == "+PONG"
}

// kill kills the process as a failing machine would.
func (s *server) kill() error {
	if s.cmd == nil {
		return nil
	}
	cmd := s.cmd
	s.cmd = nil
	if err := cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill redis-server: %w", err)
	}
	_ = cmd.Wait() // it says that it was killed
	return nil
}

// sleep reports whether d passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
