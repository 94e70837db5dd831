package bottest

import (
	"errors"
	"maps"
	"strconv"

	"github.com/google/go-cmp/cmp"

	"mentor/bot"
)

func (t *tester) wantGroup(id string, want bot.Group) {
	t.Helper()
	got, err := t.store.Group(t.ctx, id)
	t.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Group(%q) differs (-want +got)\n%s", id, diff)
	}
}

func groupUnknown(t *tester) {
	before := t.in.Dump()
	t.wantGroup("d:1", bot.Group{})
	if t.in.Dump() != before {
		t.Error("Group wrote something")
	}
}

func groupUpdate(t *tester) {
	want := bot.Group{Mode: bot.ModeThread, Channels: map[string]bot.Mode{"42": bot.ModeOff, "C9 \"x\"": bot.ModeAll}, Welcomed: true}
	got, err := t.store.UpdateGroup(t.ctx, "d:1", func(g *bot.Group) error { *g = want; return nil })
	t.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("UpdateGroup returns another than was written (-want +got)\n%s", diff)
	}
	t.wantGroup("d:1", want)
	t.wantGroup("d:11", bot.Group{})
	t.reopen()
	t.wantGroup("d:1", want)
	_, err = t.store.UpdateGroup(t.ctx, "d:1", func(g *bot.Group) error { *g = bot.Group{}; return nil })
	t.must(err)
	t.wantGroup("d:1", bot.Group{})
}

func groupRefused(t *tester) {
	refusal := errors.New("not yours to set")
	before := t.in.Dump()
	_, err := t.store.UpdateGroup(t.ctx, "d:1", func(g *bot.Group) error { g.Mode = bot.ModeOff; return refusal })
	if err != refusal { //nolint:errorlint // the contract is that it comes as it is
		t.Errorf("UpdateGroup has the error %v, want change's own, as it is", err)
	}
	if t.in.Dump() != before {
		t.Error("a refused update wrote something")
	}
	t.wantGroup("d:1", bot.Group{})
}

func groupNothing(t *tester) {
	set := func() {
		t.Helper()
		_, err := t.store.UpdateGroup(t.ctx, "d:1", func(g *bot.Group) error { g.Mode = bot.ModeAll; return nil })
		t.must(err)
	}
	set()
	before := t.in.Dump()
	set()
	if t.in.Dump() != before {
		t.Error("settings that were the same were written again")
	}
}

func groupAtOnce(t *tester) {
	want := bot.Group{Channels: map[string]bot.Mode{}}
	for i := range crowd {
		want.Channels[strconv.Itoa(i)] = bot.ModeThread
	}
	atOnce(func(i int) {
		_, err := t.store.UpdateGroup(t.ctx, "d:1", func(g *bot.Group) error {
			channels := maps.Clone(g.Channels)
			if channels == nil {
				channels = map[string]bot.Mode{}
			}
			channels[strconv.Itoa(i)] = bot.ModeThread
			g.Channels = channels
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.wantGroup("d:1", want)
}

func groupsListed(t *tester) {
	want := map[string]bot.Mode{"d:1": bot.ModeThread, "d:2": bot.ModeOff, "s:T 1:*": bot.ModeAll}
	for id, mode := range want {
		if _, err := t.store.UpdateGroup(t.ctx, id, func(g *bot.Group) error { g.Mode = mode; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]bot.Mode{}
	for g, err := range t.store.Groups(t.ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := got[g.ID]; twice {
			t.Errorf("group %q is listed twice", g.ID)
		}
		got[g.ID] = g.Mode
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Groups (-want +got)\n%s", diff)
	}
}
