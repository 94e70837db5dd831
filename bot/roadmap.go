package bot

import (
	"context"
	"fmt"
	"strings"

	"mentor/knowledge"
)

// roadmapTopic is the guide's entry on the whole road.
const roadmapTopic = "roadmap"

// steps are the roadmap of the mentor's guide.
func (m *Mentor) steps() []*knowledge.Entry { return Roadmap(m.library.Guide()) }

// Roadmap are the guide's entries on the steps, in order; nil for a guide that
// does not have all of them.
func Roadmap(guide *knowledge.Guide) []*knowledge.Entry {
	steps := make([]*knowledge.Entry, RoadmapSteps)
	found := 0
	for _, e := range guide.Entries() {
		if n := stepNumber(e.ID); n != 0 && steps[n-1] == nil {
			steps[n-1] = e
			found++
		}
	}
	if found != RoadmapSteps {
		return nil
	}
	return steps
}

// stepNumber is the step that an entry's id names, as "step-3-databases" does; 0
// for none.
func stepNumber(id string) int {
	rest, ok := strings.CutPrefix(id, "step-")
	if !ok || len(rest) < 2 || rest[1] != '-' || rest[0] < '1' || rest[0] > '0'+RoadmapSteps {
		return 0
	}
	return int(rest[0] - '0')
}

var errNoRoadmap = refuse("this guide has no roadmap of %d steps.", RoadmapSteps)

// roadmap lists the steps with ticks; a number opens one.
func (m *Mentor) roadmap(ctx context.Context, q Question, _ request) (Reply, error) {
	steps := m.steps()
	if steps == nil {
		return Reply{}, errNoRoadmap
	}
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	r := Reply{Kind: Help, Text: "The road to a first back-end job. A number opens a step, `done 3` ticks one, `undone 3` takes the tick away."}
	if entry := m.library.Guide().Entry(roadmapTopic); entry != nil {
		r.Topic, r.Title, r.Confidence = entry.ID, entry.Title, 1
	}
	for i, e := range steps {
		mark := "☐"
		if l.Steps.Has(i + 1) {
			mark = "☑"
		}
		r.Choices = append(r.Choices, Choice{Topic: e.ID, Title: mark + " " + e.Title})
	}
	return r, nil
}

// maxNext is how many steps "next" names: more is a list, not a next step.
const maxNext = 3

// next names the first steps that are not done.
func (m *Mentor) next(ctx context.Context, q Question, _ request) (Reply, error) {
	steps := m.steps()
	if steps == nil {
		return Reply{}, errNoRoadmap
	}
	l, err := m.learner(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	return nextSteps(steps, l.Steps, "Next on your road:"), nil
}

func nextSteps(steps []*knowledge.Entry, done Steps, text string) Reply {
	r := Reply{Kind: Help, Text: text}
	for i, e := range steps {
		if !done.Has(i+1) && len(r.Choices) < maxNext {
			r.Choices = append(r.Choices, Choice{Topic: e.ID, Title: e.Title})
		}
	}
	if len(r.Choices) == 0 {
		r.Text = "All eight steps are done. From here on ask me about growing in the job, or help somebody else along the road."
	}
	return r
}

// tick ticks or unticks a step.
func (m *Mentor) tick(ctx context.Context, q Question, r request) (Reply, error) {
	steps := m.steps()
	if steps == nil {
		return Reply{}, errNoRoadmap
	}
	if r.number < 1 || r.number > RoadmapSteps {
		return Reply{}, refuse("the road has the steps 1 to %d; `roadmap` lists them.", RoadmapSteps)
	}
	l, err := m.update(ctx, q, func(l *Learner) error {
		l.Steps = l.Steps.With(r.number, r.verb == verbDone)
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	count := 0
	for n := range RoadmapSteps {
		if l.Steps.Has(n + 1) {
			count++
		}
	}
	word := "done"
	if r.verb == verbUndone {
		word = "open again"
	}
	return nextSteps(steps, l.Steps, fmt.Sprintf("%s is %s: %d of %d. Next on your road:", stepName(steps[r.number-1]), word, count, RoadmapSteps)), nil
}

// stepName is "Step 3" with what it is about.
func stepName(e *knowledge.Entry) string { return "**" + strings.TrimRight(e.Title, "?.!") + "**" }
