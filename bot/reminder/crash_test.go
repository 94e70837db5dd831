package reminder_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/reminder"
)

// The crash suite runs this test's binary again as a process that sends what is
// due, and kills it in the middle of it.
//
//	MENTOR_CRASH_ROUNDS=100 MENTOR_CRASH_DUE=20000 go test -run TestKilled -v -timeout 60m ./bot/reminder
const (
	roundsVariable = "MENTOR_CRASH_ROUNDS" // rounds on each kind of platform; 2 when it is not set
	dueVariable    = "MENTOR_CRASH_DUE"    // reminders that are due at once; 600 when it is not set
)

var (
	crashFile       = flag.String("crash.file", "", "send what is due in the store in this `file`, and say so")
	crashLater      = flag.Duration("crash.later", 0, "how much later than it is the child's clocks show it to be")
	crashIdempotent = flag.Bool("crash.idempotent", false, "the platform knows a message that it has")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *crashFile != "" {
		if err := sendForEver(*crashFile, *crashLater, *crashIdempotent); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// sendForEver runs two loops until it is killed.
func sendForEver(file string, later time.Duration, idempotent bool) error {
	now := func() time.Time { return time.Now().Add(later) }
	store, err := boltstore.Open(file, boltstore.Options{Now: now})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	var loops sync.WaitGroup
	for range 2 {
		loop := &reminder.Loop{
			Store: store, Guide: guide, Senders: map[string]bot.Sender{"d": speaker{idempotent}}, Now: now,
			Paces: map[string]reminder.Pace{}, Hands: 64, Poll: 100 * time.Millisecond,
		}
		loops.Go(func() { err = loop.Run(context.Background()) })
	}
	loops.Wait()
	return err
}

// A speaker says what it sends on the standard output: what was said there is
// sent, whatever becomes of the process.
type speaker struct{ idempotent bool }

func (s speaker) Idempotent() bool { return s.idempotent }

func (s speaker) Send(_ context.Context, d bot.Delivery) error {
	time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
	_, err := fmt.Printf("sent %s %s\n", d.To, d.Key) // one write to a pipe: it comes whole or not at all
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

func TestKilledInTheMiddle(t *testing.T) {
	rounds, due := numberFrom(t, roundsVariable, 2), numberFrom(t, dueVariable, 600)
	for _, idempotent := range []bool{true, false} {
		lost, repeated := 0, 0
		for round := range rounds {
			l, r := killedRound(t, due, idempotent)
			if lost, repeated = lost+l, repeated+r; t.Failed() {
				t.Fatalf("in round %d", round+1)
			}
		}
		t.Logf("idempotent %v: %d rounds of %d: %d sent again with the same key, %d lost and counted, 0 doubled", idempotent, rounds, due, repeated, lost)
	}
}

// killedRound kills a process in the middle of its work, lets another one finish
// it when the first one's leases have ended, and counts.
func killedRound(t *testing.T, due int, idempotent bool) (lost, repeated int) {
	t.Helper()
	file := filepath.Join(inMemory(t), "mentor.db")
	fillDue(t, file, due)
	var said []string
	first := startChild(t, file, 0, idempotent)
	said = append(said, first.untilSaid(t, 1+rand.IntN(due-1))...)
	said = append(said, first.kill(t)...)
	second := startChild(t, file, 61*time.Second, idempotent)
	said = append(said, second.untilQuiet(t)...)
	said = append(said, second.kill(t)...)

	letters, keys := map[bot.Account]int{}, map[string]bool{}
	for _, line := range said {
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
	lost, listed := due-len(letters), leftIn(t, file)
	if idempotent && lost > 0 || lost > listed {
		t.Errorf("%d of %d were lost, and %d are listed as ambiguous", lost, due, listed)
	}
	return lost, repeated
}

// fillDue makes a store with reminders that are due.
func fillDue(t testing.TB, file string, due int) {
	t.Helper()
	store, err := boltstore.Open(file, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range due {
		l := bot.NewLearner(bot.NewID(), bot.NewAccount("d", strconv.Itoa(i)))
		l.Streak.Zone, l.Streak.DayEnd = atTen(), 0
		l.Reminder = bot.Reminder{On: true, Minute: 10 * 60, To: l.Accounts[0]}
		l = l.Plan(time.Now().Add(-2 * time.Hour))
		wg.Go(func() {
			if err := store.Put(t.Context(), l); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// atTen is a zone in which it is between ten and eleven.
func atTen() string {
	ahead := (10 - time.Now().UTC().Hour() + 24) % 24
	if ahead > 12 {
		return fmt.Sprintf("Etc/GMT+%d", 24-ahead)
	}
	return fmt.Sprintf("Etc/GMT-%d", ahead) // the signs of these names are turned round
}

// leftIn holds that nothing is due any more, and counts what is listed as ambiguous.
func leftIn(t *testing.T, file string) (listed int) {
	t.Helper()
	store, err := boltstore.Open(file, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for l, err := range store.Learners(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !l.Reminder.Next.After(time.Now().Add(10*time.Hour)) || l.Reminder.Ignored != 1 {
			t.Errorf("%s is planned %v, and ignored %d", l.ID, l.Reminder.Next, l.Reminder.Ignored)
		}
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
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return listed
}

// A child is the process that sends.
type child struct {
	cmd   *exec.Cmd
	lines chan string
}

func startChild(t *testing.T, file string, later time.Duration, idempotent bool) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-crash.file", file, "-crash.later", later.String(), "-crash.idempotent="+strconv.FormatBool(idempotent)) //nolint:gosec // this test itself
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd, make(chan string, 1000)}
	go func() {
		defer close(c.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			c.lines <- scanner.Text()
		}
	}()
	if line := <-c.lines; line != "ready" {
		t.Fatalf("the child says %q, want ready", line)
	}
	return c
}

// untilSaid reads n lines.
func (c *child) untilSaid(t *testing.T, n int) []string {
	t.Helper()
	var said []string
	for len(said) < n {
		select {
		case line, ok := <-c.lines:
			if !ok {
				t.Fatal("the child ended")
			}
			said = append(said, line)
		case <-time.After(20 * time.Second):
			t.Fatalf("the child said %d lines, and then nothing for 20 s", len(said))
		}
	}
	return said
}

// untilQuiet reads until nothing was said for a while.
func (c *child) untilQuiet(t *testing.T) []string {
	t.Helper()
	var said []string
	for {
		select {
		case line, ok := <-c.lines:
			if !ok {
				t.Fatal("the child ended")
			}
			said = append(said, line)
		case <-time.After(1500 * time.Millisecond):
			return said
		}
	}
}

// kill kills the child, and returns what it said until then.
func (c *child) kill(t *testing.T) []string {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for line := range c.lines {
		said = append(said, line)
	}
	if err := c.cmd.Wait(); err == nil {
		t.Fatal("the child ended of itself")
	}
	return said
}
