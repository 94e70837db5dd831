package boltstore

import (
	"context"
	"errors"
	"time"

	"mentor/bot"
)

// observed tells of an operation that is over. What a caller was refused, or gave
// up, is no error of the store's.
func (s *Store) observed(operation string, began time.Time, err *error) {
	failed := *err
	if _, refused := errors.AsType[refusal](failed); refused || errors.Is(failed, bot.ErrNoLearner) || errors.Is(failed, context.Canceled) {
		failed = nil
	}
	s.options.Observe(operation, time.Since(began), failed)
}
