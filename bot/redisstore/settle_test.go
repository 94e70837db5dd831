package redisstore

import (
	"errors"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"mentor/bot"
)

// crashed writes what a program had written of change when it died between the
// row and what follows it.
func crashed(t *testing.T, s *Store, id bot.ID, change func(*bot.Learner)) {
	t.Helper()
	old, err := s.read(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	before, err := old.learner()
	if err != nil {
		t.Fatal(err)
	}
	after, err := old.learner()
	if err != nil {
		t.Fatal(err)
	}
	change(&after)
	if err := s.send(t.Context(), func(b batch) { b.put(t.Context(), old, old.next(after.Record(), moved(before, after))) }); err != nil {
		t.Fatal(err)
	}
}

func nothing(*bot.Learner) error { return nil }

func TestCrashBeforePointers(t *testing.T) {
	for name, finish := range map[string]func(*Store, bot.ID) error{
		"an update finishes it": func(s *Store, id bot.ID) error { _, err := s.Update(t.Context(), id, nothing); return err },
		"a put finishes it": func(s *Store, id bot.ID) error {
			l, err := s.Get(t.Context(), id)
			return errors.Join(err, s.Put(t.Context(), l))
		},
		"Check finishes it":          func(s *Store, _ bot.ID) error { _, err := s.Check(t.Context()); return err },
		"a forget leaves none of it": func(s *Store, id bot.ID) error { return s.Forget(t.Context(), id) },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, "redis://"+miniredis.RunT(t).Addr(), Options{})
			ada, bob := resolve(t, s, "d:ada"), resolve(t, s, "d:bob")
			crashed(t, s, ada, func(l *bot.Learner) { l.Accounts, l.Boards = []bot.Account{"d:ada", "d:old"}, []string{"g", "old"} })
			if err := finish(s, ada); err != nil { // all is set
				t.Fatal(err)
			}
			if name == "a forget leaves none of it" {
				wantClean(t, s, 1)
				return
			}
			if err := s.Put(t.Context(), bot.NewLearner(bob, "d:bob2")); err != nil {
				t.Fatal(err)
			}
			crashed(t, s, ada, func(l *bot.Learner) { l.Accounts, l.Boards = []bot.Account{"d:ada", "d:bob"}, []string{"g", "new"} })
			if err := finish(s, ada); err != nil { // some is set, some taken away
				t.Fatal(err)
			}
			if id, err := s.Find(t.Context(), "d:bob"); id != ada {
				t.Errorf("the added account points to %q, %v, want %q", id, err, ada)
			}
			if id, err := s.Find(t.Context(), "d:old"); !errors.Is(err, bot.ErrNoLearner) {
				t.Errorf("the removed account points to %q, %v, want nobody", id, err)
			}
			wantClean(t, s, 2)
		})
	}
}

// TestCrashWhileMaking: a learner was written, and the pointer was not.
func TestCrashWhileMaking(t *testing.T) {
	s := open(t, "redis://"+miniredis.RunT(t).Addr(), Options{})
	begin := func(id bot.ID, a bot.Account) {
		t.Helper()
		r := row{id: id}.next(bot.NewLearner(id, a).Record(), []string{todoNew})
		if err := s.send(t.Context(), func(b batch) { b.put(t.Context(), row{id: id}, r) }); err != nil {
			t.Fatal(err)
		}
	}
	begin("free", "d:free")
	begin("late", "d:taken")
	taken := resolve(t, s, "d:taken")
	wantClean(t, s, 2) // one has got its account, the other is gone
	if id := resolve(t, s, "d:taken"); id != taken {
		t.Errorf("the account points to %q, want %q as before", id, taken)
	}
	if id := resolve(t, s, "d:free"); id != "free" {
		t.Errorf("the account points to %q, want the one that was made for it", id)
	}
}

// TestLostRow: a pointer outlived its learner, as when one node of a Cluster
// falls back behind another.
func TestLostRow(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), Options{})
	lost := resolve(t, s, "d:1")
	server.Del(rowKey(lost))
	if id, err := s.Find(t.Context(), "d:1"); !errors.Is(err, bot.ErrNoLearner) {
		t.Errorf("Find = %q, %v, want ErrNoLearner", id, err)
	}
	if r, err := s.Check(t.Context()); err != nil || len(r.Problems) != 1 {
		t.Errorf("Check = %+v, %v, want one problem", r, err)
	}
	if id := resolve(t, s, "d:1"); id == lost {
		t.Error("Resolve returns a learner who is not there")
	}
	wantClean(t, s, 1)
}

func TestCheckFinds(t *testing.T) {
	for name, spoil := range map[string]func(*miniredis.Miniredis, bot.ID) error{
		"a figure":           func(m *miniredis.Miniredis, id bot.ID) error { m.HSet(rowKey(id), "t", "7"); return nil },
		"an unknown field":   func(m *miniredis.Miniredis, id bot.ID) error { m.HSet(rowKey(id), "q", "7"); return nil },
		"a version":          func(m *miniredis.Miniredis, id bot.ID) error { m.HSet(rowKey(id), "v", "x"); return nil },
		"no version":         func(m *miniredis.Miniredis, id bot.ID) error { m.HDel(rowKey(id), "v"); return nil },
		"a miscounted vote":  func(m *miniredis.Miniredis, id bot.ID) error { m.HSet(talliesKey(id), "+topic", "2"); return nil },
		"a vote of nobody's": func(m *miniredis.Miniredis, _ bot.ID) error { m.HSet(shardVotes(3), "-topic", "1"); return nil },
		"a missing pointer":  func(m *miniredis.Miniredis, _ bot.ID) error { m.Del(pointerKey("d:1")); return nil },
		"a foreign pointer":  func(m *miniredis.Miniredis, id bot.ID) error { return m.Set(pointerKey("d:2"), string(id)) },
		"a dangling pointer": func(m *miniredis.Miniredis, _ bot.ID) error { return m.Set(pointerKey("d:2"), "nobody") },
		"a missing place":    func(m *miniredis.Miniredis, id bot.ID) error { _, err := m.ZRem(boardKey("g"), string(id)); return err },
		"a wrong score": func(m *miniredis.Miniredis, id bot.ID) error {
			_, err := m.ZAdd(boardKey("g"), 1, string(id))
			return err
		},
		"a foreign place": func(m *miniredis.Miniredis, id bot.ID) error {
			_, err := m.ZAdd(boardKey("h"), 1, string(id))
			return err
		},
		"a reminder that is not due": func(m *miniredis.Miniredis, id bot.ID) error {
			_, err := m.ZRem(shardDue(shardOf(id)), string(id))
			return err
		},
		"a reminder due at another time": func(m *miniredis.Miniredis, id bot.ID) error {
			_, err := m.ZAdd(shardDue(shardOf(id)), 7, string(id))
			return err
		},
		"a reminder of nobody's": func(m *miniredis.Miniredis, _ bot.ID) error { _, err := m.ZAdd(shardDue(3), 7, "nobody"); return err },
		"a lease without a time": func(m *miniredis.Miniredis, id bot.ID) error { m.HSet(leasesKey(id), string(id), "token"); return nil },
		"a lease of nobody's": func(m *miniredis.Miniredis, _ bot.ID) error {
			m.HSet(shardLeases(3), "nobody", "token 0 0")
			return nil
		},
		"a lease that is not noted": func(m *miniredis.Miniredis, id bot.ID) error {
			m.HSet(leasesKey(id), string(id), "token 7.5 0")
			return nil
		},
		"a place of nobody's": func(m *miniredis.Miniredis, _ bot.ID) error { _, err := m.ZAdd(boardKey("g"), 1, "nobody"); return err },
	} {
		t.Run(name, func(t *testing.T) {
			server := miniredis.RunT(t)
			s := open(t, "redis://"+server.Addr(), Options{})
			l := bot.NewLearner(bot.NewID(), "d:1")
			l.Boards = []string{"g"}
			l.Votes = []bot.Vote{{Topic: "topic", Up: true}}
			l.Reminder = bot.Reminder{On: true, Next: start, Day: dayOf(0)}
			if err := s.Put(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			wantClean(t, s, 1)
			if err := spoil(server, l.ID); err != nil {
				t.Fatal(err)
			}
			if r, err := s.Check(t.Context()); err != nil || len(r.Problems) != 1 {
				t.Errorf("Check = %+v, %v, want one problem", r, err)
			}
			if err := s.Put(t.Context(), l); err != nil { // it mends what it is told of
				t.Errorf("Put over it: %v", err)
			}
		})
	}
}
