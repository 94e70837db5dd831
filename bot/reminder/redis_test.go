package reminder_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"mentor/bot/redisstore"
)

// A redisProcess is a redis-server of a test's own, which may be killed and started
// again on the same data.
type redisProcess struct {
	url  string
	args []string
	cmd  *exec.Cmd
}

// startRedis starts a redis-server of the test's own and returns its address.
func startRedis(tb testing.TB) string { tb.Helper(); return runRedis(tb).url }

// runRedis starts a redis-server of the test's own. Where there is none the test is
// skipped, or fails if MENTOR_REQUIRE_REDIS says so.
func runRedis(tb testing.TB) *redisProcess {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("MENTOR_REQUIRE_REDIS") == "1" {
			tb.Fatal("MENTOR_REQUIRE_REDIS is 1, but there is no redis-server on the PATH")
		}
		tb.Skip("there is no redis-server on the PATH")
	}
	port := freePort(tb)
	r := &redisProcess{
		url:  "redis://127.0.0.1:" + port,
		args: []string{"--port", port, "--bind", "127.0.0.1", "--dir", tb.TempDir(), "--save", "", "--appendonly", "yes"},
	}
	tb.Cleanup(r.kill)
	r.start(tb)
	return r
}

// start starts the process, and waits until it answers.
func (r *redisProcess) start(tb testing.TB) {
	tb.Helper()
	r.cmd = exec.CommandContext(context.Background(), "redis-server", r.args...) //nolint:gosec // a test's own arguments
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := r.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	for range 500 {
		store, err := redisstore.Open(tb.Context(), r.url, redisstore.Options{RequireUp: true})
		if err == nil {
			if err := store.Close(); err != nil {
				tb.Fatal(err)
			}
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	tb.Fatalf("the redis-server at %s does not come up", r.url)
}

// kill kills the process, if it runs, as a failing machine would.
func (r *redisProcess) kill() {
	if r.cmd == nil {
		return
	}
	r.cmd.Process.Kill() //nolint:errcheck,gosec // it may have died by itself
	r.cmd.Wait()         //nolint:errcheck,gosec // it says that it was killed
	r.cmd = nil
}

func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()[strings.LastIndexByte(l.Addr().String(), ':')+1:]
}
