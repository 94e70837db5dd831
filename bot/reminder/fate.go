package reminder

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"mentor/bot"
)

// When a late reminder is sent no more.
const (
	expiry   = 3 * time.Hour    // late: it would be a riddle more than a help
	nightly  = 15 * time.Minute // late, and at night: nobody is woken because a server was away
	switchAt = 2                // tries in a row, bot.GoneRest days apart, at which the learner could not be reached: reminders are switched off
)

// night are the hours in which no late reminder comes.
var night = bot.Quiet{From: 23 * 60, To: 7 * 60}

// A fate is what is to be done with a claimed reminder.
type fate int

const (
	toLose   fate = iota // the learner changed the plan: it is no longer ours
	toSend               // send it
	toSkip               // it is not wanted any more
	toExpire             // it is too late
)

// fateOf says what is to be done with a claim on l's reminder at the instant now.
func fateOf(l bot.Learner, c bot.Claim, now time.Time) fate {
	r, clock := l.Reminder, l.Streak.Clock()
	wall := now.In(clock.Zone)
	minute, behind := wall.Hour()*60+wall.Minute(), now.Sub(r.DueFirst())
	switch {
	case r.Next.Unix() != c.Due.Unix() || r.Day != c.Day:
		return toLose
	case !l.Wants():
		return toSkip
	case behind > expiry, clock.Day(now) > r.Day, r.Quiet.Has(minute), behind > nightly && night.Has(minute):
		return toExpire
	}
	return toSend
}

// keyOf names the message of a claim: the same on every attempt, another one for
// every message.
func keyOf(l bot.Learner) string {
	return keyFrom("%s %d %d", l.ID, l.Reminder.Day, l.Reminder.DueFirst().Unix())
}

// keyFrom is a bot.Delivery's key for what is formatted.
func keyFrom(format string, args ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, format, args...))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:20])
}

// sent is l after the reminder was sent with those texts used, or taken as sent.
func sent(l bot.Learner, texts uint32, now time.Time) bot.Learner {
	closing := l.Reminder.Closing
	l.Reminder = l.Reminder.Settle()
	l.Reminder.Gone = 0
	if !closing {
		if day := l.Reminder.Day; l.FollowUp.Due(day) {
			l.FollowUp = l.FollowUp.Put(day)
		}
		l.Reminder.Texts = texts
		l.Reminder.Ignored++
	}
	return l.Plan(now)
}

// expired is l after the reminder was let be: the day needs none any more.
func expired(l bot.Learner, now time.Time) bot.Learner {
	l.Reminder = l.Reminder.Settle()
	return l.Plan(now)
}

// gone is l after the learner could not be reached.
func gone(l bot.Learner, now time.Time) bot.Learner {
	if !l.Reminder.Closing {
		l.Reminder.Gone++
	}
	l.Reminder = l.Reminder.Settle()
	l.Reminder.Tell = true
	if l.Reminder.Gone >= switchAt {
		l.Reminder.On = false
	}
	return l.Plan(now)
}

// margin is how long before its end a try is worth it: what is due at the last
// moment is claimed after it, by the next poll.
const margin = time.Minute

// putOff is l with the reminder due again at a later instant, or, when it is not
// to be sent then either, expired. It reports whether it was put off.
func putOff(l bot.Learner, at, now time.Time) (bot.Learner, bool) {
	off := l
	off.Reminder = l.Reminder.PutOff(at)
	r := off.Reminder
	if fateOf(off, bot.Claim{Due: r.Next, Day: r.Day}, r.Next.Add(margin)) != toSend {
		return expired(l, now), false
	}
	return off, true
}

// backOff is how long to wait before the next try of a reminder that is so late
// already: at least as long as the platform asked, and longer each time.
func backOff(asked, behind time.Duration) time.Duration {
	const shortest, longest = 5 * time.Second, 10 * time.Minute
	return max(asked, min(max(behind, shortest), longest))
}
