package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/discord/discordtest"
	"mentor/bot/redisstore"
)

// startRedis starts a redis-server of the test's own and returns its address.
// Where there is none the test is skipped, or fails if MENTOR_REQUIRE_REDIS says so.
func startRedis(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("MENTOR_REQUIRE_REDIS") == "1" {
			t.Fatal("MENTOR_REQUIRE_REDIS is 1, but there is no redis-server on the PATH")
		}
		t.Skip("there is no redis-server on the PATH")
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), "redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "", "--appendonly", "yes") //nolint:gosec // a test's own arguments
	startChild(t, cmd)
	return "redis://127.0.0.1:" + port
}

// startChild starts a process that ends with the test, however that ends.
func startChild(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck,gosec // it may have been killed by the test
		cmd.Wait()         //nolint:errcheck,gosec // it says that it was
	})
}

// A mate is `mentor run` in a process of its own.
type mate struct {
	cmd *exec.Cmd
	log *log
}

func startMate(t *testing.T, d *discordtest.Server, store, guide string) *mate {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m := &mate{exec.CommandContext(context.Background(), self, "run", "--guide", guide), &log{}} //nolint:gosec // this test itself
	m.cmd.Args[0] = "mentor"
	m.cmd.Env = []string{
		"DISCORD_TOKEN=" + d.Token(), "DISCORD_API_URL=" + d.URL(), "MENTOR_STORE=" + store,
		"MENTOR_DATA=" + t.TempDir(), "MENTOR_LOG_LEVEL=debug", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(),
	}
	m.cmd.Stdout, m.cmd.Stderr = m.log, m.log
	startChild(t, m.cmd)
	return m
}

func (m *mate) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := m.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// connections is how often m has connected to a shard.
func (m *mate) connections() int { return strings.Count(m.log.String(), "connected to discord") }

// A class is a server on each shard with somebody in all of them who asks, and
// learners who are to be reminded.
type class struct {
	*discordtest.Server

	t        *testing.T
	rooms    []*discordtest.Channel
	asker    *discordtest.User
	learners []*discordtest.User
	asked    int
}

func newClass(t *testing.T, shards, learners int) *class {
	t.Helper()
	d := discordtest.New(t, discordtest.WithShards(shards), discordtest.WithSessionStarts(1000, shards), discordtest.WithHeartbeat(4*time.Second))
	d.Allow(discordtest.Identifies, 40)
	c := &class{Server: d, t: t, asker: d.AddUser("asker")}
	for i := range shards {
		g := d.AddGuildOn(i, fmt.Sprint("Learners ", i))
		g.Join(c.asker)
		c.rooms = append(c.rooms, g.AddChannel("general"))
		for j := i; j < learners; j += shards {
			u := d.AddUser(fmt.Sprint("learner", j))
			g.Join(u)
			c.learners = append(c.learners, u)
		}
	}
	return c
}

// untilAnswered asks in every room, again each second, until all have an answer to
// a question asked from now on, and returns how long that took.
func (c *class) untilAnswered(limit time.Duration) time.Duration {
	c.t.Helper()
	began := time.Now()
	questions := make([]map[string]bool, len(c.rooms)) // ids
	for open := len(c.rooms); open > 0; {
		if time.Since(began) > limit {
			c.t.Fatalf("%d of %d shards are not answered on after %v", open, len(c.rooms), limit)
		}
		for i, room := range c.rooms {
			if questions[i] == nil {
				questions[i] = map[string]bool{}
			}
			if !answeredOne(room, questions[i]) {
				c.asked++
				questions[i][c.asker.Say(room, c.Mention()+" which language is easiest? "+strings.Repeat("?", c.asked)).ID] = true
			}
		}
		time.Sleep(time.Second)
		open = 0
		for i, room := range c.rooms {
			if !answeredOne(room, questions[i]) {
				open++
			}
		}
	}
	return time.Since(began)
}

func answeredOne(room *discordtest.Channel, questions map[string]bool) bool {
	for _, m := range room.Messages() {
		if m.FromBot && questions[m.ReplyTo] {
			return true
		}
	}
	return false
}

// remindAll makes a reminder due now for every learner.
func (c *class) remindAll(url string) {
	c.t.Helper()
	store, err := redisstore.Open(c.t.Context(), url, redisstore.Options{RequireUp: true})
	if err != nil {
		c.t.Fatal(err)
	}
	ahead := (10 - time.Now().UTC().Hour() + 24) % 24 // a zone in which it is between ten and eleven
	zone := "Etc/GMT-" + strconv.Itoa(ahead)
	if ahead > 12 {
		zone = "Etc/GMT+" + strconv.Itoa(24-ahead)
	}
	var all sync.WaitGroup
	for _, u := range c.learners {
		l := bot.NewLearner(bot.NewID(), bot.NewAccount("d", u.ID))
		l.Streak.Zone, l.Streak.DayEnd = zone, 0
		l.Reminder = bot.Reminder{On: true, Minute: 10 * 60, To: l.Accounts[0]}
		l = l.Plan(time.Now().Add(-2 * time.Hour))
		all.Go(func() {
			if err := store.Put(c.t.Context(), l); err != nil {
				c.t.Error(err)
			}
		})
	}
	all.Wait()
	if err := store.Close(); err != nil {
		c.t.Error(err)
	}
}

// reminded is how many learners have a reminder, and holds that nobody has two.
func (c *class) reminded() (n int) {
	c.t.Helper()
	for _, u := range c.learners {
		got := c.Ledger().MessagesIn(u.DMChannel().ID)
		if got > 1 {
			c.t.Errorf("%s has %d reminders", u.Name, got)
		}
		n += min(got, 1)
	}
	return n
}

// waitFor waits for what nothing tells of.
func waitFor(t *testing.T, what string, limit time.Duration, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > limit {
			t.Fatalf("waited %v for %s", limit, what)
		}
	}
}

// TestThreeProcesses: of three on one Redis one is killed and one stopped while
// reminders go out. All shards are covered again within 30 s, the stopped one does
// no harm when it goes on, and everybody gets one reminder.
func TestThreeProcesses(t *testing.T) {
	long(t)
	t.Parallel()
	url, guide := startRedis(t), smallGuide(t)
	c := newClass(t, 3, 60)
	mates := make([]*mate, 3)
	for i := range mates {
		mates[i] = startMate(t, c.Server, url, guide)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for i, m := range mates {
				t.Logf("the log of process %d:\n%s", i, m.log)
			}
		}
	})
	waitFor(t, "a shard for each process", time.Minute, func() bool {
		return mates[0].connections() > 0 && mates[1].connections() > 0 && mates[2].connections() > 0
	})
	c.WaitShards(t.Context())
	c.untilAnswered(10 * time.Second)

	c.remindAll(url)
	waitFor(t, "the first reminder", 10*time.Second, func() bool { return c.reminded() > 0 })
	mates[0].signal(t, syscall.SIGKILL)
	mates[1].signal(t, syscall.SIGSTOP)
	took := c.untilAnswered(30 * time.Second)
	t.Logf("with one process killed and one stopped all shards are covered again after %v", took.Round(time.Second))
	mates[1].signal(t, syscall.SIGCONT)
	waitFor(t, "a reminder for everybody", 100*time.Second, func() bool { return c.reminded() == len(c.learners) })
	c.WaitShards(t.Context())
	c.untilAnswered(10 * time.Second)
	time.Sleep(time.Second) //nolint:forbidigo // a double would come about now
	c.reminded()
	answers := map[string]int{}
	for _, room := range c.rooms {
		for _, m := range room.Messages() {
			if m.FromBot {
				answers[m.ReplyTo]++
			}
		}
	}
	for id, n := range answers {
		if n > 1 {
			t.Errorf("question %s was answered %d times", id, n)
		}
	}
	if n := c.Ledger().EarlyIdentifies(); n > 0 {
		t.Errorf("%d of %d Identifies came too early", n, c.Ledger().Identifies())
	}
}
