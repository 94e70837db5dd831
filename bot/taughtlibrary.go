package bot

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"sync"
	"time"
)

// A change of a group's lessons is known everywhere by a number that grows with
// it: the paper under the group's id on this shelf. Lessons are written first.
const taughtVersions = "taught"

// TaughtGroups yields every group that has taught anything, once and in no order.
// After an error it ends.
func TaughtGroups(ctx context.Context, store Store) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for p, err := range store.Papers(ctx, taughtVersions) {
			if !yield(p.Key, err) || err != nil {
				return
			}
		}
	}
}

const (
	// versionTime is how often each process looks whether lessons changed. With
	// reading them it is below the 2 s within which a lesson is live.
	versionTime = time.Second
	// firstLook is how long the first question of a group waits for its lessons;
	// the guide alone answers it after that, and no other question ever waits.
	firstLook = 250 * time.Millisecond
	// maxTaughtGroups bounds how many groups' lessons are in memory; a lesson takes
	// a few kB.
	maxTaughtGroups = 1_000
)

// A groupLibrary is the library as one group has it.
type groupLibrary struct {
	Library

	version string               // of the lessons in it
	taught  map[string]time.Time // by entry, when it was approved
}

// taughtLibraries are those of the groups that asked lately.
type taughtLibraries struct {
	mu sync.Mutex
	by map[string]*groupLibrary
}

func (t *taughtLibraries) get(group string) *groupLibrary {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.by[group]
}

func (t *taughtLibraries) put(group string, l *groupLibrary) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[string]*groupLibrary{}
	}
	if _, there := t.by[group]; !there && len(t.by) >= maxTaughtGroups {
		for other := range t.by { // whichever comes first: it is read again when it asks
			delete(t.by, other)
			break
		}
	}
	t.by[group] = l
}

// outdated are the groups whose lessons are of another version than versions says.
func (t *taughtLibraries) outdated(versions map[string]string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for group, l := range t.by {
		if l.version != versions[group] {
			out = append(out, group)
		}
	}
	return out
}

// unread is the version of lessons that could not be read: that of no group.
const unread = "unread"

// libraryOf is the library as q's group has it: the guide with its lessons. It is
// the one place where the mentor comes by a library to answer from.
func (m *Mentor) libraryOf(ctx context.Context, q Question) *groupLibrary {
	if m.store == nil || q.Group == "" {
		return &groupLibrary{Library: m.library}
	}
	if l := m.taught.get(q.Group); l != nil {
		return l
	}
	ctx, cancel := context.WithTimeout(ctx, firstLook)
	defer cancel()
	l, err := m.readLibrary(ctx, q.Group)
	if err != nil {
		m.log.Error("a group is answered without its lessons; trying again", "err", err)
	}
	m.taught.put(q.Group, l)
	return l
}

// readLibrary reads a group's lessons. What it returns can be answered from even
// beside an error.
func (m *Mentor) readLibrary(ctx context.Context, group string) (*groupLibrary, error) {
	none := &groupLibrary{Library: m.library, version: unread}
	versions, err := m.taughtVersions(ctx) // before the lessons: a change in between is seen next time
	if err != nil {
		return none, err
	}
	all, err := taughtIn(ctx, m.store, group)
	if err != nil && all == nil {
		return none, err
	}
	l := &groupLibrary{Library: m.library, version: versions[group], taught: map[string]time.Time{}}
	if lessons := lessonsOf(all); len(lessons) > 0 {
		l.Library = m.library.With(lessons)
	}
	for _, t := range all {
		if t.State == TaughtLive && t.Entry != nil {
			l.taught[t.Entry.ID] = t.At
		}
	}
	return l, err
}

func (m *Mentor) taughtVersions(ctx context.Context) (map[string]string, error) {
	versions := map[string]string{}
	for p, err := range m.store.Papers(ctx, taughtVersions) {
		if err != nil {
			return nil, fmt.Errorf("see whether lessons changed: %w", err)
		}
		versions[p.Key] = p.Text
	}
	return versions, nil
}

// lessonsChanged makes what was written to a group's lessons live: here at once,
// and in other processes when they look.
func (m *Mentor) lessonsChanged(ctx context.Context, group string) error {
	_, err := m.store.UpdatePaper(ctx, taughtVersions, group, func(version string) (string, error) {
		n, err := strconv.ParseUint(version, 10, 64)
		if err != nil {
			n = 0 // the first, or damaged: any other number than before will do
		}
		return strconv.FormatUint(n+1, 10), nil
	})
	if err != nil {
		return fmt.Errorf("tell of a change of lessons: %w", err)
	}
	l, err := m.readLibrary(ctx, group)
	m.taught.put(group, l)
	return err
}

// WatchLessons keeps the lessons of all groups that ask up to date with what other
// processes write, until ctx ends. A store that cannot be reached leaves them as
// they were.
func (m *Mentor) WatchLessons(ctx context.Context) {
	if m.store == nil {
		return
	}
	tick := time.NewTicker(versionTime)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := m.refreshLessons(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			m.log.Error("lessons are answered from as they were; trying again", "err", err)
		}
		failing = err != nil
	}
}

// refreshLessons reads the lessons that changed since they were read.
func (m *Mentor) refreshLessons(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	versions, err := m.taughtVersions(ctx)
	if err != nil {
		return err
	}
	var broken error
	for _, group := range m.taught.outdated(versions) {
		l, err := m.readLibrary(ctx, group)
		if err != nil {
			broken = err
		}
		if l.version != unread {
			m.taught.put(group, l)
		}
	}
	return broken
}
