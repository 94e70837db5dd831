package slack

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"mentor/bot"
)

// A memory is a store for tests that forgets with the process.
type memory struct {
	mu       sync.Mutex
	learners map[bot.ID]bot.Learner
	kept     map[string]string
	groups   map[string]bot.Group
}

func newMemory() *memory {
	return &memory{learners: map[bot.ID]bot.Learner{}, kept: map[string]string{}, groups: map[string]bot.Group{}}
}

func (s *memory) Resolve(ctx context.Context, a bot.Account) (bot.ID, error) {
	if id, err := s.Find(ctx, a); err == nil {
		return id, nil
	}
	l := bot.NewLearner(bot.NewID(), a)
	return l.ID, s.Put(ctx, l)
}

func (s *memory) Find(_ context.Context, a bot.Account) (bot.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, l := range s.learners {
		if slices.Contains(l.Accounts, a) {
			return id, nil
		}
	}
	return "", bot.ErrNoLearner
}

func (s *memory) Get(_ context.Context, id bot.ID) (bot.Learner, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.learners[id]; ok {
		return l, nil
	}
	return bot.Learner{}, bot.ErrNoLearner
}

func (s *memory) Update(_ context.Context, id bot.ID, change func(*bot.Learner) error) (bot.Learner, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.learners[id]
	if !ok {
		return bot.Learner{}, bot.ErrNoLearner
	}
	if err := change(&l); err != nil {
		return bot.Learner{}, err
	}
	s.learners[id] = l
	return l, nil
}

func (s *memory) Put(_ context.Context, l bot.Learner) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.learners[l.ID] = l
	return nil
}

func (s *memory) Forget(_ context.Context, id bot.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.learners, id)
	return nil
}

func (s *memory) Board(context.Context, string, bot.Month, int) ([]bot.Learner, error) {
	return nil, nil
}

func (s *memory) Keep(_ context.Context, key, value string, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[key] = value
	return nil
}

func (s *memory) Peek(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[key], nil
}

func (s *memory) Take(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer delete(s.kept, key)
	return s.kept[key], nil
}

func (s *memory) Once(_ context.Context, key string, _ time.Duration) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, seen := s.kept[key]
	s.kept[key] = "seen"
	return !seen, nil
}

func (s *memory) Tallies(context.Context) (map[string]bot.Tally, error) { return nil, nil }

func (s *memory) Group(_ context.Context, id string) (bot.Group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.groups[id], nil
}

func (s *memory) UpdateGroup(_ context.Context, id string, change func(*bot.Group) error) (bot.Group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[id]
	err := change(&g)
	s.groups[id] = g
	return g, err
}

func (s *memory) Learners(context.Context) iter.Seq2[bot.Learner, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Collect(maps.Values(s.learners))
	return func(yield func(bot.Learner, error) bool) {
		for _, l := range all {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (s *memory) Health(context.Context) error { return nil }
func (s *memory) Close() error                 { return nil }
