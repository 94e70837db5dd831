package bot

import (
	"context"
	"errors"
	"fmt"
)

// inboxItem reads an item of the group's inbox; a refusal when there is none of
// that id.
func (m *Mentor) inboxItem(ctx context.Context, group, id string) (item, error) {
	id, ok := itemID(id)
	if !ok {
		return item{}, errNoItem
	}
	text := ""
	_, err := m.store.UpdatePaper(ctx, inboxShelf(group), id, func(now string) (string, error) {
		text = now
		return now, nil
	})
	switch {
	case err != nil:
		return item{}, fmt.Errorf("read an item of an inbox: %w", err)
	case text == "":
		return item{}, errNoItem
	}
	return parseItem(id, text)
}

// closeItem takes an item off the list: itemTaught, itemPointed or itemScope. Of
// several who close it at once one does, and the others get ErrTaken; whoever
// closed it may do so again.
func (m *Mentor) closeItem(ctx context.Context, group, id, how string, by Account) error {
	return m.changeItem(ctx, group, id, func(it item) (item, error) { return it.closed(how, by, m.now()) })
}

// changeItem is UpdatePaper for an item that there is.
func (m *Mentor) changeItem(ctx context.Context, group, id string, change func(item) (item, error)) error {
	id, ok := itemID(id)
	if !ok {
		return errNoItem
	}
	_, err := m.store.UpdatePaper(ctx, inboxShelf(group), id, func(text string) (string, error) {
		if text == "" {
			return "", errNoItem
		}
		it, err := parseItem(id, text)
		if err != nil {
			return "", err
		}
		if it, err = change(it); err != nil {
			return "", err
		}
		return it.paper()
	})
	if err != nil && !errors.Is(err, ErrTaken) {
		if _, ok := errors.AsType[refusal](err); !ok {
			err = fmt.Errorf("change item %s of an inbox: %w", id, err)
		}
	}
	return err
}

// takeWaiting returns who wanted to be told the answer to an item, once: they are
// forgotten with it.
func (m *Mentor) takeWaiting(ctx context.Context, group, id string) ([]ID, error) {
	var waiting []ID
	err := m.changeItem(ctx, group, id, func(it item) (item, error) {
		waiting = make([]ID, 0, len(it.Waiting))
		for _, w := range it.Waiting {
			waiting = append(waiting, w.ID)
		}
		it.Waiting = nil
		return it, nil
	})
	return waiting, err
}
