package redisstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// maxTries is how often a write is tried when others write the same learner
// in between. Each time one of them succeeds, so only more than that many at once
// can exhaust it, and hardly those, as each waits for a random while.
const maxTries = 20

// errBusy is for what others kept changing.
var errBusy = errors.New("others kept writing it in between; do it again")

// Get returns a learner; ErrNoLearner when there is none of that id.
func (s *Store) Get(ctx context.Context, id bot.ID) (bot.Learner, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return bot.Learner{}, err
	}
	defer end()
	var l bot.Learner
	r, err := s.read(ctx, id)
	if err == nil {
		l, err = r.learner()
	}
	return l, s.fail(ctx, "read a learner", err)
}

// Update reads the learner, lets change alter it, and writes it, if nobody else
// has written it meanwhile; otherwise it begins anew. A reply that was lost on
// the way looks like a write of somebody else: change then runs again on what it
// has done already. Check-ins know their event again; any other change takes
// care of it, for example by setting values where it might add to them.
func (s *Store) Update(ctx context.Context, id bot.ID, change func(*bot.Learner) error) (bot.Learner, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return bot.Learner{}, err
	}
	defer end()
	l, err := retried(ctx, func() (bot.Learner, bool, error) { return s.attempt(ctx, id, change) })
	return l, s.fail(ctx, "update a learner", err)
}

// A refusal is an error of the caller's own.
type refusal struct{ error }

// attempt is one try of Update. It is not done when somebody else wrote meanwhile.
func (s *Store) attempt(ctx context.Context, id bot.ID, change func(*bot.Learner) error) (_ bot.Learner, done bool, _ error) {
	old, err := s.readSettled(ctx, id)
	if err != nil {
		return bot.Learner{}, false, err
	}
	a, err := old.altered(change)
	if err != nil || same(a.row.record, old.record) {
		return a.after, true, err
	}
	n, err := s.write(ctx, func(b batch) *redis.Cmd {
		put := b.put(ctx, old, a.row)
		b.rank(ctx, a.before, a.after)
		return put
	})
	if err != nil || n != written {
		return bot.Learner{}, false, err
	}
	return a.after, true, s.settle(ctx, a.row)
}

// An alteration is a learner before and after a change, and the row to be written.
type alteration struct {
	before, after bot.Learner
	row           row
}

// altered is what change makes of old.
func (old row) altered(change func(*bot.Learner) error) (alteration, error) {
	l, err := old.learner()
	if err != nil {
		return alteration{}, err
	}
	before := l
	before.Accounts, before.Boards = slices.Clone(l.Accounts), slices.Clone(l.Boards)
	if err := change(&l); err != nil {
		return alteration{}, refusal{err}
	}
	record := l.Record()
	after, err := record.Learner(old.id)
	if err != nil {
		return alteration{}, err
	}
	return alteration{before, after, old.next(record, moved(before, after))}, nil
}

// write has one of the scripts that write a learner run, in company, and returns
// what it says.
func (s *Store) write(ctx context.Context, queue func(batch) *redis.Cmd) (int64, error) {
	var cmd *redis.Cmd
	if err := s.fly(ctx, func(b batch) { cmd = queue(b) }); err != nil {
		return 0, err
	}
	return cmd.Int64()
}

// rank queues the new score of a learner on the boards that keep it. A score
// that rises may meet a later one that has risen further; it gives way then. One
// that is too high, because the write did not take place after all, is found by
// whoever reads the board.
func (b batch) rank(ctx context.Context, before, after bot.Learner) {
	was, is := before.BoardScore(), after.BoardScore()
	if was == is {
		return
	}
	for _, g := range after.Boards {
		if slices.Contains(before.Boards, g) { // those just joined are in the todo
			b.ZAddArgs(ctx, boardKey(g), redis.ZAddArgs{
				GT:      is > was,
				Members: []redis.Z{{Score: float64(is), Member: string(after.ID)}},
			})
		}
	}
}

// readSettled reads a row and finishes what a crash left undone of it.
func (s *Store) readSettled(ctx context.Context, id bot.ID) (row, error) {
	r, err := s.read(ctx, id)
	if err != nil || len(r.todo) == 0 {
		return r, err
	}
	if err := s.settle(ctx, r); err != nil {
		return row{}, err
	}
	return s.read(ctx, id)
}

// Put writes a whole learner, in place of what there is of that id, and points
// its accounts to it.
func (s *Store) Put(ctx context.Context, l bot.Learner) error {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	_, err = retried(ctx, func() (struct{}, bool, error) {
		done, err := s.replace(ctx, l)
		return struct{}{}, done, err
	})
	return s.fail(ctx, "write a learner", err)
}

// replace is one try of Put. All accounts and boards are in the todo, whatever
// the row said: Put is what puts them right when nothing else does.
func (s *Store) replace(ctx context.Context, l bot.Learner) (done bool, _ error) {
	old, err := s.readSettled(ctx, l.ID)
	if err != nil {
		return false, err
	}
	before, err := old.learner()
	if err != nil { // there was none, or Put is what mends it
		before = bot.Learner{}
	}
	record := l.Record()
	if _, err := record.Learner(l.ID); err != nil {
		return false, err
	}
	todo := slices.Concat(moved(bot.Learner{}, l), moved(bot.Learner{}, before))
	slices.Sort(todo)
	r := old.next(record, slices.Compact(todo))
	var put *redis.Cmd
	err = s.send(ctx, func(b batch) { put = b.mend(ctx, old, r) })
	if err != nil || !isOne(put) {
		return false, err
	}
	return true, s.settle(ctx, r)
}

// Forget removes the learner and all that leads to it. The row goes last, so that
// a Forget that was cut short can be repeated.
func (s *Store) Forget(ctx context.Context, id bot.ID) error {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	_, err = retried(ctx, func() (struct{}, bool, error) {
		done, err := s.remove(ctx, id)
		return struct{}{}, done, err
	})
	return s.fail(ctx, "forget a learner", err)
}

// remove is one try of Forget.
func (s *Store) remove(ctx context.Context, id bot.ID) (done bool, _ error) {
	r, err := s.readSettled(ctx, id)
	if err != nil || !r.found {
		return true, err
	}
	l, err := r.learner()
	if err != nil {
		return false, err
	}
	gone := row{id: id, todo: moved(l, bot.Learner{})}
	if err := s.follow(ctx, gone); err != nil {
		return false, err
	}
	if l.Code != "" {
		if err := s.db.Del(ctx, keptKey(bot.CodeKey(l.Code))).Err(); err != nil {
			return false, err
		}
	}
	if err := s.forgetDead(ctx, id); err != nil {
		return false, err
	}
	return s.drop(ctx, r)
}

// drop deletes a row; not when it was written meanwhile. When it is gone already
// it is not done, and the next look will show that.
func (s *Store) drop(ctx context.Context, r row) (done bool, _ error) {
	var cmd *redis.Cmd
	err := s.send(ctx, func(b batch) { cmd = b.drop(ctx, r) })
	return err == nil && isOne(cmd), err
}

// isOne reports whether a script that succeeded did what it was asked to.
func isOne(cmd *redis.Cmd) bool {
	n, err := cmd.Int64()
	return err == nil && n == 1
}

// retried calls try until it is done, at most maxTries times.
func retried[T any](ctx context.Context, try func() (T, bool, error)) (T, error) {
	var none T
	for n := range maxTries {
		if err := pause(ctx, n); err != nil {
			return none, err
		}
		if result, done, err := try(); err != nil || done {
			return result, err
		}
	}
	return none, errBusy
}

// pause waits before try n, the first being 0: at random, up to 32 ms in the end.
func pause(ctx context.Context, n int) error {
	if n == 0 {
		return nil
	}
	wait := time.NewTimer(rand.N(time.Millisecond << min(n, 5)))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return nil
	}
}
