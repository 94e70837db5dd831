package main

import (
	"fmt"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mentor/knowledge"
)

func guideCommand(p process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "guide",
		Short: "Check, list and try the guide",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(guideCheckCommand(), guideListCommand(), guideStaleCommand(), guideTestCommand(p), guideExportCommand(p))
	return cmd
}

func guideCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [DIR]",
		Short: "Report every broken rule of writing in the built-in guide or the one in DIR",
		Args:  atMostOne("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			problems, err := checkGuide(args, time.Now())
			if err != nil {
				return err
			}
			if len(problems) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "the guide keeps every rule")
				return nil
			}
			fmt.Fprint(cmd.OutOrStdout(), problems.Lines())
			return fmt.Errorf("guide check: %d %s to mend", len(problems), plural(len(problems), "rule", "rules"))
		},
	}
}

// checkGuide checks the built-in guide, or the folder named, which may be a layer
// over it.
func checkGuide(args []string, today time.Time) (knowledge.Problems, error) {
	if len(args) == 0 {
		return knowledge.Check(knowledge.FS(), today)
	}
	fsys, err := guideFolder(args[0])
	if err != nil {
		return nil, err
	}
	return knowledge.CheckLayer(fsys, knowledge.Builtin(), today)
}

func guideListCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the topics by section",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			guide, err := openGuide(dir)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, e := range guide.Entries() {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d phrasings\n", e.Section, e.ID, e.Title, len(e.Ask))
			}
			return w.Flush()
		},
	}
	addGuideFlag(cmd, &dir)
	return cmd
}

func guideStaleCommand() *cobra.Command {
	var dir string
	var months int
	cmd := &cobra.Command{
		Use:   "stale",
		Short: "List entries that nobody has reviewed for some months",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if months < 0 {
				return usagef("guide stale: --months %d is in the future; give 0 or more", months)
			}
			guide, err := openGuide(dir)
			if err != nil {
				return err
			}
			stale := guide.Stale(time.Now(), months)
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, e := range stale {
				fmt.Fprintf(w, "%s\t%s\t%s\n", e.Reviewed, e.ID, e.Title)
			}
			if len(stale) == 0 {
				fmt.Fprintf(w, "every entry was reviewed in the last %d months\n", months)
			}
			return w.Flush()
		},
	}
	cmd.Flags().IntVar(&months, "months", 12, "how many months a review holds")
	addGuideFlag(cmd, &dir)
	return cmd
}

func addGuideFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "guide", "", "a folder with another guide, in place of the built-in one and of MENTOR_GUIDE")
}

// openGuide loads the guide in dir, or the built-in one when dir is empty.
func openGuide(dir string) (*knowledge.Guide, error) { return guideSource{whole: dir}.load() }

func guideFolder(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	switch {
	case os.IsNotExist(err):
		return nil, fmt.Errorf("guide %s: there is no such folder; give one with entries <section>/<id>.md", dir)
	case err != nil:
		return nil, fmt.Errorf("guide %s: %w", dir, err)
	case !info.IsDir():
		return nil, fmt.Errorf("guide %s: this is a file; give the folder it stands in", dir)
	}
	return os.DirFS(dir), nil
}

func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("%s takes one %s, but got %d arguments", cmd.CommandPath(), what, len(args))
		}
		return nil
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
