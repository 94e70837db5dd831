package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAShortRun is the whole of it, small: the mentor on a file, with two faults.
func TestAShortRun(t *testing.T) {
	long(t)
	var out, progress bytes.Buffer
	err := run(t.Context(), []string{
		"-learners", "200", "-for", "12s", "-questions", "20", "-checkins", "4", "-reminders", "4", "-groups", "8", "-faults", "3s", "-flat-out", "1s",
		"-p99", "5s", // the machine may be doing anything else
	}, &out, &progress)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, &progress, &out)
	}
	for _, want := range []string{"| file  | 200 ", "20 + 4 + 4 a second", "2 faults: 240 questions, ", "0 without a reply, 0 with two."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, &out)
		}
	}
}

// TestOptions are refused with what would be accepted.
func TestOptions(t *testing.T) {
	for args, want := range map[string]string{
		"-store mysql":                 "use file, redis",
		"-learners many":               `"many" is no number`,
		"-learners 10":                 "need twice as many learners",
		"-faults 1s":                   "further apart",
		"-groups 1":                    "two are the fewest",
		"-questions 2000":              "use more groups",
		"-learners 9999 -reminders 50": "are put off",
		"now":                          "is no flag",
		"-for -1s":                     "negative",
	} {
		_, err := parseOptions(strings.Fields(args), io.Discard)
		var usage usageError
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &usage) {
			t.Errorf("%s: %v, want a usage error with %q", args, err, want)
		}
	}
	if o, err := parseOptions(strings.Fields("-store file,redis -learners 1000,100000"), io.Discard); err != nil || len(o.cases()) != 4 {
		t.Errorf("two stores with two crowds: %d trials, %v, want 4", len(o.cases()), err)
	}
}

// TestSpeakersSpreadOverAllChannels: nobody writes into one channel faster than
// Slack takes it.
func TestSpeakersSpreadOverAllChannels(t *testing.T) {
	w := newWorld(8, true)
	defer w.stage.close()
	seen := map[string]int{}
	people := make([]speaker, 80)
	for i := range people {
		people[i] = w.person(i%2 == 1)
	}
	for i := range 160 {
		if c, ok := people[i%len(people)].(*colleague); ok {
			seen[c.place(i).ID]++
		}
	}
	if want := 4 * teamChannels; len(seen) != want {
		t.Errorf("80 messages on Slack went into %d channels, want %d", len(seen), want)
	}
}

// TestTheMentorCarriesNoStandIns: what plays Discord and Slack is for tests alone.
func TestTheMentorCarriesNoStandIns(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "mentor/cmd/mentor").Output()
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); pkg == "testing" || strings.HasSuffix(pkg, "test") && strings.HasPrefix(pkg, "mentor/") {
			t.Errorf("the mentor carries %s", pkg)
		}
	}
}

func TestRedisComesBackWithItsData(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("MENTOR_REQUIRE_REDIS") == "1" {
			t.Fatal("MENTOR_REQUIRE_REDIS is 1, but there is no redis-server on the PATH")
		}
		t.Skip("there is no redis-server on the PATH")
	}
	s, err := startRedis(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.kill(); err != nil {
			t.Error(err)
		}
	}()
	c := &crowd{silent: []*learner{{id: "someone", account: "d:1", before: daysBefore}}}
	if _, err := c.prepare(t.Context(), "redis://"+s.addr, load{}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.kill(), s.start(t.Context())); err != nil {
		t.Fatal(err)
	}
	store, err := openStore(t.Context(), "redis://"+s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if l, err := store.Get(t.Context(), "someone"); err != nil || l.Streak.Total != daysBefore {
		t.Errorf("after the kill: %d days, %v, want %d", l.Streak.Total, err, daysBefore)
	}
}

// TestAMentorThatDoesNotStart is told with what it wrote.
func TestAMentorThatDoesNotStart(t *testing.T) {
	var out, progress bytes.Buffer
	err := run(t.Context(), []string{"-mentor", filepath.Join(t.TempDir(), "none"), "-reminders", "1"}, &out, &progress)
	if err == nil || !strings.Contains(err.Error(), "start the mentor") || exitCode(err) != 1 {
		t.Errorf("a mentor that is not there: %v, want to hear of it, and exit code 1", err)
	}
}
