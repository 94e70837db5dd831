package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"
)

const (
	maxOutgoing   = 200              // that wait
	outgoingTime  = 15 * time.Second // for one
	outgoingTries = 60               // about as many seconds, or longer where a platform asks for it
)

// An outbox holds messages that wait to be sent, because of what somebody did just now.
// They are not kept: what they tell of is.
type outbox struct {
	mu      sync.Mutex
	waiting []outgoing
	senders map[string]Sender // by the platform's letter
}

type outgoing struct {
	Delivery
	after time.Time // not tried before
	tries int
}

func (o *outbox) add(d Delivery) { o.put(outgoing{Delivery: d}) }

func (o *outbox) put(one outgoing) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) < maxOutgoing {
		o.waiting = append(o.waiting, one)
	}
}

func (o *outbox) take() []outgoing {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := o.waiting
	o.waiting = nil
	return out
}

// newKey names a new message.
func newKey() string { return rand.Text()[:20] }

// SendBy gives the mentor the senders of the platforms, by the letter that their
// accounts begin with. Until then, what is to be posted is left to the lists.
func (m *Mentor) SendBy(senders map[string]Sender) {
	m.outbox.mu.Lock()
	defer m.outbox.mu.Unlock()
	m.outbox.senders = senders
}

func (o *outbox) sender(platform string) Sender {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.senders[platform]
}

// sendWaiting sends what waits. What was surely not sent is tried again; what may have
// been is not.
func (m *Mentor) sendWaiting(ctx context.Context) {
	for _, p := range m.outbox.take() {
		if ctx.Err() != nil {
			return
		}
		if m.now().Before(p.after) {
			m.outbox.put(p)
			continue
		}
		m.sendOut(ctx, p)
	}
}

func (m *Mentor) sendOut(ctx context.Context, p outgoing) {
	platform := Account(p.Group).Platform()
	if p.To != "" {
		platform = p.To.Platform()
	}
	sender := m.outbox.sender(platform)
	if sender == nil {
		return // this process is not on that platform; `open` lists the question all the same
	}
	sending, cancel := context.WithTimeout(ctx, outgoingTime)
	defer cancel()
	err := sender.Send(sending, p.Delivery)
	if later, ok := errors.AsType[*LaterError](err); ok && p.tries < outgoingTries {
		p.tries, p.after = p.tries+1, m.now().Add(later.After)
		m.outbox.put(p)
		return
	}
	if err != nil {
		m.log.Error("a message for the mentors was not sent; `open` lists the question, `setup mentors here` names another channel", "group", p.Group, "err", err)
	}
}
