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
	"strings"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

// keptBackups is how many backups stay, the newest: a week of daily ones.
const keptBackups = 7

// stem is what the names of a store's backups begin with: the name of its file
// without the ending, so that two stores in one folder do not replace each
// other's.
func stem(path string) string { return strings.TrimSuffix(filepath.Base(path), ".db") }

// dated matches the names of a store's daily backups, and partial those that are
// being written.
func dated(path string) *regexp.Regexp {
	return regexp.MustCompile(`^` + regexp.QuoteMeta(stem(path)) + `-\d{4}-\d{2}-\d{2}\.db$`)
}

func partial(path string) *regexp.Regexp {
	return regexp.MustCompile(`^` + regexp.QuoteMeta(stem(path)) + `-(\d{4}-\d{2}-\d{2}|schema-\d+)\.db\.partial$`)
}

// BackupFolder is where the store's backups go if nothing else is said.
func (s *Store) BackupFolder() string { return s.options.Backups }

// BackupOf is the path that the backup of now's date has in the folder:
// mentor-2026-11-24.db for a store in mentor.db. Whether there is one, it does
// not say.
func (s *Store) BackupOf(folder string, now time.Time) string {
	return filepath.Join(folder, stem(s.path)+"-"+now.Format(time.DateOnly)+".db")
}

// Backup writes a copy of the store to the folder, which it makes when there is
// none, and returns the copy's path, which is BackupOf's. A
// backup of the same day is replaced, the seven newest are kept, and files of
// other names are left alone. The copy is read through before it counts, so that
// copies of a damaged file do not push out the good ones. Writes go on meanwhile.
func (s *Store) Backup(ctx context.Context, folder string, now time.Time) (string, error) {
	if !s.backup.TryLock() {
		return "", errors.New("a backup is being written already; wait until it is done")
	}
	defer s.backup.Unlock()
	path := s.BackupOf(folder, now)
	err := s.backUp(ctx, folder, path)
	if err == nil {
		err = removeAll(folder, dated(s.path), keptBackups, filepath.Base(path))
	}
	if err != nil {
		return "", fmt.Errorf("back up %s to %s: %w", s.path, folder, explainBackup(err, folder))
	}
	return path, nil
}

// backUp writes a copy to path in the folder: all of it, or nothing.
func (s *Store) backUp(ctx context.Context, folder, path string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := removeAll(folder, partial(s.path), 0); err != nil { // of a process that was killed
		return err
	}
	unfinished := path + ".partial"
	err := s.copyTo(ctx, unfinished)
	if err == nil {
		err = s.verify(ctx, unfinished)
	}
	if err != nil {
		return errors.Join(err, removeAll(folder, partial(s.path), 0))
	}
	s.options.at(beforeRename)
	if err := os.Rename(unfinished, path); err != nil {
		return err
	}
	return syncFolder(folder)
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

// newestBackup is the path of the newest backup in the folder of the store at
// path, "" when there is none.
func newestBackup(path, folder string) string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "" // where nothing can be read, there is nothing to restore
	}
	name := dated(path)
	for _, e := range slices.Backward(entries) {
		if name.MatchString(e.Name()) {
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
