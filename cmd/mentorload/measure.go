package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// A row is what one trial found out.
type row struct {
	trial
	ready    time.Duration // from the start of the process to its being on both platforms
	idle     sample        // after that, before anybody spoke
	samples  []sample      // while the load lasted
	late     time.Duration // what was said most after its time
	counts   counts
	p50, p99 time.Duration // of the replies outside of faults
	cpu      time.Duration // of the mentor for each thing that was said or sent
	most     float64       // questions a second, flat out; 0 when not tried
	broken   []string      // the bars that were broken
}

// measure makes a trial.
func measure(ctx context.Context, t trial, progress io.Writer) (_ row, err error) {
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return row{}, fmt.Errorf("make a folder for the run: %w", err)
	}
	address := filepath.Join(t.dir, "mentor.db")
	var redis *server
	if t.store == "redis" {
		if redis, err = startRedis(ctx, t.dir); err != nil {
			return row{}, err
		}
		defer func() { err = errors.Join(err, redis.kill()) }()
		address = "redis://" + redis.addr
	}
	texts, err := phrasings()
	if err != nil {
		return row{}, err
	}
	r, err := steady(ctx, t, address, redis, texts, progress)
	if err != nil || t.flatOut == 0 {
		return r, err
	}
	r.most, err = flatOut(ctx, t, address, texts, progress)
	return r, err
}

// settleTime is how long the mentor stands idle before it is looked at: it gives
// back what it took for learning the guide.
const settleTime = 2 * time.Second

// steady makes the first part of a trial: the load that was asked for.
func steady(ctx context.Context, t trial, address string, redis *server, texts []string, progress io.Writer) (row, error) {
	r := row{trial: t}
	w := newWorld(t.groups, true)
	defer w.stage.close()
	c := newCrowd(w, t)
	fmt.Fprintf(progress, "%s store: writing %d learners\n", t.store, t.learners)
	begin, err := c.prepare(ctx, address, t.load)
	if err != nil {
		return r, err
	}
	m, err := start(ctx, t, address, w)
	if err != nil {
		return r, err
	}
	runtime.GC() // what was made by now stays
	r.ready = m.ready
	sleep(ctx, settleTime)
	r.idle = m.sample(ctx)
	sleep(ctx, time.Until(begin))
	begin = laterOf(begin, time.Now())
	fmt.Fprintf(progress, "%s store: %v of %.0f questions, %.0f check-ins and %.0f reminders a second\n", t.store, t.lasts, t.questions, t.checkIns, t.reminders)
	felt, err := w.load(ctx, m, c, t, begin, texts, redis, &r, progress)
	if err != nil {
		return r, errors.Join(err, m.stop())
	}
	w.settle(ctx, c, len(felt) > 0)
	if err := m.stop(); err != nil {
		r.broken = append(r.broken, err.Error())
	}
	s, err := openStore(ctx, address)
	if err != nil {
		return r, err
	}
	err = r.judge(ctx, s, w, c, felt)
	if err = errors.Join(err, s.Close()); err != nil {
		return r, err
	}
	w.stage.close()
	for _, fault := range w.stage.found() {
		r.breaks("the platforms: %s", shortened(fault))
	}
	return r, ctx.Err()
}

// prepare writes the crowd to the store at an address.
func (c *crowd) prepare(ctx context.Context, address string, l load) (time.Time, error) {
	s, err := openStore(ctx, address)
	if err != nil {
		return time.Time{}, err
	}
	begin, err := c.fill(ctx, s, l)
	return begin, errors.Join(err, s.Close())
}

// load does the load, with its faults, and looks at the mentor meanwhile.
func (w *world) load(ctx context.Context, m *child, c *crowd, t trial, begin time.Time, texts []string, redis *server, r *row, progress io.Writer) ([]window, error) {
	until := begin.Add(t.lasts)
	ctx, end := context.WithDeadline(ctx, until.Add(time.Minute))
	defer end()
	var felt []window
	g, working := errgroup.WithContext(ctx)
	watching, stop := context.WithCancel(working)
	defer stop()
	g.Go(func() error {
		defer stop()
		var err error
		r.late, err = w.drive(working, c, t.load, begin, texts)
		sleep(working, time.Until(until))
		return err
	})
	if t.faults > 0 {
		g.Go(func() (err error) {
			felt, err = w.breakThings(watching, t.faults, until, redis, progress)
			return err
		})
	}
	g.Go(func() error {
		r.samples = append(r.samples, m.sample(working))
		for sleep(watching, sampleEvery(t.lasts)) {
			r.samples = append(r.samples, m.sample(working))
		}
		return nil
	})
	return felt, g.Wait() //nolint:wrapcheck // wrapped where it happened
}

// sampleEvery is the time between two looks at the mentor: a hundred looks, but
// not all the time.
func sampleEvery(lasts time.Duration) time.Duration {
	return min(max(lasts/100, 500*time.Millisecond), 10*time.Second)
}

// How long the last replies and reminders may take. Slack brings an event again a
// minute after the first two tries (its Events API documentation, November 2026),
// and a reminder that was begun is tried again a minute later.
const (
	lastReplies      = 10 * time.Second
	lastAfterTrouble = 100 * time.Second
)

// settle waits until everybody has their reply and their reminder.
func (w *world) settle(ctx context.Context, c *crowd, trouble bool) {
	patience := lastReplies
	if trouble {
		patience = lastAfterTrouble
	}
	for end := time.Now().Add(patience); time.Now().Before(end) && (w.book.unanswered() > 0 || len(c.unreminded(w.book)) > 0); {
		if !sleep(ctx, 100*time.Millisecond) {
			return
		}
	}
	sleep(ctx, time.Second) // for what comes though nobody waits for it
}

// shortened is the beginning of a long report.
func shortened(text string) string {
	const most = 2000
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s\n… and %d characters more", strings.ToValidUTF8(text[:most], ""), len(text)-most)
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// manyAsking are people enough that none of them speaks faster than the mentor
// lets them.
const manyAsking = 4000

// flatOut makes the second part of a trial: how many questions a second are
// answered at most, while Discord and Slack set no limits.
func flatOut(ctx context.Context, t trial, address string, texts []string, progress io.Writer) (float64, error) {
	w := newWorld(t.groups, false)
	defer w.stage.close()
	people := make([]speaker, manyAsking)
	for i := range people {
		people[i] = w.person(i%2 == 1)
	}
	m, err := start(ctx, t, address, w)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(progress, "%s store: %v of as many questions as %d people can ask\n", t.store, t.flatOut, atOnce)
	n, err := w.flatOut(ctx, people, t.flatOut, texts)
	return float64(n) / t.flatOut.Seconds(), errors.Join(err, m.stop())
}
