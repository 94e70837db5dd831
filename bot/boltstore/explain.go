package boltstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"

	bolterrors "go.etcd.io/bbolt/errors"
)

// A damageError is what is wrong with the file.
type damageError struct {
	what     string
	panicked bool // inside bbolt, which is in no known state since
}

func (e damageError) Error() string { return e.what }

// A cureError says in one line what to do about its cause.
type cureError struct {
	text  string
	cause error
}

func (e *cureError) Error() string { return e.text }
func (e *cureError) Unwrap() error { return e.cause }

// explain adds the cure to an error that has one, and returns others as they are.
func (s *Store) explain(err error) error {
	text := s.cure(err)
	if text == "" {
		return err
	}
	return &cureError{text, err}
}

func (s *Store) cure(err error) string {
	folder := filepath.Dir(s.path)
	_, cured := errors.AsType[*cureError](err)
	switch {
	case err == nil || cured:
		return ""
	case errors.Is(err, bolterrors.ErrTimeout):
		return s.path + " is in use by another mentor; stop it, or give this one its own MENTOR_DATA"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Sprintf("the disk of %s is full; free some room: nothing that was confirmed is lost, and a restart is not needed", s.path)
	case errors.Is(err, syscall.EFBIG):
		return s.path + " may grow no further; raise this process's limit on the size of files (LimitFSIZE, ulimit -f): nothing that was confirmed is lost, and a restart is not needed"
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Sprintf("%v; let this user read and write %s, or set MENTOR_DATA to a folder of its own", err, folder)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return fmt.Sprintf("%v; set MENTOR_DATA to a folder that can hold mentor.db", err)
	case isDamage(err):
		return fmt.Sprintf("%s is damaged (%v); %s", s.path, err, restore(s.path, s.options.Backups))
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return ErrClosed.Error()
	}
	return ""
}

// isDamage reports whether err says that the file is damaged.
func isDamage(err error) bool {
	_, damaged := errors.AsType[damageError](err)
	return damaged || isAny(err, bolterrors.ErrInvalid, bolterrors.ErrChecksum, bolterrors.ErrVersionMismatch, bolterrors.ErrInvalidMapping)
}

// panicked reports whether err comes of a panic inside bbolt.
func panicked(err error) bool {
	damage, ok := errors.AsType[damageError](err)
	return ok && damage.panicked
}

func isAny(err error, targets ...error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// restore says how to get a damaged file back.
func restore(path, folder string) string {
	newest := newestBackup(path, folder)
	if newest == "" {
		return fmt.Sprintf("there is no backup in %s; move the file away to begin anew", folder)
	}
	return "stop the mentor and restore the newest backup: mentor store restore " + newest
}

// guard calls f. Where the file is damaged bbolt panics, or reads where there is
// nothing; both become errors.
func (s *Store) guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = damageError{what: fmt.Sprint(p), panicked: true}
		}
	}()
	return f()
}
