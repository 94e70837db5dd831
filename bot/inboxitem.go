package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What the inbox keeps of a question, and for how long.
const (
	maxItems     = 500                 // of a group; those least asked go, of equal ones the oldest
	maxItemWords = 3                   // wordings of one question, the newest
	maxItemText  = 300                 // characters of a wording
	maxWaiting   = 20                  // learners who want to be told the answer
	itemTime     = 90 * 24 * time.Hour // after it was last asked; of a wording, after it was written
	laterTime    = 7 * 24 * time.Hour  // for which "later" takes a question off the list
	reopenAfter  = 24 * time.Hour      // a question that was taught is asked anew from then on
)

// An item is a question that was not answered well in a group, in the wordings
// that meant the same. Who asked is not a part of it, but for those who wanted to
// be told.
//
// Items lie on the shelf "inbox GROUP", each under its id as JSON. Beside them lie
// "next", the number of the last item made. Whoever makes items holds the lease of
// the shelf's name (bot/inboxflush.go).
type item struct {
	ID      string         `json:"-"`                 // "i17"
	Words   []wording      `json:"words"`             // the newest first
	Count   int            `json:"count"`             // how often it was asked
	None    int            `json:"none,omitempty"`    // of these, without an answer
	Unsure  int            `json:"unsure,omitempty"`  // with choices that nobody took
	Bad     int            `json:"bad,omitempty"`     // with an answer that did not help
	Reasons map[string]int `json:"reasons,omitempty"` // that were given for Bad
	Topic   string         `json:"topic,omitempty"`   // the entry nearest to it, or that did not help
	First   time.Time      `json:"first"`
	Last    time.Time      `json:"last"`
	Waiting []waiter       `json:"waiting,omitempty"` // who wants to be told the answer
	How     string         `json:"how,omitempty"`     // how it was closed; empty while it is open
	By      Account        `json:"by,omitempty"`      // who closed it
	Closed  time.Time      `json:"closed,omitzero"`
	Later   time.Time      `json:"later,omitzero"` // not listed before
}

// A wording is a question as somebody put it.
type wording struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// A waiter is a learner who wants to be told the answer.
type waiter struct {
	ID ID        `json:"learner"`
	At time.Time `json:"at"`
}

// How an item is closed.
const (
	itemTaught  = "taught"
	itemPointed = "pointed" // to an entry of the guide
	itemScope   = "scope"   // out of scope: later askings are not listed
)

// ErrTaken is the error for an item that somebody else has closed.
var ErrTaken = errors.New("somebody else was faster")

// errNoItem is the error for an item that is not there, or no more.
var errNoItem = refuse("there is no such question in the inbox; after 90 days they go. `inbox` lists those there are.")

// inboxShelf is where the items of a group lie.
func inboxShelf(group string) string { return "inbox " + group }

// itemID reads an item's id as people write it: "i17", "17", "#17". It reports
// false for anything else.
func itemID(text string) (string, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "#"), "i")
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || n == 0 {
		return "", false
	}
	return "i" + strconv.FormatUint(n, 10), true
}

func parseItem(id, text string) (item, error) {
	it := item{ID: id}
	if err := json.Unmarshal([]byte(text), &it); err != nil {
		return it, fmt.Errorf("read item %s of an inbox: %w", id, err)
	}
	return it, nil
}

// paper is the text that parseItem reads.
func (it item) paper() (string, error) {
	text, err := json.Marshal(it)
	if err != nil {
		return "", fmt.Errorf("write item %s of an inbox: %w", it.ID, err)
	}
	return string(text), nil
}

// text is the newest wording; empty when all have gone.
func (it item) text() string {
	if len(it.Words) == 0 {
		return ""
	}
	return it.Words[0].Text
}

// open reports whether the item waits for somebody to close it.
func (it item) open() bool { return it.How == "" }

// listed reports whether the inbox shows the item at the instant now.
func (it item) listed(now time.Time) bool {
	return it.open() && it.text() != "" && !now.Before(it.Later) && !it.over(now)
}

// over reports whether the item is to go.
func (it item) over(now time.Time) bool { return now.Sub(it.Last) > itemTime }

// closed is the item as by closes it; closing it twice in the same way changes
// nothing.
func (it item) closed(how string, by Account, at time.Time) (item, error) {
	if !it.open() {
		if it.How == how && it.By == by {
			return it, nil
		}
		return it, ErrTaken
	}
	it.How, it.By, it.Closed, it.Later = how, by, at.UTC(), time.Time{}
	return it, nil
}

// askedAgain is the item after one more asking. One that was taught is open again
// when that did not help; what is out of scope stays so.
func (it item) askedAgain(u unanswered) item {
	at := u.at.UTC()
	if it.First.IsZero() {
		it.First = at
	}
	if at.After(it.Last) {
		it.Last = at
	}
	it = it.aged(at)
	it.Words = slices.DeleteFunc(it.Words, func(w wording) bool { return w.Text == u.text })
	it.Words = slices.Insert(it.Words, 0, wording{u.text, at})
	it.Words = it.Words[:min(len(it.Words), maxItemWords)]
	it = it.counted(u)
	if u.topic != "" {
		it.Topic = u.topic
	}
	waits := slices.ContainsFunc(it.Waiting, func(w waiter) bool { return w.ID == u.waiting })
	if u.waiting != "" && !waits && len(it.Waiting) < maxWaiting {
		it.Waiting = append(it.Waiting, waiter{u.waiting, at})
	}
	if !it.open() && it.How != itemScope && at.Sub(it.Closed) >= reopenAfter {
		it.How, it.By, it.Closed = "", "", time.Time{}
	}
	return it
}

// counted is the item with one more asking counted.
func (it item) counted(u unanswered) item {
	switch u.why {
	case whyNone:
		it.None++
	case whyUnsure:
		it.Unsure++
	case whyBad:
		it.Bad++
	case whyReason:
		it.Reasons = maps.Clone(it.Reasons)
		if it.Reasons == nil {
			it.Reasons = map[string]int{}
		}
		it.Reasons[u.reason]++
	}
	if u.why != whyReason && u.why != whyPassed || it.Count == 0 {
		it.Count++
	}
	return it
}

// aged is the item without what is older than itemTime at the instant now.
func (it item) aged(now time.Time) item {
	it.Words = slices.DeleteFunc(slices.Clone(it.Words), func(w wording) bool { return now.Sub(w.At) > itemTime })
	it.Waiting = slices.DeleteFunc(slices.Clone(it.Waiting), func(w waiter) bool { return now.Sub(w.At) > itemTime })
	return it
}

// An unanswered is one asking that was not answered well.
type unanswered struct {
	group   string
	text    string // as asked, made fit by fitWords
	topic   string // the nearest entry; empty for none
	why     int
	reason  string // with whyReason, one of voteReasons
	waiting ID     // who wants to be told; empty for who did not say so
	at      time.Time
}

// Why an asking is in the inbox.
const (
	whyNone   = iota // the guide does not cover it
	whyUnsure        // nobody took any of the choices
	whyBad           // the answer did not help
	whyPassed        // the asker, who was counted already, passed it on
	whyReason        // the voter, who was counted already, says why
)
