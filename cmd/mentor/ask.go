package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/bot/terminal"
	"mentor/knowledge"
)

func askCommand(p process) *cobra.Command {
	var a asker
	var guideDir string
	cmd := &cobra.Command{
		Use:   "ask [flags] QUESTION…",
		Short: "Answer one question, or with --batch one a line",
		Example: `  mentor ask which backend language is easiest
  mentor ask --json --batch < questions.txt`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.check(args); err != nil {
				return err
			}
			if !a.batch {
				if err := bot.Validate(strings.Join(args, " ")); err != nil {
					return usagef("ask: %w", err)
				}
			}
			x, err := openIndex(sourceOf(guideDir, p.getenv("MENTOR_GUIDE")))
			if err != nil {
				return err
			}
			defer x.Close()
			a.library, a.mentor, a.out, a.plain = x, bot.New(x), p.stdout, plainWanted(p)
			if a.batch {
				return a.all(cmd.Context(), p.stdin)
			}
			return a.one(cmd.Context(), strings.Join(args, " "), "ask")
		},
	}
	addGuideFlag(cmd, &guideDir)
	cmd.Flags().BoolVar(&a.json, "json", false, "print a JSON object an answer")
	cmd.Flags().BoolVar(&a.batch, "batch", false, "read one question a line from standard input")
	cmd.Flags().BoolVar(&a.conversation, "conversation", false, "with --batch: the lines are one conversation; an empty line begins another")
	cmd.Flags().IntVar(&a.top, "top", 3, "how many near topics to list, 1 to 10")
	return cmd
}

// An asker answers questions on the command line.
type asker struct {
	json, batch, conversation, plain bool
	top                              int

	library bot.Library
	mentor  *bot.Mentor
	out     io.Writer
}

func (a *asker) check(args []string) error {
	switch {
	case a.top < 1 || a.top > 10:
		return usagef("ask: --top %d is out of range; give 1 to 10", a.top)
	case a.conversation && !a.batch:
		return usagef("ask: --conversation needs --batch")
	case a.batch && len(args) > 0:
		return usagef("ask: --batch reads the questions from standard input, but %q was given too", args[0])
	case !a.batch && len(args) == 0:
		return usagef("ask: there is no question; try `mentor ask which language is easiest`")
	}
	return nil
}

// all answers each line of in, in order.
func (a *asker) all(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReader(in)
	conversation := 0
	for n := 1; ; n++ {
		text, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read standard input, line %d: %w", n, err)
		}
		if err != nil && text == "" {
			return nil
		}
		text = strings.TrimRight(text, "\r\n")
		if a.conversation && strings.TrimSpace(text) == "" {
			conversation++
			continue
		}
		if !a.conversation {
			conversation = n
		}
		if err := a.one(ctx, text, strconv.Itoa(conversation)); err != nil {
			return err
		}
	}
}

// one answers a question as part of a conversation.
func (a *asker) one(ctx context.Context, text, conversation string) error {
	start := time.Now()
	reply, err := a.mentor.Handle(ctx, bot.Question{Text: text, Person: bot.Account(conversation), Place: "ask", At: start})
	took := time.Since(start)
	if err != nil {
		return err
	}
	if !a.json {
		_, err = io.WriteString(a.out, strings.TrimPrefix(terminal.Render(reply, took, 84, a.plain), "\n"))
		return err
	}
	answer := newAnswer(text, reply, took)
	if a.top != 3 {
		if err := a.listNear(ctx, &answer, text); err != nil {
			return err
		}
	}
	return json.NewEncoder(a.out).Encode(answer)
}

// listNear replaces the choices by the a.top nearest topics.
func (a *asker) listNear(ctx context.Context, answer *answer, text string) error {
	if err := bot.Validate(text); err != nil {
		return nil //nolint:nilerr // the reply says what is wrong with the text
	}
	finding, err := a.library.Find(ctx, text)
	if err != nil {
		return err
	}
	answer.Choices = []bot.Choice{}
	for _, m := range finding.Matches[:min(a.top, len(finding.Matches))] {
		answer.Choices = append(answer.Choices, bot.Choice{Topic: m.Entry.ID, Title: m.Entry.Title, Confidence: round(m.Confidence)})
	}
	return nil
}

// An answer is a reply as one line of JSON. topic is the best match whatever the
// outcome; only with the outcome "answer" is text that topic's.
type answer struct {
	Question   string             `json:"question"`
	Outcome    knowledge.Outcome  `json:"outcome"`
	Topic      string             `json:"topic"`
	Title      string             `json:"title"`
	Confidence float64            `json:"confidence"`
	Text       string             `json:"text"`
	Sources    []knowledge.Source `json:"sources"`
	Choices    []bot.Choice       `json:"choices"`
	Micros     int64              `json:"micros"`
}

func newAnswer(question string, r bot.Reply, took time.Duration) answer {
	a := answer{
		Question: strings.ToValidUTF8(question, "\uFFFD"), Outcome: r.Outcome(), Topic: r.Topic, Title: r.Title, Confidence: r.Confidence,
		Text: r.Text, Sources: r.Sources, Choices: slices.Clone(r.Choices), Micros: took.Microseconds(),
	}
	if a.Topic == "" && len(r.Choices) > 0 {
		a.Topic, a.Title = r.Choices[0].Topic, r.Choices[0].Title
	}
	if a.Sources == nil {
		a.Sources = []knowledge.Source{}
	}
	if a.Choices == nil {
		a.Choices = []bot.Choice{}
	}
	a.Confidence = round(a.Confidence)
	for i := range a.Choices {
		a.Choices[i].Confidence = round(a.Choices[i].Confidence)
	}
	return a
}

// round keeps the four decimals that a probability deserves.
func round(p float64) float64 { return math.Round(p*1e4) / 1e4 }
