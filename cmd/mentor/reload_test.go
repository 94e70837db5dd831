package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mentor/knowledge"
)

// startReloader is a reloader of the small guide, with its folder and its log.
func startReloader(t *testing.T) (r *reloader, dir string, out *log) {
	t.Helper()
	dir, out = smallGuide(t), &log{}
	r, err := openReloader(guideSource{whole: dir}, slog.New(slog.NewTextHandler(out, nil)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.live.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, dir, out
}

// writeEntry writes an entry into a guide's folder.
func writeEntry(t *testing.T, dir string, e knowledge.Entry) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "basics", e.ID+".md"), knowledge.Write(&e), 0o600); err != nil {
		t.Fatal(err)
	}
}

// club is an entry that the small guide does not have.
var club = knowledge.Entry{ID: "club", Title: "Where is the chess club?", Ask: []string{"where does the chess club meet", "chess club room"}, Short: "In the cellar.", Reviewed: "2026-11"}

func (r *reloader) mustAnswer(t *testing.T, question, topic string) {
	t.Helper()
	f, err := r.live.Find(t.Context(), question)
	if err != nil || len(f.Matches) == 0 || f.Matches[0].Entry.ID != topic {
		t.Errorf("Find(%q) = %v, %v, want %s first", question, f.Matches, err, topic)
	}
}

func TestReloadTakesWhatIsNew(t *testing.T) {
	r, dir, out := startReloader(t)
	writeEntry(t, dir, club)
	report, err := r.Reload(t.Context(), false)
	if err != nil || !strings.Contains(report, "2 questions replayed") {
		t.Fatalf("Reload = %q, %v, want a report of 2 questions", report, err)
	}
	r.mustAnswer(t, "where does the chess club meet", "club")
	if s := r.Status(); !strings.HasPrefix(s, "3 topics") || !strings.Contains(out.String(), "the guide was reloaded") {
		t.Errorf("the status is %q, the log\n%s", s, out)
	}
}

func TestABrokenGuideIsNotTaken(t *testing.T) {
	r, dir, out := startReloader(t)
	if err := os.WriteFile(filepath.Join(dir, "basics", "club.md"), []byte("---\nid: club\n---\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := r.Reload(t.Context(), true); err == nil || !strings.Contains(err.Error(), "basics/club.md:1: no title; write") {
			t.Errorf("Reload = %v, want an error with file and cure, forced or not", err)
		}
	}
	r.mustAnswer(t, "which backend language is easiest", "easiest")
	if n := strings.Count(out.String(), "was not reloaded"); n != 1 {
		t.Errorf("the reason is logged %d times, want once:\n%s", n, out)
	}
	if s := r.Status(); !strings.HasPrefix(s, "2 topics") || !strings.Contains(s, "basics/club.md:1") {
		t.Errorf("the status is %q, want the old guide and the reason", s)
	}
	writeEntry(t, dir, club)
	if _, err := r.Reload(t.Context(), false); err != nil || strings.Contains(r.Status(), "NOT in use") {
		t.Errorf("mended, Reload = %v and the status %q", err, r.Status())
	}
}

// TestARegressionIsRefused, and taken only when forced.
func TestARegressionIsRefused(t *testing.T) {
	r, dir, _ := startReloader(t)
	writeEntry(t, dir, knowledge.Entry{ID: "easiest", Title: "Cats?", Ask: []string{"where do cats sleep"}, Short: "On you.", Reviewed: "2026-11"})
	writeEntry(t, dir, knowledge.Entry{ID: "months", Title: "How long does it take?", Ask: []string{"which language is easiest", "how long does it take"}, Short: "A year.", Reviewed: "2026-11"})
	_, err := r.Reload(t.Context(), false)
	if refused, ok := errors.AsType[refusedError](err); !ok || !strings.Contains(refused.report, "Which language is easiest?") {
		t.Fatalf("Reload = %v, want it refused with a report that names the question", err)
	}
	r.mustAnswer(t, "which backend language is easiest", "easiest")
	if _, err := r.Reload(t.Context(), true); err != nil {
		t.Fatalf("forced, Reload = %v", err)
	}
	r.mustAnswer(t, "which language is easiest", "months")
}

func TestOneReloadAtATime(t *testing.T) {
	r, _, _ := startReloader(t)
	r.busy.Lock()
	defer r.busy.Unlock()
	if _, err := r.Reload(t.Context(), false); !errors.Is(err, errBusy) {
		t.Errorf("a second reload = %v, want %v", err, errBusy)
	}
}

// TestASignalAndAChangedFolderReload: the signal is a stand-in, the folder a real one.
func TestASignalAndAChangedFolderReload(t *testing.T) {
	r, dir, out := startReloader(t)
	w, err := r.watch()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, stop := context.WithCancel(t.Context())
	hup, ended := make(chan os.Signal, 1), make(chan error, 1)
	go func() { ended <- r.follow(ctx, hup, w) }()
	hup <- os.Interrupt
	out.wait(t, "topics=2")
	writeEntry(t, dir, club)
	if err := os.Mkdir(filepath.Join(dir, "chess"), 0o700); err != nil {
		t.Fatal(err)
	}
	out.wait(t, "topics=3")
	more := club
	more.ID = "cellar"
	if err := os.WriteFile(filepath.Join(dir, "chess", "cellar.md"), knowledge.Write(&more), 0o600); err != nil { // a new folder is watched too
		t.Fatal(err)
	}
	out.wait(t, "topics=4")
	r.mustAnswer(t, "where does the chess club meet", "club")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// wait waits until the log has text.
func (l *log) wait(t *testing.T, text string) {
	t.Helper()
	deadline, tick := time.After(30*time.Second), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(l.String(), text) {
		select {
		case <-deadline:
			t.Fatalf("%q did not come into the log in 30 s:\n%s", text, l)
		case <-tick.C:
		}
	}
}
