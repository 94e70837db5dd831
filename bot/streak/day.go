package streak

import (
	"fmt"
	"time"
)

// A Day is a civil date, counted in days since 1970-01-01. Arithmetic on it is
// arithmetic on dates; it knows no hours. The zero Day stands for none.
type Day int32

const secondsPerDay = 24 * 60 * 60

// DayOn is the date of t as t's own location has it.
func DayOn(t time.Time) Day {
	y, m, d := t.Date()
	return Date(y, m, d)
}

// Date is the day of a calendar date; it normalises as [time.Date] does.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// ParseDay reads "2026-11-24".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is no date; write it as year-month-day, for example 2026-12-20", s)
	}
	return DayOn(t), nil
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Date is the calendar date.
func (d Day) Date() (year int, month time.Month, day int) { return d.utc().Date() }

// String is "2026-11-24".
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// Format formats the date with a layout of package time.
func (d Day) Format(layout string) string { return d.utc().Format(layout) }

// MarshalText writes the day as String does; the zero Day is empty.
func (d Day) MarshalText() ([]byte, error) {
	if d == 0 {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(text []byte) error {
	*d = 0
	if len(text) == 0 {
		return nil
	}
	day, err := ParseDay(string(text))
	*d = day
	return err
}

// At is the first instant of the day at which the clocks of zone show minute,
// counted from midnight. When they leap over it, it is the instant of the leap.
func (d Day) At(minute int, zone *time.Location) time.Time {
	wall := int64(d)*secondsPerDay + int64(minute)*60
	const earliest = 16 * 60 * 60 // no zone is further ahead of UTC: 15:13:42, Manila before 1844
	t := time.Unix(wall-earliest, 0).In(zone)
	from := t.Unix()
	for {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		at := wall - int64(offset)
		if end.IsZero() || at < end.Unix() {
			return time.Unix(max(at, from), 0).In(zone)
		}
		t, from = end, end.Unix()
	}
}

// exists reports whether the clocks of zone ever showed the date.
func (d Day) exists(zone *time.Location) bool { return DayOn(d.At(12*60, zone)) == d }

// A Clock tells a person's days: the zone they live in, and the hour at which
// their day ends.
type Clock struct {
	Zone *time.Location // nil is UTC
	End  int
}

func (c Clock) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// Day is the day that the instant t belongs to.
func (c Clock) Day(t time.Time) Day {
	t = t.In(c.zone())
	day := DayOn(t)
	if t.Hour() < c.End {
		day--
	}
	return day
}

// Ends is the first instant that belongs to a later day than d.
func (c Clock) Ends(d Day) time.Time { return (d + 1).At(c.End*60, c.zone()) }
