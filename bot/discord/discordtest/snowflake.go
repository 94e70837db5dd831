package discordtest

import (
	"strconv"
	"time"
)

// discordEpoch is the first millisecond of 2015, from which snowflakes count.
const discordEpoch = 1420070400000

// A mint makes snowflakes: the milliseconds since Discord's epoch in the upper 42
// bits and a counter below, so that a later id is always the greater number.
type mint struct {
	last uint64
}

// next is a new id for something made at the given time.
func (m *mint) next(at time.Time) string {
	id := uint64(at.UnixMilli()-discordEpoch) << 22
	if id <= m.last {
		id = m.last + 1
	}
	m.last = id
	return strconv.FormatUint(id, 10)
}

// isSnowflake reports whether an id is a decimal number of 64 bits.
func isSnowflake(id string) bool {
	n, err := strconv.ParseUint(id, 10, 64)
	return err == nil && n > 0
}

// before reports whether snowflake a is older than b. Both must be snowflakes.
func before(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
