package bot_test

import (
	"strings"
	"testing"
	"time"

	"mentor/bot"
)

// reminderOf is the reminder that the store holds for person.
func (d *desk) reminderOf(person bot.Account) bot.Reminder {
	d.t.Helper()
	id, err := d.store.Find(d.t.Context(), person)
	if err != nil {
		d.t.Fatal(err)
	}
	l, err := d.store.Get(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return l.Reminder
}

// planned holds that the person's next reminder is due at the wall time in Berlin.
func (d *desk) planned(person bot.Account, want string) {
	d.t.Helper()
	got := "never"
	if r := d.reminderOf(person); !r.Next.IsZero() {
		loc, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			d.t.Fatal(err)
		}
		got = r.Next.In(loc).Format("2006-01-02 15:04")
	}
	if got != want {
		d.t.Errorf("the next reminder is due %s, want %s", got, want)
	}
}

// reminded writes what the loop does after it sent ada one.
func (d *desk) reminded(change func(*bot.Reminder)) {
	d.t.Helper()
	id, err := d.store.Find(d.t.Context(), "d:ada")
	if err != nil {
		d.t.Fatal(err)
	}
	_, err = d.store.Update(d.t.Context(), id, func(l *bot.Learner) error {
		l.Reminder = l.Reminder.Settle()
		change(&l.Reminder)
		*l = l.Plan(d.now)
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func TestAReminderIsShownBack(t *testing.T) {
	d := newDesk(t)
	d.clock("2026-11-24 20:00", "Europe/Berlin")
	d.hears("d:ada", "remind", "You have no reminder")
	d.hears("d:ada", "remind 19:30 Berlin", "every day at 19:30", "Next: Wednesday, 25 November, 19:30, Europe/Berlin.")
	d.planned("d:ada", "2026-11-25 19:30")
	d.hears("d:ada", "what reminders do I have?", "every day at 19:30", "Next: Wednesday, 25 November, 19:30, Europe/Berlin.")
	d.hears("d:ada", "remind me every night at half past nine", "at 21:30", "Next: Tuesday, 24 November, 21:30, Europe/Berlin.")
	d.hears("d:ada", "checkin", "is counted")
	d.planned("d:ada", "2026-11-25 21:30")
	d.hears("d:ada", "zone New York", "America/New_York")
	d.planned("d:ada", "2026-11-26 03:30")
	d.hears("d:ada", "stop reminding me", "I remind you no more")
	d.planned("d:ada", "never")
	d.hears("d:ada", "remind", "is off. `remind on`")
	d.hears("d:ada", "remind on", "21:30, America/New_York")
	if r := d.hears("d:ada", "remind 7:30", "at 07:30"); len(r.Choices) != 1 || r.Choices[0].Say != "remind 19:30" {
		t.Errorf("7:30 offers %+v, want the evening", r.Choices)
	}
	d.hears("d:ada", "1", "at 19:30")
	d.hears("d:ada", "remind 7pm Berlim", "Did you mean one of these?")
	d.hears("d:ada", "1", "every day at 19:00", "Europe/Berlin")
	d.hears("d:ada", "remind when the moon is full", "") // a question, not a command
	d.hears("d:ada", "/remind when the moon is full", "cannot read")
}

func TestAReminderWaitsForTheZone(t *testing.T) {
	d := newDesk(t)
	d.hears("d:ada", "remind me at 7pm", "every day at 19:00", "what time is it for you now?")
	d.planned("d:ada", "never")
	d.hears("d:ada", "19:00", "Pick the one whose summer time is yours")
	d.hears("d:ada", "zone Berlin", "Europe/Berlin", "Next: Tuesday, 24 November, 19:00, Europe/Berlin.")
	d.planned("d:ada", "2026-11-24 19:00")
}

func TestAReminderAsksForTheTime(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "zone Berlin")
	if r := d.hears("d:ada", "remind me every evening", "At what time?"); len(r.Choices) != 3 || r.Choices[1].Say != "remind 19:30" {
		t.Errorf("offered %+v, want three times of the evening", r.Choices)
	}
	d.hears("d:ada", "2", "every day at 19:30")
	d.say("d:ada", "remind me")
	d.hears("d:ada", "at 6pm", "every day at 18:00")
	d.say("d:ada", "remind me")
	d.hears("d:ada", "7", "In the morning or in the evening?")
	d.hears("d:ada", "2", "every day at 19:00")
}

func TestPauseAndQuiet(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "remind 19:30 Berlin")
	d.hears("d:ada", "pause 5 days", "No reminders through Friday, 27 November", "Next: Saturday, 28 November, 19:30", "`away 5 days`")
	d.hears("d:ada", "pause", "paused through Friday, 27 November")
	d.hears("d:ada", "remind", "paused through Friday, 27 November")
	d.hears("d:ada", "pause off", "Next: Monday, 23 November, 19:30")
	d.hears("d:ada", "remind pause until 3 Dec", "through Thursday, 3 December")
	d.hears("d:ada", "pause 100 days", "1 to 92 days")
	d.hears("d:ada", "pause until sometime", "cannot read")
	d.say("d:ada", "resume")
	d.hears("d:ada", "quiet 19-8", "reminder at 19:30 lies in 19:00 to 08:00", "Move it first")
	d.hears("d:ada", "quiet 22:00-08:00", "22:00 to 08:00", "Next: Monday, 23 November, 19:30")
	d.hears("d:ada", "remind 23:00", "lies in your quiet hours, 22:00 to 08:00", "`quiet off`")
	d.hears("d:ada", "remind last on", "01:00, lies in your quiet hours", "`dayend 0`")
	d.hears("d:ada", "quiet off", "none")
	d.hears("d:ada", "remind last on", "at 01:00, 2 h before your day ends at 03:00")
	d.hears("d:ada", "quiet 22-8", "`remind last off`")
}

func TestTheSecondReminder(t *testing.T) {
	d := newDesk(t)
	for _, text := range []string{"zone Berlin", "dayend 0", "remind 18:00", "remind last on", "checkin"} {
		d.say("d:ada", text)
	}
	d.planned("d:ada", "2026-11-24 18:00")
	d.clock("2026-11-24 18:00", "Europe/Berlin")
	d.reminded(func(*bot.Reminder) {})
	d.planned("d:ada", "2026-11-24 22:00")
	d.say("d:ada", "not today")
	d.planned("d:ada", "2026-11-25 18:00")
	d.say("d:ada", "remind 21:30") // the second would come half an hour later
	d.planned("d:ada", "2026-11-25 21:30")
	d.say("d:bob", "remind 18:00 Berlin") // nothing is at stake for somebody without a run
	d.say("d:bob", "remind last on")
	d.planned("d:bob", "2026-11-25 18:00")
}

func TestEverySettingMovesThePlan(t *testing.T) {
	d := newDesk(t)
	d.clock("2026-11-24 12:00", "Europe/Berlin") // a Tuesday
	d.say("d:ada", "remind 01:30 Berlin")
	for _, step := range []struct{ say, want string }{
		{"dayend 1", "2026-11-25 01:30"},
		{"rest wed", "2026-11-26 01:30"},
		{"dayend 3", "2026-11-25 01:30"},
		{"rest tue", "2026-11-26 01:30"},
		{"rest off", "2026-11-25 01:30"},
		{"away 5 days", "2026-11-30 01:30"},
		{"away off", "2026-11-25 01:30"},
		{"checkin", "2026-11-26 01:30"},
		{"zone London", "2026-11-26 02:30"},
		{"remind 20:00", "2026-11-25 21:00"},
	} {
		d.say("d:ada", step.say)
		d.planned("d:ada", step.want)
	}
}

func TestAMessageInThatVerySecondLosesNoReminder(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "remind 19:30 Berlin")
	d.clock("2026-11-23 19:31", "Europe/Berlin")
	d.say("d:ada", "done 3")
	d.planned("d:ada", "2026-11-23 19:30")
	d.say("d:ada", "remind 19:00") // a new wish counts from now on
	d.planned("d:ada", "2026-11-24 19:00")
}

func TestLaterAndNotToday(t *testing.T) {
	d := newDesk(t)
	if r := d.say("d:ada", "later"); r.Kind != bot.SmallTalk {
		t.Errorf("later of somebody without a reminder is answered %+v", r)
	}
	d.say("d:ada", "remind 19:30 Berlin")
	d.clock("2026-11-23 19:30", "Europe/Berlin")
	d.reminded(func(r *bot.Reminder) { r.Ignored++ })
	d.planned("d:ada", "2026-11-24 19:30")
	d.clock("2026-11-23 19:32", "Europe/Berlin")
	d.hears("d:ada", "later", "at 20:32")
	d.planned("d:ada", "2026-11-23 20:32")
	d.say("d:ada", "done 3") // says nothing of today
	d.planned("d:ada", "2026-11-23 20:32")
	d.hears("d:ada", "not today", "No more about it today", "No run is at stake", "Next: Tuesday, 24 November, 19:30")
	d.planned("d:ada", "2026-11-24 19:30")
	d.hears("d:ada", "later", "at 20:32")
	d.say("d:ada", "checkin")
	d.planned("d:ada", "2026-11-24 19:30")
	d.hears("d:ada", "later", "done already")
	d.clock("2026-11-25 02:30", "Europe/Berlin")
	d.hears("d:ada", "later", "day ends before that, at 03:00")
	d.say("d:ada", "quiet 3-8")
	d.say("d:ada", "dayend 5")
	d.hears("d:ada", "later", "quiet hours")
}

func TestALearnerWhoIsHeardOfIsRemindedAgain(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "remind 19:30 Berlin")
	d.clock("2026-11-23 19:30", "Europe/Berlin")
	d.reminded(func(r *bot.Reminder) { r.Ignored = bot.FadeAfter })
	d.planned("d:ada", "2026-11-25 19:30")
	d.clock("2026-11-25 19:30", "Europe/Berlin")
	d.reminded(func(r *bot.Reminder) { r.Ignored = bot.StopAfter + 1 })
	d.planned("d:ada", "never")
	d.say("d:ada", "streak") // reading is enough
	d.planned("d:ada", "2026-11-26 19:30")
}

func TestWhoCouldNotBeReachedIsToldOnce(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "remind 19:30 Berlin")
	d.reminded(func(r *bot.Reminder) { r.Tell, r.On = true, false })
	d.hears("d:ada", "streak", "my reminders could not reach you for some days, so I switched them off")
	if r := d.say("d:ada", "streak"); strings.Contains(r.Text, "could not reach you") {
		t.Errorf("told twice: %q", r.Text)
	}
}

func TestReminderWhere(t *testing.T) {
	d := newDesk(t)
	d.hears("d:ada", "remind where here", "Set a time first")
	d.say("d:ada", "remind 19:30 Berlin")
	r, err := d.mentor.Handle(t.Context(), bot.Question{Text: "remind where here", Person: "d:ada", Place: "thread", Channel: "c1", Group: "d:g", Event: "w", At: d.now})
	if err != nil || !strings.Contains(r.Text, "in this channel, where everybody sees them") {
		t.Errorf("where here: %q, %v", r.Text, err)
	}
	if got := d.reminderOf("d:ada"); got.Place != "c1" || got.To != "d:ada" {
		t.Errorf("it goes to %q in %q, want ada in c1", got.To, got.Place)
	}
	d.hears("d:ada", "remind where dm", "as direct messages")
	if got := d.reminderOf("d:ada"); got.Place != "" {
		t.Errorf("it goes to %q, want a direct message", got.Place)
	}
}

func TestTwoWhoBecomeOneHaveOneReminder(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "zone Berlin")
	d.say("s:T:ada", "checkin")
	d.say("s:T:ada", "remind 21:00 Berlin")
	code := codeIn(t, d.say("d:ada", "link"))
	second := codeIn(t, d.say("s:T:ada", "link "+code))
	d.hears("d:ada", "link "+second, "both accounts are you now")
	d.planned("d:ada", "2026-11-24 21:00") // today was done on the other side
	d.say("s:T:ada", "unlink")
	d.planned("s:T:ada", "2026-11-24 21:00")
	d.planned("d:ada", "never")
}

func TestTheExportHasTheReminder(t *testing.T) {
	d := newDesk(t)
	d.say("d:ada", "remind 19:30 Berlin")
	d.say("d:ada", "quiet 22-8")
	d.say("d:ada", "pause 5 days")
	text := string(d.say("d:ada", "export").File.Data)
	for _, want := range []string{`"time": "19:30"`, `"from": "22:00"`, `"pausedUntil": "2026-11-27"`, `"zone": "Europe/Berlin"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the export lacks %s:\n%s", want, text)
		}
	}
}
