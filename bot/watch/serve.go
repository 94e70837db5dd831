package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Bounds of a visit. Nobody has anything to send here: a request is a line and
// some headers.
const (
	headerTime = 5 * time.Second
	visitTime  = 30 * time.Second // longer than a census takes
	idleTime   = time.Minute      // between two scrapes, at the usual pace
	maxHeaders = 16 << 10
	goodbye    = 2 * time.Second // for the visits in hand at the end
)

// Run looks after the mentor until ctx ends, and serves on l, unless that is nil,
// which it closes. It returns an error only when it cannot serve.
func (w *Watch) Run(ctx context.Context, l net.Listener) error {
	var looking sync.WaitGroup
	defer looking.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	looking.Go(func() { w.pulse.run(ctx) })
	if l == nil {
		<-ctx.Done()
		return nil
	}
	if w.Token != "" {
		looking.Go(func() {
			w.weekly.run(ctx, w.Now, func(err error) { w.Log.Warn("the week's figures are kept in memory for now", "err", err) })
		})
	}
	server := &http.Server{
		Handler: w.Handler(), ReadHeaderTimeout: headerTime, ReadTimeout: headerTime, WriteTimeout: visitTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeaders, ErrorLog: slog.NewLogLogger(w.Log.Handler(), slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		if server.Shutdown(last) != nil {
			server.Close() //nolint:errcheck,gosec // it is over either way
		}
	})
	defer stop()
	w.Log.Info("shows how it is", "address", l.Addr().String(), "page", w.Token != "")
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}

// Handler serves /healthz, /readyz, /metrics and the page at /.
func (w *Watch) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(out http.ResponseWriter, _ *http.Request) { text(out, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", w.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(w.Meter.registry, promhttp.HandlerOpts{DisableCompression: true, MaxRequestsInFlight: 4}))
	mux.HandleFunc("GET /{$}", w.page)
	return guarded(mux)
}

// guarded adds what keeps browsers from doing more with an answer than showing it.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		h := out.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(out, r)
	})
}

// ready answers with a line for each part, and 503 when one is not well.
func (w *Watch) ready(out http.ResponseWriter, _ *http.Request) {
	status := http.StatusOK
	var b strings.Builder
	found := w.findings()
	for _, f := range found {
		if f.level == bad {
			status = http.StatusServiceUnavailable
		}
		fmt.Fprintf(&b, "%-4s %s: %s\n", f.level, f.part, oneLine(f.says))
	}
	if len(found) == 0 {
		status = http.StatusServiceUnavailable
		b.WriteString("BAD  it has only just begun\n")
	}
	text(out, status, b.String())
}

// String is the first word of a part's line.
func (l level) String() string {
	switch l {
	case fine:
		return "ok"
	case odd:
		return "odd"
	}
	return "BAD"
}

// oneLine is s without line breaks: errors may have some.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func text(out http.ResponseWriter, status int, s string) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.WriteHeader(status)
	out.Write([]byte(s)) //nolint:errcheck,gosec // when it fails there is nobody left to tell
}
