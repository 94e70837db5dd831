package boltstore

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
	"mentor/bot/streak"
)

// TestCheckFinds spoils a good store in one way after another.
func TestCheckFinds(t *testing.T) {
	good := example(0)
	good.ID = "learner000000000"
	good.Votes = []bot.Vote{{Topic: "rest-vs-graphql", Up: true}}
	good.Reminder = bot.Reminder{On: true, Next: noon, Day: streak.DayOn(noon)}
	due, leased := planOf(good), lease{plan: planOf(good), end: noon.Add(time.Hour), token: "token"}
	key, end := []byte("key"), noon.Add(time.Hour)
	put := func(bucket, key, value []byte) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error { return tx.Bucket(bucket).Put(key, value) }
	}
	remove := func(bucket, key []byte) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error { return tx.Bucket(bucket).Delete(key) }
	}
	wrong := good
	wrong.Streak.Total++
	for _, spoilt := range []struct {
		name  string
		spoil func(*bolt.Tx) error
		want  string
	}{
		{"nothing", func(*bolt.Tx) error { return nil }, ""},
		{"a wrong total", put(learnersBucket, []byte(good.ID), encode(wrong)), "the total is"},
		{"an unreadable learner", put(learnersBucket, []byte(good.ID), encode(good)[:60]), "cut short"},
		{"a later record", put(learnersBucket, []byte(good.ID), []byte{9}), "has the layout 9, this version reads 1"},
		{"an account that points to nobody", put(accountsBucket, []byte("d:x"), []byte("nobody")), "who does not exist"},
		{"an account of somebody who does not have it", put(accountsBucket, []byte("d:x"), []byte(good.ID)), "who does not have it"},
		{"a lost account", remove(accountsBucket, []byte(good.Accounts[0])), `which points to ""`},
		{"a lost place", remove(boardsBucket, boardKey("g", good.BoardScore(), good.ID)), "the boards lack the place"},
		{"an old place", put(boardsBucket, boardKey("g", good.BoardScore()-1, good.ID), nil), "which nobody should have"},
		{"somebody's place", put(boardsBucket, boardKey("g", good.BoardScore(), "nobody"), nil), "which nobody should have"},
		{"a lost end", remove(endsBucket, endKey(end, key)), "its end is not noted"},
		{"another end", put(endsBucket, endKey(end.Add(1), key), nil), "is not kept until then"},
		{"a lost key", remove(keptBucket, key), "is not kept until then"},
		{"a short end", put(endsBucket, []byte("x"), nil), "cut short"},
		{"a lost tally", remove(talliesBucket, []byte("rest-vs-graphql")), "are not counted"},
		{"a wrong tally", put(talliesBucket, []byte("rest-vs-graphql"), tallyValue(bot.Tally{Up: 2})), "want {Up:1 Down:0}"},
		{"nobody's tally", put(talliesBucket, []byte("x"), tallyValue(bot.Tally{Up: 1})), "want {Up:0 Down:0}"},
		{"a short tally", put(talliesBucket, []byte("x"), nil), "want 16"},
		{"an unreadable group", put(groupsBucket, []byte("d:1"), []byte("{")), "d:1"},
		{"a short paper's key", put(papersBucket, []byte("\x05inbo"), []byte("x")), "cut short"},
		{"a lost plan", remove(dueBucket, dueKey(due.due, good.ID)), "is not planned, want 2026-11-24 12:00"},
		{"another time", func(tx *bolt.Tx) error {
			return errors.Join(remove(dueBucket, dueKey(due.due, good.ID))(tx), put(dueBucket, dueKey(due.due+1, good.ID), dueValue(due.day))(tx))
		}, "is planned as"},
		{"another day", put(dueBucket, dueKey(due.due, good.ID), dueValue(due.day+1)), "is planned as"},
		{"two plans", put(dueBucket, dueKey(due.due+1, good.ID), dueValue(due.day)), "is planned as"},
		{"nobody's plan", put(dueBucket, dueKey(due.due, "nobody"), dueValue(due.day)), "is planned as"},
		{"a short plan", put(dueBucket, []byte("x"), nil), "cut short"},
		{"a plan without a day", put(dueBucket, dueKey(due.due, good.ID), nil), "want 8"},
		{"a lease that is not noted", put(leasesBucket, []byte(good.ID), leaseValue(leased)), "the lease of learner"},
		{"nobody's lease", put(leasesBucket, []byte("nobody"), leaseValue(leased)), "has a lease on"},
		{"a short lease", put(leasesBucket, []byte(good.ID), nil), "want 32 or more"},
		{"an unreadable grave", put(deadBucket, []byte("x"), []byte("{")), "was given up"},
		{"a short value", put(keptBucket, []byte("x"), []byte("v")), "want 8 or more"},
	} {
		t.Run(spoilt.name, func(t *testing.T) {
			s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{Now: func() time.Time { return noon }})
			if err := s.Put(t.Context(), good); err != nil {
				t.Fatal(err)
			}
			if err := s.Keep(t.Context(), string(key), "value", time.Hour); err != nil {
				t.Fatal(err)
			}
			if err := s.db.Update(spoilt.spoil); err != nil {
				t.Fatal(err)
			}
			report, err := s.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(report.Problems, "\n"); !strings.Contains(all, spoilt.want) || (len(report.Problems) == 0) != (spoilt.want == "") {
				t.Errorf("the problems are %q, want %q among them", all, spoilt.want)
			}
		})
	}
}

// TestCheckOfUnfinishedMerges: who is being merged may have accounts that
// point elsewhere already.
func TestCheckOfUnfinishedMerges(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	into, merged, gone := example(1), example(2), example(3)
	merged.Into, gone.Gone = into.ID, true
	into.Accounts = append(into.Accounts, merged.Accounts[0], gone.Accounts[0])
	for _, l := range []bot.Learner{merged, gone, into} {
		if err := s.Put(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	wantClean(t, s)
}

func TestReport(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "mentor.db"), Options{})
	populate(t, s, 3)
	if err := s.Keep(t.Context(), "key", "value", time.Hour); err != nil {
		t.Fatal(err)
	}
	report, err := s.Check(t.Context())
	if err != nil || report.Learners != 3 || report.Accounts != 3 || report.Kept != 1 || len(report.Problems) > 0 {
		t.Errorf("Check = %+v, %v, want 3 learners, 3 accounts, 1 key and no problem", report, err)
	}
}

func FuzzDecode(f *testing.F) {
	l := example(0)
	l.Notes = []bot.Note{{Day: streak.DayOn(noon), Text: "a\x00b\nc"}}
	f.Add(encode(l))
	f.Add([]byte{framing})
	f.Add([]byte{framing, 1, 'l', 1, '7', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := decode("id", b)
		if err != nil {
			return
		}
		again, err := decode("id", encode(l))
		if err != nil || string(encode(again)) != string(encode(l)) {
			t.Errorf("%q is read as %+v, but that as %+v, %v", b, l, again, err)
		}
	})
}
