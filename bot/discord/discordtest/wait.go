package discordtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// WaitReply waits for the next message of the bot in the channel that the user
// can see and that came after whatever they last did there or waited for. One
// that says "is thinking…" is waited for until it says more. If none comes, it
// fails the test with what the user sees. Call it from the test's goroutine.
func (u *User) WaitReply(ctx context.Context, ch *Channel) Message {
	u.s.t.Helper()
	return u.WaitFor(ctx, ch, "a reply", func(Message) bool { return true })
}

// WaitFor waits as WaitReply does, for a message that the test's match accepts;
// others are passed over. What says what is waited for.
func (u *User) WaitFor(ctx context.Context, ch *Channel, what string, match func(Message) bool) Message {
	u.s.t.Helper()
	var found Message
	ok := u.s.await(ctx, func() bool {
		for _, m := range ch.messages {
			if m.FromBot && !m.deleted && !m.Loading() && u.canSee(m) && u.unread(ch, m) && match(m.snapshot()) {
				found = m.snapshot()
				u.read[ch.ID] = m.ID
				return true
			}
		}
		return false
	})
	if !ok {
		u.s.t.Fatalf("discordtest: %s waited for %s in %v. They see:\n%s\nThe server saw last:\n%s",
			u.Name, what, ch, u.s.Transcript(ch.ID, For(u)), u.s.ledger.Dump(12))
	}
	return found
}

// unread reports whether m came after what the user has read or done.
func (u *User) unread(ch *Channel, m *Message) bool {
	last := u.read[ch.ID]
	return last == "" || before(last, m.ID)
}

// Wait waits for the message that the interaction is answered with: posted,
// changed, or filled in after "is thinking…". If none comes, it fails the test
// with what the user sees. Call it from the test's goroutine.
func (in *Interaction) Wait(ctx context.Context) Message {
	in.s.t.Helper()
	var found Message
	in.must(ctx, "an answer", func() bool {
		m := in.i.original
		if m == nil || m.deleted || m.Loading() || in.i.answered == answerDeferUpdate && len(in.i.answers) == 0 {
			return false
		}
		found = m.snapshot()
		in.user.noteRead(in.i.ch, m)
		return true
	})
	return found
}

// WaitAnswered waits until the bot has answered in any way, a deferral included,
// and returns the type of the answer: 4 message, 5 and 6 deferred, 7 update, 8
// choices, 9 modal.
func (in *Interaction) WaitAnswered(ctx context.Context) int {
	in.s.t.Helper()
	in.must(ctx, "a first answer", func() bool { return in.i.answered != 0 })
	in.s.mu.Lock()
	defer in.s.mu.Unlock()
	return in.i.answered
}

// WaitFollowUps waits until the interaction has made or changed n messages and
// returns them.
func (in *Interaction) WaitFollowUps(ctx context.Context, n int) []Message {
	in.s.t.Helper()
	var out []Message
	in.must(ctx, fmt.Sprintf("%d messages", n), func() bool {
		out = nil
		for _, m := range in.i.answers {
			if !m.Loading() && !m.deleted {
				out = append(out, m.snapshot())
			}
		}
		return len(out) >= n
	})
	return out
}

// WaitChoices waits for what autocomplete offers.
func (in *Interaction) WaitChoices(ctx context.Context) []Choice {
	in.s.t.Helper()
	in.must(ctx, "choices", func() bool { return in.i.answered == answerChoices })
	return in.i.choices
}

// WaitModal waits for a modal.
func (in *Interaction) WaitModal(ctx context.Context) Modal {
	in.s.t.Helper()
	in.must(ctx, "a modal", func() bool { return in.i.modal != nil })
	return *in.i.modal
}

// must waits until done, or fails the test.
func (in *Interaction) must(ctx context.Context, what string, done func() bool) {
	in.s.t.Helper()
	if in.s.await(ctx, done) {
		return
	}
	in.s.t.Fatalf("discordtest: %s waited for %s to %s. They see:\n%s\nThe server saw last:\n%s",
		in.user.Name, what, in.i.what, in.s.Transcript(in.i.ch.ID, For(in.user)), in.s.ledger.Dump(12))
}

// noteRead notes that the user has read up to m.
func (u *User) noteRead(ch *Channel, m *Message) {
	if u.unread(ch, m) {
		u.read[ch.ID] = m.ID
	}
}

// WaitConnected waits until the bot has a session on a living connection.
func (s *Server) WaitConnected(ctx context.Context) {
	s.t.Helper()
	s.WaitUntil(ctx, "the bot to connect", s.connected)
}

// WaitCommand waits until the bot has registered a slash command of that name, for
// all guilds or for one.
func (s *Server) WaitCommand(ctx context.Context, name string) {
	s.t.Helper()
	s.WaitUntil(ctx, "the command /"+name, func() bool {
		if s.commands.named(CommandSlash, name) != nil {
			return true
		}
		return slices.ContainsFunc(s.guilds, func(g *Guild) bool { return g.commands.named(CommandSlash, name) != nil })
	})
}

// WaitDisconnected waits until no session of the bot has a connection.
func (s *Server) WaitDisconnected(ctx context.Context) {
	s.t.Helper()
	s.WaitUntil(ctx, "the bot to be gone", func() bool { return !s.connected() })
}

// connected reports whether a session has a connection. The world is locked.
func (s *Server) connected() bool {
	for _, ses := range s.gateway.sessions {
		if ses.conn != nil && !ses.ended {
			return true
		}
	}
	return false
}

// WaitUntil waits for done, which is asked after each change with the world
// locked: it may look at messages that it holds and at the ledger, but must not
// call the server. If it does not come true, the test fails.
func (s *Server) WaitUntil(ctx context.Context, what string, done func() bool) {
	s.t.Helper()
	if !s.await(ctx, done) {
		s.t.Fatalf("discordtest: waited for %s. The server saw last:\n%s", what, s.ledger.Dump(12))
	}
}

// await asks done after each change until it is true or the context is over. A
// context without a deadline lasts as long as the server's patience.
func (s *Server) await(ctx context.Context, done func() bool) bool {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.options.patience)
		defer cancel()
	}
	for {
		s.mu.Lock()
		if done() {
			s.mu.Unlock()
			return true
		}
		next := s.nextChange()
		s.mu.Unlock()
		select {
		case <-next:
		case <-ctx.Done():
			return false
		}
	}
}

// indent puts a mark before each line.
func indent(text, mark string) string {
	return mark + strings.ReplaceAll(text, "\n", "\n"+mark)
}
