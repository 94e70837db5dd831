package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mentor/knowledge"
)

const teachText = "Write `teach QUESTION => ANSWER`, or with more:\n\n" +
	"```\nteach\nQ: the question, and in further lines other ways to ask it\nA: the answer in a few sentences\nMore: the rest, if there is any\nSources: title | https://… | 2026-11\n```\n\n" +
	"`teach i3` answers a question of the `inbox`, `teach t5` changes a lesson, `teach last` answers what you asked last."

// teach writes a lesson, or asks for it with a form.
func (m *Mentor) teach(ctx context.Context, q Question, r request) (Reply, error) {
	if err := m.mentorsOnly(ctx, q); err != nil {
		return Reply{}, err
	}
	t, ok := parseTeaching(r.rest)
	if !ok {
		return Reply{}, refuse("I cannot tell the question from the answer. %s", teachText)
	}
	w, known, err := m.taughtSoFar(ctx, q, t, r.asked)
	if err != nil {
		return Reply{}, err
	}
	if t.fields == nil || t.asks {
		if t.target == "last" {
			m.talks.remember(q, turn{asked: r.asked}) // it is still the last when the answer comes
		}
		return teachForm(t.target, with(known, t.fields)), nil
	}
	by, err := m.store.Resolve(ctx, q.Person)
	if err != nil {
		return Reply{}, fmt.Errorf("find the learner: %w", err)
	}
	w.By = by
	if w, err = m.worded(q, w, with(known, t.fields)); err != nil {
		return Reply{}, err
	}
	if n, ok := lessonNumber(t.target); ok {
		return m.rewrite(ctx, q, n, w)
	}
	item := ""
	if isItem(t.target) {
		item = t.target
	}
	return m.draft(ctx, q, w, item, itemTaught)
}

// taughtSoFar is the lesson that is to be changed, and the fields as they are
// before anything is written into them.
func (m *Mentor) taughtSoFar(ctx context.Context, q Question, t teaching, asked string) (Wording, map[string]string, error) {
	switch n, isLesson := lessonNumber(t.target); {
	case isLesson:
		l, err := m.lesson(ctx, q.Group, n)
		if err != nil {
			return Wording{}, nil, err
		}
		return l.pending(), fieldsOf(l.pending()), nil
	case isItem(t.target):
		it, err := m.inboxItem(ctx, q.Group, t.target)
		if err != nil {
			return Wording{}, nil, err
		}
		if !it.open() {
			return Wording{}, nil, takenRefusal
		}
		return Wording{}, map[string]string{fieldAsk: strings.Join(askedIn(it), "\n")}, nil
	case t.target == "last" && asked == "":
		return Wording{}, nil, refuse("you have asked nothing here in the last 15 minutes. %s", teachText)
	case t.target == "last":
		return Wording{}, map[string]string{fieldAsk: strings.Join(linesOf(unpinged(asked)), " ")}, nil
	}
	return Wording{}, nil, nil
}

// takenRefusal is for a question of the inbox that somebody else has dealt with.
var takenRefusal = refuse("somebody was faster: that question is off the inbox. `taught` shows what was made of it.")

// askedIn are the wordings of a question of the inbox, fit to be phrasings.
func askedIn(it item) []string {
	var out []string
	for _, w := range it.Words {
		if text := strings.Join(linesOf(unpinged(w.Text)), " "); text != "" && utf8.RuneCountInString(text) <= MaxPhrasing {
			out = append(out, text)
		}
	}
	return out
}

// with is what is known, overwritten by what was given.
func with(known, given map[string]string) map[string]string {
	out := map[string]string{}
	for _, fields := range []map[string]string{known, given} {
		maps.Copy(out, fields)
	}
	return out
}

// fieldsOf is a lesson as its form shows it.
func fieldsOf(w Wording) map[string]string {
	fields := map[string]string{fieldAsk: strings.Join(w.phrasings(), "\n")}
	if w.Entry != nil {
		fields[fieldShort], fields[fieldMore], fields[fieldSources] = w.Entry.Short, w.Entry.More, sourceLines(w.Entry.Sources)
	}
	return fields
}

// maxField is what a field of a form holds at most, in characters (of Slack's
// plain-text input, its Block Kit reference, 2026; Discord's holds 4,000).
const maxField = 3_000

// teachForm asks for a lesson. target is what it is about; empty for nothing yet.
func teachForm(target string, values map[string]string) Reply {
	say := strings.TrimSpace("teach " + target)
	f := &Form{Title: "Teach the mentor", Say: say, Fields: []Field{
		{Name: fieldAsk, Label: "Question; more ways to ask in further lines", Hint: "When does our group meet?", Long: true, Max: maxField},
		{Name: fieldShort, Label: "Answer, in a few sentences", Hint: "Complete in itself: this is what chat shows first.", Long: true, Max: 1_500},
		{Name: fieldMore, Label: "More, if there is any", Hint: "Lists, examples, code: plain Markdown", Long: true, Optional: true, Max: MaxTaughtMore},
		{Name: fieldSources, Label: "Sources, one a line", Hint: "title | https://… | 2026-11", Long: true, Optional: true, Max: maxField},
	}}
	text := teachText
	for i, field := range f.Fields {
		f.Fields[i].Value = strings.TrimSuffix(cutRunes(visible(unpinged(values[field.Name])), field.Max-1), "…")
	}
	if asked := f.Fields[0].Value; asked != "" {
		first, _, _ := strings.Cut(asked, "\n")
		text = fmt.Sprintf("To answer %q, write `%s => ANSWER`. %s", plainWords(first), say, teachText)
	}
	return Reply{Kind: Help, Text: text, Private: true, Form: f}
}

// worded is w in the words of fields, checked by the rules of the guide.
func (m *Mentor) worded(q Question, w Wording, fields map[string]string) (Wording, error) {
	asks := linesOf(fields[fieldAsk])
	if len(asks) == 0 {
		return w, refuse("the question is missing. %s", teachText)
	}
	if err := checkPhrasings(asks); err != nil {
		return w, err
	}
	if w.Topic != "" {
		if fields[fieldShort] != "" {
			return w, refuse("this lesson leads to %s of the guide and has no answer of its own: give it questions alone, or `teach` a lesson of its own.", w.Topic)
		}
		w.Ask = asks
		return w, nil
	}
	sources, err := parseSources(fields[fieldSources])
	if err != nil {
		return w, err
	}
	e := TaughtEntry{Title: titleOf(asks[0]), Ask: asks, Short: visible(fields[fieldShort]), More: visible(fields[fieldMore]), Sources: sources}
	if w.Entry != nil {
		e.ID, e.See = w.Entry.ID, w.Entry.See
	}
	w.Entry = &e
	return w, checkTaught(e, q)
}

// titleOf is a question as a heading.
func titleOf(ask string) string { return sentenceCase(ask) }

// pings matches what some platform reads as a call to people.
var pings = regexp.MustCompile(`(?i)@(?:everyone|here|channel)\b|<(?:[@#!]|!subteam)[^>\s]*>?`)

// unpinged is text without any.
func unpinged(text string) string { return pings.ReplaceAllString(text, "") }

func checkPhrasings(asks []string) error {
	if len(asks) > MaxPhrasings {
		return refuse("there are %d questions; %d ways to ask are the most one lesson takes.", len(asks), MaxPhrasings)
	}
	for _, a := range asks {
		switch {
		case utf8.RuneCountInString(a) > MaxPhrasing:
			return refuse("a question has %d characters; keep each below %d, one a line.", utf8.RuneCountInString(a), MaxPhrasing)
		case pings.MatchString(a):
			return refuse("a question calls people or a channel (%q). Leave that out: a lesson notifies nobody.", plainWords(pings.FindString(a)))
		case len(wordsOf(a)) == 0:
			return refuse("a question has no words: %q.", plainWords(a))
		}
	}
	return nil
}

// checkTaught holds an entry against the bounds of a lesson and the rules of the
// guide, and says in plain words what to mend.
func checkTaught(e TaughtEntry, q Question) error {
	if e.ID == "" {
		e.ID = "a-lesson" // its own comes with its number
	}
	switch all := e.Short + "\n" + e.More; {
	case e.Short == "":
		return refuse("the answer is missing. %s", teachText)
	case utf8.RuneCountInString(e.More) > MaxTaughtMore:
		return refuse("what stands under More has %d characters; keep it below %d, or make two lessons of it.", utf8.RuneCountInString(e.More), MaxTaughtMore)
	case len(e.Sources) > MaxTaughtSource:
		return refuse("there are %d sources; keep the best %d.", len(e.Sources), MaxTaughtSource)
	case pings.MatchString(all):
		return refuse("the answer calls people or a channel (%q). Leave that out: a lesson notifies nobody.", plainWords(pings.FindString(all)))
	}
	for _, s := range e.Sources {
		if max(utf8.RuneCountInString(s.Title), len(s.URL)) > maxSourceText || pings.MatchString(s.Title+" "+s.URL) {
			return refuse("a source's title or address is longer than %d characters, or calls people: %q.", maxSourceText, plainWords(s.Title))
		}
	}
	return rulesBroken(e.entry(q.At).Check(q.At))
}

// rulesBroken is nil for no problems.
func rulesBroken(problems knowledge.Problems) error {
	if len(problems) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("the lesson is not kept yet, because a rule of the guide is broken:\n")
	for _, p := range problems[:min(len(problems), maxChoices)] {
		fmt.Fprintf(&b, "\n- %s. %s.", sentenceCase(shown(p.What)), sentenceCase(shown(p.Cure)))
	}
	return refusal(b.String())
}

// shown is text of somebody's within a line of the mentor's: it can call nobody.
func shown(text string) string {
	return cutRunes(strings.NewReplacer("@", "@\u200b", "<", "‹", ">", "›", "`", "'").Replace(text), maxReason)
}

// draft keeps a new lesson, which waits for approval then. item is the question of
// the inbox that it answers, closed as how says; empty for none.
func (m *Mentor) draft(ctx context.Context, q Question, w Wording, item, how string) (Reply, error) {
	all, err := taughtIn(ctx, m.store, q.Group)
	if all == nil && err != nil {
		return Reply{}, err
	}
	if err := taken(all, 0, w); err != nil {
		return Reply{}, err
	}
	if all, err = m.makeRoom(ctx, q.Group, all); err != nil {
		return Reply{}, err
	}
	n, err := m.keepNew(ctx, q.Group, all, newTaught(w, item, q.At))
	if err != nil {
		return Reply{}, err
	}
	if item != "" {
		if err := m.closeItem(ctx, q.Group, item, how, q.Person); err != nil {
			return Reply{}, m.unkept(ctx, q, n, err)
		}
	}
	return m.lessonReply(ctx, q, n, "Noted as a draft.")
}

// keepNew keeps a lesson under the first number behind those of all that nobody
// takes meanwhile, and returns the number.
func (m *Mentor) keepNew(ctx context.Context, group string, all []numbered, t Taught) (int, error) {
	n := 1
	if len(all) > 0 {
		n = all[len(all)-1].n + 1
	}
	for range maxTries {
		kept, err := m.keepAs(ctx, group, n, t)
		if err != nil || kept {
			return n, err
		}
		n++
	}
	return 0, refuse("several of you teach me at once, and I lost count. Please send it again.")
}

// keepAs keeps a lesson as number n; it reports false when there is one already.
func (m *Mentor) keepAs(ctx context.Context, group string, n int, t Taught) (bool, error) {
	if t.Entry != nil {
		e := *t.Entry
		e.ID = entryID(group, n, e.Title)
		t.Entry = &e
	}
	paper, err := t.paper()
	if err != nil {
		return false, err
	}
	text, err := m.store.UpdatePaper(ctx, taughtShelf(group), strconv.Itoa(n), func(text string) (string, error) {
		return cmp.Or(text, paper), nil
	})
	if err != nil {
		return false, fmt.Errorf("keep lesson t%d: %w", n, err)
	}
	return text == paper, nil
}

// unkept takes a draft back whose question of the inbox somebody else had taken.
func (m *Mentor) unkept(ctx context.Context, q Question, n int, why error) error {
	_, err := m.store.UpdatePaper(ctx, taughtShelf(q.Group), strconv.Itoa(n), func(string) (string, error) { return "", nil })
	switch {
	case err != nil:
		return fmt.Errorf("take lesson t%d back: %w", n, err)
	case errors.Is(why, ErrTaken):
		return takenRefusal
	}
	return why
}

// makeRoom lets the oldest withdrawn lesson go when a group has as many as it may.
func (m *Mentor) makeRoom(ctx context.Context, group string, all []numbered) ([]numbered, error) {
	if len(all) < MaxTaught {
		return all, nil
	}
	i := slices.IndexFunc(all, func(t numbered) bool { return t.State == TaughtWithdrawn })
	if i < 0 {
		return nil, refuse("this group has %d lessons, as many as I keep. `withdraw` one that is no longer needed.", len(all))
	}
	_, err := m.store.UpdatePaper(ctx, taughtShelf(group), strconv.Itoa(all[i].n), func(string) (string, error) { return "", nil })
	if err != nil {
		return nil, fmt.Errorf("let lesson t%d go: %w", all[i].n, err)
	}
	return slices.Delete(all, i, i+1), nil
}

// taken refuses phrasings that another lesson than number n has: a question has
// one answer.
func taken(all []numbered, n int, w Wording) error {
	has := map[string]int{}
	for _, t := range all {
		if t.n != n && t.State != TaughtWithdrawn {
			for _, a := range slices.Concat(t.phrasings(), t.pending().phrasings()) {
				has[folded(a)] = t.n
			}
		}
	}
	for _, a := range w.phrasings() {
		if other := has[folded(a)]; other != 0 {
			return refuse("lesson t%d has the question %q already. `teach t%d` changes it.", other, plainWords(a), other)
		}
	}
	return nil
}

// folded makes questions equal that differ in case and punctuation alone.
func folded(ask string) string { return strings.Join(wordsOf(ask), " ") }

// notInID is what an entry's id may not have.
var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// maxSlug is how much of a title goes into an id: it must fit a button.
const maxSlug = 40

// entryID is the id of lesson n of a group: words of its title, and signs that no
// other group's lesson has, so that votes on the two are never taken for one's.
func entryID(group string, n int, title string) string {
	slug := strings.Trim(notInID.ReplaceAllString(strings.ToLower(title), "-"), "-")
	slug = strings.Trim(slug[:min(len(slug), maxSlug)], "-")
	sum := sha256.Sum256([]byte(group + " " + strconv.Itoa(n)))
	return strings.TrimPrefix(slug+"-t"+strconv.Itoa(n)+strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:6]), "-")
}

// rewrite gives lesson n other words.
func (m *Mentor) rewrite(ctx context.Context, q Question, n int, w Wording) (Reply, error) {
	all, err := taughtIn(ctx, m.store, q.Group)
	if all == nil && err != nil {
		return Reply{}, err
	}
	if err := taken(all, n, w); err != nil {
		return Reply{}, err
	}
	if err := m.changeLesson(ctx, q.Group, n, func(t Taught) (Taught, error) { return t.edited(w, q.At), nil }); err != nil {
		return Reply{}, err
	}
	return m.lessonReply(ctx, q, n, "Noted.")
}

// lesson reads lesson n of a group; a refusal when there is none.
func (m *Mentor) lesson(ctx context.Context, group string, n int) (Taught, error) {
	return m.lessonPaper(ctx, group, n, nil)
}

// changeLesson changes lesson n of a group, atomically: of several who decide on it
// at once, one does, and change refuses the others.
func (m *Mentor) changeLesson(ctx context.Context, group string, n int, change func(Taught) (Taught, error)) error {
	_, err := m.lessonPaper(ctx, group, n, change)
	return err
}

// lessonPaper reads lesson n and, unless change is nil, writes it changed.
func (m *Mentor) lessonPaper(ctx context.Context, group string, n int, change func(Taught) (Taught, error)) (Taught, error) {
	var after Taught
	_, err := m.store.UpdatePaper(ctx, taughtShelf(group), strconv.Itoa(n), func(text string) (string, error) {
		if text == "" {
			return "", refuse("there is no lesson t%d here. `taught` lists those there are.", n)
		}
		t, err := parseTaught(n, text)
		if err == nil && change != nil {
			t, err = change(t)
		}
		if err != nil {
			return "", err
		}
		after = t
		if change == nil {
			return text, nil
		}
		return t.paper()
	})
	if _, ok := errors.AsType[refusal](err); err != nil && !ok {
		err = fmt.Errorf("lesson t%d: %w", n, err)
	}
	if err != nil { // when ctx ended, change may be at work still
		return Taught{}, err
	}
	return after, nil
}
