package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"

	"mentor/bot"
)

// An item is one thing that a store remembers for long, as `mentor store export`
// prints it in a line: a learner, a group's settings, or a paper. Exactly one of
// the three is set. Codes, events and leases are of the moment, and no items.
type item struct {
	Learner *bot.Learner
	Group   *bot.GroupSettings
	Paper   *bot.Paper
	Shelf   string // of the paper
}

// A line is an item that is no learner as JSON; a learner's line is the learner.
type line struct {
	Group    string     `json:"group,omitempty"`
	Settings *bot.Group `json:"settings,omitempty"`
	Shelf    string     `json:"shelf,omitempty"`
	Key      string     `json:"key,omitempty"`
	Text     string     `json:"text,omitempty"`
}

// String names the item in messages.
func (i item) String() string {
	switch {
	case i.Learner != nil:
		return "learner " + string(i.Learner.ID)
	case i.Group != nil:
		return "group " + i.Group.ID
	}
	return fmt.Sprintf("paper %q of %q", i.Paper.Key, i.Shelf)
}

// MarshalJSON implements json.Marshaler.
func (i item) MarshalJSON() ([]byte, error) {
	switch {
	case i.Learner != nil:
		return json.Marshal(i.Learner)
	case i.Group != nil:
		return json.Marshal(line{Group: i.Group.ID, Settings: &i.Group.Group})
	}
	return json.Marshal(line{Shelf: i.Shelf, Key: i.Paper.Key, Text: i.Paper.Text})
}

// UnmarshalJSON implements json.Unmarshaler. The error is for what is none of the
// three.
func (i *item) UnmarshalJSON(text []byte) error {
	var which struct{ ID, Group, Shelf *string }
	if err := json.Unmarshal(text, &which); err != nil {
		return err
	}
	if which.Group == nil && which.Shelf == nil {
		i.Learner = new(bot.Learner)
		return json.Unmarshal(text, i.Learner)
	}
	var l line
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&l); err != nil {
		return err
	}
	switch {
	case l.Group != "" && l.Settings != nil && l.Shelf == "":
		i.Group = &bot.GroupSettings{ID: l.Group, Group: *l.Settings}
	case l.Group == "" && l.Shelf != "" && l.Text != "":
		i.Paper, i.Shelf = &bot.Paper{Key: l.Key, Text: l.Text}, l.Shelf
	default:
		return errors.New("it is neither a learner, nor a group with settings, nor a shelf with key and text")
	}
	return nil
}

// put writes the item in place of what there is of it.
func (i item) put(ctx context.Context, to bot.Store) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	switch {
	case i.Learner != nil:
		return to.Put(ctx, *i.Learner)
	case i.Group != nil:
		_, err := to.UpdateGroup(ctx, i.Group.ID, func(g *bot.Group) error { *g = i.Group.Group; return nil })
		return err
	}
	_, err := to.UpdatePaper(ctx, i.Shelf, i.Paper.Key, func(string) (string, error) { return i.Paper.Text, nil })
	return err
}

// errAlike ends a look at a paper without a change.
var errAlike = errors.New("looked at")

// alikeIn reports whether the store has the item just so.
func (i item) alikeIn(ctx context.Context, store bot.Store) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	switch {
	case i.Learner != nil:
		return hasAlike(ctx, store, *i.Learner)
	case i.Group != nil:
		g, err := store.Group(ctx, i.Group.ID)
		return reflect.DeepEqual(g, i.Group.Group), err
	}
	alike := false
	_, err := store.UpdatePaper(ctx, i.Shelf, i.Paper.Key, func(text string) (string, error) {
		alike = text == i.Paper.Text
		return "", errAlike
	})
	if errors.Is(err, errAlike) {
		return alike, nil
	}
	return false, err
}

// itemsOf yields all that the store remembers for long, learners first. After an
// error it ends.
func itemsOf(ctx context.Context, store bot.Store) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for l, err := range store.Learners(ctx) {
			if !yield(item{Learner: &l}, err) || err != nil {
				return
			}
		}
		for g, err := range store.Groups(ctx) {
			if !yield(item{Group: &g}, err) || err != nil {
				return
			}
		}
		for shelf, err := range store.Shelves(ctx) {
			if err != nil {
				yield(item{}, err)
				return
			}
			for p, err := range store.Papers(ctx, shelf) {
				if !yield(item{Paper: &p, Shelf: shelf}, err) || err != nil {
					return
				}
			}
		}
	}
}
