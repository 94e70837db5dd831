package redisstore

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// The client's settings. A context's deadline holds only when asked for, and a
// context that is merely cancelled never interrupts a command: so every call has
// a deadline (Store.begin), and none waits longer than timeout for one reply.
const (
	retries     = 2 // safe, because every command and script here may run twice
	idleConns   = 2
	buffer      = 8 << 10         // bytes of each connection each way; 32 KiB unless set. What is longer comes in parts
	reloadAfter = 2 * time.Second // 60 s unless set; a lost node then stalls writes for most of it (measured November 2026)
)

// client makes the client. The three kinds have no options in common that
// would not leave some of these settings out.
func (t target) client(opts Options) redis.UniversalClient {
	switch {
	case t.cluster != nil:
		return t.clusterClient(opts)
	case t.sentinel != nil:
		return observed(redis.NewFailoverClient(t.sentinelOptions(opts)), opts)
	}
	return observed(redis.NewClient(t.singleOptions(opts)), opts)
}

// singleOptions are the settings; those that the URL names stay.
func (t target) singleOptions(opts Options) *redis.Options {
	o := *t.single
	o.ContextTimeoutEnabled = true
	o.DialTimeout = cmp.Or(o.DialTimeout, timeout)
	o.ReadTimeout = cmp.Or(o.ReadTimeout, timeout)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, timeout)
	o.MaxRetries = cmp.Or(o.MaxRetries, retries)
	o.DialerRetries = 1 // a retried command dials anew
	o.PoolSize = cmp.Or(o.PoolSize, opts.PoolSize)
	o.PipelinePoolSize = -1 // pipelines here are short; they share the connections
	o.MinIdleConns = cmp.Or(o.MinIdleConns, idleConns)
	o.ReadBufferSize, o.WriteBufferSize = buffer, buffer
	o.DisableIdentity = true // before 7.2 Redis knows no CLIENT SETINFO, and each connection would count an error
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &o
}

func (t target) sentinelOptions(opts Options) *redis.FailoverOptions {
	o := *t.sentinel
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = timeout, timeout, timeout
	o.MaxRetries, o.DialerRetries = retries, 1
	o.PoolSize, o.PipelinePoolSize, o.MinIdleConns = opts.PoolSize, -1, idleConns
	o.ReadBufferSize, o.WriteBufferSize = buffer, buffer
	o.DisableIdentity = true
	return &o
}

func (t target) clusterClient(opts Options) *redis.ClusterClient {
	o := *t.cluster
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = timeout, timeout, timeout
	o.MaxRedirects, o.DialerRetries = retries+1, 1 // redirections count as retries
	o.PoolSize, o.PipelinePoolSize, o.MinIdleConns = opts.PoolSize, -1, idleConns
	o.ReadBufferSize, o.WriteBufferSize = buffer, buffer
	o.DisableIdentity = true
	o.ClusterStateReloadInterval = reloadAfter
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	cluster := redis.NewClusterClient(&o)
	cluster.OnNewNode(func(node *redis.Client) { node.AddHook(reloader{cluster: cluster}) })
	observed(cluster, opts)
	return cluster
}

// observed is the client, which tells opts.Observe of its commands.
func observed(db redis.UniversalClient, opts Options) redis.UniversalClient {
	if opts.Observe != nil {
		db.AddHook(observer(opts.Observe))
	}
	return db
}

// passive are the parts of a hook that do nothing.
type passive struct{}

func (passive) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (passive) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }
func (passive) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// A reloader has the map of a Cluster read anew when a node cannot be dialled,
// and not only when the map is old (redis/go-redis#3979).
type reloader struct {
	passive
	cluster *redis.ClusterClient
}

func (r reloader) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := next(ctx, network, addr)
		if err != nil {
			r.cluster.ReloadState(ctx)
		}
		return conn, err
	}
}

// An observer is told of commands. That a key is not there is no error, nor that a
// script has yet to be told.
type observer func(command string, took time.Duration, err error)

func (observer) DialHook(next redis.DialHook) redis.DialHook { return next }

func (o observer) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		start := time.Now()
		err := next(ctx, cmd)
		o(cmd.Name(), time.Since(start), trouble(err))
		return err
	}
}

func (o observer) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		start := time.Now()
		err := next(ctx, cmds)
		took := time.Since(start)
		for _, cmd := range cmds {
			o(cmd.Name(), took, trouble(cmd.Err()))
		}
		return err
	}
}

// trouble is err, nil when it is a part of how commands are sent.
func trouble(err error) error {
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		return nil
	}
	return none(err)
}

// clientLog is where go-redis writes what it has to say for itself: connections
// that fail, several lines for every call while Redis is away, masters that change.
// What comes of it is in the calls' errors.
type clientLog struct{ log *slog.Logger }

// Printf is what go-redis calls.
func (l clientLog) Printf(ctx context.Context, format string, args ...any) {
	l.log.DebugContext(ctx, "redis client", "says", fmt.Sprintf(format, args...))
}
