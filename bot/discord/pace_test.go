package discord

import (
	"testing"
	"time"
)

// Connections that are cut every quarter of a minute are renewed at once each time;
// those that are cut as soon as they stand, later and later.
func TestOnlyFailuresInARowMakeItWait(t *testing.T) {
	t.Parallel()
	cut, refused := 0, 0
	for range 10 {
		cut = defaultPace.failed(cut, 15*time.Second)
		refused = defaultPace.failed(refused, time.Second)
	}
	if cut != 0 || refused != 10 {
		t.Errorf("%d and %d failures in a row, want none and 10", cut, refused)
	}
	if again := defaultPace.failed(refused, time.Minute); again != 0 {
		t.Errorf("after a minute that was well %d failures are counted, want none", again)
	}
}
