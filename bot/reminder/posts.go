package reminder

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// A Writer writes what a group is told on a date, as things stand now.
type Writer func(ctx context.Context, k bot.PostKey, day streak.Day, now time.Time) (bot.Reply, error)

// The posts of groups are looked at so often, and so many are in hand at once:
// a minute late is early enough for a group, and they are few beside reminders.
const (
	postPoll  = 30 * time.Second
	postHands = 8
)

// posts sends what groups are due, until ctx ends; what it has in hand then, it
// finishes.
func (r *run) posts(ctx context.Context) {
	poll := cmp.Or(r.PostPoll, postPoll)
	for away := false; ; {
		due, err := r.duePosts(ctx)
		switch {
		case err != nil && !away && ctx.Err() == nil:
			r.log.Error("the posts of groups cannot be read; trying on", "err", err)
		case err == nil && away:
			r.log.Info("the posts of groups can be read again")
		}
		away = err != nil
		r.sendPosts(ctx, due)
		if !r.wait(ctx, time.Duration(float64(poll)*(0.8+0.4*mathrand.Float64()))) {
			return
		}
	}
}

// duePosts are the posts that this process may take now. One that cannot be read
// keeps no other from being sent.
func (r *run) duePosts(ctx context.Context) ([]bot.GroupPost, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	var due []bot.GroupPost
	var broken error
	now := r.now()
	for p, err := range bot.Posts(ctx, r.Store) {
		switch {
		case err != nil:
			broken = err
		case r.Senders[p.Platform()] != nil && p.Takable(p.Kind, now):
			due = append(due, p)
		}
	}
	mathrand.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] }) // so that processes do not all begin with the same
	return due, broken
}

func (r *run) sendPosts(ctx context.Context, due []bot.GroupPost) {
	hands := make(chan struct{}, postHands)
	var working sync.WaitGroup
	for _, p := range due {
		hands <- struct{}{}
		working.Go(func() {
			defer func() { <-hands }()
			if err := r.post(ctx, p); err != nil {
				r.log.Error("a group's post was left to its lease", "group", p.Group, "channel", p.Channel, "kind", p.Kind, "err", err)
			}
		})
	}
	working.Wait()
}

// A heldPost is a post in this process's hands.
type heldPost struct {
	bot.PostKey
	bot.Post
	token string
	at    time.Time // when it was due
}

// post does what is to be done with a post that looked due. Its error is for a
// store that failed: the post is left to its lease then, and others take it.
func (r *run) post(stop context.Context, p bot.GroupPost) error {
	now := r.now()
	turn, soon := r.pacer.turn(p.Platform(), p.Channel, now)
	if !soon || !r.wait(stop, turn.Sub(now)) {
		return nil // nobody has taken it: the next look finds it again
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(stop), lease)
	defer cancel()
	h, err := r.takePost(ctx, p.PostKey)
	switch sender := r.Senders[p.Platform()]; {
	case errors.Is(err, bot.ErrPostLost):
		r.PostCounts.Lost.Add(1)
		return nil
	case err != nil:
		return fmt.Errorf("take: %w", err)
	case !h.Begun.IsZero() && (!sender.Idempotent() || r.now().Sub(h.Begun) >= resendFor):
		return r.settleAmbiguous(ctx, h, "its sending was begun by a process that never finished it")
	case r.now().Sub(h.at) > expiry:
		return r.settled(ctx, h, &r.PostCounts.Expired)
	default:
		return r.sendPost(ctx, h, sender)
	}
}

// takePost takes a post out of everybody else's hands.
func (r *run) takePost(ctx context.Context, k bot.PostKey) (heldPost, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	h := heldPost{PostKey: k, token: rand.Text()}
	var err error
	h.Post, err = bot.UpdatePost(ctx, r.Store, k, func(p bot.Post) (bot.Post, error) { return p.Take(k.Kind, h.token, r.now(), lease) })
	h.at, _ = h.At(k.Kind, h.Day)
	return h, err //nolint:wrapcheck // the caller says what was being done
}

// sendPost writes the post, begins it, sends it and settles it.
func (r *run) sendPost(ctx context.Context, h heldPost, sender bot.Sender) error {
	reply, err := r.write(ctx, h)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	started := time.Now() // what a deadline is measured by, whatever clock the plan goes by
	_, err = bot.UpdatePost(ctx, r.Store, h.PostKey, func(p bot.Post) (bot.Post, error) { return p.Begin(h.Kind, h.token, r.now(), sendLimit) })
	if errors.Is(err, bot.ErrPostLost) {
		r.PostCounts.Lost.Add(1)
		return nil
	}
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	sending, cancel := context.WithDeadline(ctx, started.Add(sendTime))
	defer cancel()
	behind := r.now().Sub(h.at)
	err = &bot.LaterError{Err: errors.New("this process stood still")}
	if sending.Err() == nil {
		err = sender.Send(sending, bot.Delivery{Group: h.Group, Place: h.Channel, Reply: reply, Key: keyFrom("%v %d", h.PostKey, h.Day)})
	}
	if err != nil {
		return r.postFailed(ctx, h, sender, behind, err)
	}
	done, err := r.settle(ctx, h, false)
	if done {
		r.PostCounts.sent(behind)
	}
	return err
}

func (r *run) write(ctx context.Context, h heldPost) (bot.Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	return r.Posts(ctx, h.PostKey, h.Day, r.now())
}

// postFailed settles a post that the sender did not send, or puts it off.
func (r *run) postFailed(ctx context.Context, h heldPost, sender bot.Sender, behind time.Duration, err error) error {
	later, refused := errors.AsType[*bot.LaterError](err)
	switch {
	case errors.Is(err, bot.ErrGone):
		return r.postGone(ctx, h, err)
	case refused && h.Begun.IsZero():
		return r.postLater(ctx, h, r.now().Add(backOff(later.After, behind)), err)
	case sender.Idempotent():
		return nil // when the lease ends, it is sent again with the same key
	}
	return r.settleAmbiguous(ctx, h, err.Error())
}

// postGone settles a post whose channel cannot be written to.
func (r *run) postGone(ctx context.Context, h heldPost, why error) error {
	r.PostCounts.Dead.Add(1)
	text, cure := "a group's post cannot be sent", "let the bot write in the channel again"
	if h.Gone+1 >= bot.PostGoneMost {
		text, cure = "a group's post is switched off", fmt.Sprintf("let the bot write in the channel again, then say %s and the time in it", h.Kind)
	}
	r.log.Warn(text, "group", h.Group, "channel", h.Channel, "kind", h.Kind, "err", why, "cure", cure)
	_, err := r.settle(ctx, h, true)
	return err
}

// postLater puts a post off, or gives it up when that is too late.
func (r *run) postLater(ctx context.Context, h heldPost, at time.Time, why error) error {
	if at.Sub(h.at) > expiry {
		r.log.Warn("a group's post was given up", "group", h.Group, "channel", h.Channel, "kind", h.Kind, "err", why)
		return r.settled(ctx, h, &r.PostCounts.Expired)
	}
	r.PostCounts.PutOff.Add(1)
	_, err := r.givePostBack(ctx, h, func(p bot.Post) (bot.Post, error) { return p.PutOff(h.token, at) })
	return err
}

// settleAmbiguous takes a post as sent, of which nobody knows whether it was.
func (r *run) settleAmbiguous(ctx context.Context, h heldPost, why string) error {
	r.log.Warn("a group's post may or may not have been sent", "group", h.Group, "channel", h.Channel, "kind", h.Kind, "why", why)
	return r.settled(ctx, h, &r.PostCounts.Ambiguous)
}

// settled settles a post and counts it.
func (r *run) settled(ctx context.Context, h heldPost, n *atomic.Int64) error {
	done, err := r.settle(ctx, h, false)
	if done {
		n.Add(1)
	}
	return err
}

func (r *run) settle(ctx context.Context, h heldPost, gone bool) (bool, error) {
	return r.givePostBack(ctx, h, func(p bot.Post) (bot.Post, error) { return p.Settle(h.token, gone) })
}

// givePostBack writes the post as change leaves it, and reports whether it was still
// in this process's hands. It tries until ctx ends: what was sent and is not settled
// may be sent again.
func (r *run) givePostBack(ctx context.Context, h heldPost, change func(bot.Post) (bot.Post, error)) (bool, error) {
	for {
		_, err := bot.UpdatePost(ctx, r.Store, h.PostKey, change)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, bot.ErrPostLost):
			r.PostCounts.Lost.Add(1)
			return false, nil
		case !r.wait(ctx, againEvery):
			return false, fmt.Errorf("give back: %w", err)
		}
	}
}
