package bot

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// voteReasons are why an answer did not help: the word that says so, and what a
// button calls it.
var voteReasons = []struct{ word, title string }{
	{"wrong", "It is wrong"}, {"too-long", "Too long"}, {"not-asked", "Not what I asked"}, {"outdated", "Outdated"},
}

// reasonIn reads what follows `bad`: a reason, a topic, or both in this order. A
// reason alone is about the last topic.
func reasonIn(rest, last string) (reason, topic string) {
	word, topic, _ := strings.Cut(strings.TrimSpace(rest), " ")
	for _, r := range voteReasons {
		if strings.EqualFold(word, r.word) {
			if topic = strings.TrimSpace(topic); topic == "" {
				topic = last
			}
			return r.word, topic
		}
	}
	return "", rest
}

// badWords takes what can follow `bad`.
func badWords(s string) bool {
	reason, topic := reasonIn(s, "")
	return reason != "" && (topic == "" || oneWord(topic)) || aTopic(s)
}

// reasonTime is for how long a person's reason counts once.
const reasonTime = 24 * time.Hour

// notHelpful tells the group's inbox of an answer that did not help, and asks why.
// known says that the person had said so before, who is not counted twice.
func (m *Mentor) notHelpful(ctx context.Context, q Question, r request, topic, reason string, known bool) (Reply, error) {
	asked := r.asked
	if r.last != topic || len(gistOf(asked)) == 0 {
		asked = q.guide.Guide().Entry(topic).Title // an old button: what it answered is all that is known
	}
	q.contact.about = turn{asked: asked, topic: topic} // so that the reason is about the same
	u := unanswered{group: q.Group, text: fitWords(asked), topic: topic, why: whyBad, at: q.At}
	if q.Group != "" && !known {
		m.inbox.add(u)
	}
	if reason != "" {
		first, err := m.store.Once(ctx, "why:"+string(q.Person)+" "+topic, reasonTime)
		if err != nil {
			return Reply{}, fmt.Errorf("note a reason: %w", err)
		}
		if u.why, u.reason = whyReason, reason; first && q.Group != "" {
			m.inbox.add(u)
		}
		return setting("Thank you, that helps those who look after the answers."), nil
	}
	reply := setting("Thank you, noted: this answer did not help. Ask again in other words; those who run this mentor see which answers fall short. What was it?")
	for _, why := range voteReasons {
		if say := "/bad " + why.word + " " + topic; len(say) <= MaxSay {
			reply.Choices = append(reply.Choices, Choice{Title: why.title, Say: say})
		}
	}
	return reply, nil
}
