package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// askedHealth is what `mentor health` prints and returns with that environment.
func askedHealth(t *testing.T, addr string, args ...string) (string, error) {
	t.Helper()
	out := &log{}
	err := run(t.Context(), process{
		args:   append([]string{"health"}, args...),
		getenv: func(name string) string { return map[string]string{"MENTOR_HTTP_ADDR": addr}[name] }, stdout: out, stderr: out,
	})
	return out.String(), err
}

func TestHealth(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		fmt.Fprintf(w, "asked %s", r.URL.Path) //nolint:gosec // no browser reads it
	}))
	addr := server.Listener.Addr().String()
	if out, err := askedHealth(t, addr); err != nil || out != "asked /healthz\n" {
		t.Errorf("health says %q, %v", out, err)
	}
	if out, err := askedHealth(t, addr, "--ready"); err == nil || !strings.Contains(err.Error(), "is not well (503") || out != "asked /readyz\n" {
		t.Errorf("health --ready says %q, %v", out, err)
	}
	server.Close()
	if _, err := askedHealth(t, addr); err == nil || !strings.Contains(err.Error(), "no mentor answers at "+addr) || strings.Contains(err.Error(), "%!") {
		t.Errorf("with nobody there: %v", err)
	}
	for _, wrong := range []string{"", "8080"} {
		if _, err := askedHealth(t, wrong); err == nil || !strings.Contains(err.Error(), "MENTOR_HTTP_ADDR") {
			t.Errorf("at %q: %v", wrong, err)
		}
	}
}

func TestDialable(t *testing.T) {
	for addr, want := range map[string]string{
		":8080": "127.0.0.1:8080", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "[::1]:80", "10.0.0.1:80": "10.0.0.1:80", "localhost:80": "localhost:80",
	} {
		if got, err := dialable(addr); err != nil || got != want {
			t.Errorf("dialable(%q) = %q, %v, want %q", addr, got, err, want)
		}
	}
}
