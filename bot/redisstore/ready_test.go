package redisstore

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func TestJudge(t *testing.T) {
	for _, test := range []struct{ info, want string }{
		{"", ""},
		{"redis_version:6.2.0\r\nredis_mode:standalone\r\nrole:master\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n", ""},
		{"maxmemory:1000\r\nmaxmemory_policy:noeviction\r\n", ""},
		{"redis_version:unknown\r\n", ""},
		{"redis_version:6.0.16\r\n", "it is version 6.0.16; use 6.2 or later"},
		{"redis_version:5.0.14\r\n", "use 6.2 or later"},
		{"maxmemory:1000\r\nmaxmemory_policy:volatile-ttl\r\n", "set maxmemory-policy noeviction"},
		{"role:slave\r\n", "point the URL at the master"},
		{"redis_mode:cluster\r\n", "redis+cluster://"},
		{"redis_mode:sentinel\r\n", "redis+sentinel://"},
	} {
		target, err := parseURL("redis://:secret@host")
		if err != nil {
			t.Fatal(err)
		}
		s := Store{target: target, opts: Options{Log: slog.New(slog.DiscardHandler)}}
		wantFault(t, s.judge(parseInfo(test.info)), test.want)
	}
}

// wantOpen checks the error of Open at the URL, also when Redis need not be up.
func wantOpen(t *testing.T, url string, opts Options, want string) {
	t.Helper()
	for _, requireUp := range []bool{true, false} {
		opts.RequireUp = requireUp
		start := time.Now()
		s, err := Open(context.Background(), url, opts)
		if took := time.Since(start); took > 2*timeout {
			t.Errorf("Open took %v, want about %v", took, timeout)
		}
		wantFault(t, err, want)
		if err == nil {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestOpenUnknownLayout(t *testing.T) {
	for field, value := range map[string]string{"schema": "2", "shards": "128"} {
		server := miniredis.RunT(t)
		server.HSet(metaKey, field, value)
		wantOpen(t, "redis://"+server.Addr(), Options{}, "use the version that wrote it")
	}
}

func TestOpenUnreachable(t *testing.T) {
	addr, _ := freePort(t)
	var log bytes.Buffer
	opts := Options{Log: slog.New(slog.NewTextHandler(&log, nil)), RequireUp: true}
	url := "redis://:secret@" + addr
	_, err := Open(context.Background(), url, opts)
	wantFault(t, err, "nothing listens there; start Redis")
	opts.RequireUp = false
	s, err := Open(context.Background(), url, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "nothing listens there") || strings.Contains(log.String(), "secret") {
		t.Errorf("the log is %s, want a warning with no secret", &log)
	}
}

func TestOpenTLS(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	tlsAddr, tlsPort := freePort(t)
	s := startServer(t, "--tls-port", tlsPort, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert, "--tls-auth-clients", "no")
	wantOpen(t, "rediss://"+s.addr, Options{}, "does not speak TLS; begin the URL with redis://")
	wantOpen(t, "redis://"+tlsAddr, Options{}, "speaks TLS; begin the URL with rediss://")
	wantOpen(t, "rediss://"+tlsAddr, Options{}, "SSL_CERT_FILE")
	wantOpen(t, "rediss://"+tlsAddr+"?skip_verify=true", Options{}, "")
}

// certificate writes a certificate that nobody else signed, and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	public, err := x509.CreateCertificate(rand.Reader, &form, &form, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pemFile(t, "CERTIFICATE", public), pemFile(t, "PRIVATE KEY", secret)
}

func pemFile(t *testing.T, kind string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), strings.ToLower(kind))
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOpenUnfit(t *testing.T) {
	s := startServer(t, "--user", "ada", "on", ">secret", "~other:*", "+@all", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	host, port, _ := strings.Cut(s.addr, ":")
	replica := startServer(t, "--replicaof", host+" "+port)

	wantOpen(t, s.url(), Options{}, "maxmemory-policy allkeys-lru")
	wantOpen(t, s.url(), Options{AllowEviction: true}, "")
	s.do("OK", "config", "set", "maxmemory-policy", "noeviction")
	wantOpen(t, s.url(), Options{}, "")
	wantOpen(t, "redis://:secret@"+s.addr, Options{}, "") // Redis lets a password pass that nobody asked for
	wantOpen(t, replica.url(), Options{}, "it is a replica")
	wantOpen(t, "redis+cluster://"+s.addr, Options{}, "it is no cluster; begin the URL with redis://")
	wantOpen(t, "redis://ada:secret@"+s.addr, Options{}, "ACL SETUSER")
	wantOpen(t, "redis://ada:secretly@"+s.addr, Options{}, "correct them in the URL")
	s.do("OK", "config", "set", "requirepass", "secret")
	wantOpen(t, "redis://:secret@"+s.addr, Options{}, "")
	wantOpen(t, s.url(), Options{}, "it wants a password")
	wantOpen(t, "redis://:secretly@"+s.addr, Options{}, "the user or the password is wrong")
}

func TestOpenClusterNode(t *testing.T) {
	c := startCluster(t, 0)
	wantOpen(t, c.masters[0].url(), Options{}, "it is a node of a cluster")
}

func TestOpenSentinel(t *testing.T) {
	g := startSentinel(t)
	wantOpen(t, g.url(), Options{}, "")
	wantOpen(t, g.sentinel.url(), Options{}, "it is a sentinel")
}

func TestOpenWarnsWithoutAOF(t *testing.T) {
	s := startServer(t)
	var log bytes.Buffer
	open(t, s.url(), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if !strings.Contains(log.String(), "set appendonly yes") {
		t.Errorf("the log is %q, want a warning", &log)
	}
}
