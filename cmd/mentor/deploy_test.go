package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// printed is what `mentor setup NAME` prints.
func printed(t *testing.T, name string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), process{args: []string{"setup", name}, getenv: os.Getenv, stdout: &out, stderr: &out}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestEveryVariableIsExplained in the help of run and in the environment file,
// which is good as it stands, and with every # taken away from a default.
func TestEveryVariableIsExplained(t *testing.T) {
	file, help := printed(t, "env"), variablesHelp()
	defaults := map[string]string{}
	var names []string
	for line := range strings.Lines(file) {
		if name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "#"), "="); ok && !strings.Contains(name, " ") {
			names, defaults[name] = append(names, name), value
		} else if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "# ") {
			t.Errorf("the line %q is neither a comment nor a setting", line)
		}
	}
	want := make([]string, 0, len(variables))
	for _, v := range variables {
		want = append(want, v.name)
		if !strings.Contains(help, "  "+v.name+" ") {
			t.Errorf("run --help does not explain %s", v.name)
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("setup env has %q, want %q", names, want)
	}
	if _, err := parseConfig(func(name string) string { return defaults[name] }); err != nil {
		t.Errorf("with the defaults written out: %v", err)
	}
}

// TestUnit: nothing secret is in the arguments, and what is hardened stays so.
func TestUnit(t *testing.T) {
	settings := map[string][]string{}
	for line := range strings.Lines(printed(t, "systemd")) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			settings[name] = append(settings[name], value)
		}
	}
	for name, want := range map[string]string{
		"ExecStart": "/usr/local/bin/mentor run", "EnvironmentFile": "-/etc/mentor/mentor.env", "Environment": "MENTOR_DATA=/var/lib/mentor", "DynamicUser": "yes",
		"StateDirectory": "mentor", "ProtectSystem": "strict", "ProtectHome": "yes", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "UMask": "0077",
		"SystemCallFilter": "@system-service", "Restart": "on-failure", "TimeoutStopSec": "30s",
	} {
		if !slices.Contains(settings[name], want) {
			t.Errorf("the unit has %s=%q, want %q", name, settings[name], want)
		}
	}
}

// at is what lies at the keys in decoded YAML, nil where there is nothing. A
// number indexes a list.
func at(value any, keys ...any) any {
	for _, key := range keys {
		switch k := key.(type) {
		case string:
			m, _ := value.(map[string]any)
			value = m[k]
		case int:
			list, _ := value.([]any)
			if k >= len(list) {
				return nil
			}
			value = list[k]
		}
	}
	return value
}

func TestKubernetes(t *testing.T) {
	var d any
	if err := yaml.Unmarshal([]byte(strings.Split(printed(t, "kubernetes"), "\n---\n")[0]), &d); err != nil {
		t.Fatal(err)
	}
	spec := at(d, "spec", "template", "spec")
	container := at(spec, "containers", 0)
	for want, got := range map[string]any{
		"Deployment": at(d, "kind"), "run": at(container, "args", 0), "/healthz": at(container, "livenessProbe", "httpGet", "path"),
		"/readyz": at(container, "readinessProbe", "httpGet", "path"), "mentor": at(container, "envFrom", 0, "secretRef", "name"),
		"RuntimeDefault": at(spec, "securityContext", "seccompProfile", "type"), "ALL": at(container, "securityContext", "capabilities", "drop", 0),
	} {
		if got != want {
			t.Errorf("the deployment has %v, want %v", got, want)
		}
	}
	if at(spec, "securityContext", "runAsNonRoot") != true || at(container, "securityContext", "readOnlyRootFilesystem") != true {
		t.Error("the container may be root, or write to its root")
	}
}

func TestDashboardAndRulesCanBeRead(t *testing.T) {
	var dashboard, rules map[string]any
	if err := json.Unmarshal([]byte(printed(t, "grafana")), &dashboard); err != nil || dashboard["panels"] == nil {
		t.Errorf("the dashboard has no panels (%v)", err)
	}
	if err := yaml.Unmarshal([]byte(printed(t, "alerts")), &rules); err != nil || rules["groups"] == nil {
		t.Errorf("the rules have no groups (%v)", err)
	}
}

// TestCompose: its Redis is one that the store takes and that loses nothing, and
// tokens come from a file.
func TestCompose(t *testing.T) {
	text, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var d any
	if err := yaml.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	redis, mentor := at(d, "services", "redis"), at(d, "services", "mentor")
	for _, want := range []string{"--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction"} {
		if command, _ := at(redis, "command").(string); !strings.Contains(command, want) {
			t.Errorf("Redis is started as %q, want %s", command, want)
		}
	}
	if at(redis, "healthcheck", "test") == nil || at(mentor, "depends_on", "redis", "condition") != "service_healthy" {
		t.Error("the mentor does not wait for a healthy Redis")
	}
	if at(mentor, "env_file") != "mentor.env" || at(redis, "volumes", 0) != "redis:/data" {
		t.Error("the tokens are from no file, or Redis keeps its data nowhere")
	}
}

// TestDockerfile: the last stage is nothing but the program, run by nobody in
// particular, with commands that exist.
func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, last, ok := strings.Cut(string(text), "\nFROM scratch\n")
	if !ok || strings.Contains(last, "\nFROM ") {
		t.Fatal("the last stage is not from scratch")
	}
	for _, want := range []string{"\nUSER 65532:65532\n", `CMD ["/mentor", "health"]`, "\nENTRYPOINT [\"/mentor\"]\nCMD [\"run\"]\n", "/etc/ssl/certs/ca-certificates.crt"} {
		if !strings.Contains(last, want) {
			t.Errorf("the last stage lacks %q", want)
		}
	}
	if !strings.Contains(string(text), `RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w"`) {
		t.Error("the program is not built static and stripped")
	}
	root := rootCommand(process{getenv: os.Getenv})
	for _, name := range []string{"health", "run"} {
		if cmd, _, err := root.Find([]string{name}); err != nil || cmd.Name() != name {
			t.Errorf("the image calls %q, which is no command", name)
		}
	}
}
