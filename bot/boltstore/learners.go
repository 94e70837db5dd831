package boltstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// usable is nil while the store is open and ctx goes on.
func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-s.closing:
		return ErrClosed
	default:
		return nil
	}
}

// view reads in a transaction of its own.
func (s *Store) view(ctx context.Context, read func(*bolt.Tx) error) (err error) {
	defer s.observed("read", time.Now(), &err)
	if err := s.usable(ctx); err != nil {
		return err
	}
	return s.explain(s.guard(func() error { return s.db.View(read) }))
}

// Find implements bot.Store.
func (s *Store) Find(ctx context.Context, a bot.Account) (bot.ID, error) {
	var id bot.ID
	err := s.view(ctx, func(tx *bolt.Tx) error {
		id = bot.ID(tx.Bucket(accountsBucket).Get([]byte(a)))
		if id == "" {
			return bot.ErrNoLearner
		}
		return nil
	})
	return id, wrap(fmt.Sprintf("find account %q", a), err)
}

// Resolve implements bot.Store.
func (s *Store) Resolve(ctx context.Context, a bot.Account) (bot.ID, error) {
	id, err := s.Find(ctx, a)
	if !errors.Is(err, bot.ErrNoLearner) {
		return id, err
	}
	id, err = submit(ctx, s, func(w *write) (bot.ID, error) {
		if id := w.tx.Bucket(accountsBucket).Get([]byte(a)); id != nil {
			return bot.ID(id), nil // another caller was first
		}
		l := bot.NewLearner(bot.NewID(), a)
		if _, err := w.learner(trace{}, l); err != nil {
			return "", err
		}
		return l.ID, w.point(l.ID, l.Accounts)
	})
	return id, wrap(fmt.Sprintf("resolve account %q", a), err)
}

// Get implements bot.Store.
func (s *Store) Get(ctx context.Context, id bot.ID) (bot.Learner, error) {
	var l bot.Learner
	err := s.view(ctx, func(tx *bolt.Tx) (err error) {
		l, err = read(tx, id)
		return err
	})
	return l, wrap(fmt.Sprintf("get learner %s", id), err)
}

// read is the learner of that id.
func read(tx *bolt.Tx, id bot.ID) (bot.Learner, error) {
	record := tx.Bucket(learnersBucket).Get([]byte(id))
	if record == nil {
		return bot.Learner{}, bot.ErrNoLearner
	}
	return decode(id, record)
}

// Update implements bot.Store. change runs while no other write does: it
// must not call the store, and be quick. When it panics, nothing is written and
// the panic is returned as an error.
func (s *Store) Update(ctx context.Context, id bot.ID, change func(*bot.Learner) error) (bot.Learner, error) {
	doing := fmt.Sprintf("update learner %s", id)
	l, err := submit(ctx, s, func(w *write) (bot.Learner, error) {
		l, err := read(w.tx, id)
		if err != nil {
			return bot.Learner{}, err
		}
		old, l, err := changed(doing, l, change)
		if err != nil {
			return bot.Learner{}, err
		}
		return w.replace(old, l)
	})
	return l, unwrap(doing, err)
}

// changed is l as change leaves it, and the trace of what it was.
func changed(doing string, l bot.Learner, change func(*bot.Learner) error) (trace, bot.Learner, error) {
	id, old := l.ID, traceOf(l)
	if err := safely(doing, func() error { return change(&l) }); err != nil {
		return trace{}, bot.Learner{}, refusal{err}
	}
	l.ID = id
	return old, l, nil
}

// replace writes l in place of the learner that left the trace old. It returns l
// as written.
func (w *write) replace(old trace, l bot.Learner) (bot.Learner, error) {
	written, err := w.learner(old, l)
	if err != nil {
		return bot.Learner{}, err
	}
	if err := w.unpoint(l.ID, without(old.accounts, l.Accounts)); err != nil {
		return bot.Learner{}, err
	}
	return written, w.point(l.ID, without(l.Accounts, old.accounts))
}

// A refusal is the error of a change, to be told from the store's own.
type refusal struct{ error }

// unwrap returns a change's error as it was, and says of others what was being done.
func unwrap(doing string, err error) error {
	if r, ok := errors.AsType[refusal](err); ok {
		return r.error
	}
	return wrap(doing, err)
}

// safely calls change. A panic in it is its error: the committer must live.
func safely(doing string, change func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: the change panicked: %v\n%s", doing, p, debug.Stack())
		}
	}()
	return change()
}

// Put implements bot.Store.
func (s *Store) Put(ctx context.Context, l bot.Learner) error {
	_, err := submit(ctx, s, func(w *write) (struct{}, error) {
		var old trace
		before, err := read(w.tx, l.ID)
		switch {
		case err == nil:
			old = traceOf(before)
		case !errors.Is(err, bot.ErrNoLearner):
			return struct{}{}, err
		}
		if _, err := w.learner(old, l); err != nil {
			return struct{}{}, err
		}
		if err := w.unpoint(l.ID, without(old.accounts, l.Accounts)); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.point(l.ID, l.Accounts)
	})
	return wrap(fmt.Sprintf("put learner %s", l.ID), err)
}

// Forget implements bot.Store. Nothing that the store can read is left of the
// learner afterwards. The bytes may lie in unused parts of the file until later
// writes need the room, and in backups until they are replaced.
func (s *Store) Forget(ctx context.Context, id bot.ID) error {
	_, err := submit(ctx, s, func(w *write) (struct{}, error) {
		l, err := read(w.tx, id)
		if errors.Is(err, bot.ErrNoLearner) {
			return struct{}{}, nil
		}
		if err != nil {
			return struct{}{}, err
		}
		if err := w.unpoint(id, l.Accounts); err != nil {
			return struct{}{}, err
		}
		if err := w.follow(id, traceOf(l), trace{}); err != nil {
			return struct{}{}, err
		}
		if err := w.drop([]byte(bot.CodeKey(l.Code))); err != nil {
			return struct{}{}, err
		}
		if err := w.forgetDead(id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.remove(learnersBucket, []byte(id))
	})
	return wrap(fmt.Sprintf("forget learner %s", id), err)
}

// page is how many learners Learners reads at a time. It holds no transaction
// while it yields, for a write may have to wait for one to end.
const page = 256

// Learners implements bot.Store.
func (s *Store) Learners(ctx context.Context) iter.Seq2[bot.Learner, error] {
	return func(yield func(bot.Learner, error) bool) {
		var last bot.ID
		for {
			list, err := s.after(ctx, last)
			if err != nil {
				yield(bot.Learner{}, wrap("list learners", err))
				return
			}
			if len(list) == 0 {
				return
			}
			for _, l := range list {
				if !yield(l, nil) {
					return
				}
			}
			last = list[len(list)-1].ID
		}
	}
}

// after is a page of learners, those with the next greater ids.
func (s *Store) after(ctx context.Context, last bot.ID) ([]bot.Learner, error) {
	var out []bot.Learner
	err := s.view(ctx, func(tx *bolt.Tx) error {
		c := tx.Bucket(learnersBucket).Cursor()
		k, record := c.Seek(append([]byte(last), 0)) // the least that is greater
		for ; k != nil && len(out) < page; k, record = c.Next() {
			l, err := decode(bot.ID(slices.Clone(k)), record)
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	return out, err
}
