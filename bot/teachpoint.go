package bot

import (
	"cmp"
	"context"
	"fmt"
	"strings"
)

const pointText = "Write `point i3 TOPIC` for a question of the `inbox`, or `point \"the words\" TOPIC`. TOPIC is a topic's id, or words that find it."

// point makes learners' words phrasings of a topic, in this group, once they are
// approved.
func (m *Mentor) point(ctx context.Context, q Question, r request) (Reply, error) {
	if err := m.mentorsOnly(ctx, q); err != nil {
		return Reply{}, err
	}
	what, topic, ok := parsePoint(r.rest)
	if !ok {
		return Reply{}, refuse("I cannot tell which words are to lead where. %s", pointText)
	}
	asks, item, err := m.pointed(ctx, q, what)
	if err != nil {
		return Reply{}, err
	}
	entry := q.guide.Guide().Entry(strings.ToLower(topic))
	if entry == nil {
		return m.offerTopics(ctx, q, what, asks[0], topic)
	}
	if err := checkPhrasings(asks); err != nil {
		return Reply{}, err
	}
	by, err := m.store.Resolve(ctx, q.Person)
	if err != nil {
		return Reply{}, fmt.Errorf("find the learner: %w", err)
	}
	return m.draft(ctx, q, Wording{Topic: entry.ID, Ask: asks, By: by}, item, itemPointed)
}

// pointed are the words that are to lead to a topic, and the question of the inbox
// that they are; empty for none.
func (m *Mentor) pointed(ctx context.Context, q Question, what string) (asks []string, item string, err error) {
	if !isItem(what) {
		return linesOf(strings.Trim(what, `"`)), "", nil
	}
	it, err := m.inboxItem(ctx, q.Group, what)
	if err != nil {
		return nil, "", err
	}
	asks = askedIn(it)
	switch {
	case !it.open():
		return nil, "", takenRefusal
	case len(asks) == 0:
		return nil, "", refuse("that question has no words that could be a phrasing. `teach %s` answers it.", what)
	}
	return asks, what, nil
}

// offerTopics offers the topics that words may mean; those near the question for no
// words.
func (m *Mentor) offerTopics(ctx context.Context, q Question, what, asked, words string) (Reply, error) {
	found, err := q.guide.Find(ctx, cmp.Or(words, asked))
	if err != nil {
		return Reply{}, fmt.Errorf("find a topic: %w", err)
	}
	r := Reply{Kind: Help, Private: true, Text: fmt.Sprintf("No topic is near %q. %s `topics` lists them.", plainWords(cmp.Or(words, asked)), pointText)}
	near := found.Matches[:min(len(found.Matches), maxChoices)]
	if len(near) == 0 {
		return r, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Where is %q to lead?\n", plainWords(asked))
	for _, match := range near {
		fmt.Fprintf(&b, "\n- `%s`: %s", match.Entry.ID, match.Entry.Title)
		if say := "point " + what + " " + match.Entry.ID; len(say) <= MaxSay {
			r.Choices = append(r.Choices, Choice{Title: match.Entry.Title, Confidence: match.Confidence, Say: say})
		}
	}
	b.WriteString("\n\n" + pointText)
	r.Text = b.String()
	return r, nil
}
