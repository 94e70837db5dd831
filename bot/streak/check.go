package streak

import "fmt"

// Check says what in s contradicts itself; nil when nothing does. The figures of
// a State are kept beside its days, and must be those that the days give.
func (s State) Check() error {
	last := Day(0)
	for d := range s.Days.All() {
		if s.Days.Done(d) {
			last = d
		}
	}
	switch total := s.Days.total(); {
	case s.DayEnd < 0 || s.DayEnd > MaxDayEnd:
		return fmt.Errorf("the day ends at %d, want an hour from 0 to %d", s.DayEnd, MaxDayEnd)
	case s.Freezes < 0 || s.Freezes > MaxFreezes:
		return fmt.Errorf("%d freezes are held, want 0 to %d", s.Freezes, MaxFreezes)
	case s.Total != total:
		return fmt.Errorf("the total is %d, but %d days are marked done", s.Total, total)
	case s.Last != last:
		return fmt.Errorf("the last day is %v, but the newest one marked done is %v", s.Last, last)
	case total > 0 && s.Run != s.Days.run(last):
		return fmt.Errorf("the run is %d, but the days up to %v make %d", s.Run, last, s.Days.run(last))
	case s.Longest < s.Days.longest():
		return fmt.Errorf("the longest run is %d, but the days have one of %d", s.Longest, s.Days.longest())
	}
	return nil
}
