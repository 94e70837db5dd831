package bottest

import (
	"strings"
	"time"
)

// The times in these tests: a moment that they wait for, and one so long that
// they never see its end.
const (
	moment = 20 * time.Millisecond
	long   = time.Hour
)

func (t *tester) take(key string) string {
	t.Helper()
	value, err := t.store.Take(t.ctx, key)
	t.must(err)
	return value
}

func keep(t *tester) {
	t.wantKept("key", "")
	if got := t.take("key"); got != "" {
		t.Errorf("Take of nothing = %q", got)
	}
	t.keep("key", "value", long)
	t.wantKept("key", "value")
	t.wantKept("key", "value")
	t.wantKept("ke", "")
	t.wantKept("key2", "")
	if got := t.take("key"); got != "value" {
		t.Errorf("Take = %q, want what was kept", got)
	}
	t.wantKept("key", "")
	if got := t.take("key"); got != "" {
		t.Errorf("a second Take = %q, want nothing", got)
	}
}

func keepAnew(t *tester) {
	t.keep("longer", "one", moment)
	t.keep("longer", "two", long)
	t.keep("shorter", "one", long)
	t.keep("shorter", "two", moment)
	t.pass(2 * moment)
	t.wantKept("longer", "two")
	t.wantKept("shorter", "")
}

func keepEnds(t *tester) {
	t.keep("peeked", "value", moment)
	t.keep("taken", "value", moment)
	t.keep("long", "value", long)
	t.pass(2 * moment)
	t.wantKept("peeked", "")
	if got := t.take("taken"); got != "" {
		t.Errorf("Take after the key's time = %q, want nothing", got)
	}
	t.wantKept("long", "value")
	t.reopen()
	t.wantKept("peeked", "")
	t.wantKept("long", "value")
	t.keep("peeked", "again", long)
	t.wantKept("peeked", "again")
	if strings.Contains(t.in.Dump(), "taken") {
		t.Error("the store still holds a key whose time is over")
	}
}

func keepOdd(t *tester) {
	for i, key := range oddTexts {
		value := oddTexts[len(oddTexts)-1-i] + strings.Repeat("long ", 1000)
		t.keep("key:"+key, value, long)
		t.wantKept("key:"+key, value)
	}
	t.reopen()
	for i, key := range oddTexts {
		if got, want := t.take("key:"+key), oddTexts[len(oddTexts)-1-i]+strings.Repeat("long ", 1000); got != want {
			t.Errorf("Take(%q) = %q, want %q", key, got, want)
		}
	}
}

func takeAtOnce(t *tester) {
	t.keep("key", "value", long)
	var got [crowd]string
	atOnce(func(i int) {
		value, err := t.store.Take(t.ctx, "key")
		if err != nil {
			t.Error(err)
		}
		got[i] = value
	})
	winners := 0
	for _, value := range got {
		switch value {
		case "value":
			winners++
		case "":
		default:
			t.Errorf("Take = %q, want the value or nothing", value)
		}
	}
	if winners != 1 {
		t.Errorf("%d of %d got the value, want one", winners, crowd)
	}
}

func (t *tester) wantOnce(key string, d time.Duration, want bool) {
	t.Helper()
	if got, err := t.store.Once(t.ctx, key, d); err != nil || got != want {
		t.Errorf("Once(%q) = %v, %v, want %v", key, got, err, want)
	}
}

func once(t *tester) {
	t.wantOnce("long", long, true)
	t.wantOnce("long", long, false)
	t.wantOnce("long", moment, false) // and its time is what it was
	t.wantOnce("other", long, true)
	t.wantOnce("short", moment, true)
	t.pass(2 * moment)
	t.wantOnce("short", long, true)
	t.wantOnce("long", long, false)
	t.reopen()
	t.wantOnce("long", long, false)
	t.wantOnce("short", long, false)
}

func onceAtOnce(t *tester) {
	var got [crowd]bool
	atOnce(func(i int) {
		first, err := t.store.Once(t.ctx, "key", long)
		if err != nil {
			t.Error(err)
		}
		got[i] = first
	})
	winners := 0
	for _, first := range got {
		if first {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d of %d were the first, want one", winners, crowd)
	}
}
