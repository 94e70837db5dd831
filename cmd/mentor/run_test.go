package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mentor/bot/discord/discordtest"
	"mentor/bot/slack"
	"mentor/bot/slack/slacktest"
)

// smallGuide writes a guide that is learnt in a moment.
func smallGuide(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for id, entry := range map[string]string{
		"easiest": "title: Which language is easiest?\nask:\n  - which backend language is easiest\n  - easiest language\nsee: []\nsources: []\nreviewed: 2026-11\n---\nPython is the easiest for most.\n",
		"months":  "title: How long does it take?\nask:\n  - how long does it take\n  - months to learn\nsee: []\nsources: []\nreviewed: 2026-11\n---\nAbout a year.\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, "basics"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "basics", id+".md"), []byte("---\nid: "+id+"\n"+entry), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A log keeps what the program writes.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A program is `mentor run` inside the test.
type program struct {
	log   *log
	stop  context.CancelFunc
	ended chan error
}

// startRun runs the program with an environment until stop; "--guide" in it is the flag.
func startRun(t *testing.T, env map[string]string) *program {
	t.Helper()
	return startAt(t, env, time.Now)
}

// startAt is startRun by a clock of the test's.
func startAt(t *testing.T, env map[string]string, now func() time.Time) *program {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	args := []string{"run"}
	if dir := env["--guide"]; dir != "" {
		args = append(args, "--guide", dir)
	}
	p := &program{log: &log{}, stop: stop, ended: make(chan error, 1)}
	go func() {
		p.ended <- run(ctx, process{
			args: args, getenv: func(name string) string { return env[name] }, stdin: strings.NewReader(""), stdout: p.log, stderr: p.log, now: now,
		})
	}()
	t.Cleanup(stop)
	return p
}

// wait returns the program's error, which must come soon.
func (p *program) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatalf("the program did not end in 10 s; its log:\n%s", p.log)
		return nil
	}
}

// env is an environment that joins both.
func env(t *testing.T, d *discordtest.Server, s *slacktest.Server) map[string]string {
	t.Helper()
	return map[string]string{
		"DISCORD_TOKEN": d.Token(), "DISCORD_API_URL": d.URL(), "SLACK_APP_TOKEN": s.AppToken(), "SLACK_BOT_TOKEN": s.BotToken(), "SLACK_API_URL": s.APIURL(),
		"MENTOR_DATA": t.TempDir(), "--guide": smallGuide(t), "MENTOR_LOG_LEVEL": "debug",
	}
}

var linkCode = regexp.MustCompile(`link ([A-Z0-9]{4}-[A-Z0-9]{4})`)

// codeOf is the code to link accounts in what somebody sees.
func codeOf(t *testing.T, seen string) string {
	t.Helper()
	found := linkCode.FindAllStringSubmatch(seen, -1)
	if len(found) == 0 {
		t.Fatalf("no code to link accounts in:\n%s", seen)
	}
	return found[len(found)-1][1]
}

// TestOneLearnerOnTwoPlatforms joins a learner's two accounts in one program.
func TestOneLearnerOnTwoPlatforms(t *testing.T) {
	d, s := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest()))
	ada := d.AddUser("ada")
	d.AddGuild("Learners").Join(ada)
	p := startRun(t, env(t, d, s))
	d.WaitConnected(t.Context())
	s.WaitConnected(2) // two connections: one is left while the other is renewed
	ann := s.Person("ann")
	inDiscord := func(text string) string {
		t.Helper()
		ada.DM(text)
		ada.WaitReply(t.Context(), ada.DMChannel())
		return d.Transcript(ada.DMChannel().ID, discordtest.For(ada))
	}
	inSlack := func(text string) string {
		t.Helper()
		said := ann.DM(text)
		ann.WaitReply(said)
		return s.Transcript(said.Channel)
	}
	wants := func(seen, part string) {
		t.Helper()
		if !strings.Contains(seen, part) {
			t.Errorf("%q is missing in:\n%s\nlog:\n%s", part, seen, p.log)
		}
	}
	wants(inDiscord("which language is easiest?"), "Python is the easiest")
	wants(inSlack("which language is easiest?"), "Python is the easiest")
	wants(inDiscord("done"), "1 day in a row")
	second := codeOf(t, inSlack("link "+codeOf(t, inDiscord("link"))))
	wants(inDiscord("link "+second), "both accounts are you now")
	wants(inSlack("done"), "is counted already")
	p.stop()
	if err := p.wait(t); err != nil {
		t.Errorf("the end of the program: %v", err)
	}
	for _, secret := range []string{d.Token(), s.AppToken(), s.BotToken()} {
		if strings.Contains(p.log.String(), secret) {
			t.Error("a token is in the log")
		}
	}
}

// TestARefusedTokenEndsTheProgram within seconds, with one line that names the cure.
func TestARefusedTokenEndsTheProgram(t *testing.T) {
	d := discordtest.New(t)
	p := startRun(t, map[string]string{
		"DISCORD_TOKEN": "nobody.knows.it", "DISCORD_API_URL": d.URL(), "MENTOR_DATA": t.TempDir(), "--guide": smallGuide(t),
	})
	if err := p.wait(t); err == nil || !strings.Contains(err.Error(), "DISCORD_TOKEN") || strings.Contains(err.Error(), "nobody") {
		t.Errorf("the end of the program: %v, want the cure and no token", err)
	}
}

// TestAReminderIsSentAndAnswered: it goes out on both platforms, Done is tapped,
// the streak grows, and tomorrow's is planned.
func TestAReminderIsSentAndAnswered(t *testing.T) {
	d, s := discordtest.New(t), slacktest.New(t, slacktest.Manifest(slack.Manifest()))
	ada := d.AddUser("ada")
	d.AddGuild("Learners").Join(ada)
	var ahead atomic.Int64 // how far the program's clock is ahead
	p := startAt(t, env(t, d, s), func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	d.WaitConnected(t.Context())
	s.WaitConnected(2)
	ann := s.Person("ann")
	at := time.Now().UTC().Add(90 * time.Minute).Format("15:04")
	ada.DM("zone UTC")
	ada.WaitReply(t.Context(), ada.DMChannel())
	ada.DM("remind me at " + at)
	ada.WaitReply(t.Context(), ada.DMChannel())
	said := ann.DM("zone UTC")
	ann.WaitReply(said)
	said = ann.DM("remind " + at)
	ann.WaitReply(said)

	ahead.Store(int64(91 * time.Minute))
	nudge := ada.WaitReply(t.Context(), ada.DMChannel())
	if len(nudge.Buttons()) < 3 {
		t.Errorf("the reminder has the buttons %v, want Done, Later and Not today", nudge.Buttons())
	}
	ada.Click(nudge, "say:checkin").Wait(t.Context())
	if seen := d.Transcript(ada.DMChannel().ID, discordtest.For(ada)); !strings.Contains(seen, "1 day in a row") {
		t.Errorf("after Done ada sees:\n%s", seen)
	}
	reminded := ann.WaitText(said.Channel, "Not today")
	ann.Click(reminded, "Done").Wait()
	ann.WaitText(said.Channel, "1 day in a row")
	said = ann.DM("what reminders do I have?")
	if answer := ann.WaitReply(said); !strings.Contains(answer.Text, "Next: ") {
		t.Errorf("tomorrow's reminder is told as %q", answer.Text)
	}
	p.stop()
	if err := p.wait(t); err != nil {
		t.Errorf("the end of the program: %v", err)
	}
}
