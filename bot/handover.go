package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Questions that are passed on to the mentors.
const (
	maxHandovers = 100            // of a group; when so many are open, no more are taken
	ownerAfter   = 24 * time.Hour // an open one gets an owner
	waitsLooked  = 20             // the usual waiting time is the median of so many
)

// A handover is a question that somebody passed on to the group's mentors. Once it
// is resolved, only its times are kept, and whose it was.
//
// They lie on the shelf "handover GROUP", each under its id as JSON; beside them
// lies "next", the number of the last one.
type handover struct {
	ID       string    `json:"-"`              // "h17"
	Text     string    `json:"text,omitempty"` // as asked; empty once it is resolved
	Asker    ID        `json:"asker,omitempty"`
	Topic    string    `json:"topic,omitempty"` // the entry nearest to it; empty for none
	At       time.Time `json:"at"`
	Owner    Account   `json:"owner,omitempty"` // who was asked to see to it
	Owned    time.Time `json:"owned,omitzero"`
	By       Account   `json:"by,omitempty"` // who resolved it
	Resolved time.Time `json:"resolved,omitzero"`
}

func handoverShelf(group string) string { return "handover " + group }

// handoverID reads "h17", "17" and "#17".
func handoverID(text string) (string, bool) {
	id, ok := itemID(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "h"))
	return "h" + strings.TrimPrefix(id, "i"), ok
}

func (h handover) open() bool { return h.Resolved.IsZero() }

func (h handover) over(now time.Time) bool { return now.Sub(h.At) > itemTime }

// resolved is h as by resolves it; a second time it is ErrTaken, but not for by.
func (h handover) resolved(by Account, at time.Time) (handover, error) {
	if !h.open() {
		if h.By == by {
			return h, nil
		}
		return h, ErrTaken
	}
	h.Text, h.Asker, h.By, h.Resolved = "", "", by, at.UTC()
	return h, nil
}

// usualWait is the median of how long the newest resolved ones waited; false when
// none is resolved.
func usualWait(list []handover) (time.Duration, bool) {
	list = slices.DeleteFunc(slices.Clone(list), handover.open)
	slices.SortFunc(list, func(a, b handover) int { return b.Resolved.Compare(a.Resolved) })
	list = list[:min(len(list), waitsLooked)]
	waits := make([]time.Duration, 0, waitsLooked)
	for _, h := range list {
		waits = append(waits, max(0, h.Resolved.Sub(h.At)))
	}
	return median(waits)
}

// median is the middle of waits, the lower of two; false for none.
func median(waits []time.Duration) (time.Duration, bool) {
	if len(waits) == 0 {
		return 0, false
	}
	waits = slices.Sorted(slices.Values(waits))
	return waits[(len(waits)-1)/2], true
}

// nextOwner is who is to see to a question that nobody resolved: of the mentors
// named one by one, and of those who resolved others, who neither was an owner nor
// resolved one for the longest time; of those who never did, who was named first.
// Empty when nobody is known.
func nextOwner(mentors []Account, list []handover) Account {
	busy := map[Account]time.Time{}
	candidates := slices.Clone(mentors)
	for _, h := range list {
		if h.By != "" && !slices.Contains(candidates, h.By) {
			candidates = append(candidates, h.By)
		}
		busy[h.By] = later(busy[h.By], h.Resolved)
		busy[h.Owner] = later(busy[h.Owner], h.Owned)
	}
	if len(candidates) == 0 {
		return ""
	}
	return slices.MinFunc(candidates, func(a, b Account) int { return busy[a].Compare(busy[b]) })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// handovers reads all of a group's, the oldest first.
func (m *Mentor) handovers(ctx context.Context, group string) ([]handover, error) {
	var out []handover
	for paper, err := range m.store.Papers(ctx, handoverShelf(group)) {
		if err != nil {
			return nil, fmt.Errorf("read the questions for mentors: %w", err)
		}
		if paper.Key == "next" {
			continue
		}
		h := handover{ID: paper.Key}
		if err := json.Unmarshal([]byte(paper.Text), &h); err != nil {
			m.log.Error("a question for mentors is damaged and left out", "group", group, "id", paper.Key, "err", err)
			continue
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b handover) int { return a.At.Compare(b.At) })
	return out, nil
}

// openHandovers are those that nobody resolved.
func openHandovers(list []handover) []handover {
	return slices.DeleteFunc(slices.Clone(list), func(h handover) bool { return !h.open() })
}

// addHandover stores a new one and returns its id.
func (m *Mentor) addHandover(ctx context.Context, group string, h handover) (string, error) {
	next, err := m.store.UpdatePaper(ctx, handoverShelf(group), "next", func(text string) (string, error) {
		n, _ := strconv.Atoi(text)
		return strconv.Itoa(n + 1), nil
	})
	if err != nil {
		return "", fmt.Errorf("number a question for mentors: %w", err)
	}
	h.ID = "h" + next
	_, err = m.changeHandover(ctx, group, h.ID, func(handover, bool) (handover, error) { return h, nil })
	return h.ID, err
}

// changeHandover is UpdatePaper for one; known is false when there is none of that id.
func (m *Mentor) changeHandover(ctx context.Context, group, id string, change func(h handover, known bool) (handover, error)) (handover, error) {
	var after handover
	_, err := m.store.UpdatePaper(ctx, handoverShelf(group), id, func(text string) (string, error) {
		h := handover{ID: id}
		if text != "" {
			if err := json.Unmarshal([]byte(text), &h); err != nil {
				return "", fmt.Errorf("read question %s for mentors: %w", id, err)
			}
		}
		var err error
		if after, err = change(h, text != ""); err != nil {
			return "", err
		}
		written, err := json.Marshal(after)
		return string(written), err
	})
	if _, refused := errors.AsType[refusal](err); err != nil && !refused && !errors.Is(err, ErrTaken) {
		return handover{}, fmt.Errorf("change a question for mentors: %w", err) // when ctx ended, change may be at work still
	}
	return after, err
}

// sweepHandovers removes what is too old, and gives an owner to what waits long.
func (m *Mentor) sweepHandovers(ctx context.Context, group string) error {
	list, err := m.handovers(ctx, group)
	if err != nil {
		return err
	}
	now := m.now()
	for _, h := range list {
		if h.over(now) {
			if err := m.removePaper(ctx, handoverShelf(group), h.ID); err != nil {
				return err
			}
			continue
		}
		if h.open() && h.Owner == "" && now.Sub(h.At) >= ownerAfter {
			if err := m.giveOwner(ctx, group, &h, list); err != nil {
				return err
			}
		}
	}
	return nil
}

// giveOwner finds an owner for h and tells them, once whatever happens.
func (m *Mentor) giveOwner(ctx context.Context, group string, h *handover, list []handover) error {
	g, err := m.store.Group(ctx, group)
	if err != nil {
		return fmt.Errorf("read a group's settings: %w", err)
	}
	owner := nextOwner(g.Mentors, list)
	if owner == "" {
		return nil
	}
	mine := false
	after, err := m.changeHandover(ctx, group, h.ID, func(h handover, known bool) (handover, error) {
		if mine = known && h.open() && h.Owner == ""; mine {
			h.Owner, h.Owned = owner, m.now().UTC()
		}
		return h, nil
	})
	if err != nil || !mine {
		return err
	}
	for i := range list {
		if list[i].ID == after.ID {
			list[i] = after // who has one now is not the longest idle any more
		}
	}
	reply := setting("A question waits for this group's mentors since a day, and it is yours now:\n\n- %s\n\nWhen it is answered, say `resolve %s` in the group.", escaped(after.Text), after.ID)
	m.outbox.add(Delivery{To: owner, Reply: reply, Key: newKey()})
	return nil
}
