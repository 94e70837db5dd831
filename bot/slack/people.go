package slack

import (
	"context"
	"sync"
	"time"
)

// A person is what Slack knows of somebody and the mentor asks for.
type person struct {
	name  string // as Slack shows it
	zone  string // IANA name
	admin bool   // may manage the workspace
}

const (
	personTime = time.Hour       // how long somebody is taken from memory, when Slack tells of no change
	maxPeople  = 2_000           // of a workspace, in memory
	askTime    = 2 * time.Second // for users.info: an answer without a name is better than none
)

// people remembers persons for a while.
type people struct {
	mu sync.Mutex
	by memory[known]
}

// known is a person as they were until an instant.
type known struct {
	person

	till time.Time
}

func (p *people) get(user string, now time.Time) (person, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.by.get(user)
	return found.person, ok && now.Before(found.till)
}

func (p *people) put(user string, who person, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by.put(user, known{who, now.Add(personTime)})
}

// forget makes the next look go to Slack.
func (p *people) forget(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by.forget(user)
}

// person looks somebody up; who cannot be looked up has no name and no zone.
func (w *workspace) person(ctx context.Context, user string) person {
	if who, ok := w.people.get(user, w.now()); ok {
		return who
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var who person
	err := w.call(ctx, "users.info", harmless, func(ctx context.Context) error {
		u, err := w.api.GetUserInfoContext(ctx, user)
		if err != nil {
			return err //nolint:wrapcheck // call looks into it
		}
		who = person{name: u.Profile.DisplayName, zone: u.TZ, admin: u.IsAdmin || u.IsOwner}
		if who.name == "" {
			who.name = u.RealName
		}
		return nil
	})
	if err != nil {
		w.log.Warn("look a person up", "err", clean(err))
		return person{}
	}
	w.people.put(user, who, w.now())
	return who
}
