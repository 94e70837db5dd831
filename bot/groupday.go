package bot

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"mentor/bot/streak"
	"mentor/knowledge"
)

// GroupDays are how many of a group's people were active on each of some days.
type GroupDays struct {
	Last   streak.Day // the newest of the days
	Counts []int      // the oldest first
}

// daysShown is how many days the picture of a group has: a week and the one before.
const daysShown = 14

// maxNamed is how many are named who are still open today; the rest are counted.
const maxNamed = 50

// WritePost writes what a group is told on a date of its own calendar, as things
// stand at the instant now. It names only who joined the group's board.
func (m *Mentor) WritePost(ctx context.Context, k PostKey, day streak.Day, now time.Time) (Reply, error) {
	if k.Kind == DigestPost {
		return m.digestOf(ctx, k.Group, day)
	}
	people, err := m.members(ctx, k.Group, day)
	if err != nil {
		return Reply{}, err
	}
	var parts []string
	reply := Reply{Kind: Nudge}
	if entry := questionOn(m.library.Guide(), k.Group, day); entry != nil {
		parts = append(parts, fmt.Sprintf("**Question of the day:** %s\n\nThink first, then look.", entry.Title))
		reply.Choices = []Choice{{Title: "Show the answer", Say: "/answer " + entry.ID}}
	}
	if len(people) == 0 {
		parts = append(parts, "Nobody stands on this group's board yet. `board join` counts your days of study in here, and names you here.")
	} else {
		days := activeDays(people, day-1)
		parts = append(parts, weekText(people, days), todayOf(people, now))
		reply.Days = &days
	}
	reply.Text = strings.Join(parts, "\n\n")
	return reply, nil
}

// members are the learners of the group's board who were active this month or the
// last.
func (m *Mentor) members(ctx context.Context, group string, day streak.Day) ([]Learner, error) {
	var out []Learner
	for _, month := range []Month{MonthOf(day), MonthOf(day) - 1} {
		board, err := m.store.Board(ctx, group, month, maxBoard)
		if err != nil {
			return nil, fmt.Errorf("read the board: %w", err)
		}
		for _, l := range board {
			if !l.Gone && l.Into == "" && l.Name != "" && slices.Contains(l.Boards, group) {
				out = append(out, l)
			}
		}
	}
	return out, nil
}

// activeDays counts, for each of the last days, who studied on it.
func activeDays(people []Learner, last streak.Day) GroupDays {
	g := GroupDays{Last: last, Counts: make([]int, daysShown)}
	for i := range g.Counts {
		day := last - daysShown + 1 + streak.Day(i)
		for _, l := range people {
			if l.Streak.Days.Done(day) {
				g.Counts[i]++
			}
		}
	}
	return g
}

// weekText says how the last seven days went, against the seven before.
func weekText(people []Learner, g GroupDays) string {
	before, week := total(g.Counts[:daysShown-7]), total(g.Counts[daysShown-7:])
	if week == 0 {
		return "**The group's week:** no day of study in the last 7 days. Today is a good one to begin."
	}
	active := 0
	for _, l := range people {
		if l.Streak.Days.Count(g.Last-6, g.Last) > 0 {
			active++
		}
	}
	return fmt.Sprintf("**The group's week:** %s in the last 7 days, by %s, %s.", plural(week, "active day"), persons(active), against(week, before, "in the 7 before"))
}

// against compares without blame: "4 more than in the 7 before", "after 9 in the 7
// before".
func against(now, before int, when string) string {
	switch {
	case now > before:
		return fmt.Sprintf("%d more than %s", now-before, when)
	case now == before:
		return "as many as " + when
	}
	return fmt.Sprintf("after %d %s", before, when)
}

func total(counts []int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

func persons(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// todayOf says who has not studied yet on their own today, and how many have.
func todayOf(people []Learner, now time.Time) string {
	var open []string
	done := 0
	for _, l := range people {
		switch today := l.Streak.Clock().Day(now); {
		case l.Streak.Days.Done(today):
			done++
		case l.open(today):
			open = append(open, escaped(l.Name))
		}
	}
	slices.Sort(open)
	var text string
	switch {
	case len(open) > 0:
		text = fmt.Sprintf("**Still open today:** %s. Ten minutes count, and then `checkin`.", named(open))
	case done > 0:
		text = "**Today:** nobody is open any more."
	default:
		return "**Today:** a day off for everybody on the board."
	}
	if done > 0 {
		text += fmt.Sprintf(" Done already: %d.", done)
	}
	return text
}

// named lists names: "Ann, Bob and 3 more".
func named(names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), more)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}

// fewestQuestions is how many entries must have a question for a title, for the
// others to be left out: so many days a question rests.
const fewestQuestions = 60

// questionOn is the group's question of a day: each in its turn, in an order of the
// group's own, so that none comes twice before all have come. A guide that has
// changed begins a new order. It is nil for a guide with nothing to ask.
func questionOn(guide *knowledge.Guide, group string, day streak.Day) *knowledge.Entry {
	var all, questions []*knowledge.Entry
	for _, e := range guide.Entries() {
		switch {
		case e.ID == aboutTopic || e.ID == roadmapTopic || stepNumber(e.ID) != 0:
		case strings.Contains(e.Title, "?"):
			questions = append(questions, e)
			fallthrough
		default:
			all = append(all, e)
		}
	}
	if len(questions) < fewestQuestions {
		questions = all
	}
	if len(questions) == 0 {
		return nil
	}
	place := func(e *knowledge.Entry) string {
		sum := sha256.Sum256([]byte(group + " " + e.ID))
		return string(sum[:])
	}
	slices.SortFunc(questions, func(a, b *knowledge.Entry) int { return strings.Compare(place(a), place(b)) })
	return questions[int(day)%len(questions)]
}
