package redisstore

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// A server is a redis-server of a test's own. The data and log lie in dir.
type server struct {
	t    testing.TB
	addr string
	dir  string
	args []string
	cmd  *exec.Cmd
}

// startServer starts a redis-server with those arguments on a free port. Where
// there is none the test is skipped, or fails if MENTOR_REQUIRE_REDIS says so.
func startServer(tb testing.TB, args ...string) *server {
	tb.Helper()
	s := newServer(tb, args...)
	s.start()
	s.waitUntilUp()
	return s
}

func newServer(tb testing.TB, args ...string) *server {
	tb.Helper()
	needRedis(tb)
	_, port := freePort(tb)
	dir := tb.TempDir()
	s := &server{t: tb, addr: "127.0.0.1:" + port, dir: dir}
	s.args = append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--logfile", filepath.Join(dir, "log")}, args...)
	tb.Cleanup(s.kill)
	return s
}

func needRedis(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("MENTOR_REQUIRE_REDIS") == "1" {
			tb.Fatal("MENTOR_REQUIRE_REDIS is 1, but there is no redis-server on the PATH")
		}
		tb.Skip("there is no redis-server on the PATH")
	}
}

func freePort(tb testing.TB) (addr, port string) {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	return l.Addr().String(), port
}

// start starts the process, again after a kill.
func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.CommandContext(context.Background(), "redis-server", s.args...) //nolint:gosec // a test's own arguments
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
}

// kill kills the process as a failing machine would.
func (s *server) kill() {
	if s.cmd == nil {
		return
	}
	s.signal(syscall.SIGCONT)
	s.signal(syscall.SIGKILL)
	s.cmd.Wait() //nolint:errcheck,gosec // it says that it was killed
	s.cmd = nil
}

func (s *server) signal(sig os.Signal) {
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Errorf("%v to %s: %v", sig, s.addr, err)
	}
}

func (s *server) url() string { return "redis://" + s.addr }

// client is a client that is no store's.
func (s *server) client() *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: s.addr})
	s.t.Cleanup(func() { c.Close() }) //nolint:errcheck,gosec // the server may be gone by then
	return c
}

// do runs a command, and again until its reply contains want.
func (s *server) do(want string, args ...any) {
	s.t.Helper()
	c := s.client()
	var got string
	for range 2000 { // some ten seconds
		reply, err := c.Do(context.Background(), args...).Result()
		if got = fmt.Sprint(reply, err); strings.Contains(got, want) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log")) // to explain, if it is there
	s.t.Fatalf("%s: %v = %s, want %s\n%s", s.addr, args, got, want, log)
}

func (s *server) waitUntilUp() {
	s.t.Helper()
	s.do("PONG", "ping")
}

// flush empties the servers.
func flush(tb testing.TB, servers ...*server) {
	tb.Helper()
	for _, s := range servers {
		s.do("OK", "flushall")
	}
}
