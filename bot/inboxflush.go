package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	tendEvery  = time.Second      // so long an unanswered question takes to its inbox
	sweepEvery = 10 * time.Minute // how often what is too old is looked for, and who owns a question
	sweepTime  = time.Minute      // for all groups
	inboxLease = 10 * time.Second // for which one process makes a group's items; it is done or has given up within storeTime
)

// Tend does what the mentor does by itself besides answering: it writes inboxes,
// posts questions for the mentors, remembers what to ask about, gives those that wait long an owner, and removes
// what is too old. It ends with ctx, after what waits is written. Without it, none
// of that happens.
func (m *Mentor) Tend(ctx context.Context) {
	if m.store == nil {
		return
	}
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	swept := time.Time{}
	for {
		select {
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
			defer cancel()
			m.writeInboxes(ctx, true)
			m.noteAnswers(ctx)
			return
		case <-tick.C:
		}
		m.writeInboxes(ctx, false)
		m.sendWaiting(ctx)
		m.noteAnswers(ctx)
		if now := m.now(); now.Sub(swept) >= sweepEvery {
			swept = now
			m.sweep(ctx)
		}
	}
}

// writeInboxes writes what waits. What cannot be written waits on.
func (m *Mentor) writeInboxes(ctx context.Context, end bool) {
	m.inbox.writing.Lock()
	defer m.inbox.writing.Unlock()
	byGroup, lost := m.inbox.take(m.now(), end)
	if lost > 0 {
		m.log.Warn("more questions went unanswered than the inbox could take; some are not in it", "lost", lost)
	}
	for group, list := range byGroup {
		done, err := m.gather(ctx, group, list)
		if err != nil {
			m.log.Error("unanswered questions are not written to the inbox; trying on", "group", group, "err", err)
		}
		if !done {
			m.inbox.add(list...)
		}
	}
}

// gather groups askings with what is in the group's inbox, and writes what changed.
// It reports false when another process does so just now. One process at a time
// makes items, so that the same question never stands twice; closing one, which
// any process may do meanwhile, is not undone by it.
func (m *Mentor) gather(ctx context.Context, group string, list []unanswered) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	key := inboxShelf(group)
	mine, err := m.store.Lease(ctx, key, m.process, inboxLease)
	if err != nil || !mine {
		return false, err
	}
	defer func() {
		if giveBack := m.store.GiveBack(ctx, key, m.process); giveBack != nil && err == nil {
			err = fmt.Errorf("give an inbox back: %w", giveBack)
		}
	}()
	items, next, err := m.items(ctx, group)
	if err != nil {
		return false, err
	}
	p := newPile(items, next)
	askings := map[string][]unanswered{}
	for _, u := range list {
		if id, ok := p.add(u); ok {
			askings[id] = append(askings[id], u)
		}
	}
	if err := m.writeItems(ctx, group, p, askings, next); err != nil {
		return false, err // some may have been written, and are counted twice then
	}
	return true, nil
}

// items reads all items of a group, open and closed, and the number of the last one
// made.
func (m *Mentor) items(ctx context.Context, group string) (items []item, next int, err error) {
	for paper, err := range m.store.Papers(ctx, inboxShelf(group)) {
		if err != nil {
			return nil, 0, fmt.Errorf("read an inbox: %w", err)
		}
		if paper.Key == "next" {
			next, _ = strconv.Atoi(paper.Text)
		}
		if _, ok := itemID(paper.Key); !ok {
			continue
		}
		it, err := parseItem(paper.Key, paper.Text)
		if err != nil {
			m.log.Error("an item of an inbox is damaged and left out", "group", group, "err", err)
			continue
		}
		items = append(items, it)
	}
	for _, it := range items { // should the number have been lost
		n, _ := strconv.Atoi(it.ID[1:])
		next = max(next, n)
	}
	return items, next, nil
}

func (m *Mentor) writeItems(ctx context.Context, group string, p *pile, askings map[string][]unanswered, next int) error {
	shelf := inboxShelf(group)
	if p.next != next { // first, so that no id is ever given twice
		if _, err := m.store.UpdatePaper(ctx, shelf, "next", func(string) (string, error) { return strconv.Itoa(p.next), nil }); err != nil {
			return fmt.Errorf("write an inbox: %w", err)
		}
	}
	for id := range p.changed {
		_, err := m.store.UpdatePaper(ctx, shelf, id, func(text string) (string, error) {
			it := item{ID: id}
			if text != "" {
				var err error
				if it, err = parseItem(id, text); err != nil {
					return "", err
				}
			}
			for _, u := range askings[id] {
				it = it.askedAgain(u)
			}
			return it.paper()
		})
		if err != nil {
			return fmt.Errorf("write an inbox: %w", err)
		}
	}
	for _, id := range p.gone {
		if err := m.removePaper(ctx, shelf, id); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mentor) removePaper(ctx context.Context, shelf, key string) error {
	if _, err := m.store.UpdatePaper(ctx, shelf, key, func(string) (string, error) { return "", nil }); err != nil {
		return fmt.Errorf("remove paper %q of %q: %w", key, shelf, err)
	}
	return nil
}

// sweep looks through all groups' inboxes and questions for the mentors.
func (m *Mentor) sweep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, sweepTime)
	defer cancel()
	for shelf, err := range m.store.Shelves(ctx) {
		if group, ok := strings.CutPrefix(shelf, inboxShelf("")); ok && err == nil {
			err = m.sweepInbox(ctx, group)
		}
		if group, ok := strings.CutPrefix(shelf, handoverShelf("")); ok && err == nil {
			err = m.sweepHandovers(ctx, group)
		}
		if err != nil {
			m.log.Error("look for what is too old", "shelf", shelf, "err", err)
			return
		}
	}
}

// sweepInbox removes what is older than itemTime.
func (m *Mentor) sweepInbox(ctx context.Context, group string) error {
	items, _, err := m.items(ctx, group)
	if err != nil {
		return err
	}
	now := m.now()
	for _, it := range items {
		if aged := it.aged(now); !it.over(now) && len(aged.Words) == len(it.Words) && len(aged.Waiting) == len(it.Waiting) {
			continue
		}
		_, err := m.store.UpdatePaper(ctx, inboxShelf(group), it.ID, func(text string) (string, error) {
			it, err := parseItem(it.ID, text)
			if err != nil || it.over(now) {
				return "", nil //nolint:nilerr // gone meanwhile, or damaged and no use
			}
			return it.aged(now).paper()
		})
		if err != nil {
			return fmt.Errorf("remove old items: %w", err)
		}
	}
	return nil
}
