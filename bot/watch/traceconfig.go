package watch

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// traceConfig is what the standard variables say.
type traceConfig struct {
	url      string
	headers  map[string]string
	resource map[string]string
	timeout  time.Duration
	ratio    float64 // of the turns that are traced
}

func parseTracing(getenv func(string) string, version string) (traceConfig, error) {
	first := func(names ...string) (name, value string) {
		for _, name := range names {
			if v := strings.TrimSpace(getenv(name)); v != "" {
				return name, v
			}
		}
		return names[0], ""
	}
	c := traceConfig{timeout: 10 * time.Second, resource: map[string]string{"service.name": "mentor", "service.version": version}}
	name, endpoint := first("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	_, exporter := first("OTEL_TRACES_EXPORTER")
	if endpoint == "" || exporter == "none" || strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") {
		return traceConfig{}, nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return c, fmt.Errorf("%s: it is no address; write http://host:4318", name)
	}
	if c.url = endpoint; name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
		c.url = strings.TrimSuffix(endpoint, "/") + "/v1/traces"
	}
	if name, v := first("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"); v == "grpc" {
		return c, fmt.Errorf("%s: grpc is not spoken here; write http/json, and give the collector's port for HTTP, which is 4318 by default", name)
	}
	if name, v := first("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"); v != "" {
		ms, err := strconv.Atoi(v)
		if err != nil || ms <= 0 {
			return c, fmt.Errorf("%s: %q is no number of milliseconds; leave it unset for 10000", name, v)
		}
		c.timeout = time.Duration(ms) * time.Millisecond
	}
	name, headers := first("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
	if c.headers, err = pairs(headers); err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	resource, err := pairs(getenv("OTEL_RESOURCE_ATTRIBUTES"))
	if err != nil {
		return c, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	maps.Copy(c.resource, resource)
	if _, v := first("OTEL_SERVICE_NAME"); v != "" {
		c.resource["service.name"] = v
	}
	c.ratio, err = ratio(getenv("OTEL_TRACES_SAMPLER"), getenv("OTEL_TRACES_SAMPLER_ARG"))
	return c, err
}

// pairs reads key=value,key=value, with values as in a URL. The error shows none:
// they may be secrets.
func pairs(s string) (map[string]string, error) {
	out := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if key = strings.TrimSpace(key); !ok || err != nil || key == "" {
			return nil, errors.New("it cannot be read; write key=value,key=value")
		}
		out[key] = value
	}
	return out, nil
}

// ratio is the part of the turns that a sampler takes. No turn has a parent.
func ratio(sampler, arg string) (float64, error) {
	switch strings.TrimPrefix(sampler, "parentbased_") {
	case "", "always_on":
		return 1, nil
	case "always_off":
		return 0, nil
	case "traceidratio":
		r, err := strconv.ParseFloat(arg, 64)
		if arg == "" {
			return 1, nil
		}
		if err != nil || !(r >= 0 && r <= 1) {
			return 0, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG: %q is no part; write a number from 0 to 1", arg)
		}
		return r, nil
	}
	return 0, fmt.Errorf("OTEL_TRACES_SAMPLER: %q is not known here; use always_on, always_off or traceidratio", sampler)
}
