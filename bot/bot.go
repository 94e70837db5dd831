// Package bot is the mentor itself: a question goes in, a reply comes out, the
// same on every platform. It owns the grammar of commands, the three honest
// replies (an answer, choices, or "the guide does not cover that"), the small
// talk, and what was said in the last few minutes.
//
// It does not know how a platform sends or draws a reply, how the guide is
// searched, or what time it is: a Question brings its own.
package bot

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"mentor/knowledge"
)

// A Question is one message to the mentor: words that somebody typed, or the
// words that a button or a slash command stands for.
type Question struct {
	Text    string
	Person  Account   // who asks
	Name    string    // as the platform shows the person; may be empty
	Zone    string    // IANA zone that the platform knows of the person; empty when it knows none
	Place   string    // the channel, thread or direct chat it was said in
	Thread  string    // the place that a thread of the question's own would be; empty where there can be none
	Channel string    // the channel that the place is or belongs to; empty in a direct chat
	Group   string    // the group that the place belongs to; empty in a direct chat
	Event   string    // names the message or click for ever, at most 64 bytes; the same again is the same event
	At      time.Time // when it was said; never zero
	Admin   bool      // the person may manage the group
	Roles   []string  // the platform's ids of the person's roles in the group; nil where it has none
	Mentor  bool      // the person is one of the group's mentors, as every admin is; Handle finds it out for commands about the group

	aside   bool          // it was said to nobody, so that nothing personal is answered
	contact *contact      // while a command is handled
	guide   *groupLibrary // what it is answered from, once Handle has looked
}

// A Library is the guide and the search over it.
type Library = knowledge.Library

// A Mentor handles questions. It may be used from any number of goroutines.
type Mentor struct {
	library Library
	store   Store // nil: no streaks are kept, and commands about them are questions
	log     *slog.Logger
	talks   *talks
	groups  groups
	events  recent
	floods  *floods
	untold  untold
	shown   tally
	asked   asked
	taught  taughtLibraries
	now     func() time.Time // for what nobody asked for just now
	inbox   inboxQueue
	outbox  outbox
	tried   triedQueue
	process string // names this process for as long as it lives

	reloader  Reloader // nil: the guide is read once
	operators []Account
}

// An Option gives a new mentor more than a library.
type Option func(*Mentor)

// WithStore lets the mentor keep streaks in store.
func WithStore(store Store) Option { return func(m *Mentor) { m.store = store } }

// WithLog is where the mentor writes what the operator should know; without it,
// nowhere.
func WithLog(log *slog.Logger) Option { return func(m *Mentor) { m.log = log } }

// WithClock is the clock that the mentor's own work goes by; without it, the
// machine's. A question brings its own time.
func WithClock(now func() time.Time) Option { return func(m *Mentor) { m.now = now } }

// New returns a mentor that answers from library.
func New(library Library, options ...Option) *Mentor {
	m := &Mentor{library: library, log: slog.New(slog.DiscardHandler), talks: newTalks(), floods: newFloods(), now: time.Now, process: string(NewID())}
	for _, option := range options {
		option(m)
	}
	return m
}

// Handle returns the reply to q. It never refuses a message: what it cannot
// read gets a reply that says so. The error is for a search that broke or a
// context that ended; nothing was remembered of q then.
func (m *Mentor) Handle(ctx context.Context, q Question) (Reply, error) {
	if err := Validate(q.Text); err != nil {
		return Reply{Kind: Unreadable, Text: sentenceCase(err.Error()) + "."}, nil
	}
	if inCrisis(q.Text) {
		return Reply{Kind: SmallTalk, Text: crisisText}, nil
	}
	q.guide = m.libraryOf(ctx, q)
	last := m.talks.last(q)
	if words, ok := teachingWords(q.Text); ok && m.store != nil {
		q.Text = words
	}
	r := parse(q.Text)
	if r.verb == verbAsk && last.awaitsTime {
		r = parseClock(r)
	}
	if last.awaitsReminder {
		r = parseReminderTime(r, len(last.offered))
	}
	if m.store != nil {
		r.last, r.asked, r.near = last.topic, last.asked, last.near()
		if reply, ok := m.personal(ctx, q, r); ok {
			return reply, nil
		}
	}
	look := m.lookForNews(ctx, q)
	reply, err := m.impersonal(ctx, q, r, last)
	if news := look(); err != nil || !news {
		return reply, err
	}
	return m.withNews(ctx, q, reply), nil
}

// impersonal handles what is answered from the guide, or without it.
func (m *Mentor) impersonal(ctx context.Context, q Question, r request, last turn) (Reply, error) {
	switch r.verb {
	case verbHelp:
		return m.help(q), nil
	case verbTopics:
		return m.topics(q, r.rest), nil
	case verbMore, verbOpen, verbAnswer:
		if reply, ok := m.open(q, r, last); ok {
			return reply, nil
		}
		r.rest = q.Text // words that only look like an entry's id
	case verbReload:
		return m.reload(ctx, q, r.rest), nil
	case verbPick:
		return m.pick(ctx, q, last, r.number)
	}
	if text, ok := smallTalk(r.rest); ok {
		return Reply{Kind: SmallTalk, Text: text}, nil
	}
	return m.ask(ctx, q, r.rest, last)
}

// ask answers from the guide.
func (m *Mentor) ask(ctx context.Context, q Question, text string, last turn) (Reply, error) {
	if first, others, ok, err := several(ctx, q.guide, text); err != nil || ok {
		if err != nil {
			return Reply{}, fmt.Errorf("handle several questions: %w", err)
		}
		reply := q.guide.answerFirst(first, others)
		m.countAnswer(q, reply.Topic)
		m.talks.remember(q, turn{asked: questionsIn(text)[0], topic: reply.Topic, offered: reply.offered()})
		return reply, nil
	}
	finding, subject, err := find(ctx, q.guide, text, last)
	if err != nil {
		return Reply{}, fmt.Errorf("handle a question: %w", err)
	}
	var reply Reply
	switch finding.Outcome {
	case knowledge.Answer:
		reply = q.guide.answer(finding)
		m.shown.add(reply.Topic)
		m.countAnswer(q, reply.Topic)
		m.noteTried(q, reply.Topic)
	case knowledge.Choices:
		reply = choices(finding)
		m.asked.add(q, Asked{Offered: map[string]int{reply.Choices[0].Topic: 1}})
	default:
		reply = none(finding)
		m.asked.add(q, Asked{None: 1})
	}
	if subject != text {
		m.noteReply(q, subject+": "+text, reply)
	} else {
		m.noteReply(q, text, reply)
	}
	reply = m.offerMentor(ctx, q, reply)
	m.talks.remember(q, turn{asked: subject, topic: reply.Topic, offered: reply.offered()})
	return reply, nil
}

// pick answers with the choice of that number from the last reply.
func (m *Mentor) pick(ctx context.Context, q Question, last turn, number int) (Reply, error) {
	if len(last.offered) == 0 {
		return Reply{Kind: Help, Text: "There is no list to pick from just now. Ask me something in your own words."}, nil
	}
	if number < 1 || number > len(last.offered) {
		return Reply{Kind: Help, Text: fmt.Sprintf("The last list has the numbers 1 to %d.", len(last.offered)), Choices: last.offered}, nil
	}
	picked := last.offered[number-1]
	if picked.Say != "" {
		q.Text = picked.Say
		return m.Handle(ctx, q)
	}
	entry := q.guide.Guide().Entry(picked.Topic)
	if entry == nil { // the guide was replaced meanwhile
		return Reply{Kind: Help, Text: "The guide has changed meanwhile. Please ask again in your own words."}, nil
	}
	return m.show(q, entry), nil
}

// show answers with an entry that was asked for by name.
func (m *Mentor) show(q Question, entry *knowledge.Entry) Reply {
	m.shown.add(entry.ID)
	m.countAnswer(q, entry.ID)
	m.inbox.taken(q.Place, entry.ID)
	m.noteTried(q, entry.ID)
	return m.reveal(q, entry)
}

// reveal is show for who did not ask of their own accord.
func (m *Mentor) reveal(q Question, entry *knowledge.Entry) Reply {
	reply := q.guide.answer(knowledge.Finding{
		Outcome: knowledge.Answer,
		Matches: []knowledge.Match{{Entry: entry, Confidence: 1}},
	})
	m.talks.remember(q, turn{asked: entry.Title, topic: entry.ID, offered: reply.offered()})
	return reply
}

// open shows an entry by its id, or the rest of it or of the last answer. It
// reports false for typed words that are no entry's id. A button that outlives
// its entry is told so.
func (m *Mentor) open(q Question, r request, last turn) (Reply, bool) {
	if r.rest == "" {
		return m.more(q, last), true
	}
	entry := q.guide.Guide().Entry(r.rest)
	switch {
	case entry == nil && strings.HasPrefix(q.Text, "/"):
		return Reply{Kind: Help, Text: "The guide does not have that entry any more. Please ask in your own words."}, true
	case entry == nil:
		return Reply{}, false
	case r.verb == verbOpen:
		return m.show(q, entry), true
	case r.verb == verbAnswer:
		reply := m.reveal(q, entry)
		reply.Private = true
		return reply, true
	case last.topic != entry.ID:
		last = turn{asked: entry.Title, topic: entry.ID}
	}
	last.more = false // asked for by name: shown again
	return m.more(q, last), true
}

// more returns the rest of the last answer.
func (m *Mentor) more(q Question, last turn) Reply {
	entry := q.guide.Guide().Entry(last.topic)
	if entry == nil {
		return Reply{Kind: Help, Text: "Ask me something first; `more` then shows the rest of the answer."}
	}
	if entry.More == "" || last.more {
		reply := Reply{Kind: Help, Text: "That is all the guide says about it."}
		reply.Related = choicesOf(q.guide.Guide().Related(entry))
		return reply
	}
	reply := q.guide.answer(knowledge.Finding{Matches: []knowledge.Match{{Entry: entry, Confidence: 1}}})
	reply.Text, reply.HasMore = entry.More, false
	last.more = true
	last.offered = reply.offered()
	m.talks.remember(q, last)
	return reply
}
