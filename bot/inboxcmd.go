package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mentor/knowledge"
)

// shownItems is how many questions the inbox lists at once.
const shownItems = 10

const inboxHelp = "`inbox 17` shows a question, `inbox teach 17` answers it, `inbox point 17` leads it to an entry of the guide, `inbox scope 17` says that it is none of ours, `inbox later 17` puts it off for a week."

// inboxCommand shows the inbox, or does something with one of its questions; for
// mentors and admins.
func (m *Mentor) inboxCommand(ctx context.Context, q Question, r request) (Reply, error) {
	if err := m.mentorsOnly(ctx, q); err != nil {
		return Reply{}, err
	}
	m.writeInboxes(ctx, false) // what was asked a moment ago is in it
	word, id, _ := strings.Cut(strings.TrimSpace(r.rest), " ")
	switch strings.ToLower(word) {
	case "":
		return m.inboxList(ctx, q)
	case "scope":
		return m.outOfScope(ctx, q, id)
	case "later":
		return m.itemLater(ctx, q, id)
	}
	return m.showItem(ctx, q, word)
}

func (m *Mentor) inboxList(ctx context.Context, q Question) (Reply, error) {
	items, _, err := m.items(ctx, q.Group)
	if err != nil {
		return Reply{}, err
	}
	items = slices.DeleteFunc(items, func(it item) bool { return !it.listed(q.At) })
	if len(items) == 0 {
		return setting("The inbox is empty: nothing waits that I could not answer in this group."), nil
	}
	slices.SortFunc(items, func(a, b item) int { return cmp.Or(b.Count-a.Count, b.Last.Compare(a.Last), cmp.Compare(a.ID, b.ID)) })
	var b strings.Builder
	fmt.Fprintf(&b, "What I could not answer well in this group, %s, the most asked first:\n\n", plural(len(items), "question"))
	reply := setting("")
	for _, it := range items[:min(len(items), shownItems)] {
		fmt.Fprintf(&b, "- **%s** (%s): %s\n", it.ID, times(it.Count), escaped(it.text()))
		reply.Choices = append(reply.Choices, Choice{Title: it.ID + " " + plainWords(it.text()), Say: "inbox " + it.ID})
	}
	if more := len(items) - shownItems; more > 0 {
		fmt.Fprintf(&b, "\nAnd %d more, when these are done.\n", more)
	}
	b.WriteString("\n" + inboxHelp)
	reply.Text = b.String()
	return reply, nil
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// showItem shows one question with what can be done about it.
func (m *Mentor) showItem(ctx context.Context, q Question, id string) (Reply, error) {
	it, err := m.inboxItem(ctx, q.Group, id)
	if err != nil {
		return Reply{}, err
	}
	reply := setting("%s", itemText(it, q.guide.Guide()))
	if !it.open() {
		reply.Choices = []Choice{{Title: "Back to the inbox", Say: "inbox"}}
		return reply, nil
	}
	reply.Choices = []Choice{
		{Title: "Teach the answer", Say: "teach " + it.ID},
		{Title: "Points to…", Say: "point " + it.ID},
		{Title: "Out of scope", Say: "inbox scope " + it.ID},
		{Title: "Later (a week)", Say: "inbox later " + it.ID},
	}
	return reply, nil
}

func itemText(it item, guide *knowledge.Guide) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**, asked %s, last on %s:\n\n", it.ID, times(it.Count), it.Last.Format("2 January 2006"))
	for _, w := range it.Words {
		fmt.Fprintf(&b, "- %s\n", escaped(w.Text))
	}
	b.WriteString("\n" + it.became())
	if entry := guide.Entry(it.Topic); entry != nil {
		fmt.Fprintf(&b, " Nearest in the guide: **%s** (`%s`).", entry.Title, entry.ID)
	}
	if n := len(it.Waiting); n > 0 {
		fmt.Fprintf(&b, " Waiting to be told: %d.", n)
	}
	switch it.How {
	case itemScope:
		b.WriteString(" It is out of scope.")
	case itemTaught, itemPointed:
		b.WriteString(" It was answered since: `taught` has it.")
	}
	return b.String()
}

// became says how the askings of an item ended.
func (it item) became() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{it.None, "without an answer"}, {it.Unsure, "with choices that nobody took"}, {it.Bad, "with an answer that did not help"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	text := "Passed on to the mentors."
	if len(parts) > 0 {
		text = sentenceCase(strings.Join(parts, ", ")) + "."
	}
	var reasons []string
	for _, r := range voteReasons {
		if n := it.Reasons[r.word]; n > 0 {
			reasons = append(reasons, fmt.Sprintf("%s (%d)", r.word, n))
		}
	}
	if len(reasons) > 0 {
		text += " Said of it: " + strings.Join(reasons, ", ") + "."
	}
	return text
}

// outOfScope closes an item for good: the same question is not listed again.
func (m *Mentor) outOfScope(ctx context.Context, q Question, id string) (Reply, error) {
	if err := m.closeItem(ctx, q.Group, id, itemScope, q.Person); err != nil {
		return m.takenReply(err)
	}
	return backToInbox("Out of scope: it is off the list, and so is the same question when it is asked again."), nil
}

// takenReply tells who was too late.
func (m *Mentor) takenReply(err error) (Reply, error) {
	if errors.Is(err, ErrTaken) {
		return backToInbox("Somebody else was faster: that question is dealt with already. Nothing was changed."), nil
	}
	return Reply{}, err
}

func backToInbox(text string) Reply {
	reply := setting("%s", text)
	reply.Choices = []Choice{{Title: "Back to the inbox", Say: "inbox"}}
	return reply
}

// itemLater takes an item off the list for laterTime.
func (m *Mentor) itemLater(ctx context.Context, q Question, id string) (Reply, error) {
	err := m.changeItem(ctx, q.Group, id, func(it item) (item, error) {
		if !it.open() {
			return it, ErrTaken
		}
		it.Later = q.At.Add(laterTime).UTC().Truncate(time.Second)
		return it, nil
	})
	if err != nil {
		return m.takenReply(err)
	}
	return backToInbox("Put off: it is back on the list in a week."), nil
}

// inboxWords takes what can follow `inbox`.
func inboxWords(s string) bool {
	word, id, two := strings.Cut(strings.TrimSpace(s), " ")
	if !two {
		id = word
	} else if !slices.Contains([]string{"teach", "point", "scope", "later"}, strings.ToLower(word)) {
		return false
	}
	id, _, _ = strings.Cut(strings.TrimSpace(id), " ") // `inbox point 17 TOPIC`
	_, ok := itemID(id)
	return ok
}

// teachingWords are `inbox teach 17` and `inbox point 17 TOPIC` as the commands that
// do so read them, "teach i17"; false for all other words.
func teachingWords(text string) (string, bool) {
	f := strings.Fields(text)
	if len(f) < 3 || !strings.EqualFold(strings.TrimPrefix(f[0], "/"), "inbox") {
		return "", false
	}
	verb := strings.ToLower(f[1])
	id, ok := itemID(f[2])
	if !ok || verb != "teach" && verb != "point" {
		return "", false
	}
	return strings.Join(append([]string{verb, id}, f[3:]...), " "), true
}
