package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
)

// TestBackUpDaily lives through ten days and a disk that refuses for one.
func TestBackUpDaily(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store, err := boltstore.Open(filepath.Join(folder, "mentor.db"), boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		out := &log{}
		stop := backUpWhile(t.Context(), store, time.Now, slog.New(slog.NewTextHandler(out, nil)))
		defer stop()
		time.Sleep(10*24*time.Hour + time.Minute) // not in the minute of a look
		synctest.Wait()
		backups := store.BackupFolder()
		if got := fileNames(t, backups); len(got) != 7 || got[6] != "mentor-"+time.Now().Format(time.DateOnly)+".db" {
			t.Errorf("after ten days there are %q", got)
		}
		if err := errors.Join(os.RemoveAll(backups), os.WriteFile(backups, nil, 0o600)); err != nil { // a file where the folder was
			t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if n := strings.Count(out.String(), "level=ERROR"); n < 20 || n > 26 || !strings.Contains(out.String(), "choose another folder") {
			t.Errorf("in a day without a folder %d errors are logged, want one an hour, with the cure:\n%s", n, out.String())
		}
		if err := os.Remove(backups); err != nil {
			t.Fatal(err)
		}
		time.Sleep(backupAgain + backupLook)
		synctest.Wait()
		if got := fileNames(t, backups); len(got) != 1 {
			t.Errorf("with the folder back there are %q, want today's", got)
		}
	})
}

// fileNames are the names in a folder.
func fileNames(t *testing.T, folder string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestARedisIsNotBackedUp: the loop ends at once for what is no file.
func TestARedisIsNotBackedUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	backUpDaily(ctx, struct{ bot.Store }{}, time.Now, silent)
	if ctx.Err() != nil {
		t.Error("the loop went on until its time was over")
	}
}
