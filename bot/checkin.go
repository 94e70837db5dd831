package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mentor/bot/streak"
)

// checkIn counts the day that q was said on.
func (m *Mentor) checkIn(ctx context.Context, q Question, r request) (Reply, error) {
	var result streak.Result
	l, err := m.update(ctx, q, func(l *Learner) error {
		l.Streak, result = l.Streak.CheckIn(q.At, q.Event)
		l.note(result.Day, r.rest)
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	return m.counted(q, l, result), nil
}

// yesterday counts the day before.
func (m *Mentor) yesterday(ctx context.Context, q Question, _ request) (Reply, error) {
	var result streak.Result
	l, err := m.update(ctx, q, func(l *Learner) error {
		var err error
		if l.Streak, result, err = l.Streak.Backfill(q.At, q.Event); err != nil {
			return refuse("%s. It is gone, but the run of days is only one way to count: `streak` shows all of them.", err)
		}
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	return m.counted(q, l, result), nil
}

// maybeCheckIn asks whether what was said is today's check-in.
func (m *Mentor) maybeCheckIn(_ context.Context, _ Question, r request) (Reply, error) {
	return Reply{Kind: Help, Text: "Shall I count that as today's check-in?", Choices: []Choice{
		{Title: "Yes, count it", Say: "checkin " + cut(cleanNote(r.rest), MaxSay-len("checkin "))},
		{Title: "No, it is a question", Say: "ask " + cut(r.rest, MaxSay-len("ask "))},
	}}, nil
}

// note remembers what somebody wrote to a check-in that counted.
func (l *Learner) note(day streak.Day, text string) {
	text = cleanNote(text)
	if text == "" || !l.Streak.Days.Done(day) {
		return
	}
	note := Note{day, text}
	if slices.Contains(l.Notes, note) {
		return // the same event again
	}
	notes := slices.Concat(l.Notes, []Note{note})
	l.Notes = notes[max(0, len(notes)-MaxNotes):]
}

// cleanNote is text on one line, at most MaxNote characters.
func cleanNote(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if utf8.RuneCountInString(text) <= MaxNote {
		return text
	}
	return string([]rune(text)[:MaxNote-1]) + "…"
}

// cut is text cut to at most n bytes, at the end of a character.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// counted says what came of a check-in.
func (m *Mentor) counted(q Question, l Learner, r streak.Result) Reply {
	view := l.Streak.View(q.At)
	var b strings.Builder
	switch r.Kind {
	case streak.Already:
		fmt.Fprintf(&b, "%s is counted already: **%s in a row**.", dateOf(r.Day), plural(r.Run, "day"))
	case streak.Filled:
		fmt.Fprintf(&b, "%s is filled in: **%s in a row**.", dateOf(r.Day), plural(r.Run, "day"))
	default:
		fmt.Fprintf(&b, "%s is counted: **%s in a row**.", dateOf(r.Day), plural(r.Run, "day"))
	}
	for _, s := range []string{milestoneText(r), mendedText(r), brokeText(r, view), frozenText(r, view), earnedText(r, view)} {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	if r.Day == view.Today {
		fmt.Fprintf(&b, "\n\nToday ends in %s, at %s your time; the next day to study begins then.", inHours(view.Left), view.Ends.Format("15:04"))
	} else {
		fmt.Fprintf(&b, "\n\nToday, %s, is still open for %s.", dateOf(view.Today), inHours(view.Left))
	}
	if l.Streak.Zone == "" {
		b.WriteString("\n\n" + zoneQuestion)
		m.talks.remember(q, turn{awaitsTime: true})
	}
	return Reply{Kind: Streak, Text: b.String(), View: &view, CheckIn: r.Kind}
}

func milestoneText(r streak.Result) string {
	switch {
	case r.Milestone == 0:
		return ""
	case r.Milestone >= 365:
		return plural(r.Milestone/365, "year") + ": that is a habit, and it shows what you can do. 🎉"
	}
	return fmt.Sprintf("%d days: well done. 🎉", r.Milestone)
}

func mendedText(r streak.Result) string {
	if r.Mended == 0 {
		return ""
	}
	return fmt.Sprintf("You came back two days in a row, so your run of %s is whole again.", plural(r.Mended, "day"))
}

// brokeText tells of a break once, and looks forward.
func brokeText(r streak.Result, v streak.View) string {
	if r.Broke == 0 {
		return ""
	}
	s := fmt.Sprintf("Good to have you back. A new run begins; your longest stays %s, and you studied on %d of the last 30.", plural(r.Longest, "day"), v.Last30)
	if v.Mending > 0 {
		s += fmt.Sprintf(" Check in on the next day too, and the run of %s goes on.", plural(v.Mending, "day"))
	}
	return s
}

func frozenText(r streak.Result, v streak.View) string {
	if r.Frozen == 0 {
		return ""
	}
	return fmt.Sprintf("%s covered the %s you missed; you hold %d of %d.", sentenceCase(plural(r.Frozen, "freeze")), days(r.Frozen), v.Freezes, streak.MaxFreezes)
}

func earnedText(r streak.Result, v streak.View) string {
	switch {
	case r.Refunded:
		return "The freeze that had covered it is yours again."
	case r.Earned:
		return fmt.Sprintf("You earned a freeze (%d of %d): it will cover a day you miss.", v.Freezes, streak.MaxFreezes)
	}
	return ""
}

func days(n int) string {
	if n == 1 {
		return "day"
	}
	return "days"
}
