package main

import (
	"os"
	"testing"
)

// long skips a test that takes many seconds, for those who try the project; CI runs
// it, with MENTOR_LONG_TESTS=1.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("MENTOR_LONG_TESTS") != "1" {
		t.Skip("it takes many seconds; MENTOR_LONG_TESTS=1 runs it")
	}
}
