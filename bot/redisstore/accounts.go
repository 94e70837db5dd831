package redisstore

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// Resolve returns the learner that the account points to, a new one on first sight.
func (s *Store) Resolve(ctx context.Context, a bot.Account) (bot.ID, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	id, alive, err := s.pointer(ctx, a)
	if err == nil && !alive {
		id, err = s.create(ctx, a, id)
	}
	if err != nil {
		return "", s.fail(ctx, "look an account up", err)
	}
	return id, nil
}

// Find is Resolve without making anybody: ErrNoLearner for an unknown account.
func (s *Store) Find(ctx context.Context, a bot.Account) (bot.ID, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	id, alive, err := s.pointer(ctx, a)
	if err != nil {
		return "", s.fail(ctx, "look an account up", err)
	}
	if !alive {
		return "", bot.ErrNoLearner
	}
	return id, nil
}

// pointer is the id that the account points to, "" for none, and whether there
// is such a learner. One that is not there was lost when a node of a Cluster was.
func (s *Store) pointer(ctx context.Context, a bot.Account) (id bot.ID, alive bool, err error) {
	var owner *redis.StringCmd
	err = s.fly(ctx, func(b batch) { owner = b.Get(ctx, pointerKey(a)) })
	if err != nil || owner.Val() == "" {
		return "", false, err
	}
	id = bot.ID(owner.Val())
	var exists *redis.IntCmd
	if err := s.fly(ctx, func(b batch) { exists = b.Exists(ctx, rowKey(id)) }); err != nil {
		return "", false, err
	}
	return id, exists.Val() == 1, nil
}

// create makes the account a learner, in place of one that was lost, "" for none.
// Of several who create at once, one is taken by all. The row comes first, so that
// a pointer always has one.
func (s *Store) create(ctx context.Context, a bot.Account, lost bot.ID) (bot.ID, error) {
	l := bot.NewLearner(bot.NewID(), a)
	r := row{id: l.ID}.next(l.Record(), []string{todoNew})
	err := s.send(ctx, func(b batch) {
		if lost != "" {
			b.script(ctx, releaseScript, pointerKey(a), string(lost))
		}
		b.put(ctx, row{id: l.ID}, r) // nobody else has this id: another version is our own, written before a lost reply
	})
	if err != nil {
		return "", err
	}
	return s.adopt(ctx, r)
}

// adopt sets the pointer of the only account of a row just made, or gives the row
// up when the account points to somebody by now. It returns whom it points to.
func (s *Store) adopt(ctx context.Context, r row) (bot.ID, error) {
	l, err := r.learner()
	if err != nil {
		return "", err
	}
	if len(l.Accounts) == 0 {
		return "", errors.New("a new learner has no account")
	}
	owner, err := s.claim(ctx, l.Accounts[0], r.id)
	if err != nil {
		return "", err
	}
	if owner == r.id {
		_, err = s.settled(ctx, r)
	} else {
		_, err = s.drop(ctx, r)
	}
	return owner, err
}

// claim points the account to the id unless it points to somebody, and returns to whom.
func (s *Store) claim(ctx context.Context, a bot.Account, id bot.ID) (bot.ID, error) {
	for range maxTries {
		err := s.db.SetArgs(ctx, pointerKey(a), string(id), redis.SetArgs{Mode: "NX"}).Err()
		if err == nil {
			return id, nil
		}
		if none(err) != nil {
			return "", err
		}
		owner, err := s.db.Get(ctx, pointerKey(a)).Result()
		if err == nil {
			return bot.ID(owner), nil
		}
		if none(err) != nil {
			return "", err
		}
	}
	return "", errBusy
}

// none is err, or nil when it says that there is no such key.
func none(err error) error {
	if errors.Is(err, redis.Nil) {
		return nil
	}
	return err
}
