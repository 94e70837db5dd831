package boltstore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mentor/bot"
)

// names are the files in the folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.Name()
	}
	return out
}

func TestBackupIsAStore(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	populate(t, s, 300)
	folder := filepath.Join(t.TempDir(), "new", "backups")
	path, err := s.Backup(t.Context(), folder, noon)
	if err != nil || path != filepath.Join(folder, "mentor-2026-11-24.db") {
		t.Fatalf("Backup = %q, %v", path, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup is %v, %v, want mode 600", info.Mode(), err)
	}
	if _, err := s.Resolve(t.Context(), "d:later"); err != nil {
		t.Fatal(err)
	}
	b := opened(t, path, Options{})
	wantClean(t, b)
	for l, err := range b.Learners(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.Get(t.Context(), l.ID)
		if err != nil || string(encode(want)) != string(encode(l)) {
			t.Errorf("learner %s differs in the backup (%v)", l.ID, err)
		}
	}
	if _, err := b.Find(t.Context(), "d:later"); !errors.Is(err, bot.ErrNoLearner) {
		t.Errorf("who came after the backup is in it: %v", err)
	}
}

func TestBackupsKeepAWeek(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	folder := t.TempDir()
	foreign := []string{"mentor-2020-01-01.db.gz", "mentor-2020-01-01.db.partial.txt", "mentor.db", "mentor-old.db", "amentor-2020-01-01.db"}
	for _, name := range append(foreign, "mentor-2026-11-01.db.partial") {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("foreign"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "mentor-2020-01-02.db"), 0o700); err != nil { // no backup of ours is a folder
		t.Fatal(err)
	}
	want := append(slices.Clone(foreign), "mentor-2020-01-02.db")
	for day := range 10 {
		for range 2 { // twice a day is one backup
			if _, err := s.Backup(t.Context(), folder, noon.AddDate(0, 0, day)); err != nil {
				t.Fatal(err)
			}
		}
		if day >= 3 {
			want = append(want, "mentor-"+noon.AddDate(0, 0, day).Format("2006-01-02")+".db")
		}
	}
	slices.Sort(want)
	if got := names(t, folder); !slices.Equal(got, want) {
		t.Errorf("the folder has %q, want %q", got, want)
	}
	old := noon.AddDate(-1, 0, 0) // the clock was put back
	path, err := s.Backup(t.Context(), folder, old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the backup just written: %v", err)
	}
}

func TestBackupThatEndsEarlyLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{at: func(at step) {
		if at == midBackup {
			cancel()
		}
	}})
	populate(t, s, 300)
	folder := t.TempDir()
	if _, err := s.Backup(ctx, folder, noon); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want the context's", err)
	}
	if got := names(t, folder); len(got) != 0 {
		t.Errorf("the folder has %q, want nothing", got)
	}
}

func TestBackupWhereNoFolderCanBe(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	_, err := s.Backup(t.Context(), filepath.Join(s.Path(), "backups"), noon)
	saysAll(t, err, "not a directory", "choose another folder for backups")
}

// TestDamageIsNotBackedUp: a week of copies of a damaged file would push out the
// last good one.
func TestDamageIsNotBackedUp(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	populate(t, s, 300)
	folder := t.TempDir()
	if _, err := s.Backup(t.Context(), folder, noon); err != nil {
		t.Fatal(err)
	}
	spoilPages(t, s.Path())
	_, err := s.Backup(t.Context(), folder, noon.AddDate(0, 0, 1))
	saysAll(t, err, s.Path()+" is damaged")
	if got := names(t, folder); !slices.Equal(got, []string{"mentor-2026-11-24.db"}) {
		t.Errorf("the folder has %q, want the good backup only", got)
	}
}

// spoilPages overwrites the end of a store that is open.
func spoilPages(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	garbage := bytes.Repeat([]byte{0x5a}, os.Getpagesize())
	for page := 2; page < 40; page++ {
		if _, err := file.WriteAt(garbage, int64(page*len(garbage))); err != nil {
			t.Error(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
