package watch

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// environ is an environment.
func environ(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// TestTracesAreDelivered in OTLP's JSON, with what the variables ask for, at the end
// at the latest, and without a word of what was said.
func TestTracesAreDelivered(t *testing.T) {
	got := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // an empty one fails the test
		got <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Content-Type") + " " + r.Header.Get("Api-Key") + "\n" + string(body)
	}))
	defer collector.Close()
	tracer, err := NewTracer(environ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL, "OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b", "OTEL_RESOURCE_ATTRIBUTES", "zone=x"), "v1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	lost := answered("salary")
	lost.Lost = true
	tracer.Turns("discord")(lost)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	tracer.Run(ctx)
	head, body, _ := strings.Cut(<-got, "\n")
	if head != "POST /v1/traces application/json a b" {
		t.Errorf("the request is %q", head)
	}
	var request struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes []attribute }
			ScopeSpans []struct{ Spans []span }
		}
	}
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		t.Fatal(err)
	}
	spans := request.ResourceSpans[0].ScopeSpans[0].Spans
	if len(spans) != 4 || len(request.ResourceSpans[0].Resource.Attributes) != 3 {
		t.Fatalf("there are %d spans of %v, want 4", len(spans), request.ResourceSpans[0].Resource.Attributes)
	}
	root := spans[0]
	if root.Name != "message" || len(root.Trace) != 32 || len(root.ID) != 16 || root.Status == nil || root.End <= root.Start {
		t.Errorf("the first span is %+v", root)
	}
	for i, name := range []string{"wait", "answer", "send"} {
		s := spans[i+1]
		if s.Name != name || s.Parent != root.ID || s.Trace != root.Trace || (s.Status != nil) != (name == "send") {
			t.Errorf("span %d is %+v, want %s in the first", i+1, s, name)
		}
	}
	for _, part := range []string{`"stringValue":"salary"`, `"stringValue":"discord"`, `"stringValue":"answer"`, `"doubleValue":0.93`} {
		if !strings.Contains(body, part) {
			t.Errorf("the request lacks %s: %s", part, body)
		}
	}
	if strings.Contains(body, secret) {
		t.Error("the request has what was said")
	}
}

// TestACollectorThatIsAway is told of once, keeps nobody waiting, and costs a bounded
// number of turns.
func TestACollectorThatIsAway(t *testing.T) {
	collector := httptest.NewServer(http.NotFoundHandler())
	defer collector.Close()
	out := &buffer{}
	tracer, err := NewTracer(environ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.URL), "v1", slog.New(slog.NewTextHandler(out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	tell := tracer.Turns("slack")
	for range 2 * maxWaitingTurns {
		tell(answered("salary"))
	}
	if n := tracer.dropped.Load(); n != maxWaitingTurns {
		t.Errorf("%d turns were dropped, want %d", n, maxWaitingTurns)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	tracer.Run(ctx)
	if n := strings.Count(out.String(), "traces cannot be delivered"); n != 1 || !strings.Contains(out.String(), "404") {
		t.Errorf("the log tells of it %d times:\n%s", n, out)
	}
}

func TestTracingIsAsTheVariablesSay(t *testing.T) {
	const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
	for name, c := range map[string]struct {
		env   []string
		url   string
		ratio float64
		err   string
	}{
		"none":      {},
		"base":      {env: []string{endpoint, "http://c:4318/"}, url: "http://c:4318/v1/traces", ratio: 1},
		"own":       {env: []string{endpoint, "http://c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://d/x"}, url: "https://d/x", ratio: 1},
		"disabled":  {env: []string{endpoint, "http://c", "OTEL_SDK_DISABLED", "true"}},
		"exporter":  {env: []string{endpoint, "http://c", "OTEL_TRACES_EXPORTER", "none"}},
		"part":      {env: []string{endpoint, "http://c", "OTEL_TRACES_SAMPLER", "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG", "0.25"}, url: "http://c/v1/traces", ratio: 0.25},
		"off":       {env: []string{endpoint, "http://c", "OTEL_TRACES_SAMPLER", "always_off"}, url: "http://c/v1/traces"},
		"no URL":    {env: []string{endpoint, "c:4318"}, err: "write http://host:4318"},
		"grpc":      {env: []string{endpoint, "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, err: "port for HTTP, which is 4318"},
		"header":    {env: []string{endpoint, "http://c", "OTEL_EXPORTER_OTLP_HEADERS", "secret"}, err: "write key=value"},
		"time":      {env: []string{endpoint, "http://c", "OTEL_EXPORTER_OTLP_TIMEOUT", "5s"}, err: "no number of milliseconds"},
		"bad part":  {env: []string{endpoint, "http://c", "OTEL_TRACES_SAMPLER", "traceidratio", "OTEL_TRACES_SAMPLER_ARG", "2"}, err: "a number from 0 to 1"},
		"bad taste": {env: []string{endpoint, "http://c", "OTEL_TRACES_SAMPLER", "jaeger_remote"}, err: "use always_on, always_off or traceidratio"},
	} {
		got, err := parseTracing(environ(c.env...), "v1")
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: the error is %v, want %q", name, err, c.err)
			}
			continue
		}
		if err != nil || got.url != c.url || got.ratio != c.ratio {
			t.Errorf("%s: %q, %v, %v; want %q, %v", name, got.url, got.ratio, err, c.url, c.ratio)
		}
	}
}

// TestOnlyAPartIsTraced when only a part is asked for.
func TestOnlyAPartIsTraced(t *testing.T) {
	tracer := &Tracer{config: traceConfig{ratio: 0.25}}
	taken := 0
	for range 4000 {
		taken += len(tracer.spansOf(traced{"slack", answered("salary")})) / 4
	}
	if taken < 800 || taken > 1200 { // by chance once in 10^12 runs
		t.Errorf("%d of 4000 turns are traced, want about 1000", taken)
	}
	if tracer.config.ratio = 1; len(tracer.spansOf(traced{"slack", answered("salary")})) != 4 {
		t.Error("of all turns one is not traced")
	}
}
