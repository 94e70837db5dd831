package bot

import (
	"fmt"
	"time"

	"mentor/bot/streak"
)

// reminderJSON is a reminder as people read it.
type reminderJSON struct {
	On      bool       `json:"on"`
	Time    string     `json:"time"` // "19:30", by the learner's own clock
	Last    bool       `json:"beforeDayEnds,omitempty"`
	Paused  streak.Day `json:"pausedUntil,omitempty"`
	Quiet   *quietJSON `json:"quietHours,omitempty"`
	To      Account    `json:"to,omitempty"`
	Place   string     `json:"channel,omitempty"`
	Ignored int        `json:"unanswered,omitempty"`
	Sent    streak.Day `json:"lastDay,omitempty"`
	Closed  streak.Day `json:"lastDayBeforeEnd,omitempty"`
	Texts   uint32     `json:"textsUsed,omitempty"`
	Gone    int        `json:"unreached,omitempty"`
	Tell    bool       `json:"unreachedUntold,omitempty"`
	Next    *time.Time `json:"next,omitempty"`
	Day     streak.Day `json:"nextDay,omitempty"`
	Closing bool       `json:"nextIsBeforeDayEnds,omitempty"`
	First   *time.Time `json:"nextWasDue,omitempty"`
}

type quietJSON struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// json is r as people read it; nil for who has never had one.
func (r Reminder) json() *reminderJSON {
	if r == (Reminder{}) {
		return nil
	}
	out := &reminderJSON{
		On: r.On, Time: wall(r.Minute), Last: r.Last, Paused: r.Paused, To: r.To, Place: r.Place, Ignored: r.Ignored, Sent: r.Sent, Closed: r.Closed,
		Texts: r.Texts, Gone: r.Gone, Tell: r.Tell, Next: utcOrNil(r.Next), Day: r.Day, Closing: r.Closing, First: utcOrNil(r.First),
	}
	if r.Quiet != (Quiet{}) {
		out.Quiet = &quietJSON{wall(r.Quiet.From), wall(r.Quiet.To)}
	}
	return out
}

// reminder reads what json wrote.
func (in *reminderJSON) reminder() (Reminder, error) {
	if in == nil {
		return Reminder{}, nil
	}
	r := Reminder{
		On: in.On, Last: in.Last, Paused: in.Paused, To: in.To, Place: in.Place, Ignored: in.Ignored, Sent: in.Sent, Closed: in.Closed,
		Texts: in.Texts, Gone: in.Gone, Tell: in.Tell, Next: localOrZero(in.Next), Day: in.Day, Closing: in.Closing, First: localOrZero(in.First),
	}
	var err error
	if r.Minute, err = parseWall(in.Time); err != nil {
		return Reminder{}, fmt.Errorf("reminder: %w", err)
	}
	if in.Quiet == nil {
		return r, nil
	}
	if r.Quiet.From, err = parseWall(in.Quiet.From); err == nil {
		r.Quiet.To, err = parseWall(in.Quiet.To)
	}
	if err != nil {
		return Reminder{}, fmt.Errorf("reminder: quiet hours: %w", err)
	}
	return r, nil
}

// parseWall reads what wall wrote.
func parseWall(text string) (int, error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day; write it as hour:minute, for example 19:30", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}

func utcOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// localOrZero is a time as [Record.Learner] reads it.
func localOrZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return time.Unix(t.Unix(), 0)
}
