package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"mentor/bot"
	"mentor/knowledge"
)

// A turn is one message of a conversation and the topics that would satisfy its
// sender; none when no answer from the guide is wanted.
type turn struct {
	text   string
	topics []string
}

// noTopic stands in a file where no answer from the guide is wanted.
const noTopic = "none"

// readConversations reads one conversation a line: turn, topics, turn, topics …,
// separated by tabs.
func readConversations(name string) ([][]turn, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	var all [][]turn
	for n, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		fields := strings.Split(strings.TrimRight(line, "\t\r"), "\t")
		if len(fields) < 4 || len(fields)%2 != 0 {
			return nil, fmt.Errorf("%s:%d: want turn<TAB>topics<TAB>turn<TAB>topics, got %d columns", name, n+1, len(fields))
		}
		var turns []turn
		for pair := range slices.Chunk(fields, 2) {
			topics := strings.Split(pair[1], ",")
			if pair[1] == noTopic {
				topics = nil
			}
			turns = append(turns, turn{pair[0], topics})
		}
		all = append(all, turns)
	}
	return all, nil
}

// A followUpReport says how often the turns after the first were right.
type followUpReport struct {
	Conversations int        `json:"conversations"`
	SecondRight   float64    `json:"secondRight"` // share of second turns whose best match is right, or that rightly got no answer
	LaterRight    float64    `json:"laterRight"`  // the same of the turns after the second
	Misses        []followUp `json:"misses"`
}

type followUp struct {
	After, Text, Outcome, Got string
	Wanted                    []string
}

// measureFollowUps plays the conversations, each with somebody new.
func measureFollowUps(ctx context.Context, library bot.Library, conversations [][]turn) (*followUpReport, error) {
	mentor := bot.New(library)
	r := &followUpReport{Conversations: len(conversations)}
	later := 0
	for n, turns := range conversations {
		for i, t := range turns {
			reply, err := mentor.Handle(ctx, bot.Question{Text: t.text, Person: bot.Account(strconv.Itoa(n)), Place: "eval", At: time.Now()})
			if err != nil {
				return nil, err
			}
			if i == 0 {
				continue
			}
			topic := newAnswer(t.text, reply, 0).Topic
			right := slices.Contains(t.topics, topic) || t.topics == nil && reply.Outcome() != knowledge.Answer
			if !right {
				r.Misses = append(r.Misses, followUp{turns[i-1].text, t.text, reply.Outcome().String(), topic, t.topics})
			}
			switch {
			case i > 1:
				later++
				if right {
					r.LaterRight++
				}
			case right:
				r.SecondRight++
			}
		}
	}
	r.SecondRight /= float64(max(len(conversations), 1))
	r.LaterRight /= float64(max(later, 1))
	return r, nil
}

func (r *followUpReport) print(out io.Writer, misses bool) {
	fmt.Fprintf(out, "\nconversations   %d\nsecond turn     %.1f %% right\nlater turns     %.1f %% right\n", r.Conversations, 100*r.SecondRight, 100*r.LaterRight)
	for _, m := range r.Misses {
		if misses {
			fmt.Fprintf(out, "%q, then %q: wanted %v, got %s %s\n", m.After, m.Text, m.Wanted, m.Outcome, m.Got)
		}
	}
}
