package knowledge

import "fmt"

// An Outcome says how far a search of the guide may be trusted.
type Outcome int

// The three honest outcomes.
const (
	None    Outcome = iota // the guide does not cover the question
	Choices                // some entries are near, none is sure
	Answer                 // the first match answers it
)

var outcomes = [...]string{None: "none", Choices: "choices", Answer: "answer"}

// String returns "none", "choices" or "answer".
func (o Outcome) String() string {
	if o < 0 || int(o) >= len(outcomes) {
		return fmt.Sprintf("Outcome(%d)", int(o))
	}
	return outcomes[o]
}

// MarshalText makes an outcome its name in JSON.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// A Match is an entry that may answer a question.
type Match struct {
	Entry *Entry
	// Confidence is the calibrated probability, 0 to 1, that the entry is what
	// was asked for: of many matches with 0.9, nine in ten are right.
	Confidence float64
}

// A Finding is what a search for one question came to.
type Finding struct {
	Outcome Outcome
	Matches []Match // best first; may be filled beside any outcome; empty when nothing is near
}
