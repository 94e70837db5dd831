package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/index"
	"mentor/knowledge"
)

func evalCommand() *cobra.Command {
	var e evaluation
	cmd := &cobra.Command{
		Use:   "eval [flags] FILE.tsv",
		Short: "Measure how often the mentor is right",
		Long: `Measure how often the mentor is right.

FILE.tsv has lines question<TAB>topic[,topic…], without a header; further columns
are ignored. Each question is asked by somebody new. With a bar as a flag the exit
code is 1 when the bar is missed.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("eval: want one FILE.tsv with lines question<TAB>topic, but got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return e.run(cmd.Context(), cmd.OutOrStdout(), args[0]) },
	}
	f := cmd.Flags()
	addGuideFlag(cmd, &e.guide)
	f.BoolVar(&e.json, "json", false, "print one JSON object")
	f.BoolVar(&e.misses, "misses", false, "list every question that went wrong")
	f.StringVar(&e.oos, "oos", "", "a file of messages that the guide does not cover, one a line")
	f.StringVar(&e.followUps, "followups", "", "a file of conversations, one a line: turn<TAB>topics<TAB>turn<TAB>topics…")
	f.StringVar(&e.train, "train", "", "learn these labelled questions instead of a guide, by the gate for any subject")
	f.Float64Var(&e.minTop1, "min-top1", 0, "bar: the least share of questions with the right topic first")
	f.Float64Var(&e.minTop3, "min-top3", 0, "bar: the least share with the right topic among the first three")
	f.Float64Var(&e.minAnswered, "min-answered", 0, "bar: the least share answered outright")
	f.Float64Var(&e.maxWrong, "max-wrong", 1, "bar: the greatest share answered with a wrong topic")
	f.Float64Var(&e.maxFalse, "max-false", 1, "bar: the greatest share of out-of-scope messages that get an answer")
	f.Float64Var(&e.minFollowUp, "min-followup", 0, "bar: the least share of second turns that are right")
	f.Float64Var(&e.maxECE, "max-ece", 1, "bar: the greatest expected calibration error")
	return cmd
}

type evaluation struct {
	guide, oos, train, followUps  string
	json, misses                  bool
	minTop1, minTop3, minAnswered float64
	maxWrong, maxFalse, maxECE    float64
	minFollowUp                   float64
}

func (e *evaluation) run(ctx context.Context, out io.Writer, file string) error {
	questions, err := readFile(file, index.ReadLabelled)
	if err != nil {
		return err
	}
	var outOfScope []index.Labelled
	if e.oos != "" {
		if outOfScope, err = readFile(e.oos, index.ReadOutOfScope); err != nil {
			return err
		}
	}
	report, err := e.measure(ctx, questions, outOfScope)
	if err != nil {
		return err
	}
	if e.json {
		err = json.NewEncoder(out).Encode(report)
	} else {
		err = e.print(out, report)
	}
	if err != nil {
		return err
	}
	return e.bars(report)
}

// A result is all that eval measures.
type result struct {
	*index.Report
	FollowUps *followUpReport `json:"followUps,omitempty"`
}

// measure asks the mentor on a guide, or the index alone on labelled questions.
func (e *evaluation) measure(ctx context.Context, questions, outOfScope []index.Labelled) (result, error) {
	if e.train != "" {
		x, err := e.trained()
		if err != nil {
			return result{}, err
		}
		defer x.Close()
		report, err := index.Evaluate(ctx, x.Find, questions, outOfScope)
		return result{Report: report}, err
	}
	var conversations [][]turn
	if e.followUps != "" {
		var err error
		if conversations, err = readConversations(e.followUps); err != nil {
			return result{}, err
		}
	}
	x, err := openIndex(guideSource{whole: e.guide})
	if err != nil {
		return result{}, err
	}
	defer x.Close()
	report, err := index.Evaluate(ctx, mentorAsker(x), questions, outOfScope)
	if err != nil || conversations == nil {
		return result{Report: report}, err
	}
	followUps, err := measureFollowUps(ctx, x, conversations)
	return result{report, followUps}, err
}

// readFile reads labelled questions from a file.
func readFile(name string, read func(io.Reader, string) ([]index.Labelled, error)) ([]index.Labelled, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	defer f.Close()
	return read(f, name)
}

// trained learns the labelled questions of --train.
func (e *evaluation) trained() (*index.Index, error) {
	if e.followUps != "" || e.guide != "" {
		return nil, usagef("eval: --train replaces the guide; leave --guide and --followups out")
	}
	labelled, err := readFile(e.train, index.ReadLabelled)
	if err != nil {
		return nil, err
	}
	guide, err := index.TrainingGuide(labelled)
	if err != nil {
		return nil, err
	}
	x, err := index.BuildPlain(guide)
	if err != nil {
		return nil, fmt.Errorf("learn %s: %w", e.train, err)
	}
	return x, nil
}

// mentorAsker asks the whole mentor, each question as somebody new.
func mentorAsker(library bot.Library) index.Asker {
	mentor := bot.New(library)
	n := 0
	return func(ctx context.Context, question string) (knowledge.Finding, error) {
		n++
		reply, err := mentor.Handle(ctx, bot.Question{Text: question, Person: bot.Account(strconv.Itoa(n)), Place: "eval", At: time.Now()})
		if err != nil {
			return knowledge.Finding{}, err
		}
		f := knowledge.Finding{Outcome: reply.Outcome()}
		add := func(topic string, confidence float64) {
			if entry := library.Guide().Entry(topic); entry != nil {
				f.Matches = append(f.Matches, knowledge.Match{Entry: entry, Confidence: confidence})
			}
		}
		add(reply.Topic, reply.Confidence)
		for _, c := range reply.Choices {
			add(c.Topic, c.Confidence)
		}
		return f, nil
	}
}

// bars returns an error that names every bar the report misses.
func (e *evaluation) bars(r result) error {
	missed := ""
	atLeast := func(what string, got, bar float64) {
		if got < bar {
			missed += fmt.Sprintf("; %s %.4f is below %.4f", what, got, bar)
		}
	}
	atMost := func(what string, got, bar float64) {
		if got > bar {
			missed += fmt.Sprintf("; %s %.4f is above %.4f", what, got, bar)
		}
	}
	atLeast("right first", r.RightFirst, e.minTop1)
	atLeast("right in three", r.RightInThree, e.minTop3)
	atLeast("answered", r.Answered, e.minAnswered)
	atMost("wrong answers", r.Wrong, e.maxWrong)
	atMost("false answers", r.FalseAnswers, e.maxFalse)
	atMost("calibration error", r.ECE, e.maxECE)
	if r.FollowUps != nil {
		atLeast("second turns right", r.FollowUps.SecondRight, e.minFollowUp)
	}
	if missed != "" {
		return fmt.Errorf("eval: missed bars%s", missed)
	}
	return nil
}

// worst is how many confusions are printed.
const worst = 10

func (e *evaluation) print(out io.Writer, r result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "questions\t%d\n", r.Questions)
	fmt.Fprintf(w, "right first\t%.1f %%\n", 100*r.RightFirst)
	fmt.Fprintf(w, "right in three\t%.1f %%\n", 100*r.RightInThree)
	fmt.Fprintf(w, "answered\t%.1f %%\n", 100*r.Answered)
	fmt.Fprintf(w, "wrong answers\t%.1f %%\n", 100*r.Wrong)
	if r.OutOfScope > 0 {
		fmt.Fprintf(w, "out of scope\t%d\n", r.OutOfScope)
		fmt.Fprintf(w, "false answers\t%.1f %%\n", 100*r.FalseAnswers)
		fmt.Fprintf(w, "refused\t%.1f %%\n", 100*r.Refused)
	}
	fmt.Fprintf(w, "calibration error\t%.3f\n", r.ECE)
	fmt.Fprintf(w, "time p50, p99\t%.2f ms, %.2f ms\n", r.P50Micros/1000, r.P99Micros/1000)
	fmt.Fprintf(w, "\nconfidence\tquestions\tmean\tright\n")
	for i, d := range r.Deciles {
		fmt.Fprintf(w, "%.1f to %.1f\t%d\t%.2f\t%.2f\n", float64(i)/10, float64(i+1)/10, d.Count, d.Confidence, d.Right)
	}
	fmt.Fprintf(w, "\nwanted\tgot\ttimes\n")
	for _, c := range r.Confusions[:min(worst, len(r.Confusions))] {
		fmt.Fprintf(w, "%s\t%s\t%d\n", c.Wanted, c.Got, c.Count)
	}
	if e.misses {
		fmt.Fprintf(w, "\nmissed\n")
		for _, m := range r.Misses {
			fmt.Fprintf(w, "%q\twanted %v\tgot %v\t%s %.2f\n", m.Question, m.Wanted, m.Got, m.Outcome, m.Confidence)
		}
	}
	if err := w.Flush(); err != nil || r.FollowUps == nil {
		return err
	}
	r.FollowUps.print(out, e.misses)
	return nil
}
