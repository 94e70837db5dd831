package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"mentor/bot"
)

// framing is the first byte of a record: the number of its layout.
const framing = 1

// errCut is the error for a record that ends too soon.
var errCut = errors.New("the record is cut short")

// encode is the learner as the file has it: the byte framing, then each field of
// its bot.Record, in order of their names: the name's length (uvarint), the
// name, the value's length (uvarint), the value. Values hold any bytes. Equal
// learners have equal bytes.
func encode(l bot.Learner) []byte {
	r := l.Record()
	size := 1
	for name, value := range r {
		size += 2 + len(name) + len(value) // and more for long values
	}
	b := append(make([]byte, 0, size), framing)
	for _, name := range slices.Sorted(maps.Keys(r)) {
		b = appendFramed(b, name)
		b = appendFramed(b, r[name])
	}
	return b
}

func appendFramed(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decode is encode backwards.
func decode(id bot.ID, b []byte) (bot.Learner, error) {
	if len(b) == 0 {
		return bot.Learner{}, damageError{what: fmt.Sprintf("learner %s: %v", id, errCut)}
	}
	if b[0] != framing {
		return bot.Learner{}, fmt.Errorf("learner %s: its record has the layout %d, this version reads %d; use the version that wrote it", id, b[0], framing)
	}
	r := make(bot.Record, 24)
	for rest := string(b[1:]); rest != ""; { // one copy, of which all fields are parts
		var name, value string
		var err error
		if name, rest, err = cutFramed(rest); err == nil {
			value, rest, err = cutFramed(rest)
		}
		if err == nil && name == "" {
			err = errors.New("the record has a field without a name")
		}
		if err != nil {
			return bot.Learner{}, damageError{what: fmt.Sprintf("learner %s: %v", id, err)}
		}
		r[name] = value
	}
	return r.Learner(id)
}

func cutFramed(s string) (part, rest string, err error) {
	n, size := binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
	if size <= 0 || n > uint64(len(s)-size) {
		return "", "", errCut
	}
	s = s[size:]
	return s[:n], s[n:], nil
}
