package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// A sample is what the mentor's process takes of the machine at one instant.
// What cannot be found out, as on systems without /proc, is 0.
type sample struct {
	at         time.Time
	memory     int // resident, in KiB
	heap       int // of it what is no file's, in KiB
	files      int // open
	threads    int
	goroutines int           // when the mentor tells
	cpu        time.Duration // so far
}

// sample looks at the process.
func (c *child) sample(ctx context.Context) sample {
	s := sample{at: time.Now()}
	proc := fmt.Sprintf("/proc/%d/", c.cmd.Process.Pid)
	fields := readFields(proc + "status")
	s.memory, s.heap, s.threads = fields["VmRSS"], fields["RssAnon"], fields["Threads"]
	if files, err := os.ReadDir(proc + "fd"); err == nil {
		s.files = len(files)
	}
	s.cpu = cpuOf(proc + "stat")
	s.goroutines = c.metric(ctx, "go_goroutines")
	return s
}

// readFields reads lines of the form "VmRSS:   1234 kB".
func readFields(path string) map[string]int {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	out := map[string]int{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		if words := strings.Fields(value); len(words) > 0 {
			if n, err := strconv.Atoi(words[0]); err == nil {
				out[name] = n
			}
		}
	}
	return out
}

// tick is the unit of processor time in /proc (sysconf _SC_CLK_TCK, 100 a second
// on all Linux that Go runs on).
const tick = 10 * time.Millisecond

// cpuOf reads the fields utime and stime, the 14th and 15th of proc(5)'s stat.
func cpuOf(path string) time.Duration {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	after := string(text[strings.LastIndexByte(string(text), ')')+1:]) // the name before it may hold anything
	words := strings.Fields(after)
	const user, system = 14 - 3, 15 - 3
	if len(words) <= system {
		return 0
	}
	u, err1 := strconv.Atoi(words[user])
	s, err2 := strconv.Atoi(words[system])
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(u+s) * tick
}

// metric is one of the mentor's own figures; 0 when it tells none.
func (c *child) metric(ctx context.Context, name string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.metrics+"/metrics", http.NoBody)
	if err != nil {
		return 0
	}
	resp, err := scraper.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			f, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return 0
			}
			return int(f)
		}
	}
	return 0
}
