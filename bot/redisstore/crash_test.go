package redisstore

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"mentor/bot"
)

// childURL names the variable that makes the test binary a child that checks
// learners in, and holds the URL; childDay the day it begins on.
const (
	childURL = "MENTOR_CRASH_URL"
	childDay = "MENTOR_CRASH_DAY"
)

// crowd is how many learners a child checks in, all at once.
const crowd = 20

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		if err := child(url); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child checks its learners in day by day, and acknowledges each by a line. What
// fails it tries again, as those who are told "try again" do.
func child(url string) error {
	first, err := strconv.Atoi(os.Getenv(childDay))
	if err != nil {
		return err
	}
	s, err := Open(context.Background(), url, Options{})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for i := range crowd {
		wg.Go(func() {
			for day := first; day < first+10_000; {
				if acknowledged(s, i, day) {
					fmt.Fprintln(os.Stdout, i, day)
					day++
				}
			}
		})
	}
	for i := range remindedCrowd {
		wg.Go(func() { planForEver(s, account(crowd+i)) })
	}
	wg.Go(func() { remindForEver(s) })
	wg.Wait()
	return s.Close()
}

func acknowledged(s *Store, i, day int) bool {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	id, err := s.Resolve(ctx, account(i))
	if err != nil {
		return false
	}
	if day%50 == 0 { // sometimes, more than the row is written
		_, err = s.Update(ctx, id, func(l *bot.Learner) error {
			l.Boards = []string{"g", fmt.Sprint("g", day%3)}
			return nil
		})
	}
	return err == nil && checkIn(ctx, s, id, day) == nil
}

// A witness has what children acknowledged: of each learner the days, and when
// they were heard of.
type witness struct {
	mu   sync.Mutex
	days [crowd]map[int]time.Time
	all  int
}

func (w *witness) add(i, day int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.days[i] == nil {
		w.days[i] = map[int]time.Time{}
	}
	w.days[i][day] = time.Now()
	w.all++
}

func (w *witness) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all
}

// last is the newest day that anybody acknowledged.
func (w *witness) last() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := 0
	for _, days := range w.days {
		for day := range days {
			last = max(last, day)
		}
	}
	return last
}

// watch runs a child until stop, which gets a function that waits until it
// has acknowledged so many more.
func (w *witness) watch(t *testing.T, url string, stop func(child *os.Process, wait func(more int))) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), childURL+"="+url, childDay+"="+strconv.Itoa(w.last()+1))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var i, day int
			if n, err := fmt.Sscan(lines.Text(), &i, &day); n == 2 && err == nil { // the last line may be cut
				w.add(i, day)
			}
		}
	}()
	stop(cmd.Process, func(more int) {
		before := w.count()
		eventually(t, 30*time.Second, func() error {
			if now := w.count(); now < before+more {
				return fmt.Errorf("%d check-ins were acknowledged in the end, %d of them of late", now, now-before)
			}
			return nil
		})
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	<-done
	cmd.Wait() //nolint:errcheck,gosec // it says that it was killed
}

// verify checks that nothing acknowledged before excused is missing, that nothing
// counts twice, not even when the newest event is delivered again, and that all
// fits together. It returns how many of the rest are missing.
func (w *witness) verify(t *testing.T, s *Store, excused time.Time) (lost int) {
	t.Helper()
	for i, days := range w.days {
		id := resolve(t, s, account(i))
		l, err := s.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for day, heard := range days {
			if l.Streak.Days.Done(dayOf(day)) {
				continue
			}
			if lost++; heard.Before(excused) {
				t.Errorf("learner %d: day %d is missing, acknowledged %v before what may be lost", i, day, excused.Sub(heard))
			}
			delete(days, day)
		}
		if err := checkIn(t.Context(), s, id, w.last()); err != nil {
			t.Fatal(err)
		}
		if l, err = s.Get(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if doubled := l.Streak.Total - l.Streak.Days.Count(dayOf(0), dayOf(w.last()+10)); doubled != 0 {
			t.Errorf("learner %d: %d check-ins are doubled", i, doubled)
		}
	}
	for i := range remindedCrowd {
		resolve(t, s, account(crowd+i))
	}
	wantClean(t, s, crowd+remindedCrowd)
	wantAllDue(t, s)
	return lost
}

// rounds is how often something is killed: MENTOR_CRASH_ROUNDS, or n.
func rounds(t *testing.T, n int) int {
	t.Helper()
	if text := os.Getenv("MENTOR_CRASH_ROUNDS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("MENTOR_CRASH_ROUNDS: %v", err)
		}
	}
	return n
}

// never is an excuse for nothing.
var never = time.Now().Add(1000 * time.Hour)

func TestMentorKilled(t *testing.T) {
	server := startServer(t, "--appendonly", "yes")
	s := open(t, server.url(), Options{})
	var w witness
	for range rounds(t, 2) {
		w.watch(t, server.url(), func(child *os.Process, wait func(int)) {
			wait(1 + rand.IntN(500))
			if err := child.Kill(); err != nil {
				t.Error(err)
			}
		})
		w.verify(t, s, never)
	}
	t.Logf("of %d acknowledged check-ins none is missing or doubled", w.count())
}

// TestRedisKilled: with appendfsync always nothing is missing. With everysec Redis
// puts off writing its log, and not only syncing it, for up to two seconds while
// the disk is busy with the last sync (redis.conf, "appendfsync everysec"), so
// that much may be missing on a slow disk, also when only the process dies.
func TestRedisKilled(t *testing.T) {
	for policy, excuse := range map[string]time.Duration{"always": 0, "everysec": 3 * time.Second} {
		t.Run(policy, func(t *testing.T) {
			server := startServer(t, "--appendonly", "yes", "--appendfsync", policy)
			s := open(t, server.url(), Options{})
			var w witness
			lost := 0
			for range rounds(t, 2) {
				excused := never
				w.watch(t, server.url(), func(_ *os.Process, wait func(int)) {
					wait(1 + rand.IntN(500))
					if excuse > 0 {
						excused = time.Now().Add(-excuse)
					}
					server.kill()
					server.start()
					server.waitUntilUp()
					wait(100)
				})
				eventually(t, 3*time.Second, func() error { return s.Health(context.Background()) })
				lost += w.verify(t, s, excused)
			}
			t.Logf("of %d acknowledged check-ins %d are missing, none doubled", w.count(), lost)
		})
	}
}
