package boltstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

// keptBackups is how many backups stay, the newest: a week of daily ones.
const keptBackups = 7

// Backups are named for their day. One that is being written has a longer name.
var (
	backupName  = regexp.MustCompile(`^mentor-\d{4}-\d{2}-\d{2}\.db$`)
	partialName = regexp.MustCompile(`^mentor-\d{4}-\d{2}-\d{2}\.db\.partial$`)
)

// Backup writes a copy of the store to the folder, which it makes when there is
// none, and returns the copy's path: mentor-2026-11-24.db for now's date. A
// backup of the same day is replaced, the seven newest are kept, and files of
// other names are left alone. The copy is read through before it counts, so that
// copies of a damaged file do not push out the good ones. Writes go on meanwhile.
func (s *Store) Backup(ctx context.Context, folder string, now time.Time) (string, error) {
	if !s.backup.TryLock() {
		return "", errors.New("a backup is being written already; wait until it is done")
	}
	defer s.backup.Unlock()
	path := filepath.Join(folder, "mentor-"+now.Format(time.DateOnly)+".db")
	if err := s.backUp(ctx, folder, path); err != nil {
		return "", fmt.Errorf("back up %s to %s: %w", s.path, folder, explainBackup(err, folder))
	}
	return path, nil
}

func (s *Store) backUp(ctx context.Context, folder, path string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := removeAll(folder, partialName, 0); err != nil { // of a process that was killed
		return err
	}
	partial := path + ".partial"
	err := s.copyTo(ctx, partial)
	if err == nil {
		err = s.verify(ctx, partial)
	}
	if err != nil {
		return errors.Join(err, removeAll(folder, partialName, 0))
	}
	s.options.at(beforeRename)
	if err := os.Rename(partial, path); err != nil {
		return err
	}
	if err := syncFolder(folder); err != nil {
		return err
	}
	return removeAll(folder, backupName, keptBackups, filepath.Base(path))
}

// copyTo writes the store as it is now to a new file, down to the disk.
func (s *Store) copyTo(ctx context.Context, path string) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = s.view(ctx, func(tx *bolt.Tx) error {
		c := &copying{ctx: ctx, to: file, half: tx.Size() / 2, at: s.options.at}
		if _, err := tx.WriteTo(c); err != nil {
			return cmp.Or(c.err, err) // bbolt keeps but the words of c's
		}
		return nil
	})
	if err != nil {
		return err
	}
	return file.Sync()
}

// copying writes until its context ends.
type copying struct {
	ctx  context.Context
	to   io.Writer
	half int64 // bytes until midBackup
	at   func(step)
	err  error
}

func (c *copying) Write(b []byte) (n int, err error) {
	defer func() { c.err = err }()
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	if c.half -= int64(len(b)); c.half <= 0 {
		c.at(midBackup)
	}
	return c.to.Write(b)
}

// verify reads a copy through. What is wrong with the copy is wrong with the store.
func (s *Store) verify(ctx context.Context, path string) error {
	return s.explain(s.guard(func() (err error) {
		db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return db.View(func(tx *bolt.Tx) error { return checkPages(ctx, tx) })
	}))
}

// explainBackup adds the cure to an error of the folder.
func explainBackup(err error, folder string) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &cureError{fmt.Sprintf("the disk of %s is full; free some room: the store and the older backups are as they were", folder), err}
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return &cureError{fmt.Sprintf("%v; let this user write to %s, or choose another folder for backups", err, folder), err}
	}
	return err
}

// removeAll removes the files of the folder that name matches but for keep of
// them: those in spared, and the last in the order of their names.
func removeAll(folder string, name *regexp.Regexp, keep int, spared ...string) error {
	entries, err := os.ReadDir(folder) // sorted
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool {
		return !e.Type().IsRegular() || !name.MatchString(e.Name()) || slices.Contains(spared, e.Name())
	})
	for _, e := range entries[:max(0, len(entries)+len(spared)-keep)] {
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// newestBackup is the path of the newest backup in the folder, "" when there is none.
func newestBackup(folder string) string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "" // where nothing can be read, there is nothing to restore
	}
	for _, e := range slices.Backward(entries) {
		if backupName.MatchString(e.Name()) {
			return filepath.Join(folder, e.Name())
		}
	}
	return ""
}

// syncFolder makes the names in the folder last. Windows does so by itself, and
// cannot do it for a folder.
func syncFolder(path string) (err error) {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	return folder.Sync()
}
