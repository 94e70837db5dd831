package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/redisstore"
)

// A store is what this program uses of the mentor's.
type store interface {
	bot.Store
	Check(ctx context.Context) (bot.Report, error)
}

// openStore opens the store at an address, as the mentor does.
func openStore(ctx context.Context, address string) (store, error) {
	if isRedis(address) {
		s, err := redisstore.Open(ctx, address, redisstore.Options{RequireUp: true})
		if err != nil {
			return nil, fmt.Errorf("open the store: %w", err)
		}
		return s, nil
	}
	s, err := boltstore.Open(address, boltstore.Options{})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return s, nil
}

// A learner is somebody whom the store holds when the load begins.
type learner struct {
	id      bot.ID
	account bot.Account
	speaker speaker   // nil for somebody who is never heard of
	before  int       // days done before the run
	due     time.Time // of the reminder; zero for none
	early   *exchange // the check-in before the reminder is due; nil for none
}

// A crowd is the learners, by what they do in the run.
type crowd struct {
	checking []*learner
	reminded []*learner
	silent   []*learner
	asking   []speaker // people whom the store does not hold
}

const (
	daysBefore = 5 // that every learner has done
	fewAsking  = 100
	perAsker   = 8 // people for one question a second, each of whom may ask once in four seconds
)

// newCrowd makes the people of a trial. Those who are reminded, those who check in
// and those who ask are different people, half of them on each platform.
func newCrowd(w *world, t trial) *crowd {
	c := &crowd{}
	checking := min(t.learners-t.reminded(), int(t.checkIns*t.lasts.Seconds())+1)
	for i := range t.learners {
		l := &learner{id: bot.NewID(), before: daysBefore}
		switch {
		case i < t.reminded():
			l.speaker = w.person(i%slackShare == slackShare-1)
			l.speaker.writable()
			c.reminded = append(c.reminded, l)
		case i < t.reminded()+checking:
			l.speaker = w.person(i%2 == 1)
			c.checking = append(c.checking, l)
		default:
			l.account = bot.NewAccount("d", strconv.Itoa(i+1))
			c.silent = append(c.silent, l)
		}
		if l.speaker != nil {
			l.account = l.speaker.account()
		}
	}
	for i := range max(fewAsking, int(t.questions*perAsker)) {
		c.asking = append(c.asking, w.person(i%2 == 1))
	}
	return c
}

// all yields every learner.
func (c *crowd) all(yield func(*learner) bool) {
	for _, list := range [][]*learner{c.reminded, c.checking, c.silent} {
		for _, l := range list {
			if !yield(l) {
				return
			}
		}
	}
}

const (
	fillers     = 64
	perReminder = 400 * time.Microsecond // that one takes to be written, on a busy machine
	startTime   = 6 * time.Second        // that the mentor has to start and to come to rest
)

// fill writes the crowd to the store and returns when the load is to begin, at
// which the first reminders are due.
func (c *crowd) fill(ctx context.Context, s store, t load) (time.Time, error) {
	zone := morning(time.Now())
	if err := c.put(ctx, s, append(append([]*learner{}, c.checking...), c.silent...), zone); err != nil {
		return time.Time{}, err
	}
	begin := time.Now().Add(startTime + time.Duration(len(c.reminded))*perReminder).Truncate(time.Second)
	for i, l := range c.reminded {
		l.due = begin.Add(time.Duration(float64(i) / t.reminders * float64(time.Second))).Truncate(time.Second)
	}
	return begin, c.put(ctx, s, c.reminded, zone)
}

func (c *crowd) put(ctx context.Context, s store, list []*learner, zone string) error {
	g, ctx := errgroup.WithContext(ctx)
	for part := range fillers {
		g.Go(func() error {
			for i := part; i < len(list); i += fillers {
				l, err := list[i].stored(zone, time.Now())
				if err == nil {
					err = s.Put(ctx, l)
				}
				if err != nil {
					return fmt.Errorf("fill the store: %w", err)
				}
			}
			return nil
		})
	}
	return g.Wait() //nolint:wrapcheck // wrapped where it happened
}

// stored is the learner as the store holds them when the load begins: with days
// done, and the reminder planned.
func (l *learner) stored(zone string, now time.Time) (bot.Learner, error) {
	out := bot.NewLearner(l.id, l.account)
	s, err := out.Streak.SetZone(zone)
	if err != nil {
		return out, errors.Join(fmt.Errorf("the zone %s", zone), err)
	}
	for d := l.before; d > 0; d-- {
		s, _ = s.CheckIn(now.AddDate(0, 0, -d), fmt.Sprint("before:", d))
	}
	out.Streak = s
	if !l.due.IsZero() {
		wall := l.due.In(s.Clock().Zone)
		out.Reminder = bot.Reminder{On: true, Minute: wall.Hour()*60 + wall.Minute(), To: l.account, Next: l.due, Day: s.Clock().Day(l.due)}
	}
	return out, nil
}

// morning is a zone in which it is about ten in the morning, so that no day ends
// and no night begins during a run.
func morning(now time.Time) string {
	ahead := 10 - now.UTC().Hour()
	if ahead < -12 {
		ahead += 24
	}
	if ahead == 0 {
		return "Etc/GMT"
	}
	return fmt.Sprintf("Etc/GMT%+d", -ahead) // these zones are named the other way round
}
