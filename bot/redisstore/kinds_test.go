package redisstore

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mentor/bot/bottest"
)

func TestServer(t *testing.T) {
	s := startServer(t)
	bottest.TestStore(t, func(t *testing.T) bottest.Instance {
		t.Helper()
		flush(t, s)
		return instance(t, s.url(), Options{})
	})
}

func TestSentinel(t *testing.T) {
	g := startSentinel(t)
	bottest.TestStore(t, func(t *testing.T) bottest.Instance {
		t.Helper()
		flush(t, g.master)
		return instance(t, g.url(), Options{})
	})
}

func TestCluster(t *testing.T) {
	c := startCluster(t, 0)
	bottest.TestStore(t, func(t *testing.T) bottest.Instance {
		t.Helper()
		flush(t, c.masters...)
		return instance(t, c.url(), Options{})
	})
}

// TestClusterNodeWithoutScripts: a node that was restarted is told the scripts,
// and what the others gave meanwhile is not claimed and forgotten.
func TestClusterNodeWithoutScripts(t *testing.T) {
	c := startCluster(t, 0)
	s := open(t, c.url(), Options{})
	const learners = 60
	for i := range learners {
		reminded(t, s, i)
	}
	for _, master := range c.masters {
		master.do("OK", "script", "flush")
		claims, err := s.Claim(t.Context(), learners, time.Minute)
		if err != nil || len(claims) != learners {
			t.Fatalf("there are %d claims, %v, want %d", len(claims), err, learners)
		}
		for _, claim := range claims {
			if err := s.Release(t.Context(), claim, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A watched is a master with a replica and a sentinel that watches them.
type watched struct {
	master, replica, sentinel *server
}

// startSentinel starts one sentinel, whose word is enough. The master takes
// writes only while a replica is there: what it acknowledges is on the way to a
// second machine.
func startSentinel(tb testing.TB) watched {
	tb.Helper()
	durable := strings.Fields("--appendonly yes --min-replicas-to-write 1 --repl-diskless-sync-delay 0")
	master := startServer(tb, durable...)
	host, port, _ := strings.Cut(master.addr, ":")
	replica := startServer(tb, slices.Concat(durable, []string{"--replicaof", host + " " + port})...)
	master.do("state=online", "info", "replication")

	sentinel := newServer(tb)
	file := filepath.Join(sentinel.dir, "sentinel.conf")
	_, own, _ := strings.Cut(sentinel.addr, ":")
	text := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nlogfile %s/log\nsentinel monitor mentor %s %s 1\n"+
		"sentinel down-after-milliseconds mentor 500\nsentinel failover-timeout mentor 2000\n", own, sentinel.dir, sentinel.dir, host, port)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	sentinel.args = []string{file, "--sentinel"}
	sentinel.start()
	sentinel.do("slaves=1", "info", "sentinel") // it must know the replica to promote it
	return watched{master, replica, sentinel}
}

func (g watched) url() string { return "redis+sentinel://" + g.sentinel.addr + "/mentor" }

// A cluster is three masters, and replicas of the first one.
type cluster struct {
	masters, replicas []*server
}

func startCluster(tb testing.TB, replicas int) cluster {
	tb.Helper()
	var c cluster
	all := make([]*server, 3+replicas)
	for i := range all {
		_, bus := freePort(tb)
		all[i] = startServer(tb, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "1000")
	}
	c.masters, c.replicas = all[:3], all[3:]
	const slots = 16384
	for i, s := range all {
		if i < 3 {
			s.do("OK", "cluster", "addslotsrange", i*slots/3, (i+1)*slots/3-1)
		}
		host, port, _ := strings.Cut(all[0].addr, ":")
		bus := all[0].args[len(all[0].args)-3]
		if i > 0 {
			s.do("OK", "cluster", "meet", host, port, bus)
		}
	}
	for _, s := range all {
		s.do(fmt.Sprint("cluster_known_nodes:", len(all)), "cluster", "info")
		s.do("cluster_state:ok", "cluster", "info")
	}
	for _, s := range c.replicas {
		id, err := all[0].client().ClusterMyID(tb.Context()).Result()
		if err != nil {
			tb.Fatal(err)
		}
		s.do("OK", "cluster", "replicate", id)
		s.do("master_link_status:up", "info", "replication")
	}
	return c
}

func (c cluster) url() string {
	addrs := make([]string, len(c.masters))
	for i, s := range c.masters {
		addrs[i] = s.addr
	}
	return "redis+cluster://" + strings.Join(addrs, ",")
}
