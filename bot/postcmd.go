package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"mentor/bot/streak"
)

// maxPosts bounds how many posts one group may have.
const maxPosts = 20

// daily shows, sets or ends the daily message of the channel. Said to the mentor
// alone, "daily 19:30" is a wish for a reminder.
func (m *Mentor) daily(ctx context.Context, q Question, r request) (Reply, error) {
	if q.Group == "" && remindWords(r.rest) {
		return m.remind(ctx, q, r)
	}
	return m.post(ctx, q, DailyPost, r.rest)
}

// digest shows the group's week, or sets or ends the digest of the channel.
func (m *Mentor) digest(ctx context.Context, q Question, r request) (Reply, error) {
	return m.post(ctx, q, DigestPost, r.rest)
}

// post does what a command asks of the channel's post; admins only.
func (m *Mentor) post(ctx context.Context, q Question, kind PostKind, argument string) (Reply, error) {
	switch {
	case q.Group == "":
		return Reply{}, refuse("a %s message belongs to a group. Say `%s` in one of its channels.", kind, kind)
	case !q.Admin:
		return Reply{}, refuse("only those who may manage this group can set what I tell it unasked. Please ask one of them; `remind 19:30` sets a reminder of your own.")
	}
	key := PostKey{q.Group, q.Channel, kind}
	switch strings.ToLower(strings.TrimSpace(argument)) {
	case "", "show", "preview", "now":
		return m.showPost(ctx, q, key)
	case "off", "stop", "none", "never":
		return m.endPost(ctx, q, key)
	}
	return m.setPost(ctx, q, key, argument)
}

// showPost says what is set for the channel, and what its post would say now.
func (m *Mentor) showPost(ctx context.Context, q Question, k PostKey) (Reply, error) {
	p, err := UpdatePost(ctx, m.store, k, func(p Post) (Post, error) { return p, nil })
	if err != nil {
		return Reply{}, fmt.Errorf("read a group's post: %w", err)
	}
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	zone := p.clock().Zone
	if p.Zone == "" {
		zone = l.Streak.Clock().Zone
	}
	reply, err := m.WritePost(ctx, k, streak.DayOn(q.At.In(zone)), q.At)
	if err != nil {
		return Reply{}, err
	}
	reply.Private = true
	reply.Text = postState(k, p, q.At) + "\n\nIt would say now:\n\n" + reply.Text
	return reply, nil
}

// postState says what is set for a channel.
func postState(k PostKey, p Post, now time.Time) string {
	name, example := "daily message", "`daily 18:00 Berlin`"
	if k.Kind == DigestPost {
		name, example = "weekly digest", "`digest monday 9:00 Berlin`"
	}
	switch {
	case p.On:
		return fmt.Sprintf("This channel gets the %s %s. `%s off` ends it.", name, postWhen(k, p, now), k.Kind)
	case p.Gone >= PostGoneMost:
		return fmt.Sprintf("The %s of this channel is switched off, because %d in a row could not be sent here. Let me write in this channel, then set it anew, as in %s.", name, p.Gone, example)
	}
	return fmt.Sprintf("This channel gets no %s. %s sets one, by the clock of that place.", name, example)
}

// postWhen is "every day at 18:00, Europe/Berlin; next on Wednesday, 25 November".
func postWhen(k PostKey, p Post, now time.Time) string {
	every := "every day"
	if k.Kind == DigestPost {
		every = "every " + p.Weekday.String()
	}
	text := fmt.Sprintf("%s at %s, %s", every, wall(p.Minute), p.Zone)
	if next := p.Next(k.Kind, now); !next.IsZero() {
		text += "; next on " + next.In(p.clock().Zone).Format(dateLayout)
	}
	return text
}

// endPost switches a post off. One of late is still remembered: a date that had its
// post gets no second.
func (m *Mentor) endPost(ctx context.Context, q Question, k PostKey) (Reply, error) {
	_, err := UpdatePost(ctx, m.store, k, func(p Post) (Post, error) {
		if p.Until.IsZero() && p.Sent < streak.DayOn(q.At.UTC())-2 {
			return Post{}, nil
		}
		p.On, p.Gone = false, 0
		return p, nil
	})
	if err != nil {
		return Reply{}, fmt.Errorf("end a group's post: %w", err)
	}
	if k.Kind == DigestPost {
		return setting("This channel gets no weekly digest any more. `digest` shows it to you whenever you want."), nil
	}
	return setting("This channel gets no daily message any more."), nil
}

// A postWish is what "monday 9:00 Berlin" asks for.
type postWish struct {
	reminderWish

	weekday time.Weekday
	onDay   bool // a weekday was named
}

// readPostWish reports false for what is no time.
func readPostWish(kind PostKind, text string) (postWish, bool) {
	var w postWish
	var rest []string
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if day, ok := weekdays[strings.Trim(word, ",")]; ok && kind == DigestPost && !w.onDay {
			w.weekday, w.onDay = day, true
			continue
		}
		rest = append(rest, word)
	}
	var ok bool
	w.reminderWish, ok = readWish(strings.Join(rest, " "))
	return w, ok && w.some && w.onDay == (kind == DigestPost)
}

// setPost gives the channel a post, or another time for it.
func (m *Mentor) setPost(ctx context.Context, q Question, k PostKey, argument string) (Reply, error) {
	w, ok := readPostWish(k.Kind, argument)
	switch {
	case !ok && k.Kind == DigestPost:
		return Reply{}, refuse("I cannot read %q as a day of the week and a time. Write, for example, `digest monday 9:00 Berlin`; `digest off` ends it.", plainWords(argument))
	case !ok:
		return Reply{}, refuse("I cannot read %q as a time. Write, for example, `daily 18:00 Berlin`; `daily off` ends it.", plainWords(argument))
	case w.time.other >= 0 && !w.time.likely:
		return whichHalfOfPost(k, w), nil
	}
	zone, near, err := m.postZone(ctx, q, w.zone)
	switch {
	case err != nil:
		return Reply{}, err
	case len(near) > 0:
		r := zoneChoices(fmt.Sprintf("I know no time zone %q. Did you mean one of these?", plainWords(w.zone)), near, q.At)
		for i, name := range near {
			r.Choices[i].Say = w.words(k.Kind, w.time.minute, name)
		}
		return r, nil
	}
	if err := m.roomForPost(ctx, k); err != nil {
		return Reply{}, err
	}
	p, err := UpdatePost(ctx, m.store, k, func(p Post) (Post, error) {
		return p.Set(w.time.minute, w.weekday, zone, q.At), nil
	})
	if err != nil {
		return Reply{}, fmt.Errorf("set a group's post: %w", err)
	}
	reply := setting("Set. %s `%s` shows what it would say.", postState(k, p, q.At), k.Kind)
	if k.Platform() == terminalPlatform {
		reply.Text += " A terminal cannot be written to while it is closed: say the same in a channel of Discord or Slack."
	}
	return reply, nil
}

// words are how the wish is said with a time and a zone.
func (w postWish) words(kind PostKind, minute int, zone string) string {
	words := string(kind)
	if w.onDay {
		words += " " + strings.ToLower(w.weekday.String())
	}
	return cut(strings.TrimSpace(words+" "+wall(minute)+" "+zone), MaxSay)
}

func whichHalfOfPost(k PostKey, w postWish) Reply {
	r := setting("In the morning or in the evening?")
	for _, minute := range []int{w.time.minute, w.time.other} {
		r.Choices = append(r.Choices, Choice{Title: wall(minute), Say: w.words(k.Kind, minute, w.zone)})
	}
	return r
}

// postZone is the zone that was named, or else that of who sets the post. near are
// what it may have meant instead.
func (m *Mentor) postZone(ctx context.Context, q Question, name string) (zone string, near []string, _ error) {
	if name == "" {
		l, err := m.learner(ctx, q)
		if err == nil && l.Streak.Zone == "" {
			err = refuse("by which clock? Name a large city in the group's time zone behind the time, as in `daily 18:00 Berlin`.")
		}
		return l.Streak.Zone, nil, err
	}
	found := findZones(name)
	if found.sure == "" && len(found.near) == 0 {
		return "", nil, refuse("I know no time zone %q.%s Name a large city in it behind the time, as in `daily 18:00 Berlin`.", plainWords(name), found.why)
	}
	return found.sure, found.near, nil
}

// roomForPost refuses more posts than a group may have.
func (m *Mentor) roomForPost(ctx context.Context, k PostKey) error {
	n := 0
	for p, err := range Posts(ctx, m.store) {
		var unreadable *postError
		if err != nil && !errors.As(err, &unreadable) {
			return fmt.Errorf("read the groups' posts: %w", err)
		}
		if p.Group == k.Group && p.On && p.PostKey != k {
			n++
		}
	}
	if n >= maxPosts {
		return refuse("this group has %d messages of that kind already, which is the most. `daily off` and `digest off`, in the channels that have one, make room.", n)
	}
	return nil
}

// dailyWords takes "off", "preview" and a time that begins with a digit, or what looks
// like one: "daily standup meetings" is a question, and "daily at 19:30" a learner's wish.
func dailyWords(argument string) bool {
	if oneOf("off", "stop", "show", "preview")(argument) {
		return true
	}
	return argument != "" && unicode.IsDigit(rune(argument[0])) && (isNoTime(argument) || postWords(DailyPost, argument))
}

// digestWords takes "off", "now" and a day of the week with a time.
func digestWords(argument string) bool {
	return oneOf("off", "stop", "show", "preview", "now")(argument) || postWords(DigestPost, argument)
}

func postWords(kind PostKind, argument string) bool {
	w, ok := readPostWish(kind, argument)
	if !ok || w.zone == "" {
		return ok
	}
	found := findZones(w.zone)
	return found.sure != "" || len(found.near) > 0
}
