package bot

import (
	"context"
	"fmt"
	"slices"
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
