package bot

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Who could not be reached by a reminder is told so when they next turn to the
// mentor, with a question too. An answer must not wait for the store, so there is
// one look, made while the guide is searched.
const (
	newsTime = 100 * time.Millisecond // that the look may take
	newsRest = 10 * time.Second       // without a look, after one that failed
)

// untold is when to look again.
type untold struct{ next atomic.Int64 } // Unix nanoseconds, by the machine's clock

// lookForNews begins to look whether there is something to tell q's person; what
// it returns says so.
func (m *Mentor) lookForNews(ctx context.Context, q Question) (wait func() bool) {
	if m.store == nil || q.aside || q.Person == "" || time.Now().UnixNano() < m.untold.next.Load() {
		return func() bool { return false }
	}
	found := make(chan bool, 1)
	ctx, cancel := context.WithTimeout(ctx, newsTime)
	go func() {
		has, err := m.hasNews(ctx, q.Person)
		if err != nil {
			m.untold.next.Store(time.Now().Add(newsRest).UnixNano())
		}
		found <- has
	}()
	return func() bool {
		defer cancel()
		select {
		case has := <-found:
			return has
		case <-ctx.Done():
			return false
		}
	}
}

// hasNews reports whether the person is a learner with something untold.
func (m *Mentor) hasNews(ctx context.Context, person Account) (bool, error) {
	id, err := m.store.Find(ctx, person)
	if err == nil {
		var l Learner
		if l, err = m.store.Get(ctx, id); err == nil {
			return l.Reminder.Tell, nil
		}
	}
	if errors.Is(err, ErrNoLearner) {
		err = nil
	}
	return false, err
}

// withNews is the reply with what there is to tell, which is told once.
func (m *Mentor) withNews(ctx context.Context, q Question, reply Reply) Reply {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	q.contact = new(contact)
	if _, err := m.update(ctx, q, func(*Learner) error { return nil }); err != nil {
		m.log.Error("the store failed to note that a learner was told of their reminders", "err", err)
		return reply
	}
	if q.contact.news != "" {
		reply.Text += "\n\n" + q.contact.news
	}
	return reply
}
