package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/bot/streak"
	"mentor/bot/terminal"
)

// storeTime is how long a subcommand waits for one answer of a store.
const storeTime = 10 * time.Second

func storeCommand(p process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Check, back up, copy, export and import what is remembered of learners",
		Long: `Check, back up, copy, export and import what is remembered of learners.

The store is the one that MENTOR_STORE names: empty for the file ` + storeFile + ` in
MENTOR_DATA, another file's path, or the address of a Redis. A file belongs to one
process at a time, so stop the mentor before you work on its file.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(storeCheckCommand(p), storeBackupCommand(p), storeCopyCommand(p), storeExportCommand(p), storeImportCommand(p), storeOutageCommand(p), storeDeadCommand(p))
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
		Use:   "check",
		Short: "Report whatever contradicts itself in the store",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				report, err := store.(checker).Check(cmd.Context())
				if err != nil {
					return err
				}
				for _, problem := range report.Problems {
					fmt.Fprintln(p.stdout, problem)
				}
				if n := len(report.Problems); n > 0 {
					return fmt.Errorf("store check: %d %s; restore the newest back-up, or report this", n, plural(n, "contradiction", "contradictions"))
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

// A backer is a store in a file, which can be copied while it is used.
type backer interface {
	Backup(ctx context.Context, dir string, now time.Time) (string, error)
}

func storeBackupCommand(p process) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Copy the local file to a dated one, and keep the newest seven",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir == "" {
				dir = filepath.Join(dataFolder(p.getenv), "backups")
			}
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				file, ok := store.(backer)
				if !ok {
					return errors.New("a Redis is backed up by its own means (SAVE, AOF); for a copy in a file use `mentor store copy`, or `mentor store export`")
				}
				path, err := file.Backup(cmd.Context(), dir, p.now())
				if err != nil {
					return err
				}
				fmt.Fprintln(p.stdout, path)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "the folder of back-ups (default: backups in MENTOR_DATA)")
	return cmd
}

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
		Short: "Copy all learners from one store to another, and verify it",
		Long: `Copy all learners from one store to another, and verify it. FROM and TO are a
file's path or the address of a Redis. A copy that was interrupted is started
again: learners that are there already, alike, are not written twice.`,
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

// copyStore copies and then verifies all learners.
func copyStore(ctx context.Context, p process, from, to bot.Store) error {
	copied, alike := 0, 0
	progress := bar(p, "copying")
	for l, err := range from.Learners(ctx) {
		if err != nil {
			return fmt.Errorf("copy: %w", err)
		}
		same, err := hasAlike(ctx, to, l)
		if err != nil {
			return fmt.Errorf("copy: %w", err)
		}
		if same {
			alike++
		} else if err := to.Put(ctx, l); err != nil {
			return fmt.Errorf("copy learner %s: %w; start the copy again, it goes on where it stopped", l.ID, err)
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
	for l, err := range from.Learners(ctx) {
		if err != nil {
			return fmt.Errorf("verify the copy: %w", err)
		}
		if same, err := hasAlike(ctx, to, l); err != nil || !same {
			return errors.Join(fmt.Errorf("verify the copy: learner %s differs; is a mentor still using one of the stores? stop it and start the copy again", l.ID), err)
		}
	}
	there, _, err := tally(ctx, to)
	if err != nil {
		return fmt.Errorf("verify the copy: %w", err)
	}
	fmt.Fprintf(p.stdout, "%d %s with %d %s studied are in both stores: %d copied now, %d had been there\n",
		learners, plural(learners, "learner", "learners"), days, plural(days, "day", "days"), copied, alike)
	if there > learners {
		fmt.Fprintf(p.stdout, "the second store has %d more, which were left as they are\n", there-learners)
	}
	return nil
}

// hasAlike reports whether the store has the learner just so.
func hasAlike(ctx context.Context, store bot.Store, l bot.Learner) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	there, err := store.Get(ctx, l.ID)
	if errors.Is(err, bot.ErrNoLearner) {
		return false, nil
	}
	return err == nil && maps.Equal(there.Record(), l.Record()), err
}

func storeExportCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print all learners as JSON, one a line",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				out := bufio.NewWriter(p.stdout)
				progress := bar(p, "exporting")
				for l, err := range store.Learners(cmd.Context()) {
					if err != nil {
						return fmt.Errorf("export: %w", err)
					}
					line, err := json.Marshal(l)
					if err != nil {
						return fmt.Errorf("export learner %s: %w", l.ID, err)
					}
					if _, err := out.Write(append(line, '\n')); err != nil {
						return fmt.Errorf("export: %w", err)
					}
					if err := progress.Add(1); err != nil {
						return fmt.Errorf("show progress: %w", err)
					}
				}
				return errors.Join(progress.Finish(), out.Flush())
			})
		},
	}
}

// maxLine bounds a line of an import: a learner with a century of days.
const maxLine = 1 << 20

func storeImportCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "import",
		Short: "Read learners as export printed them, in place of those of the same id",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				n, err := importLearners(cmd.Context(), p, store)
				fmt.Fprintf(p.stdout, "%d %s imported\n", n, plural(n, "learner", "learners"))
				return err
			})
		},
	}
}

// importLearners stops at the first line that is wrong; those before it are in.
func importLearners(ctx context.Context, p process, store bot.Store) (n int, err error) {
	lines := bufio.NewScanner(p.stdin)
	lines.Buffer(nil, maxLine)
	progress := bar(p, "importing")
	for number := 1; lines.Scan(); number++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var l bot.Learner
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return n, fmt.Errorf("import, line %d: %w", number, err)
		}
		if err := store.Put(ctx, l); err != nil {
			return n, fmt.Errorf("import, line %d: %w", number, err)
		}
		n++
		if err := progress.Add(1); err != nil {
			return n, fmt.Errorf("show progress: %w", err)
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("import: %w", err)
	}
	return n, progress.Finish()
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
