package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Restore puts a copy of the backup in the place of the store at path, which no
// mentor may be using, and returns where the file that was there is kept now, ""
// when there was none: beside it, as mentor-replaced-20261124T180000.db by now's
// time. The backup stays, and is checked first. A process killed in Restore
// leaves the store as it was.
//
// Unless forced it refuses to take away what the backup has not: when a learner,
// or what a group set or taught, is not in the backup, or not just so, and when
// the store cannot be read although it is not damaged, as that of a later version.
func Restore(ctx context.Context, backup, path string, force bool, now time.Time) (replaced string, err error) {
	r := restoring{ctx: ctx, backup: backup, path: path, copy: path + ".restoring"}
	replaced, err = r.restore(force, now)
	if err = errors.Join(err, removeFile(r.copy)); err != nil {
		return "", fmt.Errorf("restore %s from %s: %w", path, backup, err)
	}
	return replaced, nil
}

type restoring struct {
	ctx                context.Context
	backup, path, copy string
}

func (r restoring) restore(force bool, now time.Time) (replaced string, err error) {
	if err := r.prepare(); err != nil {
		return "", err
	}
	err = r.compare()
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", r.replace()
	case errors.Is(err, bolterrors.ErrTimeout):
		return "", err // a mentor is using it
	case err != nil && !isDamage(err) && !force:
		return "", err
	}
	replaced = filepath.Join(filepath.Dir(r.path), stem(r.path)+"-replaced-"+now.Format("20060102T150405")+".db")
	if err := copyFile(r.path, replaced); err != nil {
		return "", err
	}
	return replaced, r.replace()
}

// prepare makes the copy, and checks that it is a sound store.
func (r restoring) prepare() (err error) {
	if err := errors.Join(removeFile(r.copy), copyFile(r.backup, r.copy)); err != nil {
		return err
	}
	s, err := Open(r.copy, Options{scratch: true})
	if err != nil {
		return fmt.Errorf("the backup cannot be read, try an older one: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	report, err := s.Check(r.ctx)
	if err == nil && len(report.Problems) > 0 {
		err = fmt.Errorf("the backup contradicts itself (%s); try an older one", report.Problems[0])
	}
	return err
}

// compare is nil when nothing is lost with the store at path. It wraps
// os.ErrNotExist when there is none.
func (r restoring) compare() error {
	if _, err := os.Stat(r.path); err != nil {
		return err
	}
	s, err := Open(r.path, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	kept, err := Open(r.copy, Options{scratch: true})
	if err != nil {
		return err
	}
	defer kept.Close()
	lost, err := s.missing(r.ctx, kept)
	if err == nil && lost > 0 {
		err = fmt.Errorf("the backup lacks, or has otherwise, %d of the store's learners and of what groups set and taught; --force restores it all the same", lost)
	}
	return err
}

// truth are the buckets that the others follow from, or that are somebody's words.
var truth = [][]byte{learnersBucket, groupsBucket, papersBucket}

// missing counts what is in the store and not, or not just so, in the other.
func (s *Store) missing(ctx context.Context, other *Store) (n int, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		return other.view(ctx, func(there *bolt.Tx) error {
			for _, name := range truth {
				lacking, err := missingOf(tx.Bucket(name), there.Bucket(name))
				if err != nil {
					return err
				}
				n += lacking
			}
			return nil
		})
	})
	return n, err
}

func missingOf(here, there *bolt.Bucket) (n int, err error) {
	err = here.ForEach(func(key, value []byte) error {
		if !bytes.Equal(there.Get(key), value) {
			n++
		}
		return nil
	})
	return n, err
}

// replace puts the copy in the store's place.
func (r restoring) replace() error {
	if err := os.Rename(r.copy, r.path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(r.path))
}

// copyFile copies a file to a new one, down to the disk.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Sync()
}

// removeFile removes a file if it is there.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
