package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// codeTime is how long a code to link accounts can be used.
const codeTime = 10 * time.Minute

// codeLetters leave out those that are mistaken for others.
const codeLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// newCode is a code of 8 letters: 39 bits, for ten minutes.
func newCode() string {
	b := make([]byte, 8)
	rand.Read(b)
	for i := range b {
		b[i] = codeLetters[int(b[i])%len(codeLetters)]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

// Linking takes three messages, so that neither side can take the other's days
// without it: the first account asks for a code, the second says it, and the
// first says the second code that this brought.
//
// What a code stands for: "offer ACCOUNT", or "accept ACCOUNT ACCOUNT", the first
// account in front.
func (m *Mentor) link(ctx context.Context, q Question, r request) (Reply, error) {
	code := strings.ToUpper(strings.TrimSpace(r.rest))
	if code == "" {
		return m.offerLink(ctx, q)
	}
	if !strings.Contains(code, "-") && len(code) == 8 {
		code = code[:4] + "-" + code[4:]
	}
	value, err := m.store.Peek(ctx, CodeKey(code))
	if err != nil {
		return Reply{}, fmt.Errorf("look a code up: %w", err)
	}
	words := strings.Fields(value)
	switch {
	case len(words) == 2 && words[0] == "offer":
		return m.acceptLink(ctx, q, code, Account(words[1]))
	case len(words) == 3 && words[0] == "accept" && words[1] == string(q.Person):
		return m.joinAccounts(ctx, q, code, Account(words[2]))
	}
	return Reply{}, refuse("that code is not open: a code is good for %d minutes, once, and only for the account it is meant for. `link` makes a new one.", codeTime/time.Minute)
}

// offerLink makes the first code.
func (m *Mentor) offerLink(ctx context.Context, q Question) (Reply, error) {
	code := newCode()
	if err := m.keepCode(ctx, q, code, "offer "+string(q.Person)); err != nil {
		return Reply{}, err
	}
	return setting("To have one streak on two accounts, say this to me from the other one, within %d minutes:\n\n`link %s`\n\nThen I ask you here to confirm.", codeTime/time.Minute, code), nil
}

// keepCode keeps a code and remembers it with the learner, whose last one it replaces.
func (m *Mentor) keepCode(ctx context.Context, q Question, code, value string) error {
	last := ""
	_, err := m.update(ctx, q, func(l *Learner) error {
		last, l.Code = l.Code, code
		return nil
	})
	if err != nil {
		return err
	}
	if last != "" {
		if _, err := m.store.Take(ctx, CodeKey(last)); err != nil {
			return fmt.Errorf("drop a code: %w", err)
		}
	}
	if err := m.store.Keep(ctx, CodeKey(code), value, codeTime); err != nil {
		return fmt.Errorf("keep a code: %w", err)
	}
	return nil
}

// acceptLink makes the second code, for the account that offered.
func (m *Mentor) acceptLink(ctx context.Context, q Question, offered string, first Account) (Reply, error) {
	mine, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	if first == q.Person || slices.Contains(mine.Accounts, first) {
		return Reply{}, refuse("these accounts are one already: say the code from the other account that you want to link.")
	}
	code := newCode()
	if err := m.keepCode(ctx, q, code, "accept "+string(first)+" "+string(q.Person)); err != nil {
		return Reply{}, err
	}
	if _, err := m.store.Take(ctx, CodeKey(offered)); err != nil {
		return Reply{}, fmt.Errorf("drop a code: %w", err)
	}
	return setting("One more step, so that nobody takes another's days: go back to the account that gave you the code and say there, within %d minutes:\n\n`link %s`\n\n"+
		"If somebody else gave you the code, stop here: the two of you would become one.", codeTime/time.Minute, code), nil
}

// joinAccounts makes one learner of two.
func (m *Mentor) joinAccounts(ctx context.Context, q Question, code string, second Account) (Reply, error) {
	value, err := m.store.Take(ctx, CodeKey(code))
	if err != nil {
		return Reply{}, fmt.Errorf("take a code: %w", err)
	}
	if value == "" {
		return Reply{}, refuse("that code was used a moment ago.")
	}
	from, err := m.store.Find(ctx, second)
	if err != nil && !errors.Is(err, ErrNoLearner) {
		return Reply{}, fmt.Errorf("find the other learner: %w", err)
	}
	into, err := m.update(ctx, q, func(l *Learner) error {
		l.Code = ""
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	if from == "" || from == into.ID {
		return Reply{}, refuse("the other account is nobody any more. `link` begins anew.")
	}
	if err := m.merge(ctx, from, into.ID, q.At); err != nil {
		return Reply{}, err
	}
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	return setting("Done: both accounts are you now, with one history. %s", figures(l.Streak.View(q.At))), nil
}

// merge marks from as merged into another learner, and completes it. Whatever
// happens in between, the next message of either account completes it.
func (m *Mentor) merge(ctx context.Context, from, into ID, now time.Time) error {
	other, err := m.store.Get(ctx, into)
	if err != nil {
		return fmt.Errorf("read the learner: %w", err)
	}
	_, err = m.store.Update(ctx, from, func(l *Learner) error {
		if len(l.Accounts)+len(other.Accounts) > MaxAccounts {
			return refuse("one learner can have at most %d accounts.", MaxAccounts)
		}
		l.Into = into
		return nil
	})
	if err != nil {
		return err
	}
	return m.finish(ctx, from, now)
}

// unlink parts q's account from the others. Each side keeps the whole history:
// no day that was counted is lost by parting.
func (m *Mentor) unlink(ctx context.Context, q Question, _ request) (Reply, error) {
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	if len(l.Accounts) < 2 {
		return setting("This account is linked with no other. `link` joins two."), nil
	}
	own := l
	own.ID, own.Accounts, own.Code, own.Boards = NewID(), []Account{q.Person}, "", boardsOf(l.Boards, q.Person)
	if own.Reminder.To != q.Person {
		own.Reminder = Reminder{} // it stays with the account that gets it
	}
	if err := m.store.Put(ctx, own); err != nil {
		return Reply{}, fmt.Errorf("part two accounts: %w", err)
	}
	_, err = m.store.Update(ctx, l.ID, func(l *Learner) error {
		l.Accounts = slices.DeleteFunc(slices.Clone(l.Accounts), func(a Account) bool { return a == q.Person })
		l.Boards = slices.DeleteFunc(slices.Clone(l.Boards), func(b string) bool {
			return !slices.ContainsFunc(l.Accounts, func(a Account) bool { return samePlatform(b, a) })
		})
		if l.Reminder.To == q.Person {
			l.Reminder = Reminder{}
		}
		return nil
	})
	if err != nil {
		return Reply{}, fmt.Errorf("part two accounts: %w", err)
	}
	return setting("Parted: this account and the others go their own ways from now on. Each keeps every day counted so far."), nil
}

func boardsOf(boards []string, a Account) []string {
	return slices.DeleteFunc(slices.Clone(boards), func(b string) bool { return !samePlatform(b, a) })
}

// samePlatform reports whether a group and an account are of one platform:
// both begin with its letter.
func samePlatform(group string, a Account) bool {
	return strings.HasPrefix(group, a.Platform()+":")
}
