package bot

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mentor/bot/streak"
)

// A Record is a learner as stores write it: short fields with short values, so
// that Redis keeps a hash of them in its compact form. Every value of a learner
// without notes has at most 64 bytes. What is zero is left out.
//
//	acc      accounts, parted by spaces       e  o     last event, its result
//	z de     zone, day end (omitted: 3)       c2026    days of 2026 done, as bits
//	r        rest days, as bits               k2026    days of 2026 kept, as bits
//	w        absence: from and to             nm b     name, boards parted by spaces
//	l a      last day, when (Unix seconds)    st       roadmap steps, as bits
//	s m t    run, longest, total              n0…n6    notes: day and text
//	f rp     freezes, day of last repair      lc       open code
//	mv       clock changed since              in gone  merged into, to be forgotten
//	rm       reminder: on and the like as bits, minute, paused, quiet from and to, ignored, sent, closed, gone, texts
//	ra rf rd when it is due next and was due first (Unix seconds), the day that is for
//	rt       the account and the channel that get it
//	fu fg    follow-up: on, the days of the answer and of the last question, topic; the group
//	vo       votes: + or - and the topic, parted by spaces
type Record map[string]string

// Record is l as stores write it, without its id.
func (l Learner) Record() Record {
	s := l.Streak
	r := Record{}
	r.put("acc", joined(l.Accounts))
	r.put("z", s.Zone)
	if s.DayEnd != streak.DefaultDayEnd {
		r["de"] = strconv.Itoa(s.DayEnd)
	}
	r.putInt("r", int(s.Rest))
	if s.AwayFrom != 0 {
		r["w"] = fmt.Sprint(int(s.AwayFrom), " ", int(s.AwayTo))
	}
	r.putInt("l", int(s.Last))
	if !s.At.IsZero() {
		r["a"] = strconv.FormatInt(s.At.Unix(), 10)
	}
	r.putInt("s", s.Run)
	r.putInt("m", s.Longest)
	r.putInt("t", s.Total)
	r.putInt("f", s.Freezes)
	r.putInt("rp", int(s.Repaired))
	r.putBool("mv", s.Moved)
	r.put("e", s.Event)
	r.put("o", formatResult(s.Result))
	for _, y := range s.Days.Years() {
		r.put("c"+strconv.Itoa(y), string(s.Days.Bitmap(y, false)))
		r.put("k"+strconv.Itoa(y), string(s.Days.Bitmap(y, true)))
	}
	r.put("nm", l.Name)
	r.put("b", joined(l.Boards))
	r.putInt("st", int(l.Steps))
	for i, n := range l.Notes {
		r["n"+strconv.Itoa(i)] = strconv.Itoa(int(n.Day)) + " " + n.Text
	}
	l.Reminder.record(r)
	l.FollowUp.record(r)
	r.put("vo", joined(signed(l.Votes)))
	r.put("lc", l.Code)
	r.put("in", string(l.Into))
	r.putBool("gone", l.Gone)
	return r
}

func (r Record) put(field, value string) {
	if value != "" {
		r[field] = value
	}
}

func (r Record) putInt(field string, n int) {
	if n != 0 {
		r[field] = strconv.Itoa(n)
	}
}

func (r Record) putBool(field string, b bool) {
	if b {
		r[field] = "1"
	}
}

func joined[T ~string](list []T) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = string(x)
	}
	return strings.Join(parts, " ")
}

// signed writes votes as "+topic" and "-topic".
func signed(votes []Vote) []string {
	out := make([]string, len(votes))
	for i, v := range votes {
		if out[i] = "-" + v.Topic; v.Up {
			out[i] = "+" + v.Topic
		}
	}
	return out
}

func parted[T ~string](s string) []T {
	var out []T
	for part := range strings.FieldsSeq(s) {
		out = append(out, T(part))
	}
	return out
}

// formatResult is the result as numbers, "" for none.
func formatResult(r streak.Result) string {
	if r.Kind == streak.Nothing {
		return ""
	}
	flags := 0
	if r.Earned {
		flags |= 1
	}
	if r.Refunded {
		flags |= 2
	}
	return fmt.Sprint(int(r.Kind), int(r.Day), r.Run, r.Longest, r.Frozen, flags, r.Broke, r.Mended, r.Milestone)
}

func parseResult(s string) (streak.Result, error) {
	var r streak.Result
	if s == "" {
		return r, nil
	}
	n, err := parseInts(s, 9)
	if err != nil {
		return r, err
	}
	return streak.Result{
		Kind: streak.Kind(n[0]), Day: streak.Day(n[1]), Run: n[2], Longest: n[3], Frozen: n[4],
		Earned: n[5]&1 != 0, Refunded: n[5]&2 != 0, Broke: n[6], Mended: n[7], Milestone: n[8],
	}, nil
}

// parseInts reads n numbers, parted by spaces. A learner is read for every
// message, and this takes a sixth of the time of fmt.Sscan (measured November 2026).
func parseInts(s string, n int) ([]int, error) {
	fields := strings.Fields(s)
	if len(fields) != n {
		return nil, fmt.Errorf("%q has %d numbers, want %d", s, len(fields), n)
	}
	out := make([]int, n)
	for i, field := range fields {
		var err error
		if out[i], err = strconv.Atoi(field); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Learner is the learner of that id that r describes. Fields it does not know
// are an error: a later version wrote them, and they would be lost.
func (r Record) Learner(id ID) (Learner, error) {
	l := Learner{ID: id, Streak: streak.New()}
	for _, field := range sortedFields(r) {
		if err := l.set(field, r[field]); err != nil {
			return Learner{}, fmt.Errorf("read learner %s, field %q: %w", id, field, err)
		}
	}
	return l, nil
}

// sortedFields has the notes in their order.
func sortedFields(r Record) []string {
	out := make([]string, 0, len(r))
	for field := range r {
		out = append(out, field)
	}
	slices.Sort(out)
	return out
}

func (l *Learner) set(field, value string) error {
	s := &l.Streak
	switch field {
	case "acc":
		l.Accounts = parted[Account](value)
	case "z":
		s.Zone = value
	case "e":
		s.Event = value
	case "nm":
		l.Name = value
	case "b":
		l.Boards = parted[string](value)
	case "rm", "ra", "rf", "rd", "rt":
		return l.Reminder.set(field, value)
	case "fu", "fg":
		return l.FollowUp.set(field, value)
	case "vo":
		for _, v := range parted[string](value) {
			l.Votes = append(l.Votes, Vote{Topic: v[1:], Up: v[0] == '+'})
		}
	case "lc":
		l.Code = value
	case "in":
		l.Into = ID(value)
	case "gone":
		l.Gone = value == "1"
	case "mv":
		s.Moved = value == "1"
	case "o":
		result, err := parseResult(value)
		s.Result = result
		return err
	case "w":
		_, err := fmt.Sscan(value, &s.AwayFrom, &s.AwayTo)
		return err
	default:
		return l.setNumbered(field, value)
	}
	return nil
}

// setNumbered sets the fields whose value or name is a number.
func (l *Learner) setNumbered(field, value string) error {
	s := &l.Streak
	if year, err := strconv.Atoi(field[1:]); err == nil {
		switch field[0] {
		case 'c', 'k':
			s.Days, err = s.Days.WithBitmap(year, field[0] == 'k', []byte(value))
			return err
		case 'n':
			day, text, _ := strings.Cut(value, " ")
			n, err := strconv.Atoi(day)
			l.Notes = append(l.Notes, Note{streak.Day(n), text})
			return err
		}
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return err
	}
	switch field {
	case "de":
		s.DayEnd = n
	case "r":
		s.Rest = streak.Week(n)
	case "l":
		s.Last = streak.Day(n)
	case "a":
		s.At = time.Unix(int64(n), 0)
	case "s":
		s.Run = n
	case "m":
		s.Longest = n
	case "t":
		s.Total = n
	case "f":
		s.Freezes = n
	case "rp":
		s.Repaired = streak.Day(n)
	case "st":
		l.Steps = Steps(n)
	default:
		return errors.New("a later version of the mentor wrote it; use that version")
	}
	return nil
}
