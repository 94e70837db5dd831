package bottest

import (
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// now is the store's clock.
func (t *tester) now() time.Time { return time.Now().Add(t.passed) }

// planned is a learner whose reminder is due so long from now, to the second.
func (t *tester) planned(a bot.Account, in time.Duration) bot.Learner {
	t.Helper()
	l := bot.NewLearner(bot.NewID(), a)
	l.Reminder = bot.Reminder{On: true, Minute: 19 * 60, To: a, Next: t.now().Add(in).Truncate(time.Second)}
	l.Reminder.Day = streak.DayOn(l.Reminder.Next.UTC())
	t.put(l)
	return l
}

// claim claims at most n reminders, for long.
func (t *tester) claim(n int) []bot.Claim { t.Helper(); return t.claimFor(n, long) }

func (t *tester) claimFor(n int, lease time.Duration) []bot.Claim {
	t.Helper()
	claims, err := t.store.Claim(t.ctx, n, lease)
	t.must(err)
	return claims
}

// claimOne claims the only reminder that is due, for long.
func (t *tester) claimOne(want bot.Learner) bot.Claim {
	t.Helper()
	return t.only(want, t.claim(10))
}

// only is the claim on the learner's reminder, with no other beside it.
func (t *tester) only(want bot.Learner, claims []bot.Claim) bot.Claim {
	t.Helper()
	if len(claims) != 1 || claims[0].ID != want.ID {
		t.Fatalf("the claims are %+v, want one of learner %s", claims, want.ID)
	}
	c, r := claims[0], want.Reminder
	if c.Token == "" || !c.Due.Equal(r.Next) || c.Day != r.Day {
		t.Errorf("the claim is %+v, want one for %v and %v, with a token", c, r.Next, r.Day)
	}
	return c
}

// wantDue checks who can be claimed, in order. Afterwards they are claimed.
func (t *tester) wantDue(want ...bot.Learner) {
	t.Helper()
	claims := t.claim(100)
	got, ids := make([]bot.ID, len(claims)), make([]bot.ID, len(want))
	for i, c := range claims {
		got[i] = c.ID
	}
	for i, l := range want {
		ids[i] = l.ID
	}
	t.wantIDs("what is due", ids, got)
}

// begin begins a claim, and sends when send says so.
func (t *tester) begin(c bot.Claim, limit time.Duration, send func(bot.Learner) bool) bot.Verdict {
	t.Helper()
	v, err := t.store.Begin(t.ctx, c, limit, send)
	t.must(err)
	return v
}

// The decisions to send and not to.
func yes(bot.Learner) bool { return true }
func no(bot.Learner) bool  { return false }

// finish finishes a claim.
func (t *tester) finish(c bot.Claim, change func(*bot.Learner)) bot.Verdict {
	t.Helper()
	v, err := t.store.Finish(t.ctx, c, func(l *bot.Learner) error { change(l); return nil })
	t.must(err)
	return v
}

// later plans the next reminder a day later.
func later(l *bot.Learner) {
	l.Reminder.Sent = l.Reminder.Day
	l.Reminder.Next, l.Reminder.Day = l.Reminder.Next.AddDate(0, 0, 1), l.Reminder.Day+1
}

// never turns the reminder off.
func never(l *bot.Learner) { l.Reminder = bot.Reminder{} }

func (t *tester) release(c bot.Claim) {
	t.Helper()
	t.must(t.store.Release(t.ctx, c, 0))
}

// wantVerdict checks what Begin or Finish said of a claim.
func (t *tester) wantVerdict(what string, got, want bot.Verdict) {
	t.Helper()
	names := map[bot.Verdict]string{bot.Lost: "Lost", bot.Skip: "Skip", bot.Send: "Send", bot.Done: "Done"}
	if got != want {
		t.Errorf("%s = %s, want %s", what, names[got], names[want])
	}
}

// wantLost checks that a claim holds no longer, and that to use it writes nothing.
func (t *tester) wantLost(c bot.Claim) {
	t.Helper()
	before := t.in.Dump()
	t.wantVerdict("Begin of a lost claim", t.begin(c, long, yes), bot.Lost)
	t.wantVerdict("Begin of a lost claim, to skip", t.begin(c, long, no), bot.Lost)
	t.wantVerdict("Finish of a lost claim", t.finish(c, later), bot.Lost)
	t.release(c)
	if t.in.Dump() != before {
		t.Error("a lost claim wrote something")
	}
}
