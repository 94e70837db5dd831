package reminder

import (
	"strings"
	"testing"

	"mentor/bot"
	"mentor/bot/streak"
)

// TestReminderAsksWhatBecameOfAStep: once a week at most, for those who want it, and
// then no more about the same answer.
func TestReminderAsksWhatBecameOfAStep(t *testing.T) {
	guide, l := theGuide(t), learnt(t, 2, 1)
	step := bot.Roadmap(guide)[3]
	l.FollowUp = bot.FollowUp{Topic: step.ID, Since: l.Reminder.Day - 3}
	if r, _ := compose(guide, l, evening); strings.Contains(r.Text, "Did you try it?") {
		t.Errorf("who did not switch it on is asked %q", r.Text)
	}
	l.FollowUp.On = true
	r, texts := compose(guide, l, evening)
	if !strings.Contains(r.Text, "Did you try it? **"+step.Title+"**") || len(r.Choices) != 5 || r.Choices[2].Say != "/tried done "+step.ID {
		t.Errorf("the reminder says %q and offers %v", r.Text, r.Choices)
	}
	closing := l
	closing.Reminder.Closing = true
	if r, _ := compose(guide, closing, evening); strings.Contains(r.Text, "Did you try it?") {
		t.Errorf("the one before the day ends asks too: %q", r.Text)
	}
	day := l.Reminder.Day
	l = sent(l, texts, evening)
	if l.FollowUp.Topic != "" || l.FollowUp.Asked != day || !l.FollowUp.On {
		t.Errorf("after it was sent: %+v", l.FollowUp)
	}
	l.FollowUp.Topic, l.FollowUp.Since = step.ID, day-3
	if r, _ := compose(guide, l, evening.AddDate(0, 0, 1)); strings.Contains(r.Text, "Did you try it?") {
		t.Errorf("the day after it is asked again: %q", r.Text)
	}
	l.FollowUp.Topic = "gone-from-the-guide"
	l.FollowUp.Asked = streak.Day(0)
	if r, _ := compose(guide, l, evening.AddDate(0, 0, 1)); strings.Contains(r.Text, "Did you try it?") {
		t.Errorf("of an entry that is gone it asks %q", r.Text)
	}
}
