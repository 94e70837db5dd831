// Package boltstore remembers learners in one file, for a mentor that runs as
// one process. It needs nothing installed and nothing running.
//
// It promises that what a method acknowledged is on the disk, and that a process
// killed at any instant leaves a file that opens again with all of that in it.
// It does not share the file: a second process is refused.
package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// ErrClosed is the error of a store that was closed.
var ErrClosed = errors.New("the store is closed")

// Options are what may differ between stores. The zero value is fine.
type Options struct {
	Now     func() time.Time // the clock that ends the time of kept keys, and by which reminders are due; nil is the real one
	Wait    time.Duration    // how long to wait for another process to give the file up; 0 is 2 s
	Backups string           // the folder of backups that errors point to; empty is "backups" beside the file

	// Observe, unless nil, is told of every "read" and "write" with the time it took,
	// waiting included. It may be called from many goroutines.
	Observe func(operation string, took time.Duration, err error)

	migrations []migration // in place of this version's, for tests; nil is this version's
	scratch    bool        // a copy that may be lost: a migration backs up nothing

	at func(step) // called at the steps of a write, for tests that die there
}

// A Store is a bot.Store in a file. Open makes one.
//
// Writes queue for one goroutine, which commits all that are waiting at
// once: one wait for the disk serves them all, and a lone one waits for nobody.
// A caller whose context ends while its write is queued gives up, and the
// write is dropped if it was not begun; if it was, it may still be written.
type Store struct {
	path    string
	options Options
	db      *bolt.DB
	damage  error // why nothing is written any more; the committer's

	queue   chan *job
	closing chan struct{} // closed by Close: take nothing more
	stopped chan struct{} // closed when the last write is done
	close   func() error
	backup  sync.Mutex // one backup at a time

	holdings holdings
}

var _ bot.Store = (*Store)(nil)

// mapped is how much of the address space the file may fill before a write has
// to wait for the readers, to map it anew: 256 MiB hold about 300,000 learners.
// Windows would make the file as large at once.
const mapped = 256 << 20

// growth is by how much the file grows at least, when it does.
const growth = 1 << 20

// Open opens the store in the file at path, and makes the file and its folder
// when there are none. Close gives it back. The error names the cure.
func Open(path string, options Options) (*Store, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Wait == 0 {
		options.Wait = 2 * time.Second
	}
	if options.Backups == "" {
		options.Backups = filepath.Join(filepath.Dir(path), "backups")
	}
	if options.Observe == nil {
		options.Observe = func(string, time.Duration, error) {}
	}
	if options.migrations == nil {
		options.migrations = migrations
	}
	if options.at == nil {
		options.at = func(step) {}
	}
	s := &Store{
		path: path, options: options,
		queue: make(chan *job, maxQueue), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	s.close = sync.OnceValue(s.shut)
	go s.commitAll()
	return s, nil
}

// Path is the file that the store is in.
func (s *Store) Path() string { return s.path }

// open opens the file, and leaves nothing open when it is not fit.
func (s *Store) open() error {
	folder := filepath.Dir(s.path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return s.explain(fmt.Errorf("make the folder %s: %w", folder, err))
	}
	_, missing := os.Stat(s.path)
	err := s.guard(func() (err error) {
		s.db, err = bolt.Open(s.path, 0o600, &bolt.Options{
			Timeout: s.options.Wait, FreelistType: bolt.FreelistMapType, InitialMmapSize: initialMap(), NoStatistics: true,
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("open the store: %w", s.explain(err))
	}
	s.db.AllocSize = growth
	err = s.guard(s.prepare)
	if err == nil && errors.Is(missing, os.ErrNotExist) {
		err = syncFolder(folder) // so that the new file's name lasts, too
	}
	if err != nil {
		return errors.Join(fmt.Errorf("open the store %s: %w", s.path, s.explain(err)), s.release(err))
	}
	return nil
}

// release gives the file back. After a panic inside bbolt (err) its locks may be
// held for ever: the file is left to the end of the process then.
func (s *Store) release(err error) error {
	if panicked(err) {
		return nil
	}
	return s.db.Close()
}

func initialMap() int {
	if runtime.GOOS == "windows" || ^uint(0)>>32 == 0 { // the second: 32 bits to address with
		return 0
	}
	return mapped
}

// prepare checks that the file is one of ours, brings one of an earlier version
// up to date, and makes it one when it is new.
func (s *Store) prepare() error {
	if err := s.db.View(s.whole); err != nil {
		return err
	}
	if err := s.migrate(); err != nil {
		return err
	}
	return s.db.Update(func(tx *bolt.Tx) error {
		if err := layOut(tx, s.schema()); err != nil {
			return err
		}
		return (&write{tx: tx}).sweep(s.options.Now(), -1)
	})
}

// whole checks that the file is as long as it says it is: to read behind its
// end would be a fault.
func (s *Store) whole(tx *bolt.Tx) error {
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return damageError{what: fmt.Sprintf("it has %d bytes, and should have %d", info.Size(), tx.Size())}
	}
	return nil
}

// Close waits for the writes that are queued and gives the file back. To close
// again is no error.
func (s *Store) Close() error { return s.close() }

func (s *Store) shut() error {
	close(s.closing)
	<-s.stopped
	if err := s.release(s.damage); err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// Health writes a mark to the file: nothing less shows that it can be written.
func (s *Store) Health(ctx context.Context) error {
	_, err := submit(ctx, s, func(w *write) (struct{}, error) {
		return struct{}{}, w.put(metaBucket, healthKey, []byte(s.options.Now().UTC().Format(time.RFC3339)))
	})
	return wrap("check the store's health", err)
}

// wrap says what was being done, unless the error is one that callers know.
func wrap(doing string, err error) error {
	if err == nil || errors.Is(err, bot.ErrNoLearner) {
		return err
	}
	return fmt.Errorf("%s: %w", doing, err)
}
