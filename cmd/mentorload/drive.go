package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"mentor/knowledge"
)

// ofMentor is the entry about the mentor itself. Some of what is asked of it is a
// command that is answered in private, and a direct message on Discord does not say
// what it answers.
const ofMentor = "about-mentor"

// phrasings is what learners ask, from the guide itself, in an order in which no
// two neighbours are about one thing.
func phrasings() ([]string, error) {
	guide, err := knowledge.Load(knowledge.FS())
	if err != nil {
		return nil, fmt.Errorf("read the guide: %w", err)
	}
	var out []string
	for i := 0; ; i++ {
		n := len(out)
		for _, e := range guide.Entries() {
			if i < len(e.Ask) && e.ID != ofMentor {
				out = append(out, e.Ask[i])
			}
		}
		if len(out) == n {
			return out, nil
		}
	}
}

// drive lets people ask and check in from begin on, and returns when they have
// said all, with how late they came at most: more than a moment means that the
// machine is too busy for this program.
func (w *world) drive(ctx context.Context, c *crowd, l load, begin time.Time, texts []string) (late time.Duration, err error) {
	var latest atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	evenly := func(rate float64, say func(i int)) {
		g.Go(func() error {
			return guarded(func() error {
				for i := range int(rate * l.lasts.Seconds()) {
					at := begin.Add(time.Duration(float64(i) / rate * float64(time.Second)))
					if !sleep(ctx, time.Until(at)) {
						return nil
					}
					latest.Store(max(latest.Load(), int64(time.Since(at)))) // the two may lose each other's; no matter
					say(i)
				}
				return nil
			})
		})
	}
	evenly(l.questions, func(i int) {
		c.asking[i%len(c.asking)].say(question, texts[i%len(texts)], &exchange{kind: question}, i)
	})
	evenly(l.checkIns, func(i int) {
		if len(c.checking) > 0 {
			who := c.checking[i%len(c.checking)]
			who.speaker.say(checkIn, "", &exchange{kind: checkIn, by: who}, i)
		}
	})
	g.Go(func() error { return guarded(func() error { w.anticipate(ctx, c, begin); return nil }) })
	err = g.Wait()
	return time.Duration(latest.Load()), err //nolint:wrapcheck // it names the stand-in
}

// anticipation is how long before their reminder some check in, which then must
// not come any more.
const anticipation = 10 * time.Second

// anticipate lets one in ten of those who will be reminded check in before it.
func (w *world) anticipate(ctx context.Context, c *crowd, begin time.Time) {
	for i, l := range c.reminded {
		at := l.due.Add(-anticipation)
		if i%20 != 3 && i%20 != 9 || at.Before(begin) { // one of them on each platform
			continue
		}
		if !sleep(ctx, time.Until(at)) {
			return
		}
		l.early = &exchange{kind: checkIn, by: l}
		l.speaker.say(checkIn, "", l.early, i)
	}
}

// atOnce is how many people ask at once when all is asked that can be answered.
const atOnce = 64

// flatOut lets people ask for so long, each as soon as somebody has an answer, and
// returns how many had one.
func (w *world) flatOut(ctx context.Context, people []speaker, lasts time.Duration, texts []string) (answered int, err error) {
	ctx, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	var next, done atomic.Int64
	g := new(errgroup.Group)
	for range atOnce {
		g.Go(func() error {
			return guarded(func() error {
				for ctx.Err() == nil {
					i := int(next.Add(1))
					e := &exchange{kind: question, ended: make(chan struct{})}
					people[i%len(people)].say(question, texts[i%len(texts)], e, i)
					select {
					case <-e.ended:
						done.Add(1)
					case <-ctx.Done():
					}
				}
				return nil
			})
		})
	}
	err = g.Wait()
	return int(done.Load()), err //nolint:wrapcheck // it names the stand-in
}
