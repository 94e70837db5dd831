package bot

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mentor/bot/streak"
)

// drawLearner lives through some random weeks.
func drawLearner(t *rapid.T) Learner {
	l := NewLearner(NewID(), NewAccount("d", rapid.StringMatching(`[0-9]{17,20}`).Draw(t, "account")))
	if rapid.Bool().Draw(t, "linked") {
		l.Accounts = append(l.Accounts, NewAccount("s", "T012 ABC", "U345"))
	}
	now := time.Unix(rapid.Int64Range(1735689600, 1935689600).Draw(t, "start"), 0)
	var err error
	if rapid.Bool().Draw(t, "zone known") {
		if l.Streak, err = l.Streak.SetZone("Asia/Kolkata"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range rapid.IntRange(0, 40).Draw(t, "events") {
		now = now.Add(time.Duration(rapid.Int64Range(0, int64(60*time.Hour)).Draw(t, "pause")))
		l.Streak, _ = l.Streak.CheckIn(now, fmt.Sprint("event:", i))
		if rapid.Bool().Draw(t, "note") {
			l.Notes = append(l.Notes, Note{l.Streak.Last, rapid.StringN(1, 20, -1).Draw(t, "text")})
		}
	}
	l.Notes = l.Notes[max(0, len(l.Notes)-MaxNotes):]
	if l.Streak, err = l.Streak.SetRest(streak.Week(rapid.IntRange(0, 126).Draw(t, "rest")), now); err != nil {
		t.Fatal(err)
	}
	today := l.Streak.Clock().Day(now)
	if l.Streak, err = l.Streak.SetAway(today+3, today+9, now); err != nil {
		t.Fatal(err)
	}
	l.Steps = Steps(rapid.Byte().Draw(t, "steps"))
	for range rapid.IntRange(0, 4).Draw(t, "votes") {
		l = l.withVote(Vote{rapid.SampledFrom([]string{"salary", "lang-go", "roadmap"}).Draw(t, "topic"), rapid.Bool().Draw(t, "up")})
	}
	if rapid.Bool().Draw(t, "reminded") {
		l.Reminder = drawReminder(t)
	}
	l.Boards = rapid.SliceOfN(rapid.StringMatching(`d:[0-9]{5}`), 0, 3).Draw(t, "boards")
	if len(l.Boards) == 0 {
		l.Boards = nil
	}
	return l
}

func drawReminder(t *rapid.T) Reminder {
	day := func(name string) streak.Day { return streak.Day(rapid.IntRange(0, 25_000).Draw(t, name)) }
	minute := func(name string) int { return rapid.IntRange(0, 24*60-1).Draw(t, name) }
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	r := Reminder{
		On: flag("on"), Minute: minute("minute"), Last: flag("last"), Paused: day("paused"), Quiet: Quiet{minute("from"), minute("to")}, To: "d:123456789012345678", Place: "C0123",
		Ignored: rapid.IntRange(0, 11).Draw(t, "ignored"), Sent: day("sent"), Closed: day("closed"), Texts: rapid.Uint32().Draw(t, "texts"), Gone: rapid.IntRange(0, 3).Draw(t, "gone"), Tell: flag("tell"),
		Day: day("day"), Closing: flag("closing"),
	}
	if flag("planned") {
		r.Next = time.Unix(rapid.Int64Range(1, 4e9).Draw(t, "next"), 0)
		r = r.PutOff(r.Next.Add(time.Minute))
	}
	return r
}

func TestRecordRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLearner(t)
		r := l.Record()
		back, err := r.Learner(l.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, back.Record()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		if err := back.Check(); err != nil {
			t.Fatal(err)
		}
		for field, value := range r {
			if field[0] != 'n' && field != "b" && field != "acc" && field != "vo" && len(value) > 64 {
				t.Errorf("field %s has %d bytes; Redis keeps a hash small only while each has at most 64", field, len(value))
			}
		}
	})
}

func TestJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLearner(t)
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		var back Learner
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(l.Record(), back.Record()); diff != "" {
			t.Fatalf("(-want +got)\n%s\n%s", diff, text)
		}
	})
}

func TestRecordOfALaterVersion(t *testing.T) {
	if _, err := (Record{"acc": "d:1", "q": "1"}).Learner("x"); err == nil {
		t.Error("a field that only a later version knows was dropped in silence")
	}
}

func TestBoardScore(t *testing.T) {
	score := func(days ...int) int {
		l := NewLearner("x", "d:1")
		for _, d := range days {
			l.Streak, _ = l.Streak.CheckIn(time.Date(2026, 11, d, 12, 0, 0, 0, time.UTC), "")
		}
		return l.BoardScore()
	}
	least, greatest := MonthOf(streak.Date(2026, 11, 1)).Range()
	october, november, busy := score(-3, -2, -1, 0), score(3), score(3, 4, 5)
	if october >= least || november < least || busy <= november || busy > greatest {
		t.Errorf("scores %d (October), %d (November), %d (three days), want November within %d to %d", october, november, busy, least, greatest)
	}
}
