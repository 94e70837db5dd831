package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"mentor/bot/streak"
)

// storeTime is how long a command waits for the store: longer, and a person
// thinks that the mentor is gone.
const storeTime = 2 * time.Second

// A refusal is an error that the learner made and can cure: its text is the
// reply.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// personal handles the commands on what is remembered of a learner. It reports
// false for all others.
func (m *Mentor) personal(ctx context.Context, q Question, r request) (Reply, bool) {
	run := m.commandOf(r.verb)
	if run == nil {
		return Reply{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	m.talks.forget(q)
	q.contact = new(contact)
	if r.verb >= firstOfGroups {
		q.Mentor = q.Mentor || m.group(ctx, q).isMentor(q)
	}
	reply, err := run(ctx, q, r)
	if no, ok := errors.AsType[refusal](err); ok {
		return Reply{Kind: Help, Text: sentenceCase(string(no)), Private: true}, true
	}
	if err != nil {
		m.log.Error("the store failed a command", "err", err)
		return unavailable(r.verb), true
	}
	about := q.contact.about
	about.topic, about.offered, about.awaitsReminder = cmp.Or(about.topic, reply.Topic), reply.offered(), q.contact.asksReminder
	if len(about.offered) > 0 || about.asked != "" {
		m.talks.remember(q, about)
	}
	if q.contact.news != "" {
		reply.Text += "\n\n" + q.contact.news
	}
	return reply, true
}

// A contact is what one message of a learner brings to light besides what it
// asks for.
type contact struct {
	news         string // of what could not reach them before; said once
	asksReminder bool   // the reply asks at what time to remind
	about        turn   // the question that the command was about, and goes on to be
}

type command func(context.Context, Question, request) (Reply, error)

func (m *Mentor) commandOf(v verb) command {
	switch v {
	case verbCheckIn:
		return m.checkIn
	case verbMaybeCheckIn:
		return m.maybeCheckIn
	case verbYesterday:
		return m.yesterday
	case verbStreak:
		return m.streak
	case verbFreeze:
		return m.freeze
	case verbBoard:
		return m.board
	case verbZone:
		return m.zone
	case verbDayEnd:
		return m.dayEnd
	case verbRest:
		return m.rest
	case verbAway:
		return m.away
	case verbRoadmap:
		return m.roadmap
	case verbDone, verbUndone:
		return m.tick
	case verbNext:
		return m.next
	case verbLink:
		return m.link
	case verbUnlink:
		return m.unlink
	case verbPrivacy:
		return m.privacy
	case verbExport:
		return m.export
	case verbForget:
		return m.forget
	case verbGood, verbBad:
		return m.vote
	case verbSetup:
		return m.setup
	case verbTeach:
		return m.teach
	case verbPoint:
		return m.point
	case verbApprove:
		return m.approve
	case verbReject:
		return m.reject
	case verbWithdraw:
		return m.withdraw
	case verbTaught:
		return m.showTaught
	case verbRemind:
		return m.remind
	case verbPause:
		return m.pause
	case verbQuiet:
		return m.quiet
	case verbLater:
		return m.later
	case verbNotToday:
		return m.notToday
	case verbDaily:
		return m.daily
	case verbDigest:
		return m.digest
	case verbInbox:
		return m.inboxCommand
	case verbPassOn:
		return m.passOn
	case verbWaiting:
		return m.openQuestions
	case verbResolve:
		return m.resolve
	case verbTried:
		return m.triedIt
	case verbFollow:
		return m.followUp
	case verbStats:
		return m.stats
	}
	return nil
}

// unavailable says what did not happen and that nothing is lost by it.
func unavailable(v verb) Reply {
	text := "I cannot reach what I remember just now, so that has to wait. Questions to the guide I answer as ever; please try again in a minute."
	if v == verbCheckIn || v == verbYesterday {
		text = "I cannot reach what I remember just now, so this check-in was **not counted**. Please say it again in a minute or two: it counts for the same day."
	}
	return Reply{Kind: Unavailable, Text: text, Private: true}
}

// errUnfinished is the error for a learner whom a merge or a wish to be
// forgotten left half done.
var errUnfinished = errors.New("a merge or a removal is to be finished first")

// maxTries bounds how often a command starts again because the learner was
// merged or forgotten under its hands.
const maxTries = 5

// update changes the learner of q's account, whom it makes on first sight. It is
// the one place where a learner is heard of and their reminder planned anew.
func (m *Mentor) update(ctx context.Context, q Question, change func(*Learner) error) (Learner, error) {
	for range maxTries {
		id, err := m.store.Resolve(ctx, q.Person)
		if err != nil {
			return Learner{}, fmt.Errorf("find the learner: %w", err)
		}
		news := ""
		l, err := m.store.Update(ctx, id, func(l *Learner) error {
			if l.Gone || l.Into != "" {
				return errUnfinished
			}
			before := *l
			news = l.Reminder.news()
			l.Reminder.Ignored, l.Reminder.Tell = 0, false
			learnZone(l, q.Zone)
			if err := change(l); err != nil {
				return err
			}
			*l = l.replanned(before, q.At)
			return nil
		})
		switch {
		case errors.Is(err, errUnfinished):
			if err := m.finish(ctx, id, q.At); err != nil {
				return Learner{}, err
			}
		case !errors.Is(err, ErrNoLearner): // forgotten meanwhile: look again
			if err == nil && q.contact != nil && news != "" {
				q.contact.news = news
			}
			return l, err
		}
	}
	return Learner{}, errors.New("the learner kept changing hands")
}

// news is what the learner is to be told of their reminders; empty for nothing.
func (r Reminder) news() string {
	switch {
	case !r.Tell:
		return ""
	case r.On:
		return "By the way: my last reminder could not reach you. If you take no direct messages from me, `remind where here` in a channel brings it there."
	}
	return "By the way: my reminders could not reach you for some days, so I switched them off. `remind on` switches them on again, `remind where here` in a channel brings them there."
}

// learner reads the learner of q's account; somebody new is not stored. One who
// left reminders unanswered is heard of again, which update remembers.
func (m *Mentor) learner(ctx context.Context, q Question) (Learner, error) {
	for range maxTries {
		id, err := m.store.Find(ctx, q.Person)
		if errors.Is(err, ErrNoLearner) {
			l := NewLearner("", q.Person)
			learnZone(&l, q.Zone)
			return l, nil
		}
		if err != nil {
			return Learner{}, fmt.Errorf("find the learner: %w", err)
		}
		l, err := m.store.Get(ctx, id)
		switch {
		case errors.Is(err, ErrNoLearner):
		case err != nil:
			return Learner{}, fmt.Errorf("read the learner: %w", err)
		case l.Gone || l.Into != "":
			if err := m.finish(ctx, id, q.At); err != nil {
				return Learner{}, err
			}
		case l.Reminder.Ignored > 0 || l.Reminder.Tell:
			return m.update(ctx, q, func(*Learner) error { return nil })
		default:
			learnZone(&l, q.Zone)
			return l, nil
		}
	}
	return Learner{}, errors.New("the learner kept changing hands")
}

// learnZone takes the zone that the platform knows when the learner named none.
func learnZone(l *Learner, zone string) {
	if l.Streak.Zone != "" || zone == "" {
		return
	}
	if s, err := l.Streak.SetZone(zone); err == nil {
		l.Streak = s
	}
}

// finish completes a merge or a removal that was begun, at the instant now.
func (m *Mentor) finish(ctx context.Context, id ID, now time.Time) error {
	l, err := m.store.Get(ctx, id)
	if errors.Is(err, ErrNoLearner) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the learner: %w", err)
	}
	if l.Into != "" {
		_, err := m.store.Update(ctx, l.Into, func(into *Learner) error {
			*into = into.Merge(l).Plan(now)
			return nil
		})
		if err != nil && !errors.Is(err, ErrNoLearner) {
			return fmt.Errorf("merge two learners: %w", err)
		}
	}
	if err := m.store.Forget(ctx, id); err != nil {
		return fmt.Errorf("remove a learner: %w", err)
	}
	return nil
}

// dates are written so that no country reads them in another order.
const dateLayout = "Monday, 2 January"

func dateOf(d streak.Day) string { return d.Format(dateLayout) }

// plural is "1 day" and "3 days".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// inHours is "3 h 10 min", rounded up to the minute.
func inHours(d time.Duration) string {
	minutes := int((d + time.Minute - 1) / time.Minute)
	switch hours := minutes / 60; {
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case minutes%60 == 0:
		return fmt.Sprintf("%d h", hours)
	default:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	}
}
