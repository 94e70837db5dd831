package discord_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"sync"
	"time"

	"mentor/bot"
)

// A memory is a working store that forgets with the test.
type memory struct {
	bot.Store // nil: what these tests do not use, reminders above all, panics

	mu       sync.Mutex
	learners map[bot.ID]bot.Record
	accounts map[bot.Account]bot.ID
	groups   map[string]bot.Group
	kept     map[string]string
	once     map[string]bool
	papers   map[string]map[string]string // by shelf and key
}

var _ bot.Store = (*memory)(nil)

func newMemory() *memory {
	return &memory{learners: map[bot.ID]bot.Record{}, accounts: map[bot.Account]bot.ID{}, groups: map[string]bot.Group{}, kept: map[string]string{}, once: map[string]bool{}, papers: map[string]map[string]string{}}
}

func (s *memory) Resolve(_ context.Context, a bot.Account) (bot.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.accounts[a]
	if !ok {
		id = bot.NewID()
		s.accounts[a], s.learners[id] = id, bot.NewLearner(id, a).Record()
	}
	return id, nil
}

func (s *memory) Find(_ context.Context, a bot.Account) (bot.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := s.accounts[a]; ok {
		return id, nil
	}
	return "", bot.ErrNoLearner
}

func (s *memory) Get(_ context.Context, id bot.ID) (bot.Learner, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(id)
}

func (s *memory) get(id bot.ID) (bot.Learner, error) {
	r, ok := s.learners[id]
	if !ok {
		return bot.Learner{}, bot.ErrNoLearner
	}
	return r.Learner(id)
}

func (s *memory) Update(_ context.Context, id bot.ID, change func(*bot.Learner) error) (bot.Learner, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.get(id)
	if err == nil {
		err = change(&l)
	}
	if err != nil {
		return bot.Learner{}, err
	}
	s.learners[id] = l.Record()
	return l, nil
}

func (s *memory) Put(_ context.Context, l bot.Learner) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.learners[l.ID] = l.Record()
	for _, a := range l.Accounts {
		s.accounts[a] = l.ID
	}
	return nil
}

func (s *memory) Forget(_ context.Context, id bot.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.learners, id)
	for a, owner := range s.accounts {
		if owner == id {
			delete(s.accounts, a)
		}
	}
	return nil
}

func (s *memory) Board(_ context.Context, group string, m bot.Month, n int) ([]bot.Learner, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []bot.Learner
	for id := range s.learners {
		l, err := s.get(id)
		if err != nil {
			return nil, err
		}
		for _, b := range l.Boards {
			if b == group && l.ActiveDays(m) > 0 && len(out) < n {
				out = append(out, l)
			}
		}
	}
	return out, nil
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
	v := s.kept[key]
	delete(s.kept, key)
	return v, nil
}

func (s *memory) Once(_ context.Context, key string, _ time.Duration) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.once[key]
	s.once[key] = true
	return first, nil
}

func (s *memory) Tallies(context.Context) (map[string]bot.Tally, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]bot.Tally{}
	for id := range s.learners {
		l, err := s.get(id)
		if err != nil {
			return nil, err
		}
		for _, v := range l.Votes {
			t := out[v.Topic]
			if v.Up {
				t.Up++
			} else {
				t.Down++
			}
			out[v.Topic] = t
		}
	}
	return out, nil
}

func (s *memory) Group(_ context.Context, id string) (bot.Group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.groups[id], nil
}

func (s *memory) UpdateGroup(_ context.Context, id string, change func(*bot.Group) error) (bot.Group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[id]
	if err := change(&g); err != nil {
		return bot.Group{}, err
	}
	s.groups[id] = g
	return g, nil
}

func (s *memory) Learners(context.Context) iter.Seq2[bot.Learner, error] {
	return func(yield func(bot.Learner, error) bool) {
		yield(bot.Learner{}, errors.New("the tests list nobody"))
	}
}

func (s *memory) Health(context.Context) error { return nil }
func (s *memory) Close() error                 { return nil }

func (s *memory) UpdatePaper(_ context.Context, shelf, key string, change func(string) (string, error)) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := change(s.papers[shelf][key])
	switch {
	case err != nil:
		return "", err
	case text == "":
		delete(s.papers[shelf], key)
	case s.papers[shelf] == nil:
		s.papers[shelf] = map[string]string{key: text}
	default:
		s.papers[shelf][key] = text
	}
	return text, nil
}

func (s *memory) Papers(_ context.Context, shelf string) iter.Seq2[bot.Paper, error] {
	s.mu.Lock()
	papers := maps.Clone(s.papers[shelf])
	s.mu.Unlock()
	return func(yield func(bot.Paper, error) bool) {
		for key, text := range papers {
			if !yield(bot.Paper{Key: key, Text: text}, nil) {
				return
			}
		}
	}
}
