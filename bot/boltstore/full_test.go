package boltstore

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

var smallDisk = flag.String("small.disk", "", "a `folder` on a disk of 1 MB that may be filled")

// TestFullDisk fills a small disk, when there is one, and frees it again:
//
//	mount -t tmpfs -o size=1m tmpfs /mnt/small
//	go test -run TestFullDisk ./bot/boltstore -small.disk /mnt/small
func TestFullDisk(t *testing.T) {
	disk := *smallDisk
	if disk == "" {
		t.Skip("-small.disk names no folder on a disk of 1 MB")
	}
	ballast, path := filepath.Join(disk, "ballast"), filepath.Join(disk, "mentor.db")
	if err := os.WriteFile(ballast, make([]byte, 300_000), 0o600); err != nil {
		t.Fatal(err)
	}
	s := opened(t, path, Options{})
	n := 0
	var full error
	for ; full == nil; n++ {
		full = s.Put(t.Context(), example(n))
	}
	n--
	saysAll(t, full, "the disk of "+path+" is full", "nothing that was confirmed is lost")
	_, err := s.Backup(t.Context(), filepath.Join(disk, "backups"), noon)
	saysAll(t, err, "is full", "as they were")
	if !errors.Is(full, syscall.ENOSPC) || len(names(t, filepath.Join(disk, "backups"))) != 0 {
		t.Errorf("the error is %v and the backups are %q, want none", full, names(t, filepath.Join(disk, "backups")))
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), example(n)); err != nil { // without a restart
		t.Error(err)
	}
	for i := range n + 1 {
		if _, err := s.Find(t.Context(), account(i)); err != nil {
			t.Errorf("learner %d: %v", i, err)
		}
	}
	wantClean(t, s)
}
