package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// registerCommands makes Discord's commands those of this version. Nothing is
// written when they are already: what is new counts against a daily limit.
func (b *Bot) registerCommands(ctx context.Context) {
	path := "/applications/" + b.application() + "/commands"
	for try := 0; ctx.Err() == nil; try++ {
		changed, err := b.syncCommands(ctx, path)
		if err == nil {
			b.log.Info("the commands are registered", "changed", changed)
			return
		}
		b.log.Error("the commands could not be registered; trying again", "err", err)
		pause(ctx, b.pace.backoff(try+2))
	}
}

func (b *Bot) syncCommands(ctx context.Context, path string) (changed bool, err error) {
	same, err := commandsMatch(ctx, b.rest, path)
	if err != nil || same {
		return false, err
	}
	return true, b.rest.do(ctx, call{method: http.MethodPut, path: path, bucket: "commands", body: commands()}, nil)
}

// commandsMatch reports whether the registered commands are those of this
// version.
func commandsMatch(ctx context.Context, r *rest, path string) (bool, error) {
	var there []command
	if err := r.do(ctx, call{method: http.MethodGet, path: path, bucket: "commands"}, &there); err != nil {
		return false, err
	}
	want, err := json.Marshal(commands())
	if err != nil {
		return false, err
	}
	var here []command
	if err := json.Unmarshal(want, &here); err != nil {
		return false, err
	}
	return reflect.DeepEqual(ordered(here), ordered(there)), nil
}

// ordered are commands in an order that does not depend on who tells it.
func ordered(list []command) []command {
	list = slices.Clone(list)
	for i := range list {
		slices.Sort(list[i].Installs)
		slices.Sort(list[i].Contexts)
		if len(list[i].Options) == 0 {
			list[i].Options = nil
		}
		emptyToNil(list[i].Options)
	}
	slices.SortFunc(list, func(a, b command) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func emptyToNil(options []commOpt) {
	for i := range options {
		if len(options[i].Options) == 0 {
			options[i].Options = nil
		}
		if len(options[i].Choices) == 0 {
			options[i].Choices = nil
		}
		emptyToNil(options[i].Options)
	}
}
