package boltstore

import (
	"context"
	"sync"
	"time"
)

// holdings are the leases of keys. They are nowhere but in memory: one process has
// the file to itself, so whoever opens it finds nobody who could hold any.
type holdings struct {
	mu sync.Mutex
	by map[string]holding // by key
}

type holding struct {
	holder string
	end    time.Time
}

// of is who holds the key at now; "" for nobody.
func (h *holdings) of(key string, now time.Time) string {
	if held := h.by[key]; now.Before(held.end) {
		return held.holder
	}
	return ""
}

// lease is Store.Lease. It drops what has ended, so that it does not pile up.
func (h *holdings) lease(key, holder string, now, end time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if other := h.of(key, now); other != "" && other != holder {
		return false
	}
	for k, held := range h.by {
		if !now.Before(held.end) {
			delete(h.by, k)
		}
	}
	if h.by == nil {
		h.by = map[string]holding{}
	}
	h.by[key] = holding{holder, end}
	return true
}

// Lease implements bot.Store. Leases end with the store.
func (s *Store) Lease(ctx context.Context, key, holder string, d time.Duration) (bool, error) {
	if err := s.usable(ctx); err != nil {
		return false, wrap("lease a key", err)
	}
	now := s.options.Now()
	return s.holdings.lease(key, holder, now, now.Add(d)), nil
}

// GiveBack implements bot.Store.
func (s *Store) GiveBack(ctx context.Context, key, holder string) error {
	if err := s.usable(ctx); err != nil {
		return wrap("give a lease back", err)
	}
	h := &s.holdings
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by[key].holder == holder {
		delete(h.by, key)
	}
	return nil
}

// Holders implements bot.Store.
func (s *Store) Holders(ctx context.Context, keys []string) ([]string, error) {
	if err := s.usable(ctx); err != nil {
		return nil, wrap("see who holds leases", err)
	}
	h, now := &s.holdings, s.options.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]string, len(keys))
	for i, key := range keys {
		out[i] = h.of(key, now)
	}
	return out, nil
}
