package reminder_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/reminder"
	"mentor/knowledge"
)

// A stage is a mentor, a store and a platform in virtual time, which begins at
// midnight of 2000-01-01, UTC.
type stage struct {
	t      *testing.T
	store  *shaky
	mentor *bot.Mentor
	phone  *phone
	loop   *reminder.Loop
	events atomic.Int64
}

// guide is the built-in one.
var guide = sync.OnceValue(func() *knowledge.Guide {
	g, err := knowledge.Load(knowledge.FS())
	if err != nil {
		panic(err)
	}
	return g
})

// play runs a test on a stage, in a bubble where only waiting takes time.
func play(t *testing.T, act func(s *stage)) {
	t.Helper()
	folder := inMemory(t)
	synctest.Test(t, func(t *testing.T) {
		store, err := boltstore.Open(filepath.Join(folder, "mentor.db"), boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		}()
		s := &stage{t: t, store: &shaky{Store: store}, phone: newPhone(true)}
		s.mentor = bot.New(shelf{guide()}, bot.WithStore(s.store))
		s.loop = s.newLoop()
		act(s)
	})
}

// inMemory is a folder for files that need not last: these tests are about time,
// and waiting for a disk is most of theirs.
func inMemory(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "mentor") //nolint:usetesting // in memory, where there is such a folder
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// newLoop is another loop on the stage's store.
func (s *stage) newLoop() *reminder.Loop {
	return &reminder.Loop{
		Store: s.store, Guide: guide, Senders: map[string]bot.Sender{"d": s.phone, "s": s.phone},
		Paces: map[string]reminder.Pace{}, Poll: 5 * time.Second, // a day of polls every second takes one
	}
}

// run runs a loop in the background; what it returns stops the loop and waits.
func (s *stage) run(loop *reminder.Loop) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- loop.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
	}
}

// say is what person writes to the mentor now.
func (s *stage) say(person bot.Account, text string) bot.Reply {
	s.t.Helper()
	r, err := s.mentor.Handle(s.t.Context(), bot.Question{Text: text, Person: person, Place: "dm", Event: strconv.FormatInt(s.events.Add(1), 10), At: time.Now()})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// crowd are n people on a platform, who all say the same.
func (s *stage) crowd(n int, platform, text string) []bot.Account {
	s.t.Helper()
	crowd := make([]bot.Account, n)
	var wg sync.WaitGroup
	for i := range crowd {
		crowd[i] = bot.NewAccount(platform, strconv.Itoa(i))
		wg.Go(func() { s.say(crowd[i], text) })
	}
	wg.Wait()
	return crowd
}

func (s *stage) reminderOf(person bot.Account) bot.Reminder {
	s.t.Helper()
	id, err := s.store.Find(s.t.Context(), person)
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := s.store.Store.Get(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return l.Reminder
}

// until sleeps until the wall time, UTC, of a day of January 2000.
func (s *stage) until(day int, wall string) {
	s.t.Helper()
	t, err := time.Parse("15:04", wall)
	if err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(time.Until(time.Date(2000, 1, day, t.Hour(), t.Minute(), 0, 0, time.UTC)))
	synctest.Wait()
}

// got holds that person has so many messages.
func (s *stage) got(person bot.Account, want int) {
	s.t.Helper()
	if got := len(s.phone.of(person)); got != want {
		s.t.Errorf("at %v %s has %d reminders, want %d", time.Now().UTC(), person, got, want)
	}
}

// A shelf is a library without a search.
type shelf struct{ guide *knowledge.Guide }

func (s shelf) Guide() *knowledge.Guide                                       { return s.guide }
func (s shelf) Find(context.Context, string) (f knowledge.Finding, err error) { return f, nil }
func (s shelf) With(lessons []knowledge.Lesson) bot.Library                   { return shelf{s.guide.With(lessons)} }

// A letter is a message that arrived.
type letter struct {
	bot.Delivery
	at time.Time
}

// A phone is a platform. One that is idempotent knows a message that it has.
type phone struct {
	idempotent bool
	// answer is what becomes of a message: whether it arrives, and what the
	// sender hears. Nil is that all arrive.
	answer func(ctx context.Context, d bot.Delivery) (arrives bool, err error)

	mu      sync.Mutex
	letters []letter
	known   map[string]bool
	tries   int
}

func newPhone(idempotent bool) *phone {
	return &phone{idempotent: idempotent, known: map[string]bool{}}
}

func (p *phone) Idempotent() bool { return p.idempotent }

func (p *phone) Send(ctx context.Context, d bot.Delivery) error {
	p.mu.Lock()
	p.tries++
	p.mu.Unlock()
	arrives, err := true, error(nil)
	if p.answer != nil {
		arrives, err = p.answer(ctx, d)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if arrives && (!p.idempotent || !p.known[d.Key]) {
		p.known[d.Key] = true
		p.letters = append(p.letters, letter{d, time.Now()})
	}
	return err
}

// of are the letters to person.
func (p *phone) of(person bot.Account) []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []letter
	for _, l := range p.letters {
		if l.To == person {
			out = append(out, l)
		}
	}
	return out
}

// A shaky store can be away.
type shaky struct {
	bot.Store
	mu   sync.Mutex
	away bool

	claims atomic.Int64 // that were made
	last   bool         // the next claim is the last
}

var errAway = errors.New("connection refused")

func (s *shaky) set(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away, s.last = away, false
}

// goWithClaim lets it go away with the next claim that is made.
func (s *shaky) goWithClaim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = true
}

func (s *shaky) err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return errAway
	}
	return nil
}

func (s *shaky) Get(ctx context.Context, id bot.ID) (bot.Learner, error) {
	if err := s.err(); err != nil {
		return bot.Learner{}, err
	}
	return s.Store.Get(ctx, id)
}

func (s *shaky) UpdatePaper(ctx context.Context, shelf, key string, change func(string) (string, error)) (string, error) {
	if err := s.err(); err != nil {
		return "", err
	}
	return s.Store.UpdatePaper(ctx, shelf, key, change)
}

func (s *shaky) Papers(ctx context.Context, shelf string) iter.Seq2[bot.Paper, error] {
	if err := s.err(); err != nil {
		return func(yield func(bot.Paper, error) bool) { yield(bot.Paper{}, err) }
	}
	return s.Store.Papers(ctx, shelf)
}

func (s *shaky) Claim(ctx context.Context, n int, d time.Duration) ([]bot.Claim, error) {
	if err := s.err(); err != nil {
		return nil, err
	}
	claims, err := s.Store.Claim(ctx, n, d)
	s.claims.Add(int64(len(claims)))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = s.last && len(claims) > 0
	return claims, err
}

func (s *shaky) Begin(ctx context.Context, c bot.Claim, d time.Duration, decide func(bot.Learner) bool) (bot.Verdict, error) {
	if err := s.err(); err != nil {
		return bot.Lost, err
	}
	return s.Store.Begin(ctx, c, d, decide)
}

func (s *shaky) Finish(ctx context.Context, c bot.Claim, change func(*bot.Learner) error) (bot.Verdict, error) {
	if err := s.err(); err != nil {
		return bot.Lost, err
	}
	return s.Store.Finish(ctx, c, change)
}
