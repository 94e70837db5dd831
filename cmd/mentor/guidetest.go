package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"mentor/index"
	"mentor/knowledge"
)

func guideTestCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "test [DIR]",
		Short: "Replay the questions that must be answered, with DIR or MENTOR_GUIDE laid over the guide",
		Long: `Replay the questions that must be answered, with DIR laid over the built-in
guide, or the folders of MENTOR_GUIDE, and list what would change. It is what every
reload of a running mentor does first. The exit code is 1 when too many questions
would be answered worse, so that the reload would be refused.`,
		Args: atMostOne("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			source := sourceOf("", p.getenv("MENTOR_GUIDE"))
			if len(args) == 1 {
				source = guideSource{layers: args}
			}
			if len(source.layers) == 0 {
				return usagef("guide test: there is nothing to try; name the folder DIR to lay over the guide, or set MENTOR_GUIDE")
			}
			guide, err := source.load()
			if err != nil {
				return err
			}
			c, err := tryGuide(cmd, guide)
			if err != nil {
				return err
			}
			fmt.Fprint(cmd.OutOrStdout(), reportOf(c))
			if refusal := c.Refusal(); refusal != nil {
				return fmt.Errorf("guide test: a reload would be refused: %w", refusal)
			}
			return nil
		},
	}
}

// tryGuide compares the built-in guide with another.
func tryGuide(cmd *cobra.Command, guide *knowledge.Guide) (c index.Comparison, err error) {
	before, err := index.Build(knowledge.Builtin())
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, before.Close()) }()
	after, err := index.Build(guide)
	if err != nil {
		return c, fmt.Errorf("learn the guide: %w", err)
	}
	defer func() { err = errors.Join(err, after.Close()) }()
	return index.Compare(cmd.Context(), before, after, index.Golden(before.Guide()))
}
