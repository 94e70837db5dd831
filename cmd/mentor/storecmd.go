package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/bot/streak"
)

// storeTime is how long a subcommand waits for one answer of a store.
const storeTime = 10 * time.Second

func storeCommand(p process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Check, back up, restore, copy, export and import what is remembered of learners",
		Long: `Check, back up, restore, copy, export and import what is remembered of learners.

The store is the one that MENTOR_STORE names: empty for the file ` + storeFile + ` in
MENTOR_DATA, another file's path, or the address of a Redis. A file belongs to one
process at a time, so stop the mentor before you work on its file.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(storeCheckCommand(p), storeBackupCommand(p), storeRestoreCommand(p), storeCopyCommand(p), storeExportCommand(p), storeImportCommand(p), storeOutageCommand(p), storeDeadCommand(p))
	return cmd
}

// withStore runs work on the configured store and closes it.
func withStore(ctx context.Context, p process, address string, work func(bot.Store) error) (err error) {
	store, err := storeFrom(ctx, p, address, logger(p))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.Health(ctx); err != nil {
		return err
	}
	return work(store)
}

// A checker is a store that can look itself over.
type checker interface {
	Check(ctx context.Context) (bot.Report, error)
}

func storeCheckCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Report whatever contradicts itself in the store, or in a back-up",
		Args:  atMost("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			address := p.getenv("MENTOR_STORE")
			if len(args) > 0 {
				address = args[0]
				if _, err := os.Stat(address); err != nil {
					return fmt.Errorf("store check: %w", err)
				}
			}
			return withStore(cmd.Context(), p, address, func(store bot.Store) error {
				report, err := store.(checker).Check(cmd.Context())
				if err != nil {
					return err
				}
				for _, problem := range report.Problems {
					fmt.Fprintln(p.stdout, problem)
				}
				if n := len(report.Problems); n > 0 {
					return fmt.Errorf("store check: %d %s; restore the newest back-up (`mentor store restore`), or report this", n, plural(n, "contradiction", "contradictions"))
				}
				learners, days, err := tally(cmd.Context(), store)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, "the store is sound: %d %s, %d %s studied\n", learners, plural(learners, "learner", "learners"), days, plural(days, "day", "days"))
				return nil
			})
		},
	}
}

// tally counts the learners and their days.
func tally(ctx context.Context, store bot.Store) (learners, days int, err error) {
	for l, err := range store.Learners(ctx) {
		if err != nil {
			return 0, 0, err
		}
		learners++
		days += l.Streak.Total
	}
	return learners, days, nil
}

func storeOutageCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "outage DATE",
		Short: "Keep for every learner a day on which the mentor could not be reached",
		Long: `Keep for every learner a day on which the mentor could not be reached, so that
nobody's streak ends by it. Days that were done stay done. It may be repeated.`,
		Example: `  mentor store outage 2026-11-24`,
		Args:    exactly("DATE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := streak.ParseDay(args[0])
			if err != nil {
				return usagef("store outage: %w", err)
			}
			if today := streak.DayOn(p.now()); day > today+1 || day < today-60 {
				return usagef("store outage: %v is not within the last 60 days", day)
			}
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				n, err := keepOutage(cmd.Context(), store, day)
				fmt.Fprintf(p.stdout, "%v is kept for %d %s\n", day, n, plural(n, "learner", "learners"))
				return err
			})
		},
	}
}

func keepOutage(ctx context.Context, store bot.Store, day streak.Day) (n int, err error) {
	var ids []bot.ID // first read, then write: a file cannot always grow while it is read
	for l, err := range store.Learners(ctx) {
		if err != nil {
			return 0, fmt.Errorf("keep %v: %w", day, err)
		}
		ids = append(ids, l.ID)
	}
	for _, id := range ids {
		_, err := store.Update(ctx, id, func(l *bot.Learner) error {
			l.Streak = l.Streak.Outage(day)
			return nil
		})
		switch {
		case errors.Is(err, bot.ErrNoLearner): // forgotten meanwhile
		case err != nil:
			return n, fmt.Errorf("keep %v for learner %s: %w; start again, it may be repeated", day, id, err)
		default:
			n++
		}
	}
	return n, nil
}

func storeDeadCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "dead",
		Short: "List the reminders that were given up, with the reason, the newest first",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				dead, err := store.Dead(cmd.Context())
				if err != nil {
					return err
				}
				if len(dead) == 0 {
					fmt.Fprintln(p.stdout, "no reminder was given up")
				}
				for _, d := range dead {
					fmt.Fprintf(p.stdout, "%s  learner %s, for %v: %s\n", d.At.UTC().Format(time.RFC3339), d.ID, d.Day, d.Reason)
				}
				return nil
			})
		},
	}
}
