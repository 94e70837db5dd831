package redisstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// A fault is an error of the store: where, at what, the cure, and the cause, in
// one line and without secrets.
type fault struct {
	where, what string
	cure
	cause error
}

// A cure is what to do about a fault. A lasting one does not pass by itself.
type cure struct {
	advice  string
	lasting bool
}

func (f *fault) Error() string {
	text := f.where + ": " + f.what
	if f.advice != "" {
		text += ": " + f.advice
	}
	if f.cause != nil {
		text += " (" + strings.ReplaceAll(strings.TrimSpace(f.cause.Error()), "\n", "; ") + ")"
	}
	return text
}

// Unwrap is the cause.
func (f *fault) Unwrap() error { return f.cause }

// isUnreachable reports whether err may pass by itself.
func isUnreachable(err error) bool {
	var f *fault
	return errors.As(err, &f) && !f.lasting
}

// fail says what was being done when err came up. A caller's own error is handed
// back as it is, and so is what has been explained already.
func (s *Store) fail(ctx context.Context, what string, err error) error {
	var own refusal
	var explained *fault
	switch {
	case err == nil, err == bot.ErrNoLearner, err == errClosed: //nolint:errorlint // they are returned bare, or explained anew
		return err
	case errors.As(err, &own):
		return own.error
	case errors.As(err, &explained):
		return err
	}
	f := &fault{where: s.target.String(), what: what, cure: s.cureOf(err), cause: err}
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		f.cause = fmt.Errorf("%w: %w", ended, err)
	}
	return f
}

// replies are the beginnings of Redis's errors, and what to do about each.
var replies = []struct {
	prefix string
	cure   cure
}{
	{"NOAUTH", cure{"it wants a password; write it into the URL, as redis://:password@host", true}},
	{"WRONGPASS", cure{"the user or the password is wrong; correct them in the URL", true}},
	{"AUTH <password> called without any password", cure{"it has no password; leave it out of the URL", true}},
	{"NOPERM", cure{"the user of the URL may not do this; grant it with ACL SETUSER: ~mentor:* +@all", true}},
	{"ERR This instance has cluster support disabled", cure{"it is no cluster; begin the URL with redis://", true}},
	{"This instance has cluster support disabled", cure{"it is no cluster; begin the URL with redis://", true}},
	{"MOVED", cure{"it is a node of a cluster; begin the URL with redis+cluster://", true}},
	{"READONLY", cure{"it is a replica; point the URL at the master, or follow it with redis+sentinel://", false}},
	{"OOM", cure{"its memory is full; raise maxmemory", false}},
	{"MISCONF", cure{"it cannot write to its disk and refuses writes; make room on it", false}},
	{"NOREPLICAS", cure{"too few replicas are connected (min-replicas-to-write); bring them back", false}},
	{"LOADING", cure{"it is still reading its data; wait", false}},
	{"CLUSTERDOWN", cure{"some of its slots are served by nobody; bring the nodes back", false}},
	{"MASTERDOWN", cure{"the replica has lost its master; bring it back", false}},
}

// cureOf says what to do about err.
func (s *Store) cureOf(err error) cure {
	for _, r := range replies {
		if redis.HasErrorPrefix(err, r.prefix) {
			return r.cure
		}
	}
	var header tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dns *net.DNSError
	switch {
	case errors.As(err, &header):
		return cure{"it does not speak TLS; begin the URL with redis://, or leave tls=1 out", true}
	case errors.As(err, &unknown):
		return cure{"nobody that this machine trusts has signed its certificate; add the signer to the system's, or name its file in SSL_CERT_FILE", true}
	case errors.As(err, &hostname), errors.As(err, &invalid):
		return cure{"its certificate is not valid for this host now; correct the host in the URL or renew the certificate", true}
	case errors.As(err, &dns):
		return cure{"the host is unknown; correct it in the URL", false}
	case errors.Is(err, syscall.ECONNREFUSED):
		return cure{"nothing listens there; start Redis, or correct the host and port in the URL", false}
	case isClosed(err):
		return cure{"it closed the connection; see whether it runs, and whether it wants TLS (rediss://)", false}
	case isTimeout(err):
		return cure{"it did not answer in time; see whether it runs and can be reached", false}
	case s.target.sentinel != nil && strings.Contains(err.Error(), "sentinels specified in configuration are unreachable"):
		return cure{"no sentinel knows such a master; see whether they run, and correct their addresses and the master's name in the URL", false}
	}
	return cure{}
}

// isTimeout reports whether err is a want of time, the caller's or the network's.
func isTimeout(err error) bool {
	var timed net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, redis.ErrPoolTimeout) || errors.As(err, &timed) && timed.Timeout()
}
