package slack

import (
	"strconv"
	"testing"
	"time"
)

func TestMemoryKeepsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	m := memory[int]{half: 10}
	m.put("asked", -1)
	for i := range 1000 {
		m.put(strconv.Itoa(i), i)
		if got, ok := m.get("asked"); !ok || got != -1 {
			t.Fatalf("after %d others, what is asked for all the time is %d, %t", i, got, ok)
		}
		if got, ok := m.get(strconv.Itoa(max(0, i-2))); !ok || got != max(0, i-2) {
			t.Fatalf("what was put a moment ago is %d, %t", got, ok)
		}
		if n := len(m.young) + len(m.old); n > 20 {
			t.Fatalf("%d things are remembered, more than two halves of 10", n)
		}
	}
	if _, ok := m.get("1"); ok || !m.gaveUp {
		t.Errorf("nothing was ever given up")
	}
	m.forget("asked")
	if _, ok := m.get("asked"); ok {
		t.Errorf("what was forgotten is remembered")
	}
}

// A thread that memory has no room for any more is looked up, not taken for
// somebody else's.
func TestThreadsThatWereGivenUpAreLookedUp(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	threads := threads{since: began, mine: memory[bool]{half: 10}}
	if threads.tooOld(began.Add(time.Minute)) {
		t.Error("a thread that began after the process is looked up, though all of those are known")
	}
	for i := range 30 {
		threads.note(strconv.Itoa(i), true, began.Add(time.Hour))
	}
	if _, known := threads.get("0", began); known {
		t.Fatal("the first of 30 threads is still in memory")
	}
	if !threads.tooOld(began.Add(time.Minute)) {
		t.Error("a thread that was given up is not looked up")
	}
	for i := range 9 { // fills the young half up by getting
		threads.note("n"+strconv.Itoa(i), true, began.Add(time.Hour))
	}
	later := began.Add(2 * time.Hour)
	for i := 29; i >= 10; i-- {
		threads.get(strconv.Itoa(i), later)
	}
	if !threads.tooOld(later) {
		t.Error("a thread that was given up in getting another one is not looked up")
	}
}
