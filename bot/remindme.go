package bot

import (
	"context"
	"fmt"
	"strings"
)

// remind shows, sets or ends the daily reminder.
func (m *Mentor) remind(ctx context.Context, q Question, r request) (Reply, error) {
	if strings.TrimSpace(r.rest) == "" {
		return m.showReminder(ctx, q)
	}
	if name, value, ok := reminderSetting(r.rest); ok {
		return m.remindSetting(ctx, q, name, value)
	}
	w, ok := readWish(r.rest)
	switch {
	case !ok, !w.some && w.zone != "":
		return Reply{}, refuse("I can remind you once a day, to study, and cannot read %q as a time. Write, for example, `remind 19:30` or `remind 7pm Berlin`; `remind off` ends it.", plainWords(r.rest))
	case !w.some:
		return askWhen(q, w.part), nil
	case w.time.other >= 0 && !w.time.likely:
		return whichHalf(w), nil
	case w.zone != "":
		return m.remindIn(ctx, q, w)
	}
	return m.remindAt(ctx, q, w.time, "")
}

func (m *Mentor) remindSetting(ctx context.Context, q Question, name, value string) (Reply, error) {
	switch name {
	case "off":
		return m.remindOff(ctx, q)
	case "on":
		return m.remindOn(ctx, q)
	case "where":
		return m.remindWhere(ctx, q, value == "here")
	case "last":
		return m.remindLast(ctx, q, value == "on")
	case "pause":
		return m.pause(ctx, q, request{rest: value})
	case "quiet":
		return m.quiet(ctx, q, request{rest: value})
	case "later":
		return m.later(ctx, q, request{})
	}
	return askWhen(q, ""), nil
}

// askWhen asks at what time to remind; a time of day is the answer.
func askWhen(q Question, part string) Reply {
	times := []string{"08:00", "18:00", "19:30"}
	switch part {
	case "morning":
		times = []string{"07:00", "08:00", "09:30"}
	case "afternoon":
		times = []string{"13:00", "15:00", "17:00"}
	case "evening":
		times = []string{"18:00", "19:30", "21:00"}
	case "night":
		times = []string{"21:00", "22:00", "23:00"}
	}
	q.contact.asksReminder = true
	r := setting("At what time? Type it, for example `19:30` or `7pm`, or pick one:")
	for _, t := range times {
		r.Choices = append(r.Choices, Choice{Title: t, Say: "remind " + t})
	}
	return r
}

// whichHalf asks which half of the day was meant.
func whichHalf(w reminderWish) Reply {
	r := setting("In the morning or in the evening?")
	for _, minute := range []int{w.time.minute, w.time.other} {
		r.Choices = append(r.Choices, Choice{Title: wall(minute), Say: cut(strings.TrimSpace("remind "+wall(minute)+" "+w.zone), MaxSay)})
	}
	return r
}

// remindIn is remindAt with a zone that the learner named.
func (m *Mentor) remindIn(ctx context.Context, q Question, w reminderWish) (Reply, error) {
	found := findZones(w.zone)
	switch {
	case found.sure != "":
		return m.remindAt(ctx, q, w.time, found.sure)
	case len(found.near) == 0:
		return Reply{}, refuse("I know no time zone %q.%s Name a large city in your zone, as in `remind %s Berlin`.", plainWords(w.zone), found.why, wall(w.time.minute))
	}
	r := zoneChoices(fmt.Sprintf("I know no time zone %q.%s Did you mean one of these?", plainWords(w.zone), found.why), found.near, q.At)
	for i, name := range found.near {
		r.Choices[i].Say = "remind " + wall(w.time.minute) + " " + name
	}
	return r, nil
}

// remindAt makes t the time of the daily reminder, in zone when it is not empty.
func (m *Mentor) remindAt(ctx context.Context, q Question, t spokenTime, zone string) (Reply, error) {
	l, err := m.update(ctx, q, func(l *Learner) error {
		if zone != "" {
			s, err := l.Streak.SetZone(zone)
			if err != nil {
				return refusal(sentenceCase(err.Error()) + ".")
			}
			l.Streak = s
		}
		return l.setReminder(t.minute, q.Person)
	})
	if err != nil {
		return Reply{}, err
	}
	reply := m.reminderSet(q, l)
	if t.other >= 0 {
		reply.Choices = append(reply.Choices, Choice{Title: "I meant " + wall(t.other), Say: "remind " + wall(t.other)})
	}
	return reply, nil
}

// setReminder switches the reminder on, at minute of the day, to the account.
func (l *Learner) setReminder(minute int, to Account) error {
	r := &l.Reminder
	if r.Quiet.Has(minute) {
		return refuse("%s lies in your quiet hours, %v. Choose a time outside them, or change them: `quiet off` ends them.", wall(minute), r.Quiet)
	}
	if r.To != to {
		r.To, r.Place = to, ""
	}
	r.On, r.Minute, r.Gone, r.Tell = true, minute, 0, false
	return nil
}

// terminalPlatform is the letter of accounts in the terminal, which nothing can
// be sent to.
const (
	terminalPlatform = "t"
	deafTerminal     = "A terminal cannot be written to while it is closed: `link` this account with yours in Discord or Slack, and say `remind` there too."
)

// reminderSet says when l is reminded from now on. Without a zone it asks for it.
func (m *Mentor) reminderSet(q Question, l Learner) Reply {
	r := setting("I remind you every day at %s, unless you have checked in by then.", wall(l.Reminder.Minute))
	if l.Streak.Zone == "" {
		r.Text += "\n\nI begin as soon as I know your clock. " + zoneQuestion
		m.talks.remember(q, turn{awaitsTime: true})
		return r
	}
	r.Text += "\n\n" + nextText(l)
	if l.Reminder.To.Platform() == terminalPlatform {
		r.Text += " " + deafTerminal
	}
	if l.Reminder.Place != "" {
		r.Text += " It comes in the channel you chose; `remind where dm` makes it a direct message."
	}
	return r
}

// nextText says when the next reminder is due: "Next: Wednesday, 25 November,
// 19:30, Europe/Berlin."
func nextText(l Learner) string {
	switch r := l.Reminder; {
	case !r.On:
		return ""
	case l.Streak.Zone == "":
		return "I begin to remind you as soon as I know your time zone: `zone Berlin` names it."
	case r.Next.IsZero():
		return "No day that I could remind you of is in sight."
	default:
		at := r.Next.In(l.Streak.Clock().Zone)
		return fmt.Sprintf("Next: %s, %s.", at.Format(dateLayout+", 15:04"), l.Streak.Zone)
	}
}

func (m *Mentor) showReminder(ctx context.Context, q Question) (Reply, error) {
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	r := l.Reminder
	switch {
	case !r.On && r.To == "":
		reply := setting("You have no reminder. `remind 19:30` sets one: a message every day at that time, unless you have checked in by then.")
		return reply, nil
	case !r.On:
		return setting("Your reminder is off. `remind on` sets it to %s again, `remind 19:30` to another time.", wall(r.Minute)), nil
	}
	reply := m.reminderSet(q, l)
	if today := l.Streak.Clock().Day(q.At); r.Paused >= today {
		reply.Text += fmt.Sprintf("\n\nReminders are paused through %s; `pause off` ends that.", dateOf(r.Paused))
	}
	if r.Quiet != (Quiet{}) {
		reply.Text += fmt.Sprintf("\n\nYour quiet hours: %v.", r.Quiet)
	}
	if r.Last {
		reply.Text += fmt.Sprintf("\n\nOne more comes at %s when your streak is at stake; `remind last off` ends that.", wall(l.closingMinute()))
	}
	reply.Text += "\n\n`remind off` ends the reminders."
	return reply, nil
}

func (m *Mentor) remindOff(ctx context.Context, q Question) (Reply, error) {
	_, err := m.update(ctx, q, func(l *Learner) error {
		l.Reminder.On = false
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	return setting("I remind you no more. `remind on` switches it on again."), nil
}

func (m *Mentor) remindOn(ctx context.Context, q Question) (Reply, error) {
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	if l.Reminder.To == "" {
		return askWhen(q, ""), nil
	}
	l, err = m.update(ctx, q, func(l *Learner) error { return l.setReminder(l.Reminder.Minute, q.Person) })
	if err != nil {
		return Reply{}, err
	}
	return m.reminderSet(q, l), nil
}

// remindWhere chooses between direct messages and the channel that q was said in.
func (m *Mentor) remindWhere(ctx context.Context, q Question, here bool) (Reply, error) {
	l, err := m.update(ctx, q, func(l *Learner) error {
		r := &l.Reminder
		if r.To == "" {
			return refuse("set a time first, as in `remind 19:30`.")
		}
		r.To, r.Place, r.Gone = q.Person, "", 0
		if here {
			r.Place = q.Channel
		}
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	text := "Reminders come to you as direct messages."
	if l.Reminder.Place != "" {
		text = "Reminders come to you in this channel, where everybody sees them."
	}
	if !l.Reminder.On {
		return setting("%s They are off; `remind on` switches them on.", text), nil
	}
	return setting("%s %s", text, nextText(l)), nil
}

// closingMinute is when the reminder before the day ends comes.
func (l Learner) closingMinute() int {
	const day = 24 * 60
	return (l.Streak.DayEnd*60 - int(closingBefore.Minutes()) + day) % day
}

// remindLast switches the second message, before the day ends, on or off.
func (m *Mentor) remindLast(ctx context.Context, q Question, on bool) (Reply, error) {
	l, err := m.update(ctx, q, func(l *Learner) error {
		if minute := l.closingMinute(); on && l.Reminder.Quiet.Has(minute) {
			return refuse("your day ends at %02d:00, and 2 h before that, %s, lies in your quiet hours, %v. `dayend 0` lets the day end earlier; `quiet off` ends the quiet hours.", l.Streak.DayEnd, wall(minute), l.Reminder.Quiet)
		}
		l.Reminder.Last = on
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	if !on {
		return setting("No second reminder before your day ends."), nil
	}
	text := fmt.Sprintf("When your streak is at stake, a second reminder comes at %s, 2 h before your day ends at %02d:00. `dayend` moves that hour.", wall(l.closingMinute()), l.Streak.DayEnd)
	if !l.Reminder.On {
		return setting("%s It begins when you set a time: `remind 19:30`.", text), nil
	}
	return setting("%s", text), nil
}
