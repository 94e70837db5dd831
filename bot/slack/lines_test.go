package slack

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mentor/bot/boltstore"
)

// TestProcessesShareTenConnections: six processes hold ten connections, at least
// one each, and no more while Slack renews them all.
func TestProcessesShareTenConnections(t *testing.T) {
	long(t)
	t.Parallel()
	s, m := newSlack(t), newMentor(t)
	store, err := boltstore.Open(filepath.Join(t.TempDir(), "leases.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	var all []*running
	join := func() *running {
		all = append(all, start(t, s, m, func(c *Config, _ *Bot) { c.Leases = store }))
		return all[len(all)-1]
	}
	for range 5 {
		join()
	}
	s.WaitConnected(maxLines)
	sixth := join()
	for began := time.Now(); !strings.Contains(sixth.logged.String(), "connected to Slack"); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("the sixth process has no connection after 20 s; its log:\n%s", sixth.logged)
		}
	}
	if n := strings.Count(sixth.logged.String(), "waiting until one is free"); n != 1 {
		t.Errorf("the sixth process says %d times that it waits, want once", n)
	}
	s.WaitConnected(maxLines)
	s.Disconnect()
	s.Advance(11 * time.Second)
	s.WaitConnected(maxLines)
	alice := s.Person("alice")
	alice.WaitReply(alice.DM("which language?"))
	for i, r := range all {
		if strings.Contains(r.logged.String(), "over ten") {
			t.Errorf("process %d opened an eleventh connection:\n%s", i, r.logged)
		}
	}
}
