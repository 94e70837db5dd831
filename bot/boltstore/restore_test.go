package boltstore

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// backedUp is a closed store of three learners and a backup of it.
func backedUp(t *testing.T) (path, backup string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "mentor.db")
	s := opened(t, path, Options{})
	populate(t, s, 3)
	backup, err := s.Backup(t.Context(), s.BackupFolder(), noon)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return path, backup
}

// learners is how many learners the store at path has.
func learners(t *testing.T, path string) (n int) {
	t.Helper()
	s := opened(t, path, Options{})
	defer s.Close()
	for _, err := range s.Learners(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestRestoreWhereNothingIs(t *testing.T) {
	path, backup := backedUp(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	replaced, err := Restore(t.Context(), backup, path, false, noon)
	if err != nil || replaced != "" || learners(t, path) != 3 {
		t.Errorf("Restore = %q, %v", replaced, err)
	}
	if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{"backups", "mentor.db"}) {
		t.Errorf("the folder has %q", got)
	}
}

// TestRestoreKeepsWhatIsNewer: a check-in after the backup is not taken away
// unasked, and when it is, it can be had back.
func TestRestoreKeepsWhatIsNewer(t *testing.T) {
	path, backup := backedUp(t)
	s := opened(t, path, Options{})
	id, err := s.Find(t.Context(), account(0))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Update(t.Context(), id, func(l *bot.Learner) error { l.Name = "Changed"; return nil })
	if err := errors.Join(err, s.Put(t.Context(), example(3)), s.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), backup, path, false, noon)
	saysAll(t, err, path, backup, "lacks, or has otherwise, 2 of the store's learners")
	if n := learners(t, path); n != 4 {
		t.Errorf("after a refusal the store has %d learners, want 4", n)
	}
	replaced, err := Restore(t.Context(), backup, path, true, noon)
	if want := filepath.Join(filepath.Dir(path), "mentor-replaced-20261124T120000.db"); err != nil || replaced != want {
		t.Fatalf("Restore = %q, %v, want %q", replaced, err, want)
	}
	if now, was := learners(t, path), learners(t, replaced); now != 3 || was != 4 {
		t.Errorf("the store has %d learners and the replaced one %d, want 3 and 4", now, was)
	}
}

func TestRestoreOfAnEqualStore(t *testing.T) {
	path, backup := backedUp(t)
	if _, err := Restore(t.Context(), backup, path, false, noon); err != nil {
		t.Error(err)
	}
}

func TestRestoreOfADamagedStore(t *testing.T) {
	path, backup := backedUp(t)
	if err := os.WriteFile(path, []byte("not a store"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), backup, path, false, noon); err != nil || learners(t, path) != 3 {
		t.Error(err)
	}
}

func TestRestoreOfAStoreInUse(t *testing.T) {
	path, backup := backedUp(t)
	opened(t, path, Options{})
	_, err := Restore(t.Context(), backup, path, true, noon)
	saysAll(t, err, "is in use by another mentor")
}

func TestRestoreOfNoBackup(t *testing.T) {
	path, backup := backedUp(t)
	_, err := Restore(t.Context(), backup+".none", path, true, noon)
	saysAll(t, err, "no such file")
	if err := os.WriteFile(backup, []byte("not a store"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), backup, path, true, noon)
	saysAll(t, err, "the backup cannot be read, try an older one")
	if err := errors.Join(os.Remove(backup), copyFile(path, backup)); err != nil {
		t.Fatal(err)
	}
	alter(t, backup, func(tx *bolt.Tx) error {
		key, _ := tx.Bucket(accountsBucket).Cursor().First()
		return tx.Bucket(accountsBucket).Put(key, []byte("nobody"))
	})
	_, err = Restore(t.Context(), backup, path, true, noon)
	saysAll(t, err, "the backup contradicts itself", "try an older one")
	if n := learners(t, path); n != 3 {
		t.Errorf("the store has %d learners, want 3 as before", n)
	}
	if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{"backups", "mentor.db"}) {
		t.Errorf("the folder has %q", got)
	}
}
