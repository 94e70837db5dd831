package bot_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/streak"
	"mentor/knowledge"
)

func TestFollowUpIsDueOnceAWeek(t *testing.T) {
	day := streak.Date(2026, 11, 24)
	f := bot.FollowUp{On: true, Topic: "step-3-databases", Since: day}
	for after, want := range map[streak.Day]bool{0: false, 2: false, 3: true, 9: true} {
		if got := f.Due(day + after); got != want {
			t.Errorf("%d days after the answer Due = %v, want %v", after, got, want)
		}
	}
	f = f.Put(day + 3)
	if f.Due(day + 30) {
		t.Error("it is asked twice about one answer")
	}
	f.Topic, f.Since = "step-4-apis", day+4
	if f.Due(day+9) || !f.Due(day+10) {
		t.Error("two questions are less than a week apart, or the second never comes")
	}
	if (bot.FollowUp{Topic: "step-4-apis", Since: day}).Due(day + 5) {
		t.Error("somebody who did not want it is asked")
	}
}

// A road is a library whose every question is about step 3.
type road struct{ guide *knowledge.Guide }

func (r road) With(lessons []knowledge.Lesson) knowledge.Library { return road{r.guide.With(lessons)} }

func (r road) Guide() *knowledge.Guide { return r.guide }

func (r road) Find(context.Context, string) (knowledge.Finding, error) {
	return knowledge.Finding{Outcome: knowledge.Answer, Matches: []knowledge.Match{{Entry: bot.Roadmap(r.guide)[2], Confidence: 0.97}}}, nil
}

// TestFollowUpScenario: off by default; an answer is remembered for those who want
// to be asked about it, Done ticks the step and Stuck goes to the mentors.
func TestFollowUpScenario(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := boltstore.Open(filepath.Join(t.TempDir(), "mentor.db"), boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		guide := knowledge.Builtin()
		step := bot.Roadmap(guide)[2].ID
		m := bot.New(road{guide}, bot.WithStore(store))
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { m.Tend(ctx) })
		say := func(group, text, want string) {
			t.Helper()
			r, err := m.Handle(t.Context(), bot.Question{Text: text, Person: "d:2", Name: "Ann", Place: "room" + group, Group: group, At: time.Now(), Admin: true})
			if err != nil || !strings.Contains(r.Text, want) {
				t.Errorf("%q = %q, %v, want %q in it", text, r.Text, err, want)
			}
		}
		remembered := func() bot.FollowUp {
			t.Helper()
			time.Sleep(1500 * time.Millisecond)
			id, err := store.Find(t.Context(), "d:2")
			if err != nil {
				t.Fatal(err)
			}
			l, err := store.Get(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return l.FollowUp
		}
		say("d:group", "checkin", "")
		say("d:group", "which database should I learn", "")
		if f := remembered(); f != (bot.FollowUp{}) {
			t.Errorf("of who did not ask for it is remembered %+v", f)
		}
		say("d:group", "followup", "Follow-up is off")
		say("d:group", "followup on", "`remind 19:30` sets one")
		say("d:group", "which database should I learn", "")
		if f := remembered(); !f.On || f.Topic != step || f.Group != "d:group" {
			t.Errorf("remembered is %+v, want %s in d:group", f, step)
		}
		choices := bot.TriedChoices(step)
		if len(choices) != 3 {
			t.Fatalf("on offer: %v", choices)
		}
		say("", choices[0].Say, "1 of 8")
		say("d:group", "setup mentors here", "Set")
		say("", choices[1].Say, "Passed on to this group's mentors")
		say("d:group", "open", "I am stuck with this")
		say("", choices[2].Say, "Fine")
		say("", "tried done no-such-entry", "does not have that entry any more")
		say("d:group", "followup off", "forgotten")
		if f := remembered(); f.On || f.Topic != "" {
			t.Errorf("switched off, remembered is %+v", f)
		}
		cancel()
		wg.Wait()
	})
}
