package bot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// A Delivery is a reply that nobody asked for just now: a reminder, or what a group
// is told.
type Delivery struct {
	To    Account // whom it reminds; empty for what is said to a group, which names and notifies nobody
	Group string  // the group of Place, for what is said to a group; else empty
	Place string  // the channel it goes to; empty for a direct message to To
	Reply Reply
	Key   string // names the message for ever, 20 letters and digits: the same again is the same message
}

// A Sender delivers on one platform. Send gives up when its context ends, and
// its error says what is known of the message:
//
//   - nil: the platform has it.
//   - ErrGone: it was refused, and will be tomorrow: the person left or takes no
//     direct messages, the channel is gone or closed to the bot.
//   - *LaterError: it was refused, or surely never arrived, and may be tried again.
//   - any other, a timeout above all: nobody knows whether it was sent.
type Sender interface {
	Send(ctx context.Context, d Delivery) error
	// Idempotent reports whether the platform takes a Delivery with the same key
	// only once, for two minutes at least.
	Idempotent() bool
}

// ErrGone is the error for a person or a channel that cannot be reached.
var ErrGone = errors.New("the person or the channel cannot be reached")

// A LaterError is the error of a message that was surely not sent.
type LaterError struct {
	After time.Duration // that the platform asks to wait; 0 when it does not say
	Err   error         // why; may be nil
}

func (e *LaterError) Error() string {
	return fmt.Sprintf("not sent, to be tried again after %v: %v", e.After, e.Err)
}

func (e *LaterError) Unwrap() error { return e.Err }

// Platform is the letter of the platform that the account is on.
func (a Account) Platform() string {
	platform, _, _ := strings.Cut(string(a), ":")
	return platform
}

// Parts are the ids that NewAccount was given, without the platform's letter;
// nil for what it did not make.
func (a Account) Parts() []string {
	parts := strings.Split(string(a), ":")[1:]
	for i, p := range parts {
		plain, err := url.PathUnescape(p)
		if err != nil {
			return nil
		}
		parts[i] = plain
	}
	return parts
}
