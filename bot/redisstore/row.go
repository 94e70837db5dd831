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
	args := slices.Concat([]any{old.v, len(votes) / 2, len(dropped)}, votes, dropped, written)
	return b.scriptOn(ctx, putScript, []string{rowKey(r.id), talliesKey(r.id)}, args...)
}

// drop queues the deletion of r.
func (b batch) drop(ctx context.Context, r row) *redis.Cmd {
	votes := recount(r, row{})
	args := slices.Concat([]any{r.v, len(votes) / 2, 0}, votes)
	return b.scriptOn(ctx, dropScript, []string{rowKey(r.id), talliesKey(r.id)}, args...)
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
