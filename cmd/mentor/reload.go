package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"mentor/bot"
	"mentor/index"
	"mentor/knowledge"
)

// A reloader reads the guide anew while the mentor answers from it: it learns it
// beside the running index, replays the questions that must be answered, and puts
// it in place when that costs no more than [index.Comparison.Refusal] allows.
type reloader struct {
	source guideSource
	live   *index.Live
	taught func(context.Context) ([][]knowledge.Lesson, error) // by group; nil when there are none
	log    *slog.Logger
	now    func() time.Time

	busy sync.Mutex // one reload at a time

	mu     sync.Mutex
	status guideStatus
}

// A guideStatus says which guide is in use.
type guideStatus struct {
	topics  int
	folders []string
	since   time.Time
	problem string // why a newer one is not in use; empty when there is none
}

// openReloader learns the guide for a mentor that runs. A broken layer does not
// keep it from starting: it starts with the built-in guide, and says so.
func openReloader(source guideSource, log *slog.Logger, now func() time.Time) (*reloader, error) {
	r := &reloader{source: source, log: log, now: now}
	guide, err := source.load()
	if err != nil && source.whole != "" {
		return nil, err
	}
	if err != nil {
		log.Error("THE GUIDE'S LAYERS ARE NOT IN USE: the built-in guide answers alone until this is mended and reloaded", "err", err)
		r.status.problem = err.Error()
		guide = knowledge.Builtin()
	} else {
		r.status.folders = source.folders()
	}
	if r.live, err = learn(guide); err != nil {
		return nil, err
	}
	r.status.topics, r.status.since = len(guide.Entries()), now()
	return r, nil
}

// errBusy is the error for a reload during another.
var errBusy = errors.New("a reload is under way already; see what it comes to")

// A refusedError is the error for a guide that answers worse than the running one.
type refusedError struct {
	report string
	reason error
}

func (e refusedError) Error() string {
	return fmt.Sprintf("%v; mend the guide, or force it", e.reason)
}

// Reload reads the guide anew and returns what that changes. Whatever goes wrong,
// the running guide stays in use. With force a guide that answers worse is taken.
func (r *reloader) Reload(ctx context.Context, force bool) (report string, err error) {
	if !r.busy.TryLock() {
		return "", errBusy
	}
	defer r.busy.Unlock()
	began := time.Now()
	guide, c, err := r.replace(ctx, force)
	r.note(guide, c, err, time.Since(began))
	if err != nil {
		return "", fmt.Errorf("the guide is as it was: %w", err)
	}
	return reportOf(c), nil
}

// replace puts the guide in place that the source has now.
func (r *reloader) replace(ctx context.Context, force bool) (*knowledge.Guide, index.Comparison, error) {
	var c index.Comparison
	guide, err := r.source.load()
	if err != nil {
		return nil, c, err
	}
	next, err := index.BuildBeside(guide)
	if err != nil {
		return nil, c, fmt.Errorf("learn the guide: %w", err)
	}
	c, err = r.compare(ctx, next)
	if refusal := c.Refusal(); err == nil && refusal != nil && !force {
		err = refusedError{reportOf(c), refusal}
	}
	if err != nil {
		return nil, c, errors.Join(err, next.Close())
	}
	err = r.live.Swap(next)
	giveBack()
	return guide, c, err
}

// compare replays the golden questions, the title of every topic, and what the
// groups taught, each group's with its lessons.
func (r *reloader) compare(ctx context.Context, next *index.Index) (index.Comparison, error) {
	c, err := index.Compare(ctx, r.live, next, index.Golden(r.live.Guide()))
	if err != nil || r.taught == nil {
		return c, err
	}
	groups, err := r.taught(ctx)
	if err != nil {
		return c, fmt.Errorf("read what the groups taught: %w", err)
	}
	for _, lessons := range groups {
		of, err := index.Compare(ctx, r.live.With(lessons), next.With(lessons), index.Taught(lessons))
		if err != nil {
			return c, err
		}
		c = c.And(of)
	}
	return c, nil
}

// note remembers and logs what became of a reload; the same trouble once.
func (r *reloader) note(guide *knowledge.Guide, c index.Comparison, err error, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		if err.Error() != r.status.problem {
			r.log.Error("the guide was not reloaded", "err", err)
		}
		r.status.problem = err.Error()
		return
	}
	r.status = guideStatus{topics: len(guide.Entries()), folders: r.source.folders(), since: r.now()}
	r.log.Info("the guide was reloaded", "topics", r.status.topics, "questions", c.Questions, "changed", len(c.Changes), "lost", c.Lost, "after", took.Round(time.Millisecond))
}

// Problem is what keeps a newer guide from being used; "" when nothing does.
func (r *reloader) Problem() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status.problem
}

// Status says in a sentence or two which guide is in use, and what is amiss.
func (r *reloader) Status() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.status
	text := fmt.Sprintf("%d topics, in use since %s", s.topics, s.since.UTC().Format("2006-01-02 15:04 UTC"))
	if len(s.folders) > 0 {
		text += ", from " + strings.Join(s.folders, ", ")
	}
	if s.problem != "" {
		text += ". NOT in use is a newer guide: " + s.problem
	}
	return text + "."
}

// maxShown is how many changes a report lists.
const maxShown = 20

// reportOf says what a change of the guide does, the changes by name.
func reportOf(c index.Comparison) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d questions replayed: the right topic is first for %d, before for %d; %d lost their answer to a wrong one, %d change in any way.\n",
		c.Questions, c.RightAfter, c.RightBefore, c.Lost, len(c.Changes))
	if c.Hidden > 0 {
		fmt.Fprintf(&b, "%d were left out, as their topics are hidden.\n", c.Hidden)
	}
	for _, change := range c.Changes[:min(maxShown, len(c.Changes))] {
		mark := "-"
		if change.Lost {
			mark = "- LOST:"
		}
		fmt.Fprintf(&b, "%s %q: %s, was %s\n", mark, oneLine(change.Question), change.After, change.Before)
	}
	if more := len(c.Changes) - maxShown; more > 0 {
		fmt.Fprintf(&b, "and %d more.\n", more)
	}
	return b.String()
}

// maxQuestion is how much of a question a report shows, in characters.
const maxQuestion = 80

func oneLine(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > maxQuestion {
		return string(r[:maxQuestion]) + "…"
	}
	return string(r)
}

var _ bot.Reloader = (*reloader)(nil)
