package boltstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// The crash suite runs this test's binary again as a process that checks in as
// fast as it can, and kills it.
//
//	MENTOR_CRASH_ROUNDS=100 go test -run TestCrash -v ./bot/boltstore
const roundsVariable = "MENTOR_CRASH_ROUNDS" // rounds of kills; 3 when it is not set

// What the child is told.
var (
	crashFile = flag.String("crash.file", "", "check in for ever in the store in this `file`")
	crashStep = flag.String("crash.step", "", "die at this `step:time`")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *crashFile != "" {
		if err := checkInForEver(*crashFile, *crashStep); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// The child's learners: each worker has some of its own, and one event in
// flight at a time.
const (
	workers  = 4
	accounts = 10 // of a worker
)

// firstDay is the day of everybody's first check-in; the nth is n days later.
var firstDay = streak.Date(2026, time.January, 1)

// checkInForEver checks in and says so until it is killed.
func checkInForEver(path, dieAt string) error {
	s, err := Open(path, Options{at: dying(dieAt)})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for worker := range workers {
		go func() {
			for i := 0; ; i++ {
				a := bot.Account(fmt.Sprint("d:", worker, ".", i%accounts))
				n, err := checkInNext(s, a)
				if err != nil {
					failed <- err
				}
				fmt.Printf("ack %s %d\n", a, n) // one write to a pipe: it comes whole or not at all
			}
		}()
	}
	go func() { failed <- comeAndGo(s) }()
	go func() { failed <- remindForEver(s) }()
	go func() {
		for {
			if _, err := s.Backup(context.Background(), s.options.Backups, noon); err != nil {
				failed <- err
			}
		}
	}()
	return <-failed
}

// dying kills the process at a step, for example at the third "before commit".
func dying(when string) func(step) {
	name, nth, _ := strings.Cut(when, ":")
	var reached atomic.Int64
	return func(at step) {
		if string(at) != name || strconv.FormatInt(reached.Add(1), 10) != nth {
			return
		}
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		fmt.Fprintln(os.Stderr, "dying:", err)
		select {} // the kill needs no answer
	}
}

// checkInNext checks the account in on the day after its last, and returns how
// many days it has then.
func checkInNext(s *Store, a bot.Account) (int, error) {
	id, err := s.Resolve(context.Background(), a)
	if err != nil {
		return 0, err
	}
	l, err := s.Get(context.Background(), id)
	if err != nil {
		return 0, err
	}
	l, _, err = deliver(s, id, a, l.Streak.Total+1)
	return l.Streak.Total, err
}

// deliver delivers the event of the account's nth check-in.
func deliver(s *Store, id bot.ID, a bot.Account, n int) (bot.Learner, streak.Result, error) {
	var result streak.Result
	l, err := s.Update(context.Background(), id, func(l *bot.Learner) error {
		l.Boards, l.Name = []string{"g"}, "Ada"
		l.Votes = []bot.Vote{{Topic: "what-is-api", Up: n%2 == 0}}
		l.Reminder = bot.Reminder{On: n%3 > 0}
		if l.Reminder.On {
			l.Reminder.Next, l.Reminder.Day = noon.AddDate(-1, 0, n%300), streak.DayOn(noon)+streak.Day(n%300-365)
		}
		at := (firstDay + streak.Day(n-1)).At(12*60, time.UTC)
		l.Streak, result = l.Streak.CheckIn(at, fmt.Sprint(a, ":", n))
		return nil
	})
	return l, result, err
}

// comeAndGo makes a learner with an open code and forgets it, for ever.
func comeAndGo(s *Store) error {
	ctx := context.Background()
	for {
		id, err := s.Resolve(ctx, "d:guest")
		if err == nil {
			err = s.Keep(ctx, bot.CodeKey("GUEST1"), string(id), time.Hour)
		}
		if err == nil {
			_, err = s.Update(ctx, id, func(l *bot.Learner) error {
				l.Code, l.Boards, l.Accounts = "GUEST1", []string{"g"}, []bot.Account{"d:guest", "s:guest"}
				return nil
			})
		}
		if err == nil {
			err = s.Forget(ctx, id)
		}
		if err != nil {
			return err
		}
	}
}

// remindForEver claims what is due, and leaves some of it at every step to the
// end of its lease.
func remindForEver(s *Store) error {
	const lease = 20 * time.Millisecond
	ctx := context.Background()
	for {
		claims, err := s.Claim(ctx, accounts, lease)
		if err != nil {
			return err
		}
		for _, c := range claims {
			if rand.IntN(10) == 0 {
				continue
			}
			if rand.IntN(10) == 0 {
				err = s.Release(ctx, c, 0)
			}
			v, begun := s.Begin(ctx, c, lease, yes)
			if err := errors.Join(err, begun); err != nil {
				return err
			}
			if v != bot.Send || rand.IntN(10) == 0 {
				continue
			}
			if _, err := s.Finish(ctx, c, soon); err != nil {
				return err
			}
		}
	}
}

// wantAllDue checks that each reminder that is planned can be claimed, once the
// leases have ended.
func wantAllDue(t *testing.T, s *Store) {
	t.Helper()
	planned := map[bot.ID]bool{}
	for l, err := range s.Learners(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !l.Reminder.Next.IsZero() {
			planned[l.ID] = true
		}
	}
	time.Sleep(20 * time.Millisecond) // the lease of who was killed
	claims, err := s.Claim(t.Context(), 1000, time.Minute)
	if err != nil || len(claims) != len(planned) {
		t.Errorf("%d reminders were claimed, %v, want the %d that are planned", len(claims), err, len(planned))
	}
	for _, c := range claims {
		if !planned[c.ID] {
			t.Errorf("learner %s was claimed, and plans no reminder", c.ID)
		}
		if err := s.Release(t.Context(), c, 0); err != nil {
			t.Error(err)
		}
	}
}

func TestCrash(t *testing.T) {
	rounds := 3
	if v := os.Getenv(roundsVariable); v != "" {
		var err error
		if rounds, err = strconv.Atoi(v); err != nil {
			t.Fatalf("%s is %q, want a number of rounds", roundsVariable, v)
		}
	}
	c := crash{path: filepath.Join(t.TempDir(), "mentor.db"), acked: map[bot.Account]int{}}
	for range rounds {
		for _, at := range []step{"", beforeCommit, beforeAnswer, midBackup, beforeRename} {
			c.kill(t, at)
			c.check(t)
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d kills: %d check-ins acknowledged, 0 missing, 0 doubled; %d were written without an acknowledgement", c.kills, c.total(), c.unknown)
}

// A crash is a store that is killed over and over.
type crash struct {
	path    string
	acked   map[bot.Account]int // days that were acknowledged
	kills   int
	unknown int // days found that were not
}

func (c *crash) total() int {
	sum := 0
	for _, n := range c.acked {
		sum += n
	}
	return sum
}

// kill runs the child until it dies: at the step, some time it is reached, or at
// any moment when there is none.
func (c *crash) kill(t *testing.T, at step) {
	t.Helper()
	times := 1 + rand.IntN(40)
	if at == midBackup || at == beforeRename {
		times = 1 + rand.IntN(3)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-crash.file="+c.path, fmt.Sprint("-crash.step=", at, ":", times)) //nolint:gosec // this very binary
	var complaints bytes.Buffer
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(func() { c.read(t, out) })
	late := 10 * time.Second // it dies by itself
	if at == "" {
		late = time.Duration(rand.Int64N(int64(150 * time.Millisecond)))
	}
	timer := time.AfterFunc(late, func() {
		if err := child.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
	})
	reading.Wait()
	err = child.Wait()
	if stopped := timer.Stop(); at != "" && !stopped {
		t.Errorf("the child lived on without reaching the step %q for the %dth time", at, times)
	}
	if state := child.ProcessState; state.Exited() {
		t.Fatalf("the child ended by itself: %v\n%s", err, complaints.String())
	}
	c.kills++
}

// read takes note of what the child acknowledges.
func (c *crash) read(t *testing.T, out io.Reader) {
	t.Helper()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var a bot.Account
		var n int
		if _, err := fmt.Sscanf(lines.Text(), "ack %s %d", &a, &n); err != nil {
			t.Errorf("the child wrote %q: %v", lines.Text(), err)
			continue
		}
		c.acked[a] = max(c.acked[a], n)
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
}

// check opens what the child left.
func (c *crash) check(t *testing.T) {
	t.Helper()
	s, err := Open(c.path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wantClean(t, s)
	wantAllDue(t, s)
	for a, n := range c.acked {
		c.checkAccount(t, s, a, n)
	}
	if path := newestBackup(s.path, s.options.Backups); path != "" {
		b, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		wantClean(t, b)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// checkAccount finds all that was acknowledged, and at most the one event that
// was in flight besides; delivered again, that one counts once.
func (c *crash) checkAccount(t *testing.T, s *Store, a bot.Account, acked int) {
	t.Helper()
	id, err := s.Find(t.Context(), a)
	if err != nil {
		t.Errorf("account %s with %d acknowledged check-ins: %v", a, acked, err)
		return
	}
	l, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	found := l.Streak.Total
	if found < acked || found > acked+1 {
		t.Errorf("account %s has %d days, want the %d acknowledged and at most one more", a, found, acked)
	}
	again, result, err := deliver(s, id, a, found)
	if err != nil || again.Streak.Total != found || result.Kind != streak.Counted || result.Run != found {
		t.Errorf("event %d of account %s, delivered again: %d days, %+v, %v; want %[1]d days and the first result", found, a, again.Streak.Total, result, err)
	}
	c.unknown += found - acked
	c.acked[a] = found
}
