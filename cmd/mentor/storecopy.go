package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/bot/terminal"
)

// bar shows how far a subcommand is, on a terminal.
func bar(p process, doing string) *progressbar.ProgressBar {
	if !terminal.IsTerminal(p.stderr) {
		return progressbar.DefaultSilent(-1)
	}
	return progressbar.NewOptions(-1, progressbar.OptionSetWriter(p.stderr), progressbar.OptionSetDescription(doing),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
}

func storeCopyCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Copy all that is remembered from one store to another, and verify it",
		Long: `Copy all that is remembered from one store to another, learners, groups' settings
and what groups keep, and verify it. FROM and TO are a file's path or the address
of a Redis. A copy that was interrupted is started again: what is there already,
alike, is not written twice.`,
		Example: `  mentor store copy ~/.local/share/mentor/mentor.db redis://127.0.0.1:6379/0`,
		Args:    exactly("FROM", "TO"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == args[1] {
				return usagef("store copy: FROM and TO are the same")
			}
			return withStore(cmd.Context(), p, args[0], func(from bot.Store) error {
				return withStore(cmd.Context(), p, args[1], func(to bot.Store) error {
					return copyStore(cmd.Context(), p, from, to)
				})
			})
		},
	}
}

// copyStore copies and then verifies all that from remembers.
func copyStore(ctx context.Context, p process, from, to bot.Store) error {
	copied, alike := 0, 0
	progress := bar(p, "copying")
	for item, err := range itemsOf(ctx, from) {
		if err != nil {
			return fmt.Errorf("copy: %w", err)
		}
		same, err := item.alikeIn(ctx, to)
		if err != nil {
			return fmt.Errorf("copy: %w", err)
		}
		if same {
			alike++
		} else if err := item.put(ctx, to); err != nil {
			return fmt.Errorf("copy %v: %w; start the copy again, it goes on where it stopped", item, err)
		} else {
			copied++
		}
		if err := progress.Add(1); err != nil {
			return fmt.Errorf("show progress: %w", err)
		}
	}
	if err := progress.Finish(); err != nil {
		return fmt.Errorf("show progress: %w", err)
	}
	learners, days, err := tally(ctx, from)
	if err != nil {
		return fmt.Errorf("verify the copy: %w", err)
	}
	for item, err := range itemsOf(ctx, from) {
		if err != nil {
			return fmt.Errorf("verify the copy: %w", err)
		}
		if same, err := item.alikeIn(ctx, to); err != nil || !same {
			return errors.Join(fmt.Errorf("verify the copy: %v differs; is a mentor still using one of the stores? stop it and start the copy again", item), err)
		}
	}
	there, _, err := tally(ctx, to)
	if err != nil {
		return fmt.Errorf("verify the copy: %w", err)
	}
	fmt.Fprintf(p.stdout, "%d %s with %d %s studied are in both stores (entries copied now: %d, there before: %d)\n",
		learners, plural(learners, "learner", "learners"), days, plural(days, "day", "days"), copied, alike)
	if there > learners {
		fmt.Fprintf(p.stdout, "the second store has %d more, which were left as they are\n", there-learners)
	}
	return nil
}

// hasAlike reports whether the store has the learner just so.
func hasAlike(ctx context.Context, store bot.Store, l bot.Learner) (bool, error) {
	there, err := store.Get(ctx, l.ID)
	if errors.Is(err, bot.ErrNoLearner) {
		return false, nil
	}
	return err == nil && maps.Equal(there.Record(), l.Record()), err
}
