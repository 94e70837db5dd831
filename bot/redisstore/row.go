package redisstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"mentor/bot"
)

// A row is a learner as Redis holds it.
type row struct {
	id     bot.ID
	found  bool
	v      string // the version; "" for none
	record bot.Record
	todo   []string
}

// parseRow takes what HGETALL returned apart.
func parseRow(id bot.ID, fields map[string]string) row {
	if len(fields) == 0 {
		return row{id: id}
	}
	r := row{id: id, found: true, v: fields[versionField], todo: strings.Fields(fields[todoField])}
	delete(fields, versionField)
	delete(fields, todoField)
	r.record = fields
	return r
}

// learner is the learner that r describes, ErrNoLearner when there is no row.
func (r row) learner() (bot.Learner, error) {
	if !r.found {
		return bot.Learner{}, bot.ErrNoLearner
	}
	if n, err := strconv.Atoi(r.v); err != nil || n < 1 {
		return bot.Learner{}, fmt.Errorf("learner %s has the version %q, want a number from 1 on; restore it from a backup", r.id, r.v)
	}
	return r.record.Learner(r.id)
}

// next is the row that follows r, with record and todo.
func (r row) next(record bot.Record, todo []string) row {
	n, err := strconv.Atoi(r.v)
	if err != nil { // there was none, or its version was damaged
		n = 0
	}
	return row{id: r.id, found: true, v: strconv.Itoa(n + 1), record: record, todo: todo}
}

// put queues the writing of what differs between old and r.
func (b batch) put(ctx context.Context, old, r row) *redis.Cmd {
	return b.store(ctx, old, r, planOf(old, r), "", "")
}

// finish is put if the claim with the token holds; it holds no longer then.
func (b batch) finish(ctx context.Context, old, r row, token, now string) *redis.Cmd {
	return b.store(ctx, old, r, planMoves, token, now)
}

// mend is put, for a plan that may not be due as it should.
func (b batch) mend(ctx context.Context, old, r row) *redis.Cmd {
	plan := planOf(old, r)
	if plan == planStays {
		plan = planMends
	}
	return b.store(ctx, old, r, plan, "", "")
}

// planOf is what becomes of the plan when r takes the place of old.
func planOf(old, r row) string {
	if old.record["ra"] == r.record["ra"] && old.record["rd"] == r.record["rd"] {
		return planStays
	}
	return planMoves
}

func (b batch) store(ctx context.Context, old, r row, plan, token, now string) *redis.Cmd {
	var dropped, written []any
	for field := range old.record {
		if _, ok := r.record[field]; !ok {
			dropped = append(dropped, field)
		}
	}
	for field, value := range r.record {
		if was, ok := old.record[field]; !ok || was != value {
			written = append(written, field, value)
		}
	}
	written = append(written, versionField, r.v)
	if len(r.todo) > 0 {
		written = append(written, todoField, strings.Join(r.todo, " "))
	}
	votes := recount(old, r)
	args := slices.Concat([]any{old.v, len(votes) / 2, len(dropped), plan, r.record["ra"], string(r.id), token, now}, votes, dropped, written)
	return b.scriptOn(ctx, putScript, keysOf(r.id), args...)
}

// drop queues the deletion of r.
func (b batch) drop(ctx context.Context, r row) *redis.Cmd {
	votes := recount(r, row{})
	args := slices.Concat([]any{r.v, len(votes) / 2, 0, planMoves, "", string(r.id), "", ""}, votes)
	return b.scriptOn(ctx, dropScript, keysOf(r.id), args...)
}

func (s *Store) read(ctx context.Context, id bot.ID) (row, error) {
	var cmd *redis.MapStringStringCmd
	err := s.fly(ctx, func(b batch) { cmd = b.HGetAll(ctx, rowKey(id)) })
	if err != nil {
		return row{}, err
	}
	return parseRow(id, cmd.Val()), nil
}

// readChunk is how many rows are asked for at once: some 300 kB of replies.
const readChunk = 500

// readAll reads rows, one for each id, in order.
func (s *Store) readAll(ctx context.Context, ids []bot.ID) ([]row, error) {
	rows := make([]row, 0, len(ids))
	for chunk := range slices.Chunk(ids, readChunk) {
		cmds := make([]*redis.MapStringStringCmd, len(chunk))
		err := s.send(ctx, func(b batch) {
			for i, id := range chunk {
				cmds[i] = b.HGetAll(ctx, rowKey(id))
			}
		})
		if err != nil {
			return nil, err
		}
		for i, id := range chunk {
			rows = append(rows, parseRow(id, cmds[i].Val()))
		}
	}
	return rows, nil
}

// same reports whether two records say the same.
func same(a, b bot.Record) bool { return maps.Equal(a, b) }
