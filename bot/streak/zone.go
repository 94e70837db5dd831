package streak

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the zones must be there on a machine without them
)

//go:embed zones.txt
var zonesText string

// A Zone is a time zone that a learner may choose.
type Zone struct {
	Name    string // in the tz database
	Country string // in English; empty for an older name of another zone
}

// Zones lists the zones with a place's name, in order, from the tz database of
// 2025b (iana.org/time-zones), which is in the public domain.
var Zones = sync.OnceValue(func() []Zone {
	var out []Zone
	for line := range strings.Lines(zonesText) {
		name, country, _ := strings.Cut(strings.TrimSpace(line), "\t")
		out = append(out, Zone{name, country})
	}
	return out
})

// loaded holds the locations that were loaded: reading one costs 20 µs. It holds
// at most as many as the tz database has.
var loaded sync.Map // name to *time.Location

// LoadZone is the location of an IANA zone. Names are exact; an offset or
// "Local" is no zone, because it cannot follow summer time or another machine.
func LoadZone(name string) (*time.Location, error) {
	if loc, ok := loaded.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is no time zone; write it as in the tz database, for example Europe/Berlin", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is no time zone of the tz database: %w", name, err)
	}
	loaded.Store(name, loc)
	return loc, nil
}

// location is the zone's location, and UTC for none or for one that a later tz
// database dropped.
func location(name string) *time.Location {
	if loc, err := LoadZone(name); err == nil {
		return loc
	}
	return time.UTC
}
