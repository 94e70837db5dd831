package bot

import (
	"errors"
	"time"

	"mentor/bot/streak"
)

// A PostKind says what a group is told unasked.
type PostKind string

// The kinds of post.
const (
	DailyPost  PostKind = "daily"  // the question of the day, who is still open, the group's week: once a day
	DigestPost PostKind = "digest" // the week in figures, for those who run the group: once a week
)

// A Post is a message that a group gets unasked in one of its channels: when it
// is wanted, and how the last ones went. No two processes send the one of a day:
// each takes it first, under a token that nobody else has, and writes down when it
// begins to send.
type Post struct {
	On      bool         `json:"on,omitempty"`
	Minute  int          `json:"minute,omitempty"`  // of the day, by Zone's clock
	Weekday time.Weekday `json:"weekday,omitempty"` // of a DigestPost
	Zone    string       `json:"zone,omitempty"`    // IANA name
	From    time.Time    `json:"from,omitzero"`     // when it was set: what would have come before is not made up for
	Sent    streak.Day   `json:"sent,omitempty"`    // the newest date that needs none any more: it was sent, or let be
	Gone    int          `json:"gone,omitempty"`    // tries in a row at which the channel could not be written to

	Token string     `json:"token,omitempty"` // of the process that took it last
	Day   streak.Day `json:"day,omitempty"`   // that it was taken for
	Until time.Time  `json:"until,omitzero"`  // until then nobody else takes it; zero when it is in nobody's hands
	Begun time.Time  `json:"begun,omitzero"`  // when its sending began without being finished; zero for never
	Later time.Time  `json:"later,omitzero"`  // not before, because the platform refused it
}

// PostGoneMost is how many tries in a row may find a channel closed before its
// posts are switched off.
const PostGoneMost = 3

// ErrPostLost is the error for a post that this process does not hold: another one
// took it, or those who run the group do not want it any more.
var ErrPostLost = errors.New("the post is in other hands")

func (p Post) clock() streak.Clock {
	zone, err := streak.LoadZone(p.Zone)
	if err != nil {
		zone = time.UTC // a zone that the tz database lost
	}
	return streak.Clock{Zone: zone}
}

// At is when the post of a date comes: when the clock first shows its time. Where
// the clock leaps over it, it is the end of the leap. It reports false for a date
// without one.
func (p Post) At(kind PostKind, day streak.Day) (time.Time, bool) {
	if kind == DigestPost && day.Weekday() != p.Weekday {
		return time.Time{}, false
	}
	return wallTimeOf(day, p.Minute, p.clock())
}

// Due is the newest date whose post should be out by the instant now and is not;
// of today and yesterday only, because an older one is of no use.
func (p Post) Due(kind PostKind, now time.Time) (streak.Day, bool) {
	today := streak.DayOn(now.In(p.clock().Zone))
	for day := today; p.On && day >= today-1 && day > p.Sent; day-- {
		if at, ok := p.At(kind, day); ok && at.After(p.From) && !at.After(now) {
			return day, true
		}
	}
	return 0, false
}

// Next is when the next post comes; zero for never.
func (p Post) Next(kind PostKind, now time.Time) time.Time {
	today := streak.DayOn(now.In(p.clock().Zone))
	const aWeekAndSkippedDates = 15
	for day := today; p.On && day < today+aWeekAndSkippedDates; day++ {
		if at, ok := p.At(kind, day); ok && at.After(now) && day > p.Sent {
			return at
		}
	}
	return time.Time{}
}

// Set is p switched on for another time, from now on. A date that had its post gets
// no second.
func (p Post) Set(minute int, weekday time.Weekday, zone string, now time.Time) Post {
	p.On, p.Minute, p.Weekday, p.Zone, p.From, p.Gone, p.Later = true, minute, weekday, zone, now, 0, time.Time{}
	return p
}

// Takable reports whether a process may take the post at the instant now: it is
// due, or was begun by one that died, and nobody holds it.
func (p Post) Takable(kind PostKind, now time.Time) bool {
	_, due := p.Due(kind, now)
	return !p.Until.After(now) && (!p.Begun.IsZero() || due && !p.Later.After(now))
}

// Take puts the post into the hands of the process with that token, for the lease.
// Taking it again with the same token changes nothing.
func (p Post) Take(kind PostKind, token string, now time.Time, lease time.Duration) (Post, error) {
	if p.Token == token && !p.Until.IsZero() {
		return p, nil
	}
	if !p.Takable(kind, now) {
		return p, ErrPostLost
	}
	if p.Begun.IsZero() { // else the date stays that of the one who died
		p.Day, _ = p.Due(kind, now)
	}
	p.Token, p.Until = token, now.Add(lease)
	return p, nil
}

// Begin writes down that the post is about to be sent, and holds it for limit. It
// is lost when it was switched off or moved since it was taken.
func (p Post) Begin(kind PostKind, token string, now time.Time, limit time.Duration) (Post, error) {
	if day, due := p.Due(kind, now); p.Token != token || p.Until.IsZero() || !due || day != p.Day {
		return p, ErrPostLost
	}
	if p.Begun.IsZero() {
		p.Begun = now
	}
	p.Until = now.Add(limit)
	return p, nil
}

// Settle gives the post back: its date needs none any more. gone is for a channel
// that could not be written to; it is switched off after PostGoneMost in a row.
func (p Post) Settle(token string, gone bool) (Post, error) {
	switch {
	case p.Token != token:
		return p, ErrPostLost
	case p.Until.IsZero():
		return p, nil // settled before, and the store's answer was lost
	}
	p = p.free()
	p.Sent, p.Later = max(p.Sent, p.Day), time.Time{}
	if !gone {
		p.Gone = 0
		return p, nil
	}
	p.Gone++
	p.On = p.On && p.Gone < PostGoneMost
	return p, nil
}

// PutOff gives the post back, unsent, to be taken again from an instant on.
func (p Post) PutOff(token string, until time.Time) (Post, error) {
	if p.Token != token {
		return p, ErrPostLost
	}
	p = p.free()
	p.Later = until
	return p, nil
}

func (p Post) free() Post {
	p.Until, p.Begun = time.Time{}, time.Time{}
	return p
}
