package redisstore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"mentor/bot"
	"mentor/bot/streak"
)

// A proxy stands before Redis and loses replies.
type proxy struct {
	t      testing.TB
	target string
	addr   string
	lose   atomic.Int32 // replies to scripts and to SET NX still to be lost
	hang   atomic.Bool  // a lost reply leaves the connection open
	lost   atomic.Int32
}

func startProxy(tb testing.TB, target string) *proxy {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{t: tb, target: target, addr: l.Addr().String()}
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // it was closed
			}
			wg.Go(func() { p.serve(ctx, conn) })
		}
	})
	tb.Cleanup(func() {
		cancel()
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
		wg.Wait()
	})
	return p
}

// serve passes on one connection. Its client waits for each reply before it
// asks again, so what comes together belongs together.
func (p *proxy) serve(ctx context.Context, client net.Conn) {
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.target)
	if err != nil {
		if ctx.Err() == nil {
			p.t.Error(err)
		}
		closeAll(client)
		return
	}
	stop := context.AfterFunc(ctx, func() { closeAll(client, server) })
	defer stop()
	defer closeAll(client, server)
	var losing atomic.Bool
	go func() {
		defer closeAll(client, server)
		buffer := make([]byte, 1<<16)
		for {
			n, err := client.Read(buffer)
			if err != nil {
				return
			}
			if sent := bytes.ToLower(buffer[:n]); bytes.Contains(sent, []byte("\r\neval")) || bytes.Contains(sent, []byte("\r\nnx\r\n")) {
				losing.Store(p.lose.Add(-1) >= 0)
			}
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		if losing.Load() {
			p.lost.Add(1)
			if !p.hang.Load() {
				return
			}
			continue
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func closeAll(conns ...io.Closer) {
	for _, c := range conns {
		if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			panic(err) // TCP connections have no other
		}
	}
}

// TestLostReplies: Redis has written, and its reply never arrives. The client
// asks again by itself when the connection broke, and the caller when time ran
// out. Both count once, and get the result of the first.
func TestLostReplies(t *testing.T) {
	t.Parallel()
	p := startProxy(t, miniredis.RunT(t).Addr())
	s := open(t, "redis://"+p.addr, Options{})
	id := resolve(t, s, "d:1")
	checkIn := func(day int, limit time.Duration) (result streak.Result, _ error) {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		_, err := s.Update(ctx, id, func(l *bot.Learner) error {
			l.Streak, result = l.Streak.CheckIn(start.AddDate(0, 0, day), "event:"+start.AddDate(0, 0, day).String())
			return nil
		})
		return result, err
	}
	for day := range 8 {
		p.lose.Store(1)
		if result, err := checkIn(day, timeout); err != nil || result.Kind != streak.Counted || result.Run != day+1 {
			t.Errorf("check-in %d = %+v, %v, want it counted", day, result, err)
		}
	}
	p.lose.Store(1)
	p.hang.Store(true)
	if _, err := checkIn(8, 300*time.Millisecond); err == nil || !isTimeout(err) {
		t.Errorf("the check-in whose time ran out has the error %v, want a timeout", err)
	}
	if result, err := checkIn(8, 2*timeout); err != nil || result.Kind != streak.Counted || result.Run != 9 {
		t.Errorf("the check-in repeated = %+v, %v, want it counted", result, err)
	}
	l, err := s.Get(t.Context(), id)
	if err != nil || l.Streak.Total != 9 || p.lost.Load() != 9 {
		t.Errorf("the total is %d, %v, with %d replies lost, want 9 and 9", l.Streak.Total, err, p.lost.Load())
	}
	wantClean(t, s, 1)
}

// TestLostRepliesToOthers: everything that writes may be asked for twice.
func TestLostRepliesToOthers(t *testing.T) {
	p := startProxy(t, miniredis.RunT(t).Addr())
	s := open(t, "redis://"+p.addr, Options{})
	lose := func() { p.lose.Store(1) }
	lose()
	ada := resolve(t, s, "d:ada") // its row
	p.lose.Store(2)
	bob := resolve(t, s, "d:bob") // its row and its pointer
	lose()
	if _, err := s.Update(t.Context(), ada, func(l *bot.Learner) error {
		l.Accounts, l.Boards = []bot.Account{"d:ada", "s:ada"}, []string{"g"}
		l.Votes = []bot.Vote{{Topic: "topic", Up: true}}
		return nil
	}); err != nil {
		t.Error(err)
	}
	lose()
	if err := s.Put(t.Context(), bot.NewLearner(bob, "d:bob")); err != nil {
		t.Error(err)
	}
	lose()
	if first, err := s.Once(t.Context(), "key", time.Hour); !first || err != nil {
		t.Errorf("Once = %v, %v, want it to be the first", first, err)
	}
	lose()
	if g, err := s.UpdateGroup(t.Context(), "g", func(g *bot.Group) error { g.Welcomed = true; return nil }); !g.Welcomed || err != nil {
		t.Errorf("UpdateGroup = %+v, %v, want it changed", g, err)
	}
	wantClean(t, s, 2)
	p.lose.Store(2)
	if err := s.Forget(t.Context(), ada); err != nil {
		t.Error(err)
	}
	wantClean(t, s, 1)
}
