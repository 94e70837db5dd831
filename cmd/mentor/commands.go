package main

import (
	"github.com/spf13/cobra"
)

// rootCommand is the whole command line. `mentor` alone is `mentor run`.
func rootCommand(p process) *cobra.Command {
	root := &cobra.Command{
		Use:   "mentor",
		Short: "A career mentor for study groups that learn back-end development",
		Long: `A career mentor for study groups that learn back-end development.

It answers learners' questions from a guide it carries, shows where each figure
comes from, and says so when the guide does not cover a question. Without an
account on any chat platform it opens a chat in this terminal.`,
		Args:          noArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(flagError)
	run := runCommand(p)
	root.RunE = run.RunE
	root.Flags().AddFlagSet(run.Flags())
	root.AddCommand(run, chatCommand(p), askCommand(p), evalCommand(), guideCommand(p), storeCommand(p), setupCommand(p), doctorCommand(p), healthCommand(p), versionCommand(), fitCommand(), fitTaughtCommand())
	return root
}
