package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long a folder must be at rest before it is read: editors and
// copies write in several steps.
const settle = time.Second

// run reloads the guide on SIGHUP and when a file in its folders changes, until
// ctx ends. What cannot be watched is logged, and left to SIGHUP and `reload`.
func (r *reloader) run(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	w, err := r.watch()
	if err != nil {
		r.log.Warn("the guide's folders are not watched; `reload` or SIGHUP read them anew", "err", err)
	}
	defer func() {
		if w != nil {
			_ = w.Close() // it only frees the watch
		}
	}()
	return r.follow(ctx, hup, w)
}

// follow is run for a signal and a watch, which may be nil.
func (r *reloader) follow(ctx context.Context, hup <-chan os.Signal, w *fsnotify.Watcher) error {
	var events chan fsnotify.Event
	var faults chan error
	if w != nil {
		events, faults = w.Events, w.Errors
	}
	rest := time.NewTimer(settle)
	rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
			rest.Reset(0)
		case e := <-events:
			if e.Has(fsnotify.Create) {
				r.warn(watchBelow(w, e.Name))
			}
			if !e.Has(fsnotify.Chmod) || e.Op != fsnotify.Chmod { // indexers touch rights only
				rest.Reset(settle)
			}
		case err := <-faults:
			r.warn(err)
		case <-rest.C:
			if _, err := r.Reload(ctx, false); errors.Is(err, errBusy) {
				rest.Reset(settle) // the reload under way may have read the folder before it changed
			}
		}
	}
}

func (r *reloader) warn(err error) {
	if err != nil {
		r.log.Warn("watching the guide's folders", "err", err)
	}
}

// watch watches the folders of the guide; nil when it is the built-in one alone.
func (r *reloader) watch() (*fsnotify.Watcher, error) {
	if len(r.source.folders()) == 0 {
		return nil, nil
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	for _, dir := range r.source.folders() {
		if err := watchBelow(w, dir); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	return w, nil
}

// watchBelow watches a folder and those in it. A file is not watched by itself.
func watchBelow(w *fsnotify.Watcher, dir string) error {
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return w.Add(name)
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // gone again meanwhile: its removal is an event too
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	return nil
}
