//go:build unix

package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mentor/bot/discord/discordtest"
	"mentor/bot/slack"
	"mentor/bot/slack/slacktest"
)

// cramped is mentor as a process that gets too little: only CRAMPED_FILES files may
// be open, and from SIGUSR1 to SIGUSR2 no file can be written but its first bytes.
func cramped() {
	if n, err := strconv.ParseUint(os.Getenv("CRAMPED_FILES"), 10, 64); err == nil {
		limit(syscall.RLIMIT_NOFILE, n)
	}
	signal.Ignore(syscall.SIGXFSZ) // a write that goes too far is an error then, as on a full disk
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		for s := range told {
			room := uint64(1 << 40)
			if s == syscall.SIGUSR1 {
				room = 4096
			}
			limit(syscall.RLIMIT_FSIZE, room)
		}
	}()
	os.Exit(start(time.Now))
}

// limit limits what this process gets of a resource.
func limit(resource int, n uint64) {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(resource, &l); err != nil {
		panic(err)
	}
	l.Cur = min(n, l.Max)
	if err := syscall.Setrlimit(resource, &l); err != nil {
		panic(err)
	}
}

// startCramped runs `mentor run` in a process of its own until the test's end.
func startCramped(t *testing.T, all map[string]string) (*shown, *os.Process) {
	t.Helper()
	path, err := exec.LookPath("mentor-cramped")
	if err != nil {
		t.Fatal(err)
	}
	out := &log{}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), path, "run") //nolint:gosec // this test binary
	cmd.Stdout, cmd.Stderr = out, out
	for name, value := range all {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck,gosec // it may have ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("the end of the program: %v\nlog:\n%s", err, out)
		}
	})
	return watching(t, out), cmd.Process
}

// TestTheDiskIsFull: a file that may not be written stands for it, whose writes fail
// in the same way. Questions are answered, check-ins refused in words; and when there
// is room again they are counted, without a restart.
func TestTheDiskIsFull(t *testing.T) {
	long(t)
	t.Parallel()
	d, s := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest()))
	ada := d.AddGuild("Learners").AddUser("ada")
	shown, process := startCramped(t, both(t, d, s, nil))
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	shown.wait(t, http.StatusOK, "ok   store: read and written\n", `mentor_part_well{part="store"} 1`)
	if err := process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	say := func(text string) {
		ada.DM(text)
		ada.WaitReply(t.Context(), ada.DMChannel())
	}
	time.Sleep(100 * time.Millisecond) // real time: nothing tells that the signal was taken
	for _, text := range []string{"done", "which language is easiest?", "done"} {
		say(text)
	}
	if seen := d.Transcript(ada.DMChannel().ID, discordtest.For(ada)); strings.Count(seen, "**not counted**") != 2 || !strings.Contains(seen, "Python is the easiest") {
		t.Errorf("while the disk is full ada sees:\n%s", seen)
	}
	shown.wait(t, http.StatusServiceUnavailable, "BAD  store: ", `mentor_part_well{part="store"} 0`)
	for _, line := range []string{`"msg":"a part is not well","part":"store"`, `"msg":"the store failed a command"`} {
		shown.logged(t, line)
	}
	if !strings.Contains(shown.log.String(), "may grow no further; raise this process's limit") {
		t.Errorf("the log does not name the cure:\n%s", shown.log)
	}
	if err := process.Signal(syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	shown.wait(t, http.StatusOK, "ok   store: read and written\n", `mentor_part_well{part="store"} 1`)
	shown.logged(t, `"msg":"a part is well again","part":"store"`)
	say("done")
	if seen := d.Transcript(ada.DMChannel().ID, discordtest.For(ada)); !strings.Contains(seen, "1 day in a row") {
		t.Errorf("when there is room again ada sees:\n%s", seen)
	}
}

// TestNoMoreFilesCanBeOpened: visitors hold all of them; /readyz says so to one more,
// and when they leave all is well.
func TestNoMoreFilesCanBeOpened(t *testing.T) {
	long(t)
	t.Parallel()
	d, s := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest()))
	shown, _ := startCramped(t, both(t, d, s, map[string]string{"CRAMPED_FILES": "40"}))
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	shown.wait(t, http.StatusOK, "ok   files: can be opened\n", `mentor_part_well{part="files"} 1`)
	// Idle visitors are sent away after 5 s; they come again.
	var held []net.Conn
	crowd := func() {
		for range 10 {
			conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", shown.address)
			if err != nil {
				return
			}
			held = append(held, conn)
		}
	}
	shown.until(t, "the files to run out", func() bool {
		crowd()
		_, ready := shown.get("/readyz")
		return strings.Contains(ready, "BAD  files: none can be opened (open /dev/null: too many open files); raise the limit of open files")
	})
	shown.logged(t, `"msg":"a part is not well","part":"files"`)
	for _, conn := range held {
		conn.Close() //nolint:errcheck,gosec // it was only to be there
	}
	shown.wait(t, http.StatusOK, "ok   files: can be opened\n", `mentor_part_well{part="files"} 1`)
	shown.logged(t, `"msg":"a part is well again","part":"files"`)
	ann := s.Person("ann")
	ann.WaitReply(ann.DM("which language is easiest?"))
}
