package redisstore

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// boardTries is how often a board is read anew after it was put right, each time
// with four times as many members, as those read may all be gone.
const boardTries = 6

// Board returns the learners of the group's board who were active in m, at most
// n, those with the most days first. It believes the rows and not the scores,
// and puts the scores that it finds wrong right. Who has been active in a later
// month stands elsewhere in the zset, so for the board of an earlier month the
// days of all of those are read.
func (s *Store) Board(ctx context.Context, group string, m bot.Month, n int) ([]bot.Learner, error) {
	if n <= 0 {
		return nil, nil
	}
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	list, err := s.board(ctx, group, m, n)
	return list, s.fail(ctx, "read a board", err)
}

func (s *Store) board(ctx context.Context, group string, m bot.Month, n int) ([]bot.Learner, error) {
	var list []bot.Learner
	for try := range boardTries {
		places, stale, err := s.candidates(ctx, group, m, min(n, 1<<30)<<(2*try))
		if err != nil {
			return nil, err
		}
		var wrong []place
		if list, wrong, err = s.judged(ctx, group, places); err != nil {
			return nil, err
		}
		if err := s.mend(ctx, group, slices.Concat(stale, wrong)); err != nil {
			return nil, err
		}
		if len(wrong) == 0 {
			break
		}
	}
	return ranked(list, m, n), nil
}

// ranked are the n of list with the most days in m; those with none are left out.
func ranked(list []bot.Learner, m bot.Month, n int) []bot.Learner {
	days := map[bot.ID]int{}
	for _, l := range list {
		days[l.ID] = l.ActiveDays(m)
	}
	list = slices.DeleteFunc(list, func(l bot.Learner) bool { return days[l.ID] == 0 })
	slices.SortFunc(list, func(a, b bot.Learner) int { return inOrder(a.ID, b.ID, days[a.ID], days[b.ID]) })
	return list[:min(n, len(list))]
}

// inOrder compares two by their days, and equals as Redis does.
func inOrder(a, b bot.ID, daysA, daysB int) int {
	return cmp.Or(daysB-daysA, strings.Compare(string(b), string(a)))
}

// A place is a member of a board with its score.
type place struct {
	id    bot.ID
	score float64
	days  int    // in the month that was asked for, as far as is known
	want  string // the score it should have, "" for none
}

func placesOf(members []redis.Z) []place {
	places := make([]place, len(members))
	for i, z := range members {
		id, _ := z.Member.(string) // go-redis makes no other
		places[i] = place{id: bot.ID(id), score: z.Score}
	}
	return places
}

func idsOf(places []place) []bot.ID {
	ids := make([]bot.ID, len(places))
	for i, p := range places {
		ids[i] = p.id
	}
	return ids
}

// text is the score as standing writes it.
func (p place) text() string { return strconv.FormatFloat(p.score, 'f', -1, 64) }

// candidates are the places that should be the first n in m, by their scores and
// the days of those who were active later too. Some of the latter may be stale.
func (s *Store) candidates(ctx context.Context, group string, m bot.Month, n int) (first, stale []place, _ error) {
	least, greatest := m.Range()
	var later, month *redis.ZSliceCmd
	err := s.send(ctx, func(b batch) {
		later = b.ZRevRangeByScoreWithScores(ctx, boardKey(group), &redis.ZRangeBy{Min: strconv.Itoa(greatest + 1), Max: "+inf"})
		month = b.ZRevRangeByScoreWithScores(ctx, boardKey(group), &redis.ZRangeBy{
			Min: strconv.Itoa(least), Max: strconv.Itoa(greatest), Count: int64(n),
		})
	})
	if err != nil {
		return nil, nil, err
	}
	first = placesOf(month.Val())
	for i := range first {
		first[i].days = int(first[i].score) - least + 1
	}
	passed, stale, err := s.inMonth(ctx, placesOf(later.Val()), m)
	if err != nil {
		return nil, nil, err
	}
	first = append(first, passed...)
	slices.SortFunc(first, func(a, b place) int { return inOrder(a.id, b.id, a.days, b.days) })
	return first[:min(n, len(first))], stale, nil
}

// inMonth are those of the places whose learners did something in m, and those
// whose learners are gone. It reads no more of each than the year of m.
func (s *Store) inMonth(ctx context.Context, places []place, m bot.Month) (active, gone []place, _ error) {
	year := "c" + strconv.Itoa(int(m)/12) // as bot.Record has it
	for chunk := range slices.Chunk(places, readChunk) {
		cmds := make([]*redis.SliceCmd, len(chunk))
		err := s.send(ctx, func(b batch) {
			for i, p := range chunk {
				cmds[i] = b.HMGet(ctx, rowKey(p.id), versionField, year)
			}
		})
		if err != nil {
			return nil, nil, err
		}
		for i, p := range chunk {
			fields := cmds[i].Val()
			done, _ := fields[1].(string) // nothing when there is no such year
			if fields[0] == nil {
				gone = append(gone, p)
			} else if l, err := (bot.Record{year: done}).Learner(p.id); err != nil {
				return nil, nil, err
			} else if p.days = l.ActiveDays(m); p.days > 0 {
				active = append(active, p)
			}
		}
	}
	return active, gone, nil
}

// judged are the learners of those places, and the places that are not theirs.
func (s *Store) judged(ctx context.Context, group string, places []place) (list []bot.Learner, stale []place, _ error) {
	rows, err := s.readAll(ctx, idsOf(places))
	if err != nil {
		return nil, nil, err
	}
	for i, r := range rows {
		l, want, err := r.standing(group)
		if err != nil {
			return nil, nil, err
		}
		if want != "" {
			list = append(list, l)
		}
		if want != places[i].text() {
			places[i].want = want
			stale = append(stale, places[i])
		}
	}
	return list, stale, nil
}

// standing is the learner of a row and the score it should have on a group's
// board, "" for none.
func (r row) standing(group string) (bot.Learner, string, error) {
	if !r.found {
		return bot.Learner{}, "", nil
	}
	l, err := r.learner()
	if err != nil || !slices.Contains(l.Boards, group) {
		return l, "", err
	}
	return l, strconv.Itoa(l.BoardScore()), nil
}

// mend gives places the score that they should have, unless they were given
// another meanwhile.
func (s *Store) mend(ctx context.Context, group string, stale []place) error {
	return s.send(ctx, func(b batch) {
		for _, p := range stale {
			b.script(ctx, mendScript, boardKey(group), string(p.id), p.score, p.want)
		}
	})
}
