package bot_test

import (
	"strings"
	"testing"
	"time"
)

func TestStats(t *testing.T) {
	d := newDesk(t)
	d.managerHears("d:1", "stats", "0 questions", "nobody said", "In the inbox: 0.")
	d.manager("d:1", "setup mentors here")
	d.say("d:2", "is java good")
	d.say("d:2", "/good java")
	d.say("d:3", "is java good")
	d.say("d:3", "/bad java")
	d.say("d:3", "/bad java") // the last vote of a person counts, once
	d.say("d:4", "/good java")
	d.say("d:5", "python at work")
	d.say("d:5", "ask a mentor")
	d.now = d.now.Add(3 * time.Hour)
	d.manager("d:1", "resolve h1")
	d.say("d:6", "how do I fix a tap")
	r := d.managerHears("d:1", "stats", "4 questions, 2 answered, 1 met with a choice, 1 not covered", "2 said that an answer helped, 1 that it did not",
		"Waiting for the mentors: 0, the last ones about 3 h", "| java | 2 | 2 | 67 % of 3 | 1 | – |", "| python | 1 | 0 | – | 1 | 3 h |")
	for _, who := range []string{"d:2", "d:3", "work", "tap"} {
		if strings.Contains(r.Text, who) {
			t.Errorf("the figures name %q: %s", who, r.Text)
		}
	}
	if !strings.Contains(d.manager("d:1", "digest").Text, "The week from") {
		t.Error("no digest")
	}
}
