package redisstore

import (
	"context"
	"errors"
	"time"
)

// Health is nil when Redis is run as it should be and can be written and read: on
// a Cluster, every part of it. The error names the cure.
func (s *Store) Health(ctx context.Context) error {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := s.examine(ctx); err != nil {
		return s.fail(ctx, "check how it is run", err)
	}
	return s.fail(ctx, "write and read", s.probe(ctx))
}

// probe writes and reads a key on the node, or one of each shard's.
func (s *Store) probe(ctx context.Context) error {
	n := 1
	if s.target.cluster != nil {
		n = shards
	}
	values := make([]func() (string, error), n)
	err := s.send(ctx, func(b batch) {
		for i := range n {
			b.Set(ctx, probeKey(i), "1", time.Second)
			values[i] = b.Get(ctx, probeKey(i)).Result
		}
	})
	for _, value := range values {
		if text, _ := value(); err == nil && text != "1" { // its error is err
			err = errors.New("what was written was not there to be read")
		}
	}
	return err
}
