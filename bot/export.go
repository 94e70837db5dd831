package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mentor/bot/streak"
)

// learnerJSON is a learner as people read it: dates and names in place of bits.
type learnerJSON struct {
	ID       ID            `json:"id"`
	Accounts []Account     `json:"accounts"`
	Zone     string        `json:"zone,omitempty"`
	DayEnd   int           `json:"dayEnd"`
	Rest     []string      `json:"restDays,omitempty"`
	Away     *period       `json:"away,omitempty"`
	Last     streak.Day    `json:"lastDay,omitempty"`
	At       *time.Time    `json:"lastCheckIn,omitempty"`
	Run      int           `json:"streak"`
	Longest  int           `json:"longest"`
	Total    int           `json:"daysDone"`
	Freezes  int           `json:"freezes"`
	Repaired streak.Day    `json:"lastRepair,omitempty"`
	Moved    bool          `json:"clockChanged,omitempty"`
	Done     []period      `json:"done,omitempty"`
	Kept     []period      `json:"kept,omitempty"`
	Event    string        `json:"lastEvent,omitempty"`
	Result   string        `json:"lastResult,omitempty"`
	Name     string        `json:"name,omitempty"`
	Boards   []string      `json:"boards,omitempty"`
	Steps    []int         `json:"roadmapDone,omitempty"`
	Notes    []Note        `json:"notes,omitempty"`
	Votes    []Vote        `json:"votes,omitempty"`
	Reminder *reminderJSON `json:"reminder,omitempty"`
	FollowUp *FollowUp     `json:"followUp,omitempty"`
}

// A period is a span of days, both ends included: "2026-11-01" or
// "2026-11-01/2026-11-07".
type period struct{ from, to streak.Day }

func (p period) MarshalText() ([]byte, error) {
	if p.from == p.to {
		return []byte(p.from.String()), nil
	}
	return []byte(p.from.String() + "/" + p.to.String()), nil
}

func (p *period) UnmarshalText(text []byte) error {
	from, to, two := strings.Cut(string(text), "/")
	if !two {
		to = from
	}
	var err error
	if p.from, err = streak.ParseDay(from); err != nil {
		return err
	}
	if p.to, err = streak.ParseDay(to); err != nil {
		return err
	}
	if p.to < p.from || p.to-p.from > 40_000 {
		return fmt.Errorf("%q is no span of days; write first/last", text)
	}
	return nil
}

// MarshalJSON writes all that is remembered of the learner, so that people can
// read it and [Learner.UnmarshalJSON] can take it back. Codes and the marks of an
// unfinished merge are left out.
func (l Learner) MarshalJSON() ([]byte, error) {
	s := l.Streak
	out := learnerJSON{
		ID: l.ID, Accounts: l.Accounts, Zone: s.Zone, DayEnd: s.DayEnd, Last: s.Last, Run: s.Run, Longest: s.Longest, Total: s.Total,
		Freezes: s.Freezes, Repaired: s.Repaired, Moved: s.Moved, Event: s.Event, Result: formatResult(s.Result),
		Name: l.Name, Boards: l.Boards, Notes: l.Notes, Votes: l.Votes,
	}
	for i := range 7 {
		if d := time.Weekday((i + 1) % 7); s.Rest.Has(d) {
			out.Rest = append(out.Rest, d.String())
		}
	}
	if s.AwayFrom != 0 {
		out.Away = &period{s.AwayFrom, s.AwayTo}
	}
	if !s.At.IsZero() {
		at := s.At.UTC()
		out.At = &at
	}
	for n := 1; n <= RoadmapSteps; n++ {
		if l.Steps.Has(n) {
			out.Steps = append(out.Steps, n)
		}
	}
	for d := range s.Days.All() {
		if s.Days.Done(d) {
			out.Done = extend(out.Done, d)
		} else {
			out.Kept = extend(out.Kept, d)
		}
	}
	out.Reminder = l.Reminder.json()
	if l.FollowUp != (FollowUp{}) {
		out.FollowUp = &l.FollowUp
	}
	return json.Marshal(out)
}

// extend is list with d, in the last period when d follows it.
func extend(list []period, d streak.Day) []period {
	if n := len(list); n > 0 && list[n-1].to == d-1 {
		list[n-1].to = d
		return list
	}
	return append(list, period{d, d})
}

// UnmarshalJSON reads what [Learner.MarshalJSON] wrote, and checks it.
func (l *Learner) UnmarshalJSON(data []byte) error {
	in := learnerJSON{DayEnd: streak.DefaultDayEnd}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	result, err := parseResult(in.Result)
	if err != nil {
		return fmt.Errorf("lastResult %q: %w", in.Result, err)
	}
	s := streak.State{
		Zone: in.Zone, DayEnd: in.DayEnd, Last: in.Last, Run: in.Run, Longest: in.Longest, Total: in.Total, Freezes: in.Freezes,
		Repaired: in.Repaired, Moved: in.Moved, Event: in.Event, Result: result,
	}
	for i := range 7 {
		for _, name := range in.Rest {
			if d := time.Weekday(i); d.String() == name {
				s.Rest |= streak.WeekOf(d)
			}
		}
	}
	if in.Away != nil {
		s.AwayFrom, s.AwayTo = in.Away.from, in.Away.to
	}
	if in.At != nil {
		s.At = time.Unix(in.At.Unix(), 0)
	}
	for _, p := range in.Kept {
		s.Days = s.Days.WithKept(p.from, p.to)
	}
	for _, p := range in.Done {
		s.Days = s.Days.WithDone(p.from, p.to)
	}
	reminder, err := in.Reminder.reminder()
	if err != nil {
		return err
	}
	*l = Learner{ID: in.ID, Reminder: reminder, Accounts: in.Accounts, Streak: s, Name: in.Name, Boards: in.Boards, Notes: in.Notes, Votes: in.Votes}
	if in.FollowUp != nil {
		l.FollowUp = *in.FollowUp
	}
	for _, n := range in.Steps {
		if n < 1 || n > RoadmapSteps {
			return fmt.Errorf("roadmapDone has step %d, want 1 to %d", n, RoadmapSteps)
		}
		l.Steps = l.Steps.With(n, true)
	}
	return l.Check()
}
