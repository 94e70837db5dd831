package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"mentor/bot/streak"
)

// calendarWeeks is how many weeks a calendar shows: half a year.
const calendarWeeks = 26

// streak shows the asker's days, or those of somebody on the group's board.
func (m *Mentor) streak(ctx context.Context, q Question, r request) (Reply, error) {
	if r.rest != "" {
		return m.streakOf(ctx, q, r.rest)
	}
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	view := l.Streak.View(q.At)
	if view.Total == 0 {
		return Reply{Kind: Streak, Text: "No day is counted yet. When you have studied today, even for ten minutes, say `checkin`, and your first one is.", Private: true, View: &view}, nil
	}
	calendar := l.Streak.Calendar(q.At, calendarWeeks)
	var b strings.Builder
	b.WriteString(figures(view) + "\n\n" + todayText(view))
	if view.Run == 0 {
		b.WriteString(" " + breakText(view))
	}
	b.WriteString("\n\n" + protection(l, view))
	for i, n := range l.Notes {
		if i == 0 {
			b.WriteString("\n\nYour last notes:\n")
		}
		fmt.Fprintf(&b, "\n- %s: %s", n.Day.Format("2 Jan"), escaped(n.Text))
	}
	return Reply{Kind: Streak, Text: b.String(), Private: true, Calendar: &calendar, View: &view}, nil
}

func figures(v streak.View) string {
	return fmt.Sprintf("**%s in a row**, longest %d; %d of the last 30 days, %d in all.", plural(v.Run, "day"), v.Longest, v.Last30, v.Total)
}

func todayText(v streak.View) string {
	switch {
	case v.DoneToday:
		return fmt.Sprintf("Today is done; the next day begins in %s.", inHours(v.Left))
	case v.RestToday:
		return fmt.Sprintf("Today cannot be missed: it is kept for you. It ends in %s.", inHours(v.Left))
	}
	return fmt.Sprintf("Today is open: it ends in %s, at %s your time.", inHours(v.Left), v.Ends.Format("15:04"))
}

// breakText speaks of a broken run without blame.
func breakText(v streak.View) string {
	if v.Mending > 0 {
		return fmt.Sprintf("Check in two days in a row, and your run of %s is whole again.", plural(v.Mending, "day"))
	}
	return "The next check-in begins a new run; what you learnt is not lost with the old one."
}

// protection tells what protects the run.
func protection(l Learner, v streak.View) string {
	s := fmt.Sprintf("Freezes: %d of %d", v.Freezes, streak.MaxFreezes)
	if v.Missed > 0 {
		s += fmt.Sprintf(", of which the next check-in uses %d", v.Missed)
	}
	if v.NextEarn > 0 && v.Run > 0 {
		s += "; the next one in " + plural(v.NextEarn, "day")
	}
	s += "."
	if l.Streak.Rest != 0 {
		s += fmt.Sprintf(" Rest days: %s.", l.Streak.Rest)
	}
	if l.Streak.AwayTo >= v.Today && l.Streak.AwayFrom != 0 {
		s += fmt.Sprintf(" Away from %s to %s.", dateOf(l.Streak.AwayFrom), dateOf(l.Streak.AwayTo))
	}
	return s
}

// mention is how platforms write a person into a message: <@123>, <@!123>, <@U12|ann>.
var mention = regexp.MustCompile(`^<@!?([A-Za-z0-9]+)(?:\|[^>]*)?>$`)

// streakOf shows the figures of somebody who stands on the group's board.
func (m *Mentor) streakOf(ctx context.Context, q Question, person string) (Reply, error) {
	stranger := refuse("I show the days of people who stand on this group's board, and find nobody of that name there. They can join with `board join`.")
	if q.Group == "" {
		return Reply{}, refuse("the days of others are shown in a group, to its members. Ask there.")
	}
	board, err := m.store.Board(ctx, q.Group, MonthOf(streak.DayOn(q.At.UTC())), maxBoard)
	if err != nil {
		return Reply{}, fmt.Errorf("read the board: %w", err)
	}
	for _, l := range board {
		if !is(l, q, person) {
			continue
		}
		return Reply{Kind: Streak, Text: fmt.Sprintf("%s: %s", l.Name, figures(l.Streak.View(q.At)))}, nil
	}
	return Reply{}, stranger
}

// is reports whether person, as somebody typed it, means l.
func is(l Learner, q Question, person string) bool {
	if found := mention.FindStringSubmatch(person); found != nil {
		platform, _, _ := strings.Cut(string(q.Person), ":")
		for _, a := range l.Accounts {
			if strings.HasPrefix(string(a), platform+":") && strings.HasSuffix(string(a), ":"+found[1]) {
				return true
			}
		}
		return false
	}
	return l.Name != "" && strings.EqualFold(l.Name, shownName(strings.TrimPrefix(person, "@")))
}

// freeze explains what protects a streak.
func (m *Mentor) freeze(ctx context.Context, q Question, _ request) (Reply, error) {
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	return setting(`You hold %d of %d freezes. How a run of days is protected:

- **A freeze** covers a day you miss, by itself. Every %d days in a row earn one; you hold at most %d. They are never sold.
- **Rest days** of the week cannot be missed: `+"`rest sat sun`"+`. Nor can **planned absences**: `+"`away 20 Dec to 3 Jan`"+`.
- **Forgot to say it?** `+"`yesterday`"+` counts the day before until noon.
- **After a break** of up to %d days, two days in a row make the old run whole again, once in %d days.
- When you travel, no day is lost to the change of clocks.`,
		l.Streak.View(q.At).Freezes, streak.MaxFreezes, streak.EarnEvery, streak.MaxFreezes, streak.RepairGap, streak.RepairPause), nil
}

// maxBoard bounds how many learners of a board are looked through.
const maxBoard = 10_000

// boardLines is how many a board shows.
const boardLines = 15

// board shows the group's active days this month, or joins or leaves it.
func (m *Mentor) board(ctx context.Context, q Question, r request) (Reply, error) {
	switch {
	case strings.EqualFold(r.rest, "leave"), strings.EqualFold(r.rest, "me"):
		return m.leaveBoards(ctx, q)
	case q.Group == "":
		return Reply{}, refuse("a board belongs to a group. Say `board` there.")
	case strings.EqualFold(r.rest, "join"):
		return m.joinBoard(ctx, q)
	}
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	month := MonthOf(l.Streak.Clock().Day(q.At))
	top, err := m.store.Board(ctx, q.Group, month, boardLines)
	if err != nil {
		return Reply{}, fmt.Errorf("read the board: %w", err)
	}
	first, _ := month.days()
	if len(top) == 0 {
		return Reply{Kind: Streak, Text: fmt.Sprintf("Nobody stands on this group's board in %s yet. `board join` puts you on it; only those who ask to are shown.", first.Format("January"))}, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Days studied in %s:\n\n", first.Format("January 2006"))
	for _, l := range top {
		fmt.Fprintf(&b, "- **%d** %s\n", l.ActiveDays(month), l.Name)
	}
	b.WriteString("\nOnly those who asked to are shown: `board join` puts you on it, `hide me` takes you off.")
	return Reply{Kind: Streak, Text: b.String()}, nil
}

func (m *Mentor) joinBoard(ctx context.Context, q Question) (Reply, error) {
	_, err := m.update(ctx, q, func(l *Learner) error {
		if boards := union(l.Boards, []string{q.Group}); len(boards) <= MaxBoards {
			l.Boards, l.Name = boards, shownName(q.Name)
			return nil
		}
		return refuse("you stand on %d boards already, which is the most. `hide me` takes you off all of them.", MaxBoards)
	})
	if err != nil {
		return Reply{}, err
	}
	return setting("You stand on this group's board from now on, with your name and your days of the month. Where the group has a daily message, it names you, without a ping, while your day is open. `hide me` takes you off."), nil
}

func (m *Mentor) leaveBoards(ctx context.Context, q Question) (Reply, error) {
	_, err := m.update(ctx, q, func(l *Learner) error {
		l.Boards, l.Name = nil, ""
		return nil
	})
	if err != nil && !errors.Is(err, ErrNoLearner) {
		return Reply{}, err
	}
	return setting("You stand on no board any more. Your own days stay as they are."), nil
}

// shownName is a name fit for a board: letters, digits and few signs, so that
// no name can mention, link or format.
func shownName(name string) string {
	runes := []rune(plainWords(name))
	if len(runes) > MaxName {
		runes = runes[:MaxName]
	}
	if name = strings.TrimSpace(string(runes)); name == "" {
		return "a learner"
	}
	return name
}

// escaped is somebody's own words with the signs of Markdown made harmless.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]<>()#+-.!|~@&:/", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
