package bottest

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

func (t *tester) wantLease(key, holder string, d time.Duration, want bool) {
	t.Helper()
	if got, err := t.store.Lease(t.ctx, key, holder, d); err != nil || got != want {
		t.Errorf("Lease(%q, %q) = %v, %v, want %v", key, holder, got, err, want)
	}
}

// wantHolders checks who holds the keys "0", "1" and so on.
func (t *tester) wantHolders(want ...string) {
	t.Helper()
	keys := make([]string, len(want))
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	if got, err := t.store.Holders(t.ctx, keys); err != nil || !slices.Equal(got, want) {
		t.Errorf("Holders = %q, %v, want %q", got, err, want)
	}
}

func (t *tester) giveBack(key, holder string) {
	t.Helper()
	t.must(t.store.GiveBack(t.ctx, key, holder))
}

func lease(t *tester) {
	t.wantHolders("", "")
	t.wantLease("0", "ada", long, true)
	t.wantLease("0", "bob", long, false)
	t.wantLease("1", "bob", long, true)
	t.wantLease("0", "ada", long, true)
	t.wantHolders("ada", "bob", "")
	if got, err := t.store.Holders(t.ctx, nil); err != nil || len(got) != 0 {
		t.Errorf("Holders of no keys = %q, %v, want none", got, err)
	}
}

func leaseOver(t *tester) {
	t.wantLease("0", "ada", moment, true)
	t.wantLease("1", "ada", moment, true)
	t.wantLease("1", "ada", long, true)
	t.wantLease("2", "ada", long, true)
	t.wantLease("2", "ada", moment, true)
	t.pass(2 * moment)
	t.wantHolders("", "ada", "")
	t.wantLease("0", "bob", long, true)
	t.wantLease("0", "ada", long, false)
}

func leaseGivenBack(t *tester) {
	t.wantLease("0", "ada", long, true)
	t.giveBack("0", "bob")
	t.giveBack("1", "bob")
	t.wantHolders("ada", "")
	t.giveBack("0", "ada")
	t.wantHolders("", "")
	t.wantLease("0", "bob", long, true)
	t.giveBack("0", "ada")
	t.wantHolders("bob")
}

func leaseApart(t *tester) {
	t.keep("0", "value", long)
	t.wantOnce("1", long, true)
	t.wantHolders("", "")
	t.wantLease("0", "ada", long, true)
	t.wantKept("0", "value")
	for i, key := range oddTexts {
		t.wantLease("key:"+key, oddTexts[len(oddTexts)-1-i], long, true)
		t.wantLease("key:"+key, "other", long, false)
	}
}

func leaseAtOnce(t *tester) {
	var got [crowd]bool
	atOnce(func(i int) {
		held, err := t.store.Lease(t.ctx, "0", fmt.Sprint("holder", i), long)
		if err != nil {
			t.Error(err)
		}
		got[i] = held
	})
	winner := slices.Index(got[:], true)
	if winner < 0 || slices.Contains(got[winner+1:], true) {
		t.Fatalf("the lease was given to %v, want one", got)
	}
	t.wantHolders(fmt.Sprint("holder", winner))
}
