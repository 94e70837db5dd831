package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
)

// puts lays a question into the inbox of the group; waiting want to be told.
func (d *desk) puts(id string, waiting []bot.ID, words ...string) {
	d.t.Helper()
	wordings, waiters := make([]any, 0, len(words)), make([]any, 0, len(waiting))
	for _, w := range words {
		wordings = append(wordings, map[string]any{"text": w, "at": d.now})
	}
	for _, id := range waiting {
		waiters = append(waiters, map[string]any{"learner": id, "at": d.now})
	}
	paper, err := json.Marshal(map[string]any{"words": wordings, "count": len(words), "first": d.now, "last": d.now, "waiting": waiters})
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.store.UpdatePaper(d.t.Context(), "inbox d:group", id, func(string) (string, error) { return string(paper), nil }); err != nil {
		d.t.Fatal(err)
	}
}

// TestAQuestionOfTheInboxIsTaught goes from the inbox to who waits for the answer.
func TestAQuestionOfTheInboxIsTaught(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mentor.db")
	synctest.Test(t, func(t *testing.T) {
		store, err := boltstore.Open(path, boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		d := &desk{t: t, mentor: bot.New(newShelf(t), bot.WithStore(store)), store: store, now: time.Now()}
		kim, err := store.Resolve(t.Context(), "d:kim")
		if err != nil {
			t.Fatal(err)
		}
		box := &postbox{fails: []error{&bot.LaterError{Err: errors.New("busy")}}}
		d.mentor.SendBy(map[string]bot.Sender{"d": box})
		ctx, cancel := context.WithCancel(t.Context())
		var tending sync.WaitGroup
		tending.Go(func() { d.mentor.Tend(ctx) })
		defer tending.Wait()
		defer cancel()
		d.puts("i3", []bot.ID{kim, "gone"}, meeting, "meeting times, @everyone?", strings.Repeat("long ", 60))
		f := d.manages("d:ada", "teach i3", "write `teach i3 => ANSWER`").Form
		if f == nil || f.Say != "teach i3" || f.Fields[0].Value != meeting+"\nmeeting times, ?" {
			t.Fatalf("the form is %+v", f)
		}
		d.manages("d:ada", f.Words(map[string]string{"Q": f.Fields[0].Value, "A": "On Thursdays."}), "t1")
		d.manages("d:bob", "teach i3 => On Fridays.", "omebody was faster")
		d.manages("d:bob", "point i3 java", "omebody was faster")
		time.Sleep(10 * time.Second)
		if sent := box.all(); len(sent) > 0 {
			t.Errorf("a draft was sent: %v", sent)
		}
		d.manages("d:bob", "approve t1", "1 learner, who had passed the question on, is told")
		d.manages("d:ada", "teach t1 => On Sundays.")
		d.manages("d:ada", "approve t1")
		time.Sleep(10 * time.Second)
		sent := box.all()
		if len(sent) != 1 || sent[0].To != "d:kim" || sent[0].Place != "" || len(sent[0].Key) != 20 || !strings.Contains(sent[0].Reply.Text, "On Thursdays.") {
			t.Errorf("sent was %+v", sent)
		}
	})
}

func TestAQuestionOfTheInboxPointsTo(t *testing.T) {
	d := newDesk(t)
	d.puts("i4", nil, "jvm stuff", "the jvm")
	r := d.manages("d:ada", "point i4 how harder", "Where is", "`java`")
	if got := says(r); !slices.Contains(got, "point i4 java") {
		t.Errorf("the topics on offer say %q", got)
	}
	d.manages("d:ada", "point i4 java", "jvm stuff", "the jvm")
	d.manages("d:ada", "approve t1")
	if r := d.hears("d:kim", "the jvm"); r.Topic != "java" {
		t.Errorf("the jvm is answered with %q", r.Topic)
	}
}

func TestTwoTeachOneQuestionAtOnce(t *testing.T) {
	d := newDesk(t)
	d.puts("i5", nil, meeting)
	var mu sync.Mutex
	var won, told int
	var wg sync.WaitGroup
	for i, answer := range []string{"On Mondays.", "On Tuesdays.", "On Fridays."} {
		wg.Go(func() {
			r, err := d.mentor.Handle(t.Context(), bot.Question{
				Text: "teach i5 => " + answer, Person: bot.Account("d:" + answer[3:6]), Place: "here", Group: "d:group", Event: "at once" + answer, At: d.now, Admin: true,
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(i, err)
			case strings.HasPrefix(r.Text, "Noted"):
				won++
			case strings.Contains(r.Text, "omebody was faster"), strings.Contains(r.Text, "has the question"):
				told++
			default:
				t.Errorf("%q hears %q", answer, r.Text)
			}
		})
	}
	wg.Wait()
	lessons := 0
	for _, err := range d.store.Papers(t.Context(), "taught d:group") {
		lessons++
		if err != nil {
			t.Error(err)
		}
	}
	if won != 1 || told != 2 || lessons != 1 {
		t.Errorf("%d won, %d were told, %d lessons; want 1, 2, 1", won, told, lessons)
	}
}

// TestLessonsWithoutTheirStore is a store that breaks after the lessons were read.
func TestLessonsWithoutTheirStore(t *testing.T) {
	d := newDesk(t)
	d.manages("d:ada", "teach "+meeting+" => On Thursdays.")
	d.manages("d:ada", "approve t1")
	d.mentor = bot.New(newShelf(t), bot.WithStore(brokenStore{d.store}))
	if r := d.manages("d:ada", "teach a => b"); r.Kind != bot.Unavailable {
		t.Errorf("teach = %v, %q, want it unavailable", r.Kind, r.Text)
	}
	if _, err := bot.Lessons(t.Context(), brokenStore{d.store}, "d:group"); !errors.Is(err, errDown) {
		t.Errorf("Lessons = %v, want %v", err, errDown)
	}
}
