package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mentor/bot/streak"
	"mentor/knowledge"
)

// digestOf is a group's week in figures: of the week that most of the last seven
// days lie in, so that on a Monday it is the one that has ended.
func (m *Mentor) digestOf(ctx context.Context, group string, day streak.Day) (Reply, error) {
	people, err := m.members(ctx, group, day)
	if err != nil {
		return Reply{}, err
	}
	week := WeekOf(day - 3)
	counted, err := m.askedIn(ctx, group, week)
	if err != nil {
		return Reply{}, err
	}
	monday, sunday := week.Days()
	reply := Reply{Kind: Nudge}
	if len(people) > 0 {
		days := activeDays(people, min(sunday, day))
		reply.Days = &days
	}
	lines := []string{
		"**The week from " + monday.Format("2 January") + " to " + sunday.Format("2 January") + soFar(sunday, day) + "**\n",
		"- **Study:** " + studyText(people, monday, min(sunday, day)),
		"- **Questions:** " + askedText(counted),
	}
	if most := mostAsked(m.libraryOf(ctx, Question{Group: group}).Guide(), counted); most != "" {
		lines = append(lines, "- **Asked most:** "+most)
	}
	waiting, err := m.waitingText(ctx, group)
	if err != nil {
		return Reply{}, err
	}
	lines = append(lines, "- **Thanks:** "+thanksText(counted), waiting+"\nCounted are topics of the guide, never who asked or in what words.")
	reply.Text = strings.Join(lines, "\n")
	return reply, nil
}

func soFar(sunday, day streak.Day) string {
	if day <= sunday {
		return ", so far"
	}
	return ""
}

// studyText compares the days since Monday with as many of the week before.
func studyText(people []Learner, monday, last streak.Day) string {
	if len(people) == 0 {
		return "nobody stands on the group's board yet; `board join` counts somebody in."
	}
	now, before, active := 0, 0, 0
	for _, l := range people {
		n := l.Streak.Days.Count(monday, last)
		now, before = now+n, before+l.Streak.Days.Count(monday-7, last-7)
		if n > 0 {
			active++
		}
	}
	return fmt.Sprintf("%s, by %s of %d on the board, %s.", plural(now, "active day"), persons(active), len(people), against(now, before, "in the same days of the week before"))
}

func askedText(a Asked) string {
	answered, offered := count(a.Answered), count(a.Offered)
	if answered+offered+a.None == 0 {
		return "none."
	}
	return fmt.Sprintf("%s answered, %d met with a choice, %d unanswered.", plural(answered, "question"), offered, a.None)
}

func thanksText(a Asked) string {
	up, down := count(a.Up), count(a.Down)
	if up+down == 0 {
		return "nobody said whether an answer helped."
	}
	return fmt.Sprintf("%d said that an answer helped, %d that it did not.", up, down)
}

func count(byTopic map[string]int) int {
	n := 0
	for _, c := range byTopic {
		n += c
	}
	return n
}

// mostNamed is how many of the topics asked most are named.
const mostNamed = 5

// mostAsked are the topics that most answers came from, "Java? (7), Salary? (2)".
func mostAsked(guide *knowledge.Guide, a Asked) string {
	topics := slices.SortedFunc(maps.Keys(a.Answered), func(x, y string) int {
		return cmp.Or(a.Answered[y]-a.Answered[x], strings.Compare(x, y))
	})
	var named []string
	for _, topic := range topics {
		if entry := guide.Entry(topic); entry != nil && len(named) < mostNamed {
			named = append(named, fmt.Sprintf("%s (%d)", entry.Title, a.Answered[topic]))
		}
	}
	return strings.Join(named, ", ")
}
