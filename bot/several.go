package bot

import (
	"context"
	"strings"

	"mentor/knowledge"
)

// maxSeveral is the most questions of one message that are looked at.
const maxSeveral = 4

// several looks up a message that asks more than one thing: the first question
// is answered, and what answers the others is offered. It reports false when
// the message is better looked up whole: it asks one thing, or its parts alone
// are not clear.
func several(ctx context.Context, library Library, text string) (first knowledge.Finding, others []*knowledge.Entry, ok bool, err error) {
	questions := questionsIn(text)
	if len(questions) < 2 {
		return first, nil, false, nil
	}
	for i, q := range questions {
		f, err := library.Find(ctx, q)
		if err != nil {
			return first, nil, false, err
		}
		sure := f.Outcome == knowledge.Answer
		switch {
		case i == 0 && !sure:
			return first, nil, false, nil
		case i == 0:
			first = f
		case sure && f.Matches[0].Entry != first.Matches[0].Entry:
			others = append(others, f.Matches[0].Entry)
		}
	}
	return first, others, len(others) > 0, nil
}

// fewestWords is how many words a question needs to stand on its own.
const fewestWords = 3

// questionsIn returns the parts of text that end in a question mark, at most
// maxSeveral.
func questionsIn(text string) []string {
	var questions []string
	parts := strings.Split(text, "?")
	for _, p := range parts[:len(parts)-1] {
		if len(wordsOf(p)) >= fewestWords && len(questions) < maxSeveral {
			questions = append(questions, strings.TrimSpace(p)+"?")
		}
	}
	return questions
}
