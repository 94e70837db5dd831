package reminder_test

import (
	"bufio"
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/redisstore"
	"mentor/bot/reminder"
)

// The crash suite runs this test's binary again as a process that sends what is
// due, and kills it in the middle of it.
//
//	MENTOR_CRASH_ROUNDS=100 MENTOR_CRASH_DUE=20000 go test -run TestKilled -v -timeout 60m ./bot/reminder
const (
	roundsVariable = "MENTOR_CRASH_ROUNDS" // rounds on each kind of platform; 1 when it is not set
	dueVariable    = "MENTOR_CRASH_DUE"    // reminders that are due at once; 600 when it is not set
)

var (
	crashStore      = flag.String("crash.store", "", "send what is due in this store, a `file` or an address, and say so")
	crashLater      = flag.Duration("crash.later", 0, "how much later than it is the child's clocks show it to be")
	crashIdempotent = flag.Bool("crash.idempotent", false, "the platform knows a message that it has")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *crashStore != "" {
		if err := sendForEver(*crashStore, *crashLater, *crashIdempotent); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// sendForEver runs two loops until it is killed.
func sendForEver(where string, later time.Duration, idempotent bool) error {
	now := func() time.Time { return time.Now().Add(later) }
	store, err := openStore(where, now)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	var loops sync.WaitGroup
	for range 2 {
		loop := &reminder.Loop{
			Store: store, Guide: guide, Senders: map[string]bot.Sender{"d": speaker{idempotent}}, Now: now,
			Paces: map[string]reminder.Pace{}, Hands: 64, Poll: 100 * time.Millisecond, Posts: oneLine, PostPoll: 200 * time.Millisecond,
		}
		loops.Go(func() { err = loop.Run(context.Background()) })
	}
	loops.Wait()
	return err
}

// openStore opens the store in a file, or in Redis when where is an address.
func openStore(where string, now func() time.Time) (bot.Store, error) {
	if strings.HasPrefix(where, "redis://") {
		return redisstore.Open(context.Background(), where, redisstore.Options{RequireUp: true, Now: now})
	}
	return boltstore.Open(where, boltstore.Options{Now: now})
}

// A speaker says what it sends on the standard output: what was said there is
// sent, whatever becomes of the process.
type speaker struct{ idempotent bool }

func (s speaker) Idempotent() bool { return s.idempotent }

func (s speaker) Send(_ context.Context, d bot.Delivery) error {
	time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
	_, err := fmt.Printf("sent %s %s\n", cmp.Or(string(d.To), d.Place), d.Key) // one write to a pipe: it comes whole or not at all
	time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
	return err
}

func numberFrom(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%q: %v", variable, text, err)
	}
	return n
}

// forRounds runs as many rounds on each kind of platform as the suite has. A round
// returns how many were lost, and how many sent again with the same key.
func forRounds(t *testing.T, run func(due int, idempotent bool) (lost, repeated int)) {
	t.Helper()
	rounds, due := numberFrom(t, roundsVariable, 1), numberFrom(t, dueVariable, 600)
	for _, idempotent := range []bool{true, false} {
		lost, repeated := 0, 0
		for round := range rounds {
			l, r := run(due, idempotent)
			if lost, repeated = lost+l, repeated+r; t.Failed() {
				t.Fatalf("in round %d", round+1)
			}
		}
		t.Logf("idempotent %v: %d rounds of %d: %d sent again with the same key, %d lost and listed, 0 doubled", idempotent, rounds, due, repeated, lost)
	}
}

// A process is killed in the middle of its work on a file, and another one
// finishes it when the first one's leases have ended.
func TestKilledOnAFile(t *testing.T) {
	forRounds(t, func(due int, idempotent bool) (lost, repeated int) {
		file := filepath.Join(inMemory(t), "mentor.db")
		fillDue(t, file, due)
		said := &record{}
		first := startChild(t, said, file, 0, idempotent)
		said.atLeast(t, 1+rand.IntN(due-1))
		first.kill(t)
		second := startChild(t, said, file, 61*time.Second, idempotent)
		said.untilQuiet()
		second.kill(t)
		return said.judge(t, file, due, idempotent)
	})
}

// Of three processes on one Redis, one is killed and one stopped in the middle of
// their work; when their leases have ended another one joins, and the stopped one
// goes on where it was.
func TestKilledAndStoppedOnRedis(t *testing.T) {
	url := startRedis(t)
	forRounds(t, func(due int, idempotent bool) (lost, repeated int) {
		fillDue(t, url, due)
		said := &record{}
		children := make([]*child, 3, 4)
		for i := range children {
			children[i] = startChild(t, said, url, 0, idempotent)
		}
		said.atLeast(t, 1+rand.IntN(due/2))
		children[0].kill(t)
		children[1].signal(t, syscall.SIGSTOP)
		said.untilQuiet()
		children = append(children, startChild(t, said, url, 61*time.Second, idempotent))
		said.untilQuiet()
		children[1].signal(t, syscall.SIGCONT)
		said.untilQuiet()
		for _, c := range children[1:] {
			c.kill(t)
		}
		return said.judge(t, url, due, idempotent)
	})
}

// judge counts the letters that were sent, and holds that nobody got two, and that
// those who got none are known.
func (r *record) judge(t *testing.T, where string, due int, idempotent bool) (lost, repeated int) {
	t.Helper()
	letters, keys := map[bot.Account]int{}, map[string]bool{}
	for _, line := range r.lines {
		var a bot.Account
		var key string
		if _, err := fmt.Sscanf(line, "sent %s %s", &a, &key); err != nil {
			t.Fatalf("the child says %q", line)
		}
		if idempotent && keys[key] {
			repeated++
			continue
		}
		keys[key] = true
		letters[a]++
	}
	for a, n := range letters {
		if n > 1 {
			t.Errorf("%s got %d reminders", a, n)
		}
	}
	lost, listed := due-len(letters), leftIn(t, where)
	if idempotent && lost > 0 || lost > listed {
		t.Errorf("%d of %d were lost, and %d are listed as ambiguous", lost, due, listed)
	}
	return lost, repeated
}

// fillDue makes a store with reminders that are due.
func fillDue(tb testing.TB, where string, due int) {
	tb.Helper()
	store, err := openStore(where, time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	atOnce := make(chan struct{}, 256)
	var wg sync.WaitGroup
	for i := range due {
		l := bot.NewLearner(bot.NewID(), bot.NewAccount("d", strconv.Itoa(i)))
		l.Streak.Zone, l.Streak.DayEnd = atTen(), 0
		l.Reminder = bot.Reminder{On: true, Minute: 10 * 60, To: l.Accounts[0]}
		l = l.Plan(time.Now().Add(-2 * time.Hour))
		atOnce <- struct{}{}
		wg.Go(func() {
			defer func() { <-atOnce }()
			patiently(tb, func() error { return store.Put(tb.Context(), l) })
		})
	}
	wg.Wait()
	if err := store.Close(); err != nil {
		tb.Fatal(err)
	}
}

// patiently does what may be done again, while a store on a busy machine takes too
// long for it.
func patiently(tb testing.TB, do func() error) {
	tb.Helper()
	err := do()
	for range 20 {
		if err == nil {
			return
		}
		err = do()
	}
	tb.Error(err)
}

// atTen is a zone in which it is between ten and eleven.
func atTen() string {
	ahead := (10 - time.Now().UTC().Hour() + 24) % 24
	if ahead > 12 {
		return fmt.Sprintf("Etc/GMT+%d", 24-ahead)
	}
	return fmt.Sprintf("Etc/GMT-%d", ahead) // the signs of these names are turned round
}

// leftIn holds that nothing is due any more, and counts what is listed as
// ambiguous. Everybody is forgotten then.
func leftIn(t *testing.T, where string) (listed int) {
	t.Helper()
	store, err := openStore(where, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	dead, err := store.Dead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dead {
		if strings.Contains(d.Reason, "may have been sent") {
			listed++
		}
	}
	var all []bot.ID
	for l, err := range store.Learners(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !l.Reminder.Next.After(time.Now().Add(10*time.Hour)) || l.Reminder.Ignored != 1 {
			t.Errorf("%s is planned %v, and ignored %d", l.ID, l.Reminder.Next, l.Reminder.Ignored)
		}
		all = append(all, l.ID)
	}
	var wg sync.WaitGroup
	for part := range slices.Chunk(all, 1+len(all)/64) {
		wg.Go(func() {
			for _, id := range part {
				patiently(t, func() error { return store.Forget(t.Context(), id) })
			}
		})
	}
	wg.Wait()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return listed
}

// A record is what children said.
type record struct {
	mu    sync.Mutex
	lines []string
	last  time.Time
}

func (r *record) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines, r.last = append(r.lines, line), time.Now()
}

func (r *record) look() (lines int, quiet time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.lines), time.Since(r.last)
}

// atLeast waits until n lines were said.
func (r *record) atLeast(t *testing.T, n int) {
	t.Helper()
	r.add("") // the time begins now
	r.lines = r.lines[:len(r.lines)-1]
	for {
		switch lines, quiet := r.look(); {
		case lines >= n:
			return
		case quiet > 20*time.Second:
			t.Fatalf("the children said %d lines of %d, and then nothing for 20 s", lines, n)
		}
		time.Sleep(time.Millisecond)
	}
}

// untilQuiet waits until nothing was said for a while.
func (r *record) untilQuiet() {
	for began := time.Now(); time.Since(began) < 1200*time.Millisecond; time.Sleep(50 * time.Millisecond) {
		if _, quiet := r.look(); quiet < time.Since(began) {
			began = time.Now().Add(-quiet)
		}
	}
}

// A child is a process that sends.
type child struct {
	cmd   *exec.Cmd
	heard chan struct{} // closed when all that it said was heard
}

func startChild(t *testing.T, said *record, where string, later time.Duration, idempotent bool) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-crash.store", where, "-crash.later", later.String(), "-crash.idempotent="+strconv.FormatBool(idempotent)) //nolint:gosec // this test itself
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd, make(chan struct{})}
	scanner := bufio.NewScanner(out)
	if !scanner.Scan() || scanner.Text() != "ready" {
		t.Fatalf("the child says %q, %v, want ready", scanner.Text(), scanner.Err())
	}
	go func() {
		defer close(c.heard)
		for scanner.Scan() {
			said.add(scanner.Text())
		}
	}()
	return c
}

func (c *child) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// kill kills the child, and waits until all that it said is heard.
func (c *child) kill(t *testing.T) {
	t.Helper()
	c.signal(t, syscall.SIGKILL)
	<-c.heard
	if err := c.cmd.Wait(); err == nil {
		t.Fatal("the child ended of itself")
	}
}
