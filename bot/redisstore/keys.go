package redisstore

import (
	"hash/crc32"
	"strconv"
	"strings"

	"mentor/bot"
)

// The keys, and what they hold. S is crc32(learner id) mod 64; what stands in
// braces is a hash tag, so that all that one script touches of a learner lies on
// one node of a Cluster.
//
//	mentor:meta              hash    shards (64) and schema, compared when a store opens
//	mentor:{sS}:u:<id>       hash    a learner: the fields of bot.Record and
//	                                 v     the version, one more with each write
//	                                 todo  what is still to be done for this version
//	mentor:{sS}:votes        hash    votes of the shard's learners: "+" or "-" and the topic,
//	                                 with how many; written together with the learners
//	mentor:{sS}:due          zset    ids of the shard's learners by when a reminder is due (ra), or,
//	                                 while it is claimed, by when the lease ends, in Unix seconds
//	mentor:{sS}:leases       hash    of each learner whose reminder is claimed or was begun: the token,
//	                                 when the lease ends, as due has it, and when the sending began,
//	                                 in Unix microseconds, 0 for not yet
//	mentor:dead              list    reminders that were given up, bot.Dead as JSON, the newest first
//	mentor:a:<account>       string  the id of the learner that the account points to
//	mentor:g:<group>         zset    learner ids by Learner.BoardScore: who may stand on the board
//	mentor:k:<key>           string  what Keep keeps, with its time
//	mentor:o:<key>           string  what Once has seen: a token of who was first, with its time
//	mentor:l:<key>           string  who holds the lease of the key, with its time
//	mentor:s:<group>         string  a group's settings, bot.Group as JSON
//	mentor:p:<shelf>         hash    a shelf's papers: their texts, by their keys
//	mentor:{sS}:probe        string  written and read by Health, gone after a second
//
// The learner's hash is the truth. Pointers and boards lie on other nodes and
// follow it: a write that adds or removes some names them in todo ("a:<account>",
// "g:<group>", parted by spaces), sets them, and clears todo. Whoever reads a todo
// before writing finishes it, so that a crash between the two loses nothing. A
// learner just made has the todo "new" until the first pointer to it is set.
// Scores rise in the same pipeline as the hash is written, and are put right when
// the board is read.
//
// What is due lies on the learner's node and is written by the same script. A lease
// is removed with the plan that it is of: whoever holds its token holds the plan
// that the learner's hash has.
//
// A change of meaning needs another schema number.
const (
	shards = 64
	schema = 1

	metaKey      = "mentor:meta"
	deadKey      = "mentor:dead"
	rowPattern   = "mentor:{s*}:u:*"
	pointers     = "mentor:a:"
	boards       = "mentor:g:"
	versionField = "v"
	todoField    = "todo"
)

func shardTag(shard int) string { return "mentor:{s" + strconv.Itoa(shard) + "}" }

func shardOf(id bot.ID) int { return int(crc32.ChecksumIEEE([]byte(id)) % shards) }

// keysOf are the keys of a learner that lie in its shard: row, tallies, due, leases.
func keysOf(id bot.ID) []string {
	return []string{rowKey(id), talliesKey(id), shardDue(shardOf(id)), leasesKey(id)}
}

func rowKey(id bot.ID) string { return shardRow(shardOf(id)) + string(id) }

// rowID is the id in a key that rowKey made.
func rowID(key string) bot.ID {
	_, id, _ := strings.Cut(key, ":u:")
	return bot.ID(id)
}

func shardRow(shard int) string       { return shardTag(shard) + ":u:" }
func shardDue(shard int) string       { return shardTag(shard) + ":due" }
func shardLeases(shard int) string    { return shardTag(shard) + ":leases" }
func leasesKey(id bot.ID) string      { return shardLeases(shardOf(id)) }
func shardVotes(shard int) string     { return shardTag(shard) + ":votes" }
func talliesKey(id bot.ID) string     { return shardVotes(shardOf(id)) }
func onceKey(key string) string       { return "mentor:o:" + key }
func leaseKey(key string) string      { return "mentor:l:" + key }
func groupKey(id string) string       { return "mentor:s:" + id }
func shelfKey(shelf string) string    { return "mentor:p:" + shelf }
func pointerKey(a bot.Account) string { return pointers + string(a) }
func boardKey(group string) string    { return boards + group }
func keptKey(key string) string       { return "mentor:k:" + key }
func probeKey(shard int) string       { return shardTag(shard) + ":probe" }
