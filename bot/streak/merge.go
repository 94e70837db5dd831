package streak

// Merge is the history of somebody who was two: the days of both, once each.
// The clock, the rest days and the absence are s's. Merging again changes
// nothing.
func (s State) Merge(other State) State {
	if other.Total == 0 {
		return s
	}
	if s.Zone == "" {
		s.Zone, s.DayEnd = other.Zone, other.DayEnd
	}
	if other.At.After(s.At) {
		s.At, s.Event, s.Result = other.At, other.Event, other.Result
	}
	s.Days = s.Days.union(other.Days)
	s.Last = max(s.Last, other.Last)
	s.Total = s.Days.total()
	s.Run = s.Days.run(s.Last)
	s.Longest = max(s.Longest, other.Longest, s.Days.longest())
	s.Freezes = max(s.Freezes, other.Freezes)
	s.Repaired = max(s.Repaired, other.Repaired)
	return s
}
