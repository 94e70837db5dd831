package redisstore

import (
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	for _, test := range []struct{ url, want string }{
		{"redis://localhost", "redis at localhost:6379"},
		{"redis://:secret@db:7000/3", "redis at db:7000"},
		{"rediss://ada:secret@db", "redis at db:6379"},
		{"redis+sentinel://a,b:7000/main", `redis master "main" of the sentinels at a:26379,b:7000`},
		{"redis+sentinel://ada:se%40cret@[::1]:1,[::2]/main?db=2&sentinel_password=secret&tls=1", `redis master "main" of the sentinels at [::1]:1,[::2]:26379`},
		{"redis+cluster://:secret@a:1,b", "redis cluster at a:1,b:6379"},
		{"redis+cluster://a?tls=1", "redis cluster at a:6379"},
	} {
		got, err := parseURL(test.url)
		if err != nil || got.String() != test.want {
			t.Errorf("parseURL(%q) = %v, %v, want %s", test.url, got, err, test.want)
		}
	}
}

func TestParseURLOptions(t *testing.T) {
	got, err := parseURL("redis+sentinel://ada:s%40cret@a/main?db=2&sentinel_user=bob&sentinel_password=p%2Fw&tls=1")
	if err != nil {
		t.Fatal(err)
	}
	o := got.sentinel
	if o.Username != "ada" || o.Password != "s@cret" || o.DB != 2 || o.SentinelUsername != "bob" || o.SentinelPassword != "p/w" || o.TLSConfig == nil {
		t.Errorf("the options are %+v", o)
	}
	if got, err = parseURL("redis+cluster://:pw@a,b"); err != nil || got.cluster.Password != "pw" || got.cluster.TLSConfig != nil {
		t.Errorf("the options are %+v, %v", got.cluster, err)
	}
}

// TestParseURLRefuses holds that an error names the cure in one line, and nothing
// of a password.
func TestParseURLRefuses(t *testing.T) {
	for _, test := range []struct{ url, want string }{
		{"", "has no scheme"},
		{"localhost:6379", "has no scheme"},
		{"http://localhost", `cannot begin with "http"`},
		{"redis://:secret@host:secretport", "cannot be read"},
		{"redis://:sec%ret@host", "cannot be read"},
		{"redis://host/secretdb", "cannot be read"},
		{"redis://host?secret=1", "cannot be read"},
		{"redis+sentinel://host", "names the master"},
		{"redis+sentinel:///main", "a host is missing"},
		{"redis+sentinel://a,/main", "a host is missing"},
		{"redis+sentinel://a:0/main", "with a port"},
		{"redis+sentinel://a:secret@b:c:1/main", "written as host:port"},
		{"redis+sentinel://a/main?db=secret", "db is a number"},
		{"redis+sentinel://a/main?tls=secret", "tls is 0 or 1"},
		{"redis+sentinel://a/main?secret=1", "none of db, sentinel_user"},
		{"redis+sentinel://:sec%ret@a/main", "not written as %XX"},
		{"redis+cluster://a,b/0", "has no databases"},
		{"redis+cluster://:sec/ret@a", "written as host:port"},
	} {
		_, err := parseURL(test.url)
		if err == nil {
			t.Errorf("parseURL(%q) has no error", test.url)
			continue
		}
		text := err.Error()
		if !strings.Contains(text, test.want) || !strings.Contains(text, "redis+cluster://") {
			t.Errorf("parseURL(%q): %s, want %s, and the forms", test.url, text, test.want)
		}
		if strings.Contains(text, "sec") || strings.Contains(text, "\n") {
			t.Errorf("parseURL(%q): %s: it tells a secret or has several lines", test.url, text)
		}
	}
}
