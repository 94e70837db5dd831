package bot

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// What waits in memory, at most. More is dropped and counted: an answer never
// waits for the inbox.
const (
	maxQueued = 2000
	maxOffers = 1000
)

// An inboxQueue holds what is to go into inboxes, until Tend writes it.
type inboxQueue struct {
	writing sync.Mutex // one at a time takes and writes

	mu     sync.Mutex
	queue  []unanswered
	offers []offer // the oldest first
	lost   int     // since Tend last said so
}

// An offer is choices that nobody has taken so far.
type offer struct {
	asking unanswered
	place  string
	topics []string
}

func (q *inboxQueue) add(list ...unanswered) {
	q.mu.Lock()
	defer q.mu.Unlock()
	fit := min(len(list), maxQueued-len(q.queue))
	q.queue = append(q.queue, list[:fit]...)
	q.lost += len(list) - fit
}

// offered notes choices. They are forgotten when somebody in the place takes one
// within talkTime, and go into the inbox when nobody does.
func (q *inboxQueue) offered(o offer) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.offers) >= maxOffers {
		q.lost++
		return
	}
	q.offers = append(q.offers, o)
}

// taken notes that an entry was opened in a place.
func (q *inboxQueue) taken(place, topic string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.offers = slices.DeleteFunc(q.offers, func(o offer) bool { return o.place == place && slices.Contains(o.topics, topic) })
}

// take empties the queue, with the choices that nobody took until now; at the end
// with all of them, since nobody will here. lost is how many askings were dropped.
func (q *inboxQueue) take(now time.Time, end bool) (byGroup map[string][]unanswered, lost int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.offers = slices.DeleteFunc(q.offers, func(o offer) bool {
		over := end || now.Sub(o.asking.at) > talkTime
		if over {
			q.queue = append(q.queue, o.asking)
		}
		return over
	})
	byGroup = map[string][]unanswered{}
	for _, u := range q.queue {
		byGroup[u.group] = append(byGroup[u.group], u)
	}
	q.queue, lost, q.lost = nil, q.lost, 0
	return byGroup, lost
}

// noteReply puts a question that was not answered well on the way to its group's
// inbox. What is said in a direct chat never goes there.
func (m *Mentor) noteReply(q Question, text string, r Reply) {
	if m.store == nil || q.Group == "" || r.Kind != None && r.Kind != Choices {
		return
	}
	u := unanswered{group: q.Group, text: fitWords(text), at: q.At}
	var topics []string
	for _, c := range r.Choices {
		topics = append(topics, c.Topic)
	}
	if len(topics) > 0 {
		u.topic = topics[0]
	}
	if r.Kind == None {
		m.inbox.add(u)
		return
	}
	u.why = whyUnsure
	m.inbox.offered(offer{u, q.Place, topics})
}

// What is kept of a long story: its beginning and its end, where the question is.
const (
	storyBegins = 100
	storyEnds   = maxItemText - storyBegins - 3
)

// mentions are how platforms write people, roles, channels and signs into a message.
var mentions = regexp.MustCompile(`<(?:[@#!:]|a:)[^>]*>`)

// fitWords is a question as the inbox keeps it: without mentions, on one line, of
// at most maxItemText characters.
func fitWords(text string) string {
	if len(text) > 8*maxItemText { // before all else, so that a very long one costs no more
		text = strings.ToValidUTF8(text[:4*storyBegins], "") + " … " + strings.ToValidUTF8(text[len(text)-4*storyEnds:], "")
	}
	text = mentions.ReplaceAllString(text, " ")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return -1
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxItemText {
		text = string(runes[:storyBegins]) + " … " + string(runes[len(runes)-storyEnds:])
	}
	return text
}
