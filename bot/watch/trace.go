package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"mentor/bot"
)

// A Tracer sends each turn as a trace to an OpenTelemetry collector: the message,
// and in it the waiting, the answering and the sending.
//
// It speaks OTLP over HTTP in JSON (opentelemetry.io/docs/specs/otlp, November 2026)
// by itself: OpenTelemetry's own packages would make the program 3.6 MB larger, for
// four spans that are known when the turn is over.
type Tracer struct {
	config   traceConfig
	log      *slog.Logger
	client   *http.Client
	waiting  chan traced
	dropped  atomic.Int64 // turns for which there was no room
	troubled bool         // the last export failed; the exporter's own
}

type traced struct {
	platform string
	turn     bot.Turn
}

// The bounds of a batch, those of OpenTelemetry's own exporters.
const (
	maxWaitingTurns = 2048
	maxBatch        = 512
	exportEvery     = 5 * time.Second
)

// NewTracer returns a tracer as OpenTelemetry's standard variables want it, nil when
// they want none. The error names the variable and the cure.
func NewTracer(getenv func(string) string, version string, log *slog.Logger) (*Tracer, error) {
	c, err := parseTracing(getenv, version)
	if err != nil || c.url == "" {
		return nil, err
	}
	return &Tracer{config: c, log: log, client: &http.Client{Timeout: c.timeout}, waiting: make(chan traced, maxWaitingTurns)}, nil
}

// Turns returns what an adapter tells its turns to, nil for a nil tracer.
func (t *Tracer) Turns(platform string) func(bot.Turn) {
	if t == nil {
		return nil
	}
	return func(turn bot.Turn) {
		turn.Reply.Text = "" // it is nobody's business, and need not wait here
		select {
		case t.waiting <- traced{platform, turn}:
		default:
			t.dropped.Add(1)
		}
	}
}

// Run exports until ctx ends, and then what waits. A batch that cannot be
// delivered is given up.
func (t *Tracer) Run(ctx context.Context) {
	ticker := time.NewTicker(exportEvery)
	defer ticker.Stop()
	for over := false; !over; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			over = true
		}
		for len(t.waiting) > 0 {
			t.export(t.batch())
		}
	}
}

// batch takes the spans of what waits, of about maxBatch at most.
func (t *Tracer) batch() []span {
	var spans []span
	for len(spans) < maxBatch {
		select {
		case one := <-t.waiting:
			spans = append(spans, t.spansOf(one)...)
		default:
			return spans
		}
	}
	return spans
}

// export delivers spans within the configured time, even at the end of the program.
func (t *Tracer) export(spans []span) {
	if len(spans) == 0 {
		return
	}
	err := t.deliver(spans)
	switch {
	case err != nil && !t.troubled:
		t.log.Warn("traces cannot be delivered; trying on with the next", "err", err)
	case err == nil && t.troubled:
		t.log.Info("traces can be delivered again", "dropped", t.dropped.Load())
	}
	t.troubled = err != nil
}

func (t *Tracer) deliver(spans []span) error {
	body, err := json.Marshal(exportOf(t.config.resource, spans))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.config.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.config.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	for key, value := range t.config.headers {
		req.Header.Set(key, value)
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)); err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the collector answers %s", resp.Status)
	}
	return nil
}
