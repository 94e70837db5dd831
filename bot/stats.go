package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mentor/knowledge"
)

// statsRows is how many topics the table has: more does not fit a message on Discord.
const statsRows = 15

// A topicStat is how a group fares with a topic of the guide.
type topicStat struct {
	topic    string
	asked    int // times that it was the answer, or the first of the choices
	answered int // times that it was the answer
	up, down int // people whom the answer helped, and did not
	gaps     int // questions in the inbox whose nearest entry it is
	waits    []time.Duration
}

// stats is how well the group's questions are answered, by topic; for mentors and
// admins.
func (m *Mentor) stats(ctx context.Context, q Question, _ request) (Reply, error) {
	if err := m.mentorsOnly(ctx, q); err != nil {
		return Reply{}, err
	}
	m.writeInboxes(ctx, false)
	if err := m.writeAsked(ctx); err != nil {
		return Reply{}, err
	}
	asked, err := askedLately(ctx, m.store, q.Group)
	if err != nil {
		return Reply{}, err
	}
	items, _, err := m.items(ctx, q.Group)
	if err != nil {
		return Reply{}, err
	}
	items = slices.DeleteFunc(items, func(it item) bool { return !it.listed(q.At) })
	passed, err := m.handovers(ctx, q.Group)
	if err != nil {
		return Reply{}, err
	}
	return setting("%s", statsText(q.guide.Guide(), statsOf(asked, items, passed), asked, items, passed)), nil
}

// askedLately is all that is remembered of what the group asked.
func askedLately(ctx context.Context, s Store, group string) (all Asked, err error) {
	for paper, err := range s.Papers(ctx, askedShelf(group)) {
		if err != nil {
			return Asked{}, fmt.Errorf("read what was asked: %w", err)
		}
		all = all.plus(parseAsked(paper.Text))
	}
	return all, nil
}

// statsOf are the topics that anything is known of, those most asked first, of equal
// ones those with most gaps.
func statsOf(asked Asked, items []item, passed []handover) []topicStat {
	by := map[string]*topicStat{}
	of := func(topic string) *topicStat {
		if by[topic] == nil {
			by[topic] = &topicStat{topic: topic}
		}
		return by[topic]
	}
	for topic, n := range asked.Answered {
		of(topic).answered, of(topic).asked = n, n
	}
	for topic, n := range asked.Offered {
		of(topic).asked += n
	}
	for topic, n := range asked.Up {
		of(topic).up = n
	}
	for topic, n := range asked.Down {
		of(topic).down = n
	}
	for _, it := range items {
		of(it.Topic).gaps++
	}
	for _, h := range passed {
		if !h.open() {
			of(h.Topic).waits = append(of(h.Topic).waits, h.Resolved.Sub(h.At))
		}
	}
	delete(by, "") // what is near to nothing
	return slices.SortedFunc(func(yield func(topicStat) bool) {
		for s := range maps.Values(by) {
			if !yield(*s) {
				return
			}
		}
	}, func(a, b topicStat) int {
		return cmp.Or(b.asked-a.asked, b.gaps-a.gaps, cmp.Compare(a.topic, b.topic))
	})
}

func statsText(guide *knowledge.Guide, list []topicStat, asked Asked, items []item, passed []handover) string {
	var b strings.Builder
	answered, offered := count(asked.Answered), count(asked.Offered)
	fmt.Fprintf(&b, "The last %d weeks in this group: %s, %d answered, %d met with a choice, %d not covered; %s",
		weeksKept, plural(answered+offered+asked.None, "question"), answered, offered, asked.None, thanksText(asked))
	fmt.Fprintf(&b, " In the inbox: %d. Waiting for the mentors: %d", len(items), len(openHandovers(passed)))
	if wait, ok := usualWait(passed); ok {
		fmt.Fprintf(&b, ", the last ones about %s", inHours(wait))
	}
	b.WriteString(".")
	rows := 0
	for _, s := range list {
		entry := guide.Entry(s.topic)
		if entry == nil || rows >= statsRows {
			continue
		}
		if rows == 0 {
			b.WriteString("\n\n| topic | asked | answered | helpful | gaps | by a human in |\n|---|---|---|---|---|---|\n")
		}
		rows++
		fmt.Fprintf(&b, "| %s | %d | %d | %s | %d | %s |\n", entry.ID, s.asked, s.answered, s.helpful(), s.gaps, s.took())
	}
	if rows > 0 {
		b.WriteString("\nGaps are questions in the `inbox` to which the topic is the nearest.")
	}
	return b.String()
}

// helpful is the share of the votes that say so.
func (s topicStat) helpful() string {
	if s.up+s.down == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f %% of %d", 100*float64(s.up)/float64(s.up+s.down), s.up+s.down)
}

// took is the median time to a human's answer.
func (s topicStat) took() string {
	wait, ok := median(s.waits)
	if !ok {
		return "–"
	}
	return inHours(wait)
}
