package main

import (
	"os"

	"github.com/spf13/cobra"

	"mentor/index"
	"mentor/knowledge"
)

// fitCommand learns the gates anew. It is for those who change the index.
func fitCommand() *cobra.Command {
	var calibration, other, otherOOS, output string
	cmd := &cobra.Command{
		Use:    "fit-gates",
		Short:  "Learn index/gates.json anew from questions that are no phrasings",
		Hidden: true,
		Args:   noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			own, err := readFile(calibration, index.ReadLabelled)
			if err != nil {
				return err
			}
			public, err := readFile(other, index.ReadLabelled)
			if err != nil {
				return err
			}
			uncovered, err := readFile(otherOOS, index.ReadOutOfScope)
			if err != nil {
				return err
			}
			data, err := index.FitGates(cmd.Context(), knowledge.Builtin(), own, public, uncovered)
			if err != nil {
				return err
			}
			return os.WriteFile(output, append(data, '\n'), 0o644)
		},
	}
	cmd.Flags().StringVar(&calibration, "questions", "", "labelled questions about the built-in guide")
	cmd.Flags().StringVar(&other, "other", "", "labelled questions about anything else, such as CLINC150's training part")
	cmd.Flags().StringVar(&otherOOS, "other-oos", "", "messages covered by none of the topics of --other")
	cmd.Flags().StringVar(&output, "output", "index/gates.json", "the file to write")
	return cmd
}

// fitTaughtCommand learns the gate for lessons anew. It is for those who change
// the index.
func fitTaughtCommand() *cobra.Command {
	var calibration, output string
	cmd := &cobra.Command{
		Use:    "fit-taught",
		Short:  "Learn index/taught.json anew: topics are taught to an index that lacks them",
		Hidden: true,
		Args:   noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			questions, err := readFile(calibration, index.ReadLabelled)
			if err != nil {
				return err
			}
			data, err := index.FitTaught(cmd.Context(), knowledge.Builtin(), questions)
			if err != nil {
				return err
			}
			return os.WriteFile(output, append(data, '\n'), 0o644)
		},
	}
	cmd.Flags().StringVar(&calibration, "questions", "index/testdata/calibration.tsv", "labelled questions about the built-in guide")
	cmd.Flags().StringVar(&output, "output", "index/taught.json", "the file to write")
	return cmd
}
