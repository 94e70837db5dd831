package discord

import (
	"encoding/json"
	"time"

	"github.com/bwmarrin/discordgo"
)

// Hurry makes a bot try again n times as fast as it would, for tests that would wait.
func (b *Bot) Hurry(n int) {
	d := time.Duration(n)
	p := &b.pace
	*p = defaultPace
	b.rest.pause = firstPause
	p.first, p.longest, p.spacing, p.minute = p.first/d, p.longest/d, p.spacing/d, p.minute/d
	b.rest.pause /= d
	p.closing = 20 * time.Millisecond
}

// Waits makes a bot wait so long for the gateway to open, for an answer to a
// heartbeat, and for an answer before it says "is thinking…".
func (b *Bot) Waits(open, silence, patience time.Duration) {
	b.pace.open, b.pace.silence, b.pace.patience = open, silence, patience
}

// Unlimited lifts the bot's own limit of requests in a second.
func (b *Bot) Unlimited() { b.rest.limits.rate = 1 << 30 }

// Deliver gives the bot an event as the gateway would.
func (b *Bot) Deliver(name string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	b.onEvent(&discordgo.Event{Type: name, RawData: raw})
}

// Waiting is how many jobs are in hand.
func (b *Bot) Waiting() int {
	b.work.mu.Lock()
	defer b.work.mu.Unlock()
	return b.work.waiting
}

// Paused reports whether Discord has asked for a pause of all requests.
func (b *Bot) Paused() bool {
	l := b.rest.limits
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now().Before(l.until)
}
