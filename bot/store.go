package bot

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"mentor/bot/streak"
)

// ErrNoLearner is the error for an account or an id that nobody has.
var ErrNoLearner = errors.New("there is no such learner")

// A Store remembers learners. What it has acknowledged survives the death of
// the program. It knows no rule: it reads a learner, lets a function change it,
// and writes it back atomically.
//
// All methods may be called from any number of goroutines, and give up when
// their context ends. Any error but ErrNoLearner means that the store could not
// be reached or is damaged; whether a write took place is then unknown, and
// doing it again must be harmless, which is the callers' affair. A function that
// was given to Update and its like may be at work still when ctx ended: what it set
// is not to be read after an error.
type Store interface {
	// Resolve returns the learner that the account points to, a new one on
	// first sight.
	Resolve(ctx context.Context, a Account) (ID, error)
	// Find is Resolve without making anybody: ErrNoLearner for an unknown account.
	Find(ctx context.Context, a Account) (ID, error)
	// Get returns a learner; ErrNoLearner when there is none of that id.
	Get(ctx context.Context, id ID) (Learner, error)
	// Update reads the learner, lets change alter it, and writes it, atomically.
	// It returns the learner as written. change may run more than once, each
	// time on a fresh copy, and must have no side effects; its error is returned
	// as it is, and nothing is written then. When it alters nothing, nothing is
	// written. Accounts that it adds point to the learner afterwards; those
	// it removes, if they still pointed to it, point to nobody. Boards follow
	// in the same way, and what is due follows Reminder.Next: a claim on a
	// reminder whose Next was changed is lost.
	Update(ctx context.Context, id ID, change func(*Learner) error) (Learner, error)
	// Put writes a whole learner, in place of what there is of that id, and
	// points its accounts to it.
	Put(ctx context.Context, l Learner) error
	// Forget removes the learner, the accounts that point to it, its places on
	// boards, and its open code. Forgetting nobody is no error.
	Forget(ctx context.Context, id ID) error
	// Board returns the learners of the group's board who were active in m, at
	// most n, those with the most days first.
	Board(ctx context.Context, group string, m Month, n int) ([]Learner, error)
	// Keep remembers a value for a while, in place of what the key held.
	Keep(ctx context.Context, key, value string, d time.Duration) error
	// Peek returns what the key holds, "" for nothing or when its time is over.
	Peek(ctx context.Context, key string) (string, error)
	// Take is Peek, and the key holds nothing afterwards. Of several who take
	// at once, one gets the value.
	Take(ctx context.Context, key string) (string, error)
	// Once reports whether it is the first call with this key for d, by anybody.
	Once(ctx context.Context, key string, d time.Duration) (bool, error)
	// Lease gives the key to the holder for d by the store's own clock, anew when the
	// holder has it already, and reports false while somebody else has it. It cannot
	// stop anybody: who holds a key stops by itself when d is over, counted by its own
	// clock from before the call. A name of a holder is used by one process.
	Lease(ctx context.Context, key, holder string, d time.Duration) (bool, error)
	// GiveBack ends the holder's lease of the key. One of somebody else it leaves alone.
	GiveBack(ctx context.Context, key, holder string) error
	// Holders says who has each of the keys now, in their order, "" for nobody.
	Holders(ctx context.Context, keys []string) ([]string, error)
	// Tallies counts the votes of all learners, by topic. They follow Votes as
	// boards follow Boards.
	Tallies(ctx context.Context) (map[string]Tally, error)
	// Group returns a group's settings; the zero Group when nobody set any.
	Group(ctx context.Context, id string) (Group, error)
	// UpdateGroup is Update for a group's settings. An unknown group is made.
	UpdateGroup(ctx context.Context, id string, change func(*Group) error) (Group, error)
	// Groups yields the settings of every group that has some, by its id, once and
	// in no order. After an error it ends.
	Groups(ctx context.Context) iter.Seq2[GroupSettings, error]
	// UpdatePaper is Update for a paper: change is given its text, "" for no such
	// paper, and what it returns is written; "" takes the paper away.
	UpdatePaper(ctx context.Context, shelf, key string, change func(text string) (string, error)) (string, error)
	// Papers yields the papers of a shelf once each, in no order. After an error it ends.
	Papers(ctx context.Context, shelf string) iter.Seq2[Paper, error]
	// Shelves yields the name of every shelf that has papers, once and in no order.
	// After an error it ends.
	Shelves(ctx context.Context) iter.Seq2[string, error]
	// Claim leases at most n reminders whose Next has come by the store's own
	// clock, to this caller alone, for the lease: when it runs out, they can be
	// claimed again. It returns fewer, or none, when no more are due.
	Claim(ctx context.Context, n int, lease time.Duration) ([]Claim, error)
	// Begin is called before a claimed reminder is sent. decide looks at the
	// learner as it is now and says whether to send; it has no side effects and
	// may run more than once. The verdict is Send only if the claim still holds,
	// the plan is the claimed one, and the learner did not change since decide
	// saw it; the sending intent is stored then, and the lease ends after limit.
	Begin(ctx context.Context, c Claim, limit time.Duration, decide func(Learner) bool) (Verdict, error)
	// Finish is Update for the learner of a claim, if the claim still holds, and
	// gives the claim back; change plans the next reminder. The verdict is Lost
	// when the claim had run out or the plan was changed: nothing is written then.
	Finish(ctx context.Context, c Claim, change func(*Learner) error) (Verdict, error)
	// Release gives a claim back that this caller did not begin. The reminder can be
	// claimed again, by anybody, when so long has passed; at once for 0. It does
	// nothing for a claim that holds no longer.
	Release(ctx context.Context, c Claim, after time.Duration) error
	// Bury remembers a reminder that was given up, with the reason; of the newest
	// MaxDead. Dead returns them, the newest first.
	Bury(ctx context.Context, d Dead) error
	Dead(ctx context.Context) ([]Dead, error)
	// Learners yields every learner once, in no order. One that is written
	// meanwhile is yielded as it was before or after. After an error it ends.
	Learners(ctx context.Context) iter.Seq2[Learner, error]
	// Health is nil when the store can be read and written. The error names the cure.
	Health(ctx context.Context) error
	// Close waits for the writes in hand and gives everything back.
	Close() error
}

// CodeKey is the key under which the open code of a learner is kept. Stores
// remove it when they forget the learner.
func CodeKey(code string) string { return "code:" + code }

// NewID makes an id of 80 random bits.
func NewID() ID {
	var b [10]byte
	rand.Read(b[:])
	return ID(strings.ToLower(base32.StdEncoding.EncodeToString(b[:])))
}

// A Report is what a store found when it looked itself over.
type Report struct {
	Learners, Accounts, Kept int      // how many there are
	Problems                 []string // what contradicts itself, a line each
}

// A Claim is a reminder that is due, leased to one process. Token is the
// fencing token: no two claims have the same.
type Claim struct {
	ID    ID
	Token string
	Due   time.Time  // Reminder.Next when it was claimed
	Day   streak.Day // Reminder.Day
	Begun time.Time  // when an earlier claim's sending began without being finished; zero for never
}

// A Verdict says what became of a claim.
type Verdict int

// The verdicts.
const (
	Lost Verdict = iota // the claim holds no longer: do nothing
	Skip                // decide said no: finish without sending
	Send                // send, then finish
	Done                // finished
)

// MaxDead is how many reminders that were given up are remembered.
const MaxDead = 1000

// A Dead is a reminder that was given up.
type Dead struct {
	ID     ID         `json:"learner"`
	Day    streak.Day `json:"day"`
	At     time.Time  `json:"at"`
	Reason string     `json:"reason"`
}

// GroupSettings are a group's settings with its id.
type GroupSettings struct {
	ID string
	Group
}

// A Paper is a text that a group keeps under a key. Papers of one kind and group
// lie on one shelf, which is there while it has any.
type Paper struct {
	Key, Text string
}

// MaxPaper bounds the text of a paper, in bytes, so that no group's words fill the
// store; UpdatePaper refuses a longer one.
const MaxPaper = 64 << 10

// CheckPaper is nil for a text that may be a paper's.
func CheckPaper(text string) error {
	if len(text) > MaxPaper {
		return fmt.Errorf("a paper has %d bytes, and at most %d are kept; shorten it", len(text), MaxPaper)
	}
	return nil
}
