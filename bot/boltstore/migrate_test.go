package boltstore

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

var writeSample = flag.Bool("write.sample", false, "write testdata/schema-N.db, N being this version's schema")

// sample is the file of a schema as the version that had it wrote it.
func sample(schema int) string { return filepath.Join("testdata", fmt.Sprintf("schema-%d.db", schema)) }

// TestWriteSample writes the sample of this version's schema, when it is told to:
// once for each schema, by the version that brings it.
func TestWriteSample(t *testing.T) {
	if !*writeSample {
		return
	}
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{Now: func() time.Time { return noon }})
	populate(t, s, 5)
	id, err := s.Find(t.Context(), account(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), id, func(l *bot.Learner) error { l.Votes = []bot.Vote{{Topic: "easiest", Up: true}}; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UpdateGroup(t.Context(), "d:g", func(g *bot.Group) error { g.Channels = map[string]bot.Mode{"c": bot.ModeThread}; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.copyTo(t.Context(), sample(s.schema())); err != nil {
		t.Fatal(err)
	}
}

// copied is a copy of a sample, as mentor.db in a folder of its own.
func copied(t *testing.T, from string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mentor.db")
	if err := copyFile(from, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFilesOfEveryVersion opens a file of each schema, as it was written then,
// and finds in it what was put in.
func TestFilesOfEveryVersion(t *testing.T) {
	for n := 1; n <= 1+len(migrations); n++ {
		s := opened(t, copied(t, sample(n)), Options{})
		wantClean(t, s)
		wantSample(t, s)
	}
}

func wantSample(t *testing.T, s *Store) {
	t.Helper()
	for i := range 5 {
		id, err := s.Find(t.Context(), account(i))
		if err != nil {
			t.Fatal(err)
		}
		l, err := s.Get(t.Context(), id)
		if want := example(i); err != nil || l.Name != want.Name || !slices.Equal(slices.Collect(l.Streak.Days.All()), slices.Collect(want.Streak.Days.All())) {
			t.Errorf("learner %d is %+v, %v", i, l, err)
		}
	}
	board, err := s.Board(t.Context(), "g", november, 10)
	if err != nil || len(board) != 5 {
		t.Errorf("the board is %v, %v, want five learners", board, err)
	}
	if tallies, err := s.Tallies(t.Context()); err != nil || tallies["easiest"].Up != 1 {
		t.Errorf("the votes are %+v, %v, want one", tallies, err)
	}
	if g, err := s.Group(t.Context(), "d:g"); err != nil || g.Channels["c"] != bot.ModeThread {
		t.Errorf("the group is %+v, %v, want threads in its channel", g, err)
	}
}

// planted is a migration to try: it notes the schema that it came from.
func planted(tx *bolt.Tx) error {
	if _, err := tx.CreateBucket([]byte("planted")); err != nil {
		return err
	}
	return tx.Bucket([]byte("planted")).Put([]byte("from"), tx.Bucket(metaBucket).Get(schemaKey))
}

// nextVersion are the options of a version with one more schema than this one's.
func nextVersion(step migration) Options {
	return Options{migrations: append(append([]migration{}, migrations...), step)}
}

func TestMigration(t *testing.T) {
	now := 1 + len(migrations)
	path := copied(t, sample(now))
	s := opened(t, path, nextVersion(planted))
	wantClean(t, s)
	wantSample(t, s)
	err := s.db.View(func(tx *bolt.Tx) error {
		n, err := schemaOf(tx)
		if from := string(tx.Bucket([]byte("planted")).Get([]byte("from"))); n != now+1 || from != strconv.Itoa(now) {
			t.Errorf("the schema is %d, and the migration saw %q, want %d and %d", n, from, now+1, now)
		}
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	refused(t, path, "a later version of the mentor wrote it", "use that version")

	// The copy from before is what this version reads, and goes back by force alone.
	before := filepath.Join(filepath.Dir(path), "backups", fmt.Sprintf("mentor-schema-%d.db", now))
	_, err = Restore(t.Context(), before, path, false, noon)
	saysAll(t, err, "a later version of the mentor wrote it")
	if _, err := Restore(t.Context(), before, path, true, noon); err != nil {
		t.Fatal(err)
	}
	s = opened(t, path, Options{})
	wantClean(t, s)
	wantSample(t, s)
}

// TestMigrationThatFails leaves the file as it was.
func TestMigrationThatFails(t *testing.T) {
	path := copied(t, sample(1+len(migrations)))
	options := nextVersion(func(tx *bolt.Tx) error { return errors.Join(planted(tx), errors.New("no such luck")) })
	_, err := Open(path, options)
	saysAll(t, err, "change schema", "no such luck")
	wantSample(t, opened(t, path, Options{}))
}

// TestMigrationWithoutCopy changes nothing where no copy can be kept.
func TestMigrationWithoutCopy(t *testing.T) {
	path := copied(t, sample(1+len(migrations)))
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "backups"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path, nextVersion(planted))
	saysAll(t, err, "keep a copy before schema", "not a directory")
	wantSample(t, opened(t, path, Options{}))
}
