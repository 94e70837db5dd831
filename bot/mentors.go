package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// MaxMentors bounds the mentors that a group names one by one.
const MaxMentors = 50

// hasMentors reports whether there is somebody to pass a question on to.
func (g Group) hasMentors() bool {
	return g.MentorRole != "" || g.MentorChannel != "" || len(g.Mentors) > 0
}

// isMentor reports whether the person who asks is one of the group's mentors: an
// admin, somebody the admins named, or who has the role that they named.
func (g Group) isMentor(q Question) bool {
	return q.Admin || slices.Contains(g.Mentors, q.Person) || g.MentorRole != "" && slices.Contains(q.Roles, g.MentorRole)
}

// mentorsOnly is nil when the person who asks may do what only mentors may, and
// says politely that they may not otherwise. It looks at the settings as they are
// now: an old button of somebody who was a mentor once opens nothing.
func (m *Mentor) mentorsOnly(ctx context.Context, q Question) error {
	if q.Group == "" {
		return refuse("that belongs to a group. Say it in one of its channels.")
	}
	if q.Admin {
		return nil
	}
	g, err := m.store.Group(ctx, q.Group)
	if err != nil {
		return fmt.Errorf("read a group's settings: %w", err)
	}
	if !g.isMentor(q) {
		return refuse("that is for this group's mentors and those who manage it. If something in my answers is wrong or missing, please tell one of them.")
	}
	return nil
}

// roleMention is how Discord writes a role into a message.
var roleMention = regexp.MustCompile(`^<@&(\d+)>$`)

const mentorsHelp = "`setup mentors here` posts questions for the mentors in this channel, `setup mentors add @somebody` names a mentor, `remove` takes one away, `setup mentors off` ends all of it. On Discord, `setup mentors @role` names all who have a role."

// setupMentors shows or changes who answers what the guide does not, and where they
// are asked. words follow `setup mentors`, as they were typed.
func (m *Mentor) setupMentors(ctx context.Context, q Question, words []string) (Reply, error) {
	if len(words) == 0 {
		g, err := m.store.Group(ctx, q.Group)
		if err != nil {
			return Reply{}, fmt.Errorf("read a group's settings: %w", err)
		}
		return setting("%s %s", g.mentorsText(), mentorsHelp), nil
	}
	change, err := mentorsChange(q, words)
	if err != nil {
		return Reply{}, err
	}
	g, err := m.store.UpdateGroup(ctx, q.Group, change)
	if _, refused := errors.AsType[refusal](err); err != nil && !refused {
		err = fmt.Errorf("change a group's settings: %w", err)
	}
	if err != nil {
		return Reply{}, err
	}
	m.groups.put(q.Group, g, q.At)
	reply := setting("Set. %s", g.mentorsText())
	if q.Person.Platform() == "t" && g.MentorChannel != "" {
		reply.Text += " A terminal cannot be written to while it is closed: there, `open` alone shows them."
	}
	return reply, nil
}

// mentorsChange is what words ask to change.
func mentorsChange(q Question, words []string) (func(*Group) error, error) {
	if role := roleMention.FindStringSubmatch(words[0]); role != nil && len(words) == 1 {
		return func(g *Group) error { g.MentorRole = role[1]; return nil }, nil
	}
	switch verb := strings.ToLower(words[0]); {
	case len(words) == 1 && verb == "here":
		return func(g *Group) error { g.MentorChannel = placeOf(q); return nil }, nil
	case len(words) == 1 && verb == "off":
		return func(g *Group) error { g.MentorRole, g.MentorChannel, g.Mentors = "", "", nil; return nil }, nil
	case len(words) == 2 && (verb == "add" || verb == "remove"):
		a, ok := accountBeside(q.Person, words[1])
		if !ok {
			return nil, refuse("I do not know whom you mean by %q. Mention the person: `setup mentors %s @somebody`.", plainWords(words[1]), verb)
		}
		return func(g *Group) error { return g.nameMentor(a, verb == "add") }, nil
	}
	return nil, refuse("I do not know that setting of the mentors. %s", mentorsHelp)
}

// nameMentor makes somebody a mentor or takes that away.
func (g *Group) nameMentor(a Account, add bool) error {
	mentors := slices.DeleteFunc(slices.Clone(g.Mentors), func(old Account) bool { return old == a })
	if add && len(mentors) >= MaxMentors {
		return refuse("%d mentors are named already, which is the most. On Discord, a role can have more.", MaxMentors)
	}
	if add {
		mentors = append(mentors, a)
	}
	g.Mentors = mentors
	return nil
}

// accountBeside is the account of somebody whom a person of the same group
// mentioned; in a terminal, which has no mentions, of somebody they named.
func accountBeside(person Account, word string) (Account, bool) {
	parts := person.Parts()
	if len(parts) == 0 {
		return "", false
	}
	found := mention.FindStringSubmatch(word)
	switch {
	case found != nil:
		parts[len(parts)-1] = found[1]
	case person.Platform() == "t" && len(word) <= MaxName:
		parts[len(parts)-1] = strings.TrimPrefix(word, "@")
	default:
		return "", false
	}
	return NewAccount(person.Platform(), parts...), true
}

// mentorsText says who the mentors are, without naming anybody.
func (g Group) mentorsText() string {
	if !g.hasMentors() {
		return "No mentors are named: questions that I cannot answer go to the `inbox` of those who manage this group."
	}
	var parts []string
	if g.MentorRole != "" {
		parts = append(parts, "all who have the mentors' role")
	}
	if n := len(g.Mentors); n > 0 {
		parts = append(parts, fmt.Sprintf("%d named one by one", n))
	}
	parts = append(parts, "those who manage this group")
	where := "Their questions are on the list `open`"
	if g.MentorChannel != "" {
		where += ", and are posted in the channel that was set"
	}
	return "Mentors are " + strings.Join(parts, ", ") + ". " + where + "."
}
