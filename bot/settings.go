package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mentor/bot/streak"
)

// dayEnd shows or sets the hour at which the learner's day ends.
func (m *Mentor) dayEnd(ctx context.Context, q Question, r request) (Reply, error) {
	if r.rest == "" {
		l, err := m.learner(ctx, q)
		if err != nil {
			return Reply{}, err
		}
		return setting("Your day ends at %02d:00, so study before then counts for the evening before. `dayend 4` makes it 04:00.", l.Streak.DayEnd), nil
	}
	minute, ok := hourOf(r.rest)
	if !ok || minute%60 != 0 {
		return Reply{}, refuse("%q is no full hour. Write `dayend 3` for 03:00; 0 to %d are possible.", plainWords(r.rest), streak.MaxDayEnd)
	}
	l, err := m.update(ctx, q, func(l *Learner) error {
		s, err := l.Streak.SetDayEnd(minute / 60)
		if err != nil {
			return refusal(err.Error() + ".")
		}
		l.Streak = s
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	return setting("Your day now ends at %02d:00. Days that are counted stay where they are.", l.Streak.DayEnd), nil
}

// hourOf reads "3", "03:00", "3am" and "midnight" as minutes of the day.
func hourOf(text string) (int, bool) {
	if minute, ok := minuteOfDay(text); ok {
		return minute, true
	}
	text = strings.TrimSpace(text)
	if len(text) > 2 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	return atoi(text) * 60, atoi(text) < 24
}

func setting(format string, args ...any) Reply {
	return Reply{Kind: Help, Text: fmt.Sprintf(format, args...), Private: true}
}

var weekdays = map[string]time.Weekday{}

func init() {
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		for _, short := range []string{name, name + "s", name[:3], name[:2]} {
			weekdays[short] = d
		}
	}
	weekdays["tues"], weekdays["thur"], weekdays["thurs"] = time.Tuesday, time.Thursday, time.Thursday
}

// parseWeek reads weekdays; "off" and "none" are the empty week, "weekend" is two.
func parseWeek(text string) (streak.Week, bool) {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" ,;+&/", r) })
	var week streak.Week
	for _, w := range words {
		switch d, ok := weekdays[w]; {
		case w == "and" || w == "on":
		case w == "off" || w == "none":
			return 0, len(words) == 1
		case w == "weekend" || w == "weekends":
			week |= streak.WeekOf(time.Saturday, time.Sunday)
		case !ok:
			return 0, false
		default:
			week |= streak.WeekOf(d)
		}
	}
	return week, week != 0
}

func restDays(text string) bool {
	_, ok := parseWeek(text)
	return ok
}

// rest shows or sets the weekdays that are never missed.
func (m *Mentor) rest(ctx context.Context, q Question, r request) (Reply, error) {
	if r.rest == "" {
		l, err := m.learner(ctx, q)
		if err != nil {
			return Reply{}, err
		}
		reply := setting("Your rest days: %s. On a rest day nothing can be missed; studying on one counts as ever.\n\n`rest sat sun` sets them, `rest off` ends them.", weekOrNone(l.Streak.Rest))
		if entry := m.library.Guide().Entry("what-is-api"); entry != nil {
			reply.Text += " About REST in programming, ask me \"what is REST\"."
		}
		return reply, nil
	}
	week, ok := parseWeek(r.rest)
	if !ok {
		return Reply{}, refuse("I do not know the weekdays in %q. Write, for example, `rest sat sun`; `rest off` ends them.", plainWords(r.rest))
	}
	l, err := m.update(ctx, q, func(l *Learner) error {
		s, err := l.Streak.SetRest(week, q.At)
		if err != nil {
			return refusal(err.Error() + ".")
		}
		l.Streak = s
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	return setting("Your rest days from now on: %s.", weekOrNone(l.Streak.Rest)), nil
}

func weekOrNone(w streak.Week) string {
	if w == 0 {
		return "none"
	}
	return w.String()
}

// away shows, plans or ends an absence.
func (m *Mentor) away(ctx context.Context, q Question, r request) (Reply, error) {
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	today := l.Streak.Clock().Day(q.At)
	switch strings.ToLower(r.rest) {
	case "":
		if l.Streak.AwayTo >= today && l.Streak.AwayFrom != 0 {
			return setting("You are away from %s to %s; no day of it can be missed. `away off` ends it.", dateOf(l.Streak.AwayFrom), dateOf(l.Streak.AwayTo)), nil
		}
		return setting("No absence is planned. Write `away 2026-12-20 to 2027-01-03`, `away until 3 Jan` or `away 5 days`: no day of it can be missed."), nil
	case "off", "end", "none", "no":
		if _, err := m.update(ctx, q, func(l *Learner) error { l.Streak = l.Streak.EndAway(q.At); return nil }); err != nil {
			return Reply{}, err
		}
		return setting("No absence is planned any more. Good to have you here."), nil
	}
	from, to, err := parsePeriod(r.rest, today)
	if err != nil {
		return Reply{}, err
	}
	_, err = m.update(ctx, q, func(l *Learner) error {
		s, err := l.Streak.SetAway(from, to, q.At)
		if err != nil {
			return refusal(err.Error() + ".")
		}
		l.Streak = s
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	return setting("You are away from %s to %s, %s. No day of it can be missed, and studying on one counts as ever. `away off` ends it early.", dateOf(from), dateOf(to), plural(int(to-from)+1, "day")), nil
}
