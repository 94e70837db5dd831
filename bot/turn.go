package bot

import "time"

// A Turn is one message that the mentor heard, as an adapter saw it come and its
// reply go. It is what figures are made of: whoever is given one must write neither
// the reply's text nor anything else that somebody typed.
type Turn struct {
	Came  time.Time // when the message reached this process
	Asked time.Time // when its turn came, and the mentor was asked
	Said  time.Time // when the mentor had its reply
	Sent  time.Time // when the platform had taken the reply, or refused it
	Reply Reply
	Broke bool // the mentor failed, and Reply is an apology
	Lost  bool // the reply could not be sent whole
}

// Took is the time from the message to the end of its reply.
func (t Turn) Took() time.Duration { return t.Sent.Sub(t.Came) }
