package streak

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// Days is a history: which days were done, and which were kept for the learner
// by a freeze, a rest day, an absence, travel, a repair or an outage. No day is
// both. The zero value is empty. It is a value: to change it is to make another.
type Days struct {
	years []year // in order
}

type year struct {
	number     int
	done, kept bitmap
}

// A bitmap has a bit for each day of a year.
type bitmap [46]byte

func (b *bitmap) has(i int) bool { return b[i/8]>>(i%8)&1 == 1 }

func (b *bitmap) set(i int, on bool) {
	if on {
		b[i/8] |= 1 << (i % 8)
	} else {
		b[i/8] &^= 1 << (i % 8)
	}
}

func (b *bitmap) count() int {
	n := 0
	for _, x := range b {
		n += bits.OnesCount8(x)
	}
	return n
}

// at is the year of d and d's place in it; nil when nothing is known of it.
func (h Days) at(d Day) (*year, int) {
	t := d.utc()
	for i := len(h.years) - 1; i >= 0; i-- {
		if h.years[i].number == t.Year() {
			return &h.years[i], t.YearDay() - 1
		}
	}
	return nil, 0
}

// Done reports whether d was done.
func (h Days) Done(d Day) bool {
	y, i := h.at(d)
	return y != nil && y.done.has(i)
}

// Kept reports whether d was kept, and not done.
func (h Days) Kept(d Day) bool {
	y, i := h.at(d)
	return y != nil && y.kept.has(i)
}

// Count is how many days from one to another, both included, were done.
func (h Days) Count(from, to Day) int {
	n := 0
	for d := from; d <= to; d++ {
		if h.Done(d) {
			n++
		}
	}
	return n
}

// total is how many days were done.
func (h Days) total() int {
	n := 0
	for i := range h.years {
		n += h.years[i].done.count()
	}
	return n
}

// mark is h with the days from one to another marked. Done days are marked
// done only; keeping or unkeeping leaves them.
func (h Days) mark(from, to Day, done, kept bool) Days {
	h.years = slices.Clone(h.years)
	for d := from; d <= to; d++ {
		y, i := h.at(d)
		if y == nil {
			if !done && !kept {
				continue
			}
			h.years = append(h.years, year{number: d.utc().Year()})
			slices.SortFunc(h.years, func(a, b year) int { return a.number - b.number })
			y, i = h.at(d)
		}
		if done {
			y.done.set(i, true)
		}
		y.kept.set(i, kept && !y.done.has(i))
	}
	return h
}

// WithDone is h with the days from one to another, both included, done.
func (h Days) WithDone(from, to Day) Days { return h.mark(from, to, true, false) }

// WithKept is h with those of the days from one to another kept that are not done.
func (h Days) WithKept(from, to Day) Days { return h.mark(from, to, false, true) }

func (h Days) done(d Day) Days          { return h.mark(d, d, true, false) }
func (h Days) keep(from, to Day) Days   { return h.mark(from, to, false, true) }
func (h Days) unkeep(from, to Day) Days { return h.mark(from, to, false, false) }

// run counts the days done up to d without a break.
func (h Days) run(d Day) int {
	n := 0
	for ; ; d-- {
		switch {
		case h.Done(d):
			n++
		case !h.Kept(d):
			return n
		}
	}
}

// longest is the longest run in h.
func (h Days) longest() int {
	best := 0
	for d := range h.All() {
		if !h.Done(d+1) && !h.Kept(d+1) {
			best = max(best, h.run(d))
		}
	}
	return best
}

// before finds the newest day done before start when at most limit days
// between were neither done nor kept.
func (h Days) before(start Day, limit int) (Day, bool) {
	missed := 0
	for d := start - 1; missed <= limit; d-- {
		switch {
		case h.Done(d):
			return d, true
		case !h.Kept(d):
			missed++
		}
	}
	return 0, false
}

// All yields the days that are done or kept, in order.
func (h Days) All() iter.Seq[Day] {
	return func(yield func(Day) bool) {
		for i := range h.years {
			y := &h.years[i]
			first := Date(y.number, time.January, 1)
			for n := range len(bitmap{}) * 8 {
				if (y.done.has(n) || y.kept.has(n)) && !yield(first+Day(n)) {
					return
				}
			}
		}
	}
}

// union has the days of both. A day done in one is done.
func (h Days) union(other Days) Days {
	for d := range other.All() {
		if other.Done(d) {
			h = h.done(d)
		} else {
			h = h.keep(d, d)
		}
	}
	return h
}

// Bitmap is the year's days as bytes: how many zero bytes are left out in front,
// then the bits, the lowest first, 1 January being bit 0 of byte 0. Zero bytes at
// the end are left out too; an empty year is empty.
func (h Days) Bitmap(number int, kept bool) []byte {
	for i := range h.years {
		if y := &h.years[i]; y.number == number {
			b := y.done
			if kept {
				b = y.kept
			}
			bits := strings.TrimRight(string(b[:]), "\x00")
			if bits == "" {
				return nil
			}
			short := strings.TrimLeft(bits, "\x00")
			return append([]byte{byte(len(bits) - len(short))}, short...)
		}
	}
	return nil
}

// Years lists the years that h knows something of, in order.
func (h Days) Years() []int {
	out := make([]int, 0, len(h.years))
	for i := range h.years {
		out = append(out, h.years[i].number)
	}
	return out
}

// WithBitmap is h with what Bitmap returned for the year.
func (h Days) WithBitmap(number int, kept bool, bytes []byte) (Days, error) {
	if len(bytes) == 0 {
		return h, nil
	}
	skip, bytes := int(bytes[0]), bytes[1:]
	if skip+len(bytes) > len(bitmap{}) || number < 1970 || number > 9999 {
		return h, fmt.Errorf("the days of the year %d take %d bytes, want at most %d", number, skip+len(bytes), len(bitmap{}))
	}
	h.years = slices.Clone(h.years)
	i, found := slices.BinarySearchFunc(h.years, number, func(y year, n int) int { return y.number - n })
	if !found {
		h.years = slices.Insert(h.years, i, year{number: number})
	}
	b := &h.years[i].done
	if kept {
		b = &h.years[i].kept
	}
	*b = bitmap{}
	copy(b[skip:], bytes)
	return h, nil
}
