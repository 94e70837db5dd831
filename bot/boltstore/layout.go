package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"

	"mentor/bot"
)

// The file's layout. Numbers are big-endian, so that keys sort as they count.
//
//	bucket    key                                    value
//	meta      "schema"                               the layout's number, in decimal: 1
//	          "health"                               when the store's health was last checked, as RFC 3339
//	learners  id                                     the learner's record, see encode
//	accounts  account                                the id that it points to
//	boards    length of the group (uvarint), group,  nothing
//	          inverted score (8 bytes), id
//	kept      key                                    when its time is over, in Unix nanoseconds (8 bytes), and what it holds
//	ends      that time (8 bytes), key               nothing
//	tallies   topic                                  votes for and against it (8 bytes each)
//	groups    group                                  its settings, as JSON
//	due       when a reminder is due, or its lease   the day that the reminder is for (8 bytes)
//	          ends, in Unix seconds (8 bytes), id
//	leases    id                                     when it was due, in Unix seconds; the day; when the sending began
//	                                                 (0 for not yet) and when the lease ends, in Unix nanoseconds
//	                                                 (8 bytes each); the claim's token
//	dead      number (8 bytes)                       a reminder that was given up, as JSON
//	papers    length of the shelf (uvarint), shelf,  a paper's text
//	          key
//
// A score is a Learner's BoardScore, inverted (the greatest number less it) so
// that the first on a board is the first in the bucket. Boards, ends,
// tallies and due follow from learners, kept and leases, and are written with them.
var (
	metaBucket     = []byte("meta")
	learnersBucket = []byte("learners")
	accountsBucket = []byte("accounts")
	boardsBucket   = []byte("boards")
	keptBucket     = []byte("kept")
	endsBucket     = []byte("ends")
	talliesBucket  = []byte("tallies")
	groupsBucket   = []byte("groups")
	dueBucket      = []byte("due")
	leasesBucket   = []byte("leases")
	deadBucket     = []byte("dead")
	papersBucket   = []byte("papers")

	buckets = [][]byte{
		metaBucket, learnersBucket, accountsBucket, boardsBucket, keptBucket, endsBucket, talliesBucket, groupsBucket,
		dueBucket, leasesBucket, deadBucket, papersBucket,
	}
	lateBuckets = buckets[len(buckets)-4:] // files from before there were reminders and papers lack these

	schemaKey = []byte("schema")
	healthKey = []byte("health")
)

// layOut makes a new file's buckets. It refuses a file that another program or a
// later version wrote. The file is of this version's schema, or not one to read.
func layOut(tx *bolt.Tx, schema int) error {
	n, err := schemaOf(tx)
	switch {
	case err != nil:
		return err
	case n == 0:
		return layOutNew(tx, schema)
	case n > schema:
		return fmt.Errorf("a later version of the mentor wrote it (schema %d, this version reads %d); use that version", n, schema)
	}
	for _, name := range lateBuckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	for _, name := range buckets {
		if tx.Bucket(name) == nil {
			return damageError{what: fmt.Sprintf("its bucket %q is missing", name)}
		}
	}
	return nil
}

func layOutNew(tx *bolt.Tx, schema int) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return putSchema(tx, schema)
}

// schemaOf is the number of a file's layout, 0 for a new file. It refuses a file
// of another program.
func schemaOf(tx *bolt.Tx) (int, error) {
	if first, _ := tx.Cursor().First(); first == nil {
		return 0, nil
	}
	if tx.Bucket(metaBucket) == nil {
		return 0, errors.New("another program wrote it; set MENTOR_DATA to a folder of the mentor's own")
	}
	value := tx.Bucket(metaBucket).Get(schemaKey)
	n, err := strconv.Atoi(string(value))
	if err != nil || n < 1 {
		return 0, damageError{what: fmt.Sprintf("its schema is %q, want a number", value)}
	}
	return n, nil
}

func putSchema(tx *bolt.Tx, schema int) error {
	return tx.Bucket(metaBucket).Put(schemaKey, []byte(strconv.Itoa(schema)))
}

// boardPrefix is what the keys of a group's board begin with.
func boardPrefix(group string) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(group))), group...)
}

// boardKey is the place of a learner on the group's board.
func boardKey(group string, score int, id bot.ID) []byte {
	return append(binary.BigEndian.AppendUint64(boardPrefix(group), inverted(score)), id...)
}

func inverted(score int) uint64 { return math.MaxInt64 - uint64(score) }

// parseBoardKey is boardKey backwards, for a key that begins with prefix.
func parseBoardKey(key, prefix []byte) (score int, id bot.ID, err error) {
	rest, ok := bytes.CutPrefix(key, prefix)
	if !ok || len(rest) <= 8 {
		return 0, "", damageError{what: fmt.Sprintf("the board's key %q is cut short", key)}
	}
	return int(math.MaxInt64 - binary.BigEndian.Uint64(rest)), bot.ID(rest[8:]), nil
}

// keptValue is the value of a kept key that ends at end.
func keptValue(end time.Time, value string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(end.UnixNano())), value...)
}

func parseKept(stored []byte) (end time.Time, value string, err error) {
	if len(stored) < 8 {
		return time.Time{}, "", damageError{what: fmt.Sprintf("a kept value has %d bytes, want 8 or more", len(stored))}
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(stored))), string(stored[8:]), nil
}

// endKey is the key in ends of a kept key.
func endKey(end time.Time, key []byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(end.UnixNano())), key...)
}

// tallyValue is the value of a topic's tally.
func tallyValue(t bot.Tally) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(t.Up)), uint64(t.Down))
}

// parseTally is tallyValue backwards; nil is nobody's vote.
func parseTally(stored []byte) (bot.Tally, error) {
	if stored == nil {
		return bot.Tally{}, nil
	}
	if len(stored) != 16 {
		return bot.Tally{}, damageError{what: fmt.Sprintf("a tally has %d bytes, want 16", len(stored))}
	}
	return bot.Tally{Up: int(binary.BigEndian.Uint64(stored)), Down: int(binary.BigEndian.Uint64(stored[8:]))}, nil
}
