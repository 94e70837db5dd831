package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"mentor/bot"
)

func storeExportCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print learners, groups' settings and what groups keep as JSON, one a line",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				return exportItems(cmd.Context(), p, store)
			})
		},
	}
}

func exportItems(ctx context.Context, p process, store bot.Store) error {
	out := bufio.NewWriter(p.stdout)
	progress := bar(p, "exporting")
	for item, err := range itemsOf(ctx, store) {
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		text, err := json.Marshal(item)
		if err != nil {
			return fmt.Errorf("export %v: %w", item, err)
		}
		if _, err := out.Write(append(text, '\n')); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		if err := progress.Add(1); err != nil {
			return fmt.Errorf("show progress: %w", err)
		}
	}
	return errors.Join(progress.Finish(), out.Flush())
}

// maxLine bounds a line of an import: a learner with a century of days.
const maxLine = 1 << 20

func storeImportCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "import",
		Short: "Read what export printed, in place of what there is of the same id",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				learners, others, err := importItems(cmd.Context(), p, store)
				fmt.Fprintf(p.stdout, "%d %s imported", learners, plural(learners, "learner", "learners"))
				if others > 0 {
					fmt.Fprintf(p.stdout, ", and %d of what groups set and keep", others)
				}
				fmt.Fprintln(p.stdout)
				return err
			})
		},
	}
}

// importItems stops at the first line that is wrong; those before it are in.
func importItems(ctx context.Context, p process, store bot.Store) (learners, others int, err error) {
	lines := bufio.NewScanner(p.stdin)
	lines.Buffer(nil, maxLine)
	progress := bar(p, "importing")
	for number := 1; lines.Scan(); number++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var i item
		err := json.Unmarshal(lines.Bytes(), &i)
		if err == nil {
			err = i.put(ctx, store)
		}
		if err != nil {
			return learners, others, fmt.Errorf("import, line %d: %w", number, err)
		}
		if i.Learner != nil {
			learners++
		} else {
			others++
		}
		if err := progress.Add(1); err != nil {
			return learners, others, fmt.Errorf("show progress: %w", err)
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		return learners, others, fmt.Errorf("import: %w", err)
	}
	return learners, others, progress.Finish()
}
