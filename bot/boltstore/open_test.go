package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// refused checks that the store at path cannot be opened, and that the error is
// one line with all of want in it.
func refused(t *testing.T, path string, want ...string) {
	t.Helper()
	s, err := Open(path, Options{Wait: 10 * time.Millisecond})
	if err == nil {
		t.Error(s.Close())
		t.Fatalf("Open(%q) has no error, want one with %q", path, want)
	}
	saysAll(t, err, want...)
}

func saysAll(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Fatalf("the error is %v, want one line", err)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error is %q, want %q in it", err, w)
		}
	}
}

func TestOpenMakesFolderAndFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "data", "mentor.db")
	if got := opened(t, path, Options{}).Path(); got != path {
		t.Errorf("Path() = %q, want %q", got, path)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has the mode %o, want %o", name, got, want)
		}
	}
}

func TestOpenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mentor.db")
	opened(t, path, Options{})
	refused(t, path, path+" is in use by another mentor; stop it, or give this one its own MENTOR_DATA")
}

func TestOpenWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may do everything")
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil { //nolint:gosec // a folder needs x
		t.Fatal(err)
	}
	refused(t, filepath.Join(folder, "mentor.db"), "permission denied", "let this user read and write "+folder, "MENTOR_DATA")
	refused(t, filepath.Join(folder, "data", "mentor.db"), "permission denied", "MENTOR_DATA")
}

func TestOpenWhereNoFileCanBe(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, filepath.Join(file, "mentor.db"), "not a directory", "set MENTOR_DATA to a folder")
	refused(t, folder, "is a directory", "set MENTOR_DATA to a folder")
}

// filled is a closed store with some learners, and its bytes.
func filled(t *testing.T) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "mentor.db")
	s := opened(t, path, Options{})
	populate(t, s, 100)
	var used int64
	if err := errors.Join(s.db.View(func(tx *bolt.Tx) error { used = tx.Size(); return nil }), s.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content[:used]
}

func TestOpenDamaged(t *testing.T) {
	_, content := filled(t)
	half := content[:len(content)/2]
	noMeta := append(bytes.Repeat([]byte{0xa5}, 2*os.Getpagesize()), content[2*os.Getpagesize():]...)
	for name, damaged := range map[string][]byte{
		"text": []byte(strings.Repeat("not a store at all\n", 1000)), "short": content[:100], "cut": half, "no meta pages": noMeta,
	} {
		t.Run(name, func(t *testing.T) {
			path := damagedFile(t, damaged)
			backups := filepath.Join(filepath.Dir(path), "backups")
			refused(t, path, path+" is damaged", "there is no backup in "+backups)
			path = damagedFile(t, damaged) // the process may hold the first to its end
			backups = filepath.Join(filepath.Dir(path), "backups")
			if err := os.MkdirAll(backups, 0o700); err != nil {
				t.Fatal(err)
			}
			for _, backup := range []string{"mentor-2026-11-23.db", "mentor-2026-11-24.db", "other-2026-11-25.db"} {
				if err := os.WriteFile(filepath.Join(backups, backup), content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			newest := filepath.Join(backups, "mentor-2026-11-24.db")
			refused(t, path, path+" is damaged", "restore the newest backup: mentor store restore "+newest)
		})
	}
}

// damagedFile is the path of a file in a folder of its own.
func damagedFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mentor.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDamagedPages overwrites every page in turn: whatever is read or
// written then, the program lives, and what is wrong is said.
func TestDamagedPages(t *testing.T) {
	_, content := filled(t)
	size := os.Getpagesize()
	found := 0
	for at := 2 * size; at < len(content); at += size {
		damaged := bytes.Clone(content)
		for i := at; i < min(at+size, len(damaged)); i++ {
			damaged[i] ^= 0x5a
		}
		if useDamaged(t, damagedFile(t, damaged)) {
			found++
		}
	}
	t.Logf("damage was found in %d of %d pages; the others are unused", found, len(content)/size-2)
	if found == 0 {
		t.Error("no damage was found in any page")
	}
}

// useDamaged reports whether anything went wrong, and fails if it is not said well.
func useDamaged(t *testing.T, path string) bool {
	t.Helper()
	s, err := Open(path, Options{Wait: time.Second})
	if err != nil {
		saysAll(t, err, "is damaged", "backup")
		return true
	}
	defer s.Close()
	var all []error
	for _, err := range s.Learners(t.Context()) {
		all = append(all, err)
	}
	_, err = s.Board(t.Context(), "g", november, 1000)
	all = append(all, err)
	_, err = s.Resolve(t.Context(), "d:new")
	all = append(all, err)
	for i := range 50 {
		_, err := s.Find(t.Context(), account(i))
		all = append(all, err)
	}
	_, err = s.Backup(t.Context(), t.TempDir(), noon)
	all = append(all, err)
	report, err := s.Check(t.Context())
	all = append(all, err)
	return errors.Join(all...) != nil || len(report.Problems) > 0
}

func TestOpenOfALaterVersion(t *testing.T) {
	path, _ := filled(t)
	alter(t, path, func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(schemaKey, []byte("2")) })
	refused(t, path, path, "a later version of the mentor wrote it (schema 2, this version reads 1); use that version")
	alter(t, path, func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(schemaKey, []byte("x")) })
	refused(t, path, "is damaged")
}

func TestOpenOfAnotherProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	alter(t, path, func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("things")); return err })
	refused(t, path, "another program wrote it; set MENTOR_DATA")
}

// alter changes a store's file behind its back.
func alter(t *testing.T, path string, change func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestCures(t *testing.T) {
	s := &Store{path: "data/mentor.db"}
	full := s.explain(fmt.Errorf("commit: %w", &os.PathError{Op: "write", Path: s.path, Err: syscall.ENOSPC}))
	saysAll(t, full, "the disk of data/mentor.db is full", "nothing that was confirmed is lost")
	if !errors.Is(full, syscall.ENOSPC) {
		t.Error("the cause cannot be told from the error any more")
	}
	saysAll(t, s.explain(syscall.EROFS), "read-only", "let this user read and write data")
	if err := s.explain(bot.ErrNoLearner); err != bot.ErrNoLearner { //nolint:errorlint // it must be the same
		t.Errorf("an error without a cure became %v", err)
	}
	backup := explainBackup(syscall.ENOSPC, "there")
	saysAll(t, backup, "the disk of there is full", "as they were")
}

// TestOpenFileWithoutReminders: the file was written before there were any.
func TestOpenFileWithoutReminders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mentor.db")
	s := opened(t, path, Options{})
	populate(t, s, 3)
	err := s.db.Update(func(tx *bolt.Tx) error {
		return errors.Join(tx.DeleteBucket(dueBucket), tx.DeleteBucket(leasesBucket), tx.DeleteBucket(deadBucket))
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	wantClean(t, opened(t, path, Options{}))
}
