package slacktest

import (
	"encoding/json"
	"fmt"
	"time"
)

// answerWindow is how long after a person's act a repeated post counts as a
// second answer to it. Slack's last retry comes after 6 minutes.
const answerWindow = 10 * time.Minute

// posts follows what was said where, to notice an answer given twice.
type posts struct {
	places  map[string]*talk
	crowded int // places before those that are over are dropped again
}

// A talk is what was said in one thread, or in one channel outside of threads.
type talk struct {
	open int            // acts of people less posts of the bot
	acts int            // acts of people
	last time.Time      // time of the latest act
	said map[string]int // content of a post → number of acts when it was last said
}

func newPosts() posts { return posts{places: make(map[string]*talk)} }

// talk is the one in a thread of a channel; the thread of a message outside of
// threads, which an answer may open, is named by its own time stamp.
func (p *posts) talk(ch *Channel, thread string) *talk {
	key := ch.ID + " " + thread
	t := p.places[key]
	if t == nil {
		t = &talk{said: make(map[string]int)}
		p.places[key] = t
	}
	return t
}

// recordAct notes that a person did something the bot may answer: in the
// channel and in the thread that ts opens, or in a thread. The caller holds s.mu.
func (s *Server) recordAct(ch *Channel, thread, ts string) {
	s.forgetTalks()
	places := []string{thread}
	if thread == "" && ts != "" {
		places = append(places, ts)
	}
	for _, in := range places {
		t := s.posts.talk(ch, in)
		t.open++
		t.acts++
		t.last = s.clock.now()
	}
}

// recordPost notes a post of the bot's, and records it as a double when it
// repeats an earlier one, nobody has done anything there since, and every act
// had its answer. The caller holds s.mu.
func (s *Server) recordPost(m *Message) {
	t := s.posts.talk(m.Channel, m.ThreadTS)
	content := m.fingerprint()
	acts, repeated := t.said[content]
	recent := t.acts > 0 && s.clock.now().Sub(t.last) < answerWindow
	if repeated && acts == t.acts && t.open <= 0 && recent {
		s.ledger.duplicates++
		s.violate(DuplicatePost, fmt.Sprintf("in %s, thread %q: %s", m.Channel.Name, m.ThreadTS, short(m.Text)))
	}
	t.said[content] = t.acts
	t.open--
}

// fingerprint is the same for messages that look the same.
func (m *Message) fingerprint() string {
	texts := textsOf(m.Blocks)
	shown := make([]string, len(texts))
	for i, t := range texts {
		shown[i] = t.text
	}
	b, err := json.Marshal([]any{m.Text, m.markdown, m.Only, shown})
	if err != nil {
		panic(fmt.Sprintf("slacktest: %v", err)) // strings
	}
	return string(b)
}
