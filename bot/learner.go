package bot

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"mentor/bot/streak"
)

// An ID names a learner: one person, whatever platforms they use. It is our
// own, sixteen letters and digits, and says nothing about the person.
type ID string

// An Account is a person on one platform. It points to a learner.
type Account string

// Limits of what is remembered of a learner.
const (
	MaxNotes    = 7   // notes kept, the newest
	MaxNote     = 120 // characters of one
	MaxName     = 32  // characters of a name on a board
	MaxBoards   = 20  // groups on whose boards one person stands
	MaxAccounts = 8   // accounts linked into one learner
)

// NewAccount is the account that a platform names by parts: a letter for the
// platform, then its ids, for example ("s", "T012", "U345").
func NewAccount(platform string, parts ...string) Account {
	var b strings.Builder
	b.WriteString(platform)
	for _, p := range parts {
		b.WriteString(":" + strings.ReplaceAll(url.PathEscape(p), ":", "%3A"))
	}
	return Account(b.String())
}

// A Learner is all that is remembered of a person.
type Learner struct {
	ID       ID
	Accounts []Account
	Streak   streak.State
	Name     string   // as boards show it; empty for who is on none
	Boards   []string // the groups on whose boards the learner wants to stand
	Steps    Steps    // of the roadmap, done
	Notes    []Note   // to check-ins, the newest last
	Votes    []Vote   // on answers, one a topic, the newest last
	Reminder Reminder // when to remind the learner
	FollowUp FollowUp // whether to ask what became of a next step
	Code     string   // the open code to link another account; empty for none
	Into     ID       // the learner this one was merged into; all but empty for a moment
	Gone     bool     // wants to be forgotten; all but false for a moment
}

// NewLearner is somebody of whom nothing is known but an account.
func NewLearner(id ID, a Account) Learner {
	return Learner{ID: id, Accounts: []Account{a}, Streak: streak.New()}
}

// A Note is what somebody wrote to a check-in.
type Note struct {
	Day  streak.Day `json:"day"`
	Text string     `json:"text"`
}

// Steps is the set of the roadmap's steps that are done, 1 to 8.
type Steps uint8

// RoadmapSteps is how many steps the roadmap has.
const RoadmapSteps = 8

// Has reports whether step n is done.
func (s Steps) Has(n int) bool { return n >= 1 && n <= RoadmapSteps && s>>(n-1)&1 == 1 }

// With is s with step n done or not.
func (s Steps) With(n int, done bool) Steps {
	if done {
		return s | 1<<(n-1)
	}
	return s &^ (1 << (n - 1))
}

// Merge is l with all that is known of other too.
func (l Learner) Merge(other Learner) Learner {
	l.Streak = l.Streak.Merge(other.Streak)
	l.Accounts = union(l.Accounts, other.Accounts)
	l.Boards = union(l.Boards, other.Boards)
	if l.Name == "" {
		l.Name = other.Name
	}
	l.Steps |= other.Steps
	l.Reminder = l.Reminder.merge(other.Reminder)
	l.FollowUp = l.FollowUp.merge(other.FollowUp)
	l.Notes = slices.SortedStableFunc(slices.Values(union(l.Notes, other.Notes)), func(a, b Note) int { return int(a.Day - b.Day) })
	l.Notes = l.Notes[max(0, len(l.Notes)-MaxNotes):]
	for _, v := range other.Votes {
		if !slices.ContainsFunc(l.Votes, func(own Vote) bool { return own.Topic == v.Topic }) {
			l = l.withVote(v)
		}
	}
	return l
}

func union[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// Check says what in l contradicts itself; nil when nothing does.
func (l Learner) Check() error {
	switch {
	case l.ID == "":
		return errors.New("a learner without an id")
	case len(l.Accounts) == 0 && !l.Gone:
		return fmt.Errorf("learner %s has no account", l.ID)
	}
	if err := l.Streak.Check(); err != nil {
		return fmt.Errorf("learner %s: %w", l.ID, err)
	}
	return nil
}

// A Month counts the months since year 0.
type Month int

// MonthOf is the month of d.
func MonthOf(d streak.Day) Month {
	y, m, _ := d.Date()
	return Month(y*12 + int(m) - 1)
}

// days are the first and the last day of m.
func (m Month) days() (first, last streak.Day) {
	y, month := int(m)/12, time.Month(int(m)%12+1)
	return streak.Date(y, month, 1), streak.Date(y, month+1, 0)
}

// ActiveDays is how many days of m were done.
func (l Learner) ActiveDays(m Month) int {
	first, last := m.days()
	return l.Streak.Days.Count(first, last)
}

// BoardScore orders the learners of a board: those who were active in a later
// month first, then by the days done in it. It is the month times 100 and the
// days, so that a month's learners are a range of scores.
func (l Learner) BoardScore() int {
	m := MonthOf(l.Streak.Last)
	return int(m)*100 + l.ActiveDays(m)
}

// Range are the least and the greatest BoardScore of the learners active in m.
func (m Month) Range() (least, greatest int) { return int(m)*100 + 1, int(m)*100 + 99 }
