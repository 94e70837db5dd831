package bot

import (
	"context"
	"slices"
)

// A Vote is what a learner thinks of an entry's answer.
type Vote struct {
	Topic string `json:"topic"`
	Up    bool   `json:"up"`
}

// A Tally is how many learners voted for and against an entry.
type Tally struct{ Up, Down int }

// MaxVotes bounds the votes of one learner; the oldest goes.
const MaxVotes = 150

// withVote is l with its last word on a topic.
func (l Learner) withVote(v Vote) Learner {
	votes := slices.DeleteFunc(slices.Clone(l.Votes), func(old Vote) bool { return old.Topic == v.Topic })
	votes = append(votes, v)
	l.Votes = votes[max(0, len(votes)-MaxVotes):]
	return l
}

// vote remembers whether an answer helped: "good TOPIC", or of the last answer.
func (m *Mentor) vote(ctx context.Context, q Question, r request) (Reply, error) {
	topic := r.rest
	if topic == "" {
		topic = r.last
	}
	reason := ""
	if r.verb == verbBad {
		reason, topic = reasonIn(topic, r.last)
	}
	if topic == "" || q.guide.Guide().Entry(topic) == nil {
		return Reply{}, refuse("ask me something first; then tell me whether the answer helped.")
	}
	v, known := Vote{topic, r.verb == verbGood}, false
	_, err := m.update(ctx, q, func(l *Learner) error {
		known = slices.Contains(l.Votes, v)
		*l = l.withVote(v)
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	if !known {
		m.countVote(q, v)
	}
	if r.verb == verbGood {
		return setting("Thank you, noted: this answer helped."), nil
	}
	return m.notHelpful(ctx, q, r, topic, reason, known)
}
