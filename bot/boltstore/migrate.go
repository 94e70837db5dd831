package boltstore

import (
	"context"
	"fmt"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// A migration changes a file from one schema to the next, inside one write: a
// process killed in it leaves the file as it was.
type migration func(tx *bolt.Tx) error

// migrations has at i the way from schema i+1 to i+2. A layout that earlier
// versions would misread is a new schema: it adds a migration here, and
// testdata/schema-N.db, a file as that version writes it. A bucket that earlier
// versions lack, and that may be empty, needs neither: see lateBuckets.
var migrations = []migration{}

// schema is the number of the layout that this version writes.
func (s *Store) schema() int { return 1 + len(s.options.migrations) }

// migrate brings a file of an earlier schema to this version's, after a copy of
// it as it was has been written to the folder of backups: mentor-schema-1.db.
// Earlier versions read that copy, and Restore puts it back.
func (s *Store) migrate() error {
	var from int
	err := s.db.View(func(tx *bolt.Tx) (err error) {
		from, err = schemaOf(tx)
		return err
	})
	if err != nil || from == 0 || from >= s.schema() {
		return err // a new file and a later version's are layOut's
	}
	if err := s.keepSchema(from); err != nil {
		return fmt.Errorf("keep a copy before schema %d becomes %d: %w", from, s.schema(), explainBackup(err, s.options.Backups))
	}
	return s.db.Update(func(tx *bolt.Tx) error {
		for n := from; n < s.schema(); n++ {
			if err := s.options.migrations[n-1](tx); err != nil {
				return fmt.Errorf("change schema %d to %d: %w", n, n+1, err)
			}
		}
		return putSchema(tx, s.schema())
	})
}

// keepSchema copies the file to the folder of backups under its schema's name.
func (s *Store) keepSchema(n int) error {
	if s.options.scratch {
		return nil
	}
	folder := s.options.Backups
	return s.backUp(context.Background(), folder, filepath.Join(folder, fmt.Sprintf("%s-schema-%d.db", stem(s.path), n)))
}
