package redisstore

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Forms are the URLs that Open accepts.
const forms = "redis://[user:password@]host:port[/db], rediss:// for TLS, " +
	"redis+sentinel://[user:password@]host:port,host:port/master[?db=0&sentinel_user=…&sentinel_password=…&tls=1], " +
	"redis+cluster://[user:password@]host:port,host:port[?tls=1]"

// The ports of a host without one.
const (
	redisPort    = "6379"
	sentinelPort = "26379"
)

// A target is what a URL points to; one of its options is set.
type target struct {
	single   *redis.Options
	sentinel *redis.FailoverOptions
	cluster  *redis.ClusterOptions
}

// String names the target without its secrets.
func (t target) String() string {
	switch {
	case t.cluster != nil:
		return "redis cluster at " + strings.Join(t.cluster.Addrs, ",")
	case t.sentinel != nil:
		return fmt.Sprintf("redis master %q of the sentinels at %s", t.sentinel.MasterName, strings.Join(t.sentinel.SentinelAddrs, ","))
	}
	return "redis at " + t.single.Addr
}

// parseURL reads a URL. Its errors hold no part of it but the scheme: any other
// may be a secret, or become one by a slip of the pen.
func parseURL(text string) (target, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return target{}, fmt.Errorf("the Redis URL has no scheme; write one of: %s", forms)
	}
	var t target
	var err error
	switch scheme {
	case "redis", "rediss":
		// The parser's own errors repeat what they could not read.
		if t.single, err = redis.ParseURL(text); err != nil {
			err = errors.New("it cannot be read (a host, a port or a number is none, an option is unknown, or a sign in the password is not written as %XX)")
		}
	case "redis+sentinel":
		t.sentinel, err = parseSentinel(rest)
	case "redis+cluster":
		t.cluster, err = parseCluster(rest)
	default:
		return target{}, fmt.Errorf("a Redis URL cannot begin with %q; write one of: %s", scheme, forms)
	}
	if err != nil {
		return target{}, fmt.Errorf("the %s URL is malformed: %w; write one of: %s", scheme, err, forms)
	}
	return t, nil
}

func parseSentinel(rest string) (*redis.FailoverOptions, error) {
	u, err := parseMany(rest, sentinelPort, "db", "sentinel_user", "sentinel_password", "tls")
	if err != nil {
		return nil, err
	}
	if u.path == "" || strings.Contains(u.path, "/") {
		return nil, errors.New("after the hosts it names the master, for example /mymaster")
	}
	db := 0
	if text := u.query.Get("db"); text != "" {
		if db, err = strconv.Atoi(text); err != nil || db < 0 {
			return nil, errors.New("db is a number from 0 on")
		}
	}
	return &redis.FailoverOptions{
		MasterName: u.path, SentinelAddrs: u.hosts, DB: db, Username: u.user, Password: u.password,
		SentinelUsername: u.query.Get("sentinel_user"), SentinelPassword: u.query.Get("sentinel_password"), TLSConfig: u.tls,
	}, nil
}

func parseCluster(rest string) (*redis.ClusterOptions, error) {
	u, err := parseMany(rest, redisPort, "tls")
	if err != nil {
		return nil, err
	}
	if u.path != "" {
		return nil, errors.New("a cluster has no databases, so nothing comes after the hosts but ?tls=1")
	}
	return &redis.ClusterOptions{Addrs: u.hosts, Username: u.user, Password: u.password, TLSConfig: u.tls}, nil
}

// A manyURL is a URL with several hosts.
type manyURL struct {
	user, password string
	hosts          []string
	path           string
	query          url.Values
	tls            *tls.Config
}

// parseMany reads what comes after the scheme. Package url refuses several hosts
// with ports, so they are taken out before it reads the rest.
func parseMany(rest, port string, options ...string) (manyURL, error) {
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndex(rest[:end], "@") + 1
	u, err := url.Parse("redis://" + rest[:at] + "host" + rest[end:])
	if err != nil {
		return manyURL{}, errors.New("a sign in the user, the password or an option is not written as %XX")
	}
	many := manyURL{user: u.User.Username(), path: strings.Trim(u.Path, "/"), query: u.Query()}
	many.password, _ = u.User.Password()
	for host := range strings.SplitSeq(rest[at:end], ",") {
		address, err := address(host, port)
		if err != nil {
			return manyURL{}, err
		}
		many.hosts = append(many.hosts, address)
	}
	many.tls, err = many.options(options)
	return many, err
}

// options checks that only known ones are there, and reads the one that all know.
func (u manyURL) options(known []string) (*tls.Config, error) {
	for name := range u.query {
		found := false
		for _, k := range known {
			found = found || k == name
		}
		if !found {
			return nil, fmt.Errorf("it has an option that is none of %s", strings.Join(known, ", "))
		}
	}
	switch u.query.Get("tls") {
	case "", "0":
		return nil, nil
	case "1":
		return &tls.Config{MinVersion: tls.VersionTLS12}, nil // go-redis adds the name of each host
	}
	return nil, errors.New("tls is 0 or 1")
}

// address is host with a port.
func address(host, port string) (string, error) {
	if host == "" {
		return "", errors.New("a host is missing")
	}
	name, given, err := net.SplitHostPort(host)
	if err != nil {
		name, given = strings.Trim(host, "[]"), port
	}
	if n, err := strconv.ParseUint(given, 10, 16); err != nil || n == 0 || name == "" || strings.ContainsAny(name, " []") ||
		strings.Contains(name, ":") && net.ParseIP(name) == nil {
		return "", errors.New("a host is written as host:port, with a port from 1 to 65535")
	}
	return net.JoinHostPort(name, given), nil
}
