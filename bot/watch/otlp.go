package watch

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"time"
)

// spansOf are the spans of a turn, none when it is not sampled.
func (t *Tracer) spansOf(one traced) []span {
	var id [16]byte
	rand.Read(id[:])
	if float64(binary.BigEndian.Uint64(id[8:])>>11)/(1<<53) >= t.config.ratio {
		return nil
	}
	turn := one.turn
	root := newSpan(id, "message", kindServer, turn.Came, turn.Sent)
	root.Attributes = attributes(map[string]any{
		"mentor.platform": one.platform, "mentor.outcome": outcomeOf(turn), "mentor.topic": turn.Reply.Topic, "mentor.confidence": turn.Reply.Confidence,
	})
	wait := newSpan(id, "wait", kindInternal, turn.Came, turn.Asked)
	answer := newSpan(id, "answer", kindInternal, turn.Asked, turn.Said)
	send := newSpan(id, "send", kindClient, turn.Said, turn.Sent)
	if turn.Broke {
		root.Status, answer.Status = failed, failed
	}
	if turn.Lost {
		root.Status, send.Status = failed, failed
	}
	children := []span{wait, answer, send}
	for i := range children {
		children[i].Parent = root.ID
	}
	return append([]span{root}, children...)
}

// The kinds of span, and the status of one that failed, as OTLP numbers them.
const (
	kindInternal = 1
	kindServer   = 2
	kindClient   = 3
)

var failed = &status{Code: 2}

type status struct {
	Code int `json:"code"`
}

// A span is one of OTLP's in JSON: ids in hexadecimal digits, times as digits.
type span struct {
	Trace      string      `json:"traceId"`
	ID         string      `json:"spanId"`
	Parent     string      `json:"parentSpanId,omitempty"`
	Name       string      `json:"name"`
	Kind       int         `json:"kind"`
	Start      string      `json:"startTimeUnixNano"`
	End        string      `json:"endTimeUnixNano"`
	Attributes []attribute `json:"attributes,omitempty"`
	Status     *status     `json:"status,omitempty"`
}

func newSpan(trace [16]byte, name string, kind int, from, to time.Time) span {
	var id [8]byte
	rand.Read(id[:])
	return span{
		Trace: hex.EncodeToString(trace[:]), ID: hex.EncodeToString(id[:]), Name: name, Kind: kind,
		Start: strconv.FormatInt(from.UnixNano(), 10), End: strconv.FormatInt(to.UnixNano(), 10),
	}
}

type attribute struct {
	Key   string         `json:"key"`
	Value map[string]any `json:"value"`
}

// attributes are those that are not empty, in the order of their names.
func attributes(of map[string]any) []attribute {
	var out []attribute
	for _, key := range slices.Sorted(maps.Keys(of)) {
		switch v := of[key].(type) {
		case string:
			if v != "" {
				out = append(out, attribute{key, map[string]any{"stringValue": v}})
			}
		case float64:
			out = append(out, attribute{key, map[string]any{"doubleValue": v}})
		}
	}
	return out
}

// exportOf is an ExportTraceServiceRequest.
func exportOf(resource map[string]string, spans []span) map[string]any {
	of := map[string]any{}
	for key, value := range resource {
		of[key] = value
	}
	return map[string]any{"resourceSpans": []any{map[string]any{
		"resource":   map[string]any{"attributes": attributes(of)},
		"scopeSpans": []any{map[string]any{"scope": map[string]string{"name": "mentor/bot/watch"}, "spans": spans}},
	}}}
}
