package boltstore

import (
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Limits of the queue of writes. One commit takes about as long for a thousand
// check-ins as for one; more than that wait for the next.
const (
	maxQueue = 1000
	maxBatch = 1000
)

// A job is a write that waits for the committer.
type job struct {
	ctx    context.Context
	do     func(*write) error // may run more than once, each time on the state without what it wrote before
	answer chan error         // holds one
}

// A step is an instant in a write at which a process may die.
type step string

// The steps.
const (
	beforeCommit step = "before commit" // the file is as it was
	beforeAnswer step = "before answer" // the write is in the file, the caller does not know
	midBackup    step = "mid backup"    // half a backup is written
	beforeRename step = "before rename" // a backup is written, under its temporary name
)

// submit has do run by the committer and returns what it returned once that
// is on the disk. When ctx ends first it returns ctx's error.
func submit[T any](ctx context.Context, s *Store, do func(*write) (T, error)) (_ T, err error) {
	defer s.observed("write", time.Now(), &err)
	var out, none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	j := &job{ctx: ctx, answer: make(chan error, 1)}
	j.do = func(w *write) (err error) {
		out, err = do(w)
		return err
	}
	if err := s.enqueue(j); err != nil {
		return none, err
	}
	select {
	case err := <-j.answer:
		return out, err
	case <-ctx.Done():
		return none, ctx.Err()
	case <-s.stopped:
	}
	select { // it may have been the last one answered
	case err := <-j.answer:
		return out, err
	default:
		return none, ErrClosed
	}
}

func (s *Store) enqueue(j *job) error {
	select {
	case <-s.closing:
		return ErrClosed
	default:
	}
	select {
	case s.queue <- j:
		return nil
	case <-s.closing:
		return ErrClosed
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// commitAll is the committer. It ends when the store is closing and the queue empty.
func (s *Store) commitAll() {
	defer close(s.stopped)
	for {
		select {
		case j := <-s.queue:
			s.commit(s.waiting(j))
		case <-s.closing:
			jobs := s.waiting()
			if len(jobs) == 0 {
				return
			}
			s.commit(jobs)
		}
	}
}

// waiting adds what is queued to jobs.
func (s *Store) waiting(jobs ...*job) []*job {
	for len(jobs) < maxBatch {
		select {
		case j := <-s.queue:
			jobs = append(jobs, j)
		default:
			return jobs
		}
	}
	return jobs
}

// commit does the jobs in one transaction and answers them. A job that errs after
// it wrote something spoils the transaction for all: the others are done again
// without it. After a panic inside bbolt nothing more is written: the file is
// damaged, and to go on could make it worse.
func (s *Store) commit(jobs []*job) {
	for len(jobs) > 0 {
		if s.damage != nil {
			answer(jobs, s.damage)
			return
		}
		results, err := s.attempt(jobs)
		if errors.Is(err, errSpoilt) {
			spoiler := len(results) - 1
			jobs[spoiler].answer <- s.explain(results[spoiler])
			jobs = append(jobs[:spoiler], jobs[spoiler+1:]...)
			continue
		}
		if err != nil && !errors.Is(err, errNothing) {
			err = s.explain(err)
			if panicked(err) {
				s.damage = err
			}
			answer(jobs, err)
			return
		}
		s.options.at(beforeAnswer)
		for i, j := range jobs {
			j.answer <- s.explain(results[i])
		}
		return
	}
}

// What rolls a transaction back without being anybody's error.
var (
	errSpoilt  = errors.New("a job erred after it wrote")
	errNothing = errors.New("there is nothing to write")
)

// attempt does the jobs in a transaction, and returns their errors, up to the
// first that spoilt it, and the transaction's own.
func (s *Store) attempt(jobs []*job) ([]error, error) {
	var results []error
	err := s.guard(func() error {
		return s.db.Update(func(tx *bolt.Tx) error {
			wrote := false
			for _, j := range jobs {
				w := &write{tx: tx}
				err := j.run(w)
				results = append(results, err)
				if err != nil && w.wrote {
					return errSpoilt
				}
				wrote = wrote || w.wrote
			}
			if !wrote {
				return errNothing
			}
			s.options.at(beforeCommit)
			return nil
		})
	})
	return results, err
}

func answer(jobs []*job, err error) {
	for _, j := range jobs {
		j.answer <- err
	}
}

// run does the job, unless nobody waits for it any more.
func (j *job) run(w *write) error {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	return j.do(w)
}
