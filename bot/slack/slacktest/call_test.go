package slacktest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mentor/bot/slack/slacktest"
)

// many is a number of violations no test reaches.
const many = 1000

// object is a JSON object.
type object = map[string]any

// call calls a method with a JSON body and returns the answer.
func call(t *testing.T, s *slacktest.Server, method string, args object) object {
	t.Helper()
	return callAs(t, s, s.BotToken(), method, args)
}

func callAs(t *testing.T, s *slacktest.Server, token, method string, args object) object {
	t.Helper()
	body, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.APIURL()+method, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+token)
	return do(t, r)
}

// callForm calls a method with a form.
func callForm(t *testing.T, s *slacktest.Server, method string, args url.Values) object {
	t.Helper()
	args.Set("token", s.BotToken())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.APIURL()+method, strings.NewReader(args.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(t, r)
}

// do sends a request and reads the answer; its member "status" is the HTTP status.
func do(t *testing.T, r *http.Request) object {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer := make(object)
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		answer["error"] = "no JSON"
	}
	answer["status"] = resp.StatusCode
	if after := resp.Header.Get("Retry-After"); after != "" {
		answer["retry-after"] = after
	}
	return answer
}

// code is the error of an answer, "" for ok.
func code(answer object) string {
	if answer["ok"] == true {
		return ""
	}
	return fmt.Sprint(answer["error"])
}

// quiet makes the unfurl arguments that no lint rule minds.
func quiet(args object) object {
	args["unfurl_links"], args["unfurl_media"] = false, false
	return args
}

// A recorder is a test that only remembers its errors.
type recorder struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// Fatalf ends the function that called it by a panic.
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic("fatal")
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) finish() string {
	for _, f := range r.cleanups {
		f()
	}
	return strings.Join(r.errors, "\n")
}
