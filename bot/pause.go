package bot

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"mentor/bot/streak"
)

// MaxPause is the most days for which reminders can be paused: as many as the
// longest absence.
const MaxPause = streak.MaxAway

// today is l's day at the instant of q.
func (l Learner) today(q Question) streak.Day { return l.Streak.Clock().Day(q.At) }

// pauseWords takes "5 days", "until friday" and "off", with "reminders" in front.
func pauseWords(argument string) bool {
	argument = pausedFor(argument)
	return oneOf("off", "end", "none", "no")(argument) || untilDate.MatchString(argument) || forDays.MatchString(argument)
}

var pauseLead = regexp.MustCompile(`(?i)^(?:my |the )?(?:reminders? )?(.*)$`)

func pausedFor(argument string) string {
	return pauseLead.FindStringSubmatch(strings.TrimSpace(strings.TrimRightFunc(argument, isEndMark)))[1]
}

// pause shows, sets or ends a pause of the reminders.
func (m *Mentor) pause(ctx context.Context, q Question, r request) (Reply, error) {
	argument := pausedFor(r.rest)
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	today := l.today(q)
	switch strings.ToLower(argument) {
	case "":
		if l.Reminder.Paused >= today {
			return setting("Reminders are paused through %s. `pause off` ends that. %s", dateOf(l.Reminder.Paused), nextText(l)), nil
		}
		return setting("Reminders are not paused. `pause 5 days` and `pause until friday` pause them."), nil
	case "off", "end", "none", "no":
		l, err := m.update(ctx, q, func(l *Learner) error { l.Reminder.Paused = 0; return nil })
		if err != nil {
			return Reply{}, err
		}
		return setting("%s", strings.TrimSpace("Reminders are not paused any more. "+nextText(l))), nil
	}
	if !pauseWords(argument) {
		return Reply{}, refuse("I cannot read %q as a pause. Write, for example, `pause 5 days` or `pause until 3 Jan`; `pause off` ends one.", plainWords(argument))
	}
	_, to, err := parsePeriod(argument, today)
	switch {
	case err != nil:
		return Reply{}, refuse("I cannot read %q as a date. Write `pause until 3 Jan`, `pause until 2027-01-03` or `pause 5 days`.", plainWords(argument))
	case to < today || to >= today+MaxPause:
		return Reply{}, refuse("reminders can be paused for 1 to %d days from today on. `remind off` ends them.", MaxPause)
	}
	l, err = m.update(ctx, q, func(l *Learner) error { l.Reminder.Paused = to; return nil })
	if err != nil {
		return Reply{}, err
	}
	text := fmt.Sprintf("No reminders through %s. ", dateOf(to)) + nextText(l)
	return setting("%s\n\nThe streak does not pause with them: `away %s` protects the days as well.", strings.TrimSpace(text), plural(int(to-today)+1, "day")), nil
}

// hours reads "22:00-08:00", "22 to 8" and "from 10pm to 8am".
var hours = regexp.MustCompile(`(?i)^(?:hours? )?(?:from |between )?(.+?)\s*(?:-|–|—|\bto\b|\btill\b|\buntil\b|\band\b)\s*(.+)$`)

func readQuiet(argument string) (Quiet, bool) {
	m := hours.FindStringSubmatch(strings.TrimSpace(strings.TrimRightFunc(argument, isEndMark)))
	if m == nil {
		return Quiet{}, false
	}
	from, ok1 := hourOf(m[1])
	to, ok2 := hourOf(m[2])
	return Quiet{from, to}, ok1 && ok2
}

func quietWords(argument string) bool {
	_, ok := readQuiet(argument)
	return ok || oneOf("off", "none", "no")(argument)
}

// quiet shows, sets or ends the hours in which nothing is sent.
func (m *Mentor) quiet(ctx context.Context, q Question, r request) (Reply, error) {
	argument := strings.TrimSpace(r.rest)
	if argument == "" {
		l, err := m.learner(ctx, q)
		if err != nil {
			return Reply{}, err
		}
		return setting("Your quiet hours: %v. I send nothing unasked in them. `quiet 22:00-08:00` sets them, `quiet off` ends them.", l.Reminder.Quiet), nil
	}
	hours, ok := readQuiet(argument)
	switch off := oneOf("off", "none", "no")(argument); {
	case !off && !ok:
		return Reply{}, refuse("I cannot read %q as hours. Write, for example, `quiet 22:00-08:00`; `quiet off` ends them.", plainWords(argument))
	case !off && hours.From == hours.To:
		return Reply{}, refuse("quiet hours need a beginning and another end, as in `quiet 22:00-08:00`. `remind off` ends all reminders.")
	}
	l, err := m.update(ctx, q, func(l *Learner) error { return l.setQuiet(hours) })
	if err != nil {
		return Reply{}, err
	}
	text := fmt.Sprintf("Your quiet hours: %v. I send nothing unasked in them. ", l.Reminder.Quiet)
	return setting("%s", strings.TrimSpace(text+nextText(l))), nil
}

func (l *Learner) setQuiet(hours Quiet) error {
	r := &l.Reminder
	switch {
	case r.On && hours.Has(r.Minute):
		return refuse("your reminder at %s lies in %v. Move it first, as in `remind 19:30`, or choose other hours.", wall(r.Minute), hours)
	case r.On && r.Last && hours.Has(l.closingMinute()):
		return refuse("the reminder before your day ends, at %s, lies in %v. `remind last off` ends that one, `dayend` moves it.", wall(l.closingMinute()), hours)
	}
	r.Quiet = hours
	return nil
}

// laterBy is how long "later" puts a reminder off.
const laterBy = time.Hour

// later brings the reminder once more, in an hour, while it is the same day.
func (m *Mentor) later(ctx context.Context, q Question, _ request) (Reply, error) {
	known, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	if !known.Reminder.On {
		return Reply{Kind: SmallTalk, Text: smallReplies["4 bye"]}, nil // "later" of somebody who has no reminder
	}
	l, err := m.update(ctx, q, func(l *Learner) error { return l.remindAgain(q.At.Add(laterBy), q) })
	if err != nil {
		return Reply{}, err
	}
	return setting("I come back to it at %s. `checkin` before that, and I stay quiet.", l.Reminder.Next.In(l.Streak.Clock().Zone).Format("15:04")), nil
}

// remindAgain plans one more reminder for the day of q.
func (l *Learner) remindAgain(at time.Time, q Question) error {
	r, today := &l.Reminder, l.today(q)
	switch {
	case l.Streak.Days.Done(today):
		return refuse("today is done already, so there is nothing left to remind you of.")
	case l.Streak.Clock().Day(at) != today:
		return refuse("your day ends before that, at %s. `checkin` counts until then.", l.Streak.View(q.At).Ends.Format("15:04"))
	case l.quietAt(at):
		return refuse("in an hour your quiet hours, %v, have begun. `quiet off` ends them.", r.Quiet)
	case r.Paused >= today || l.Streak.Protected(today):
		return refuse("today is paused or free, so nothing can be missed. `remind` shows when the next one comes.")
	}
	r.Next, r.First, r.Day, r.Closing = wholeSecond(at), wholeSecond(at), today, false
	r.Sent = min(r.Sent, today-1)
	return nil
}

// notToday sends no more for the day of q, and says what that means.
func (m *Mentor) notToday(ctx context.Context, q Question, _ request) (Reply, error) {
	known, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	if !known.Reminder.On {
		return Reply{Kind: SmallTalk, Text: smallReplies["2 nod"]}, nil
	}
	l, err := m.update(ctx, q, func(l *Learner) error {
		r, today := &l.Reminder, l.today(q)
		r.Sent, r.Closed = max(r.Sent, today), max(r.Closed, today)
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	text := "No more about it today. " + skippedText(l.Streak.View(q.At))
	return setting("%s\n\n%s", text, nextText(l)), nil
}

// skippedText says, without a wagging finger, what a day off does to a streak.
func skippedText(v streak.View) string {
	left := v.Freezes - v.Missed
	switch {
	case v.DoneToday:
		return "It is done already, by the way."
	case v.RestToday:
		return "Nothing can be missed today."
	case v.Run == 0:
		return "No run is at stake; the next one begins whenever you like."
	case left > 0:
		return fmt.Sprintf("A freeze covers today, so your run of %s goes on; you hold %s.", plural(v.Run, "day"), plural(left, "freeze"))
	case v.Run >= streak.RepairWorth:
		return fmt.Sprintf("Today is open until %s. No freeze is left to cover it; should the run of %s end, two days in a row can mend it.", v.Ends.Format("15:04"), plural(v.Run, "day"))
	}
	return fmt.Sprintf("Today is open until %s. All days you studied stay counted, whatever becomes of the run.", v.Ends.Format("15:04"))
}
