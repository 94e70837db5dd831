package redisstore

import (
	"context"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// The entries of a todo.
const (
	todoNew     = "new" // set the first pointer, or give the row up
	todoAccount = "a:"
	todoGroup   = "g:"
)

// moved is the todo of a write that turns before into after: the accounts and
// groups that only one of them has.
func moved(before, after bot.Learner) []string {
	accounts, groups := difference(before.Accounts, after.Accounts), difference(before.Boards, after.Boards)
	todo := make([]string, 0, len(accounts)+len(groups))
	for _, a := range accounts {
		todo = append(todo, todoAccount+string(a))
	}
	for _, g := range groups {
		todo = append(todo, todoGroup+g)
	}
	return todo
}

func difference[T comparable](a, b []T) []T {
	var out []T
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			out = append(out, x)
		}
	}
	return out
}

// settle does what r has to do, and clears it. When r was written anew or
// forgotten meanwhile it goes by what there is then, so that the last one to
// settle leaves pointers and boards as the row says.
func (s *Store) settle(ctx context.Context, r row) error {
	for range maxTries {
		if len(r.todo) == 0 {
			return nil
		}
		if slices.Contains(r.todo, todoNew) {
			_, err := s.adopt(ctx, r)
			return err
		}
		if err := s.follow(ctx, r); err != nil || !r.found {
			return err
		}
		result, err := s.settled(ctx, r)
		if err != nil || result == 1 {
			return err
		}
		fresh, err := s.read(ctx, r.id)
		if err != nil {
			return err
		}
		fresh.todo = slices.Concat(fresh.todo, difference(fresh.todo, r.todo))
		slices.Sort(fresh.todo)
		fresh.todo = slices.Compact(fresh.todo)
		r = fresh
	}
	return errBusy
}

func (s *Store) settled(ctx context.Context, r row) (int64, error) {
	var cmd *redis.Cmd
	err := s.send(ctx, func(b batch) { cmd = b.script(ctx, settledScript, rowKey(r.id), r.v) })
	if err != nil {
		return 0, err
	}
	return cmd.Int64()
}

// follow makes the pointers and boards that r's todo names follow r.
func (s *Store) follow(ctx context.Context, r row) error {
	var l bot.Learner
	if r.found {
		var err error
		if l, err = r.learner(); err != nil {
			return err
		}
	}
	return s.send(ctx, func(b batch) {
		for _, entry := range r.todo {
			if a, ok := strings.CutPrefix(entry, todoAccount); ok {
				b.point(ctx, bot.Account(a), l, r.id)
			} else if g, ok := strings.CutPrefix(entry, todoGroup); ok {
				b.stand(ctx, g, l, r.id)
			}
		}
	})
}

// point queues the pointer of an account: to the learner of that id when l has it.
func (b batch) point(ctx context.Context, a bot.Account, l bot.Learner, id bot.ID) {
	if slices.Contains(l.Accounts, a) {
		b.Set(ctx, pointerKey(a), string(id), 0)
		return
	}
	b.script(ctx, releaseScript, pointerKey(a), string(id))
}

// stand queues the place on a board.
func (b batch) stand(ctx context.Context, group string, l bot.Learner, id bot.ID) {
	if slices.Contains(l.Boards, group) {
		b.ZAdd(ctx, boardKey(group), redis.Z{Score: float64(l.BoardScore()), Member: string(id)})
		return
	}
	b.ZRem(ctx, boardKey(group), string(id))
}
