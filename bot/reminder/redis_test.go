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

// startRedis starts a redis-server of the test's own and returns its address.
// Where there is none the test is skipped, or fails if MENTOR_REQUIRE_REDIS says so.
func startRedis(tb testing.TB) string {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("MENTOR_REQUIRE_REDIS") == "1" {
			tb.Fatal("MENTOR_REQUIRE_REDIS is 1, but there is no redis-server on the PATH")
		}
		tb.Skip("there is no redis-server on the PATH")
	}
	port := freePort(tb)
	cmd := exec.CommandContext(context.Background(), "redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", tb.TempDir(), "--save", "", "--appendonly", "yes") //nolint:gosec // a test's own arguments
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			tb.Error(err)
		}
		cmd.Wait() //nolint:errcheck,gosec // it says that it was killed
	})
	url := "redis://127.0.0.1:" + port
	for range 500 {
		store, err := redisstore.Open(tb.Context(), url, redisstore.Options{RequireUp: true})
		if err == nil {
			if err := store.Close(); err != nil {
				tb.Fatal(err)
			}
			return url
		}
		time.Sleep(20 * time.Millisecond)
	}
	tb.Fatalf("the redis-server on port %s does not come up", port)
	return ""
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
