package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/bot/boltstore"
)

// A backer is a store in a file, which can be copied while it is used.
type backer interface {
	Backup(ctx context.Context, folder string, now time.Time) (string, error)
	BackupOf(folder string, now time.Time) string
	BackupFolder() string
}

const (
	backupLook  = 10 * time.Minute // between two looks whether today's back-up is there
	backupAgain = time.Hour        // after one that failed
)

// backUpDaily writes a back-up of a store in a file whenever today's is missing:
// at once, and then each day, until ctx ends. A Redis is backed up by its own
// means. One that fails stops nothing: it is logged with the cure, and tried
// again after an hour.
func backUpDaily(ctx context.Context, store bot.Store, now func() time.Time, log *slog.Logger) {
	file, ok := store.(backer)
	if !ok {
		return
	}
	for {
		wait := backupLook
		path, err := backUpToday(ctx, file, now())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Error("no back-up today; tried again in an hour", "error", err)
			wait = backupAgain
		case path != "":
			log.Info("backed up", "file", path)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// backUpWhile backs up daily until stop is called, which waits for the end of it.
func backUpWhile(ctx context.Context, store bot.Store, now func() time.Time, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { backUpDaily(ctx, store, now, log) })
	return func() {
		cancel()
		all.Wait()
	}
}

// backUpToday returns the back-up's path, "" when there was one already.
func backUpToday(ctx context.Context, file backer, now time.Time) (string, error) {
	folder := file.BackupFolder()
	if _, err := os.Stat(file.BackupOf(folder, now)); err == nil {
		return "", nil
	}
	return file.Backup(ctx, folder, now)
}

func storeBackupCommand(p process) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Copy the local file to a dated one, and keep the newest seven",
		Long: `Copy the local file to a dated one, and keep the newest seven. A running mentor
does so by itself each day, in the folder backups beside its file.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd.Context(), p, p.getenv("MENTOR_STORE"), func(store bot.Store) error {
				file, ok := store.(backer)
				if !ok {
					return errors.New("a Redis is backed up by its own means (SAVE, AOF); for a copy in a file use `mentor store copy`, or `mentor store export`")
				}
				path, err := file.Backup(cmd.Context(), cmp.Or(folder, file.BackupFolder()), p.now())
				if err != nil {
					return err
				}
				fmt.Fprintln(p.stdout, path)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&folder, "dir", "", "the folder of back-ups (default: backups beside the file)")
	return cmd
}

func storeRestoreCommand(p process) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a back-up in the place of the local file",
		Long: `Put a back-up in the place of the local file. The back-up is checked first, and
stays. The file that it replaces is kept beside it under another name. When that
file has what the back-up lacks, --force is needed.`,
		Example: `  mentor store restore ~/.local/share/mentor/backups/mentor-2026-11-24.db`,
		Args:    exactly("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			address := p.getenv("MENTOR_STORE")
			if _, ok := schemeOf(address); ok {
				return errors.New("a Redis is restored by its own means; to fill one from a file use `mentor store copy FILE redis://…`")
			}
			path := fileOf(p, address)
			replaced, err := boltstore.Restore(cmd.Context(), args[0], path, force, p.now())
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "%s is restored from %s\n", path, args[0])
			if replaced != "" {
				fmt.Fprintf(p.stdout, "what was there is kept as %s\n", replaced)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "restore even if something in the store is not in the back-up; it is kept all the same")
	return cmd
}
