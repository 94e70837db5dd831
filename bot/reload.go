package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Reloader reads the guide anew while the mentor answers from it. Its texts are
// for the operator and may name files.
type Reloader interface {
	// Reload returns what the new guide changes. After an error the guide is the
	// one it was; with force one that answers worse is taken as well.
	Reload(ctx context.Context, force bool) (report string, err error)
	// Status says which guide is in use, and what is amiss with a newer one.
	Status() string
}

// WithReload lets the operators say `reload`. It is a command for nobody else.
func WithReload(r Reloader, operators ...Account) Option {
	return func(m *Mentor) { m.reloader, m.operators = r, operators }
}

// reload reads the guide anew: `reload`, `reload force`, `reload status`.
func (m *Mentor) reload(ctx context.Context, q Question, how string) Reply {
	switch {
	case m.reloader == nil:
		return setting("The guide cannot be reloaded here; it is read when the mentor starts.")
	case !slices.Contains(m.operators, q.Person):
		return setting("Only those who run this mentor can reload its guide; MENTOR_OPERATORS names them. You are %s.", code(string(q.Person)))
	}
	how = strings.ToLower(how)
	if how == "status" {
		return setting("The guide: %s", code(m.reloader.Status()))
	}
	report, err := m.reloader.Reload(ctx, how == "force")
	if err != nil {
		return setting("Not reloaded: %s", code(err.Error()))
	}
	return setting("The guide is reloaded.\n\n%s", fmt.Sprintf("```\n%s\n```", strings.ReplaceAll(strings.TrimSpace(report), "```", "'''")))
}

// code is text as Markdown code in a line, so that nothing in it is drawn.
func code(text string) string {
	return "`" + strings.Join(strings.Fields(strings.ReplaceAll(text, "`", "'")), " ") + "`"
}

var reloadWords = oneOf("force", "status")
