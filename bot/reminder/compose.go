package reminder

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
	"mentor/knowledge"
)

// compose writes the message of l's next reminder, as things stand at the instant
// now, and returns which texts of the pool are used up with it. The same learner
// on the same day gets the same words.
func compose(guide *knowledge.Guide, l bot.Learner, now time.Time) (bot.Reply, uint32) {
	view := l.Streak.View(now)
	seed := seedOf(l)
	var words string
	used := l.Reminder.Texts
	buttons := []bot.Choice{{Title: "Done", Say: "checkin"}, {Title: "Later (1 h)", Say: "later"}, {Title: "Not today", Say: "not today"}}
	switch {
	case l.Reminder.Closing:
		words, buttons = closingText(view), []bot.Choice{buttons[0], buttons[2]}
	case l.Reminder.Ignored >= bot.StopAfter:
		words, buttons = farewell, []bot.Choice{buttons[0], {Title: "No more reminders", Say: "remind off"}}
	default:
		words, used = pick(moodOf(l, view), used, seed)
	}
	reply := bot.Reply{Kind: bot.Nudge, Text: filled(words, view), View: &view, Choices: buttons}
	if l.Reminder.Ignored == bot.FadeAfter && !l.Reminder.Closing {
		reply.Text += "\n\n" + fading
	}
	if l.Reminder.Closing {
		return reply, used
	}
	if entry := guide.Entry(l.FollowUp.Topic); entry != nil && l.FollowUp.Due(l.Reminder.Day) {
		reply.Text += fmt.Sprintf("\n\nSome days ago I told you of this. Did you try it? **%s**", entry.Title)
		reply.Choices = slices.Concat(buttons[:2], bot.TriedChoices(entry.ID)) // more than five would be a menu
		return reply, used
	}
	if entry, lead := suggestion(guide, l.Steps, seed); entry != nil {
		reply.Text += fmt.Sprintf("\n\n%s **%s**", lead, entry.Title)
		reply.Choices = append(reply.Choices, bot.Choice{Topic: entry.ID, Title: entry.Title})
	}
	return reply, used
}

// seedOf is a number that differs from day to day and from learner to learner.
func seedOf(l bot.Learner) uint32 {
	h := fnv.New32a()
	fmt.Fprint(h, l.ID, int(l.Reminder.Day))
	return h.Sum32()
}

// milestoneAt reports whether a run of n days is a milestone.
func milestoneAt(n int) bool { return n == 7 || n == 30 || n == 100 || n > 0 && n%365 == 0 }

func moodOf(l bot.Learner, v streak.View) mood {
	switch {
	case milestoneAt(v.Run + 1):
		return milestone
	case milestoneAt(v.Run + 2):
		return beforehand
	case v.Run == 0 && v.Mending > 0:
		return mendable
	case v.Run == 0 && v.Total > 0:
		return returning
	case v.Missed > 0:
		return frozen
	case v.Run == 2:
		return third
	case v.Total < 3:
		return early
	case l.Streak.Freezes == 0:
		return uncovered
	}
	return ordinary
}

// pick chooses a text of the mood that is not used, and returns used with it. When
// all are, they are fresh again.
func pick(m mood, used, seed uint32) (string, uint32) {
	fresh := unused(m, used)
	if len(fresh) == 0 {
		for i, t := range pool {
			if t.mood == m {
				used &^= 1 << i
			}
		}
		fresh = unused(m, used)
	}
	i := fresh[int(seed%uint32(len(fresh)))]
	return pool[i].words, used | 1<<i
}

// unused are the places of the mood's texts that are not used.
func unused(m mood, used uint32) []int {
	var out []int
	for i, t := range pool {
		if t.mood == m && used>>i&1 == 0 {
			out = append(out, i)
		}
	}
	return out
}

func closingText(v streak.View) string {
	if v.Freezes > v.Missed {
		return closingCovered
	}
	return closingOpen
}

// filled puts the learner's figures into a text.
func filled(words string, v streak.View) string {
	goal := v.Run + 1
	if !milestoneAt(goal) {
		goal = v.Run + 2
	}
	return strings.NewReplacer(
		"{run}", days(v.Run), "{next}", strconv.Itoa(v.Run+1), "{goal}", strconv.Itoa(goal), "{total}", days(v.Total),
		"{ends}", v.Ends.Format("15:04"),
	).Replace(words)
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

// suggestion is what to study next, and how to begin naming it: on one day the
// next step of the roadmap, on another something the step leads to. Who has done
// all steps gets an entry from anywhere in the guide; a guide without entries has
// none.
func suggestion(guide *knowledge.Guide, done bot.Steps, seed uint32) (*knowledge.Entry, string) {
	for i, step := range bot.Roadmap(guide) {
		if done.Has(i + 1) {
			continue
		}
		if near := guide.Related(step); seed%2 == 1 && len(near) > 0 {
			return near[int(seed/2)%len(near)], "Worth ten minutes:"
		}
		return step, "Next on your road:"
	}
	entries := guide.Entries()
	if len(entries) == 0 {
		return nil, ""
	}
	return entries[int(seed)%len(entries)], "Worth ten minutes:"
}
